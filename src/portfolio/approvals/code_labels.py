"""The words of codes, registered once; `labels.py` of this room imports it."""

from portfolio.approvals.code_terms import (
    CODE_PROBLEM_LABELS,
    CODE_STATE_LABELS,
    DRAW_KIND_LABELS,
    STATEMENT_PROBLEM_LABELS,
    VERIFY_STATUS_LABELS,
)
from portfolio.labels import register

register(
    {**CODE_STATE_LABELS, **DRAW_KIND_LABELS, **VERIFY_STATUS_LABELS, **CODE_PROBLEM_LABELS, **STATEMENT_PROBLEM_LABELS}
)
