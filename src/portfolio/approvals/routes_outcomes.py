"""Everything in the browser that follows the check: opinions, conditions, letters, reconsideration, budget decisions."""

from typing import Any

from portfolio.approvals import (
    routes_case_decision,
    routes_conditions,
    routes_confirm,
    routes_letters,
    routes_modification,
    routes_opinion,
    routes_reconsideration,
    routes_sheet,
    routes_verdict_observation,
    routes_workbook,
)


def routes() -> list[Any]:
    return [
        *routes_verdict_observation.routes(),
        *routes_opinion.routes(),
        *routes_conditions.routes(),
        *routes_letters.routes(),
        *routes_reconsideration.routes(),
        *routes_sheet.routes(),
        *routes_confirm.routes(),
        *routes_workbook.routes(),
        *routes_case_decision.routes(),
        *routes_modification.routes(),
    ]
