"""Reading modifications: those of a case, the one that waits, what rises are proposed, the ledger's entries with firmness."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.decision_rules import Line
from portfolio.approvals.models import BudgetEntry
from portfolio.approvals.modification_models import BudgetModification
from portfolio.approvals.terms import CountersignState, EntryKind, Firmness
from portfolio.business_cases.models import BusinessCase
from portfolio.strategy.models import Call


def stored_lines(rows: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The lines of a modification's JSON column."""
    return tuple(Line(row["year"], row["minor"], row["tranche"], row["budget_line"]) for row in rows)


def modifications_of(session: Session, case_id: uuid.UUID) -> Sequence[BudgetModification]:
    """All of a case, whatever became of them, the newest first."""
    return session.scalars(
        select(BudgetModification)
        .where(col(BudgetModification.case_id) == case_id)
        .order_by(col(BudgetModification.proposed_at).desc(), col(BudgetModification.id).desc())
    ).all()


def open_modification(session: Session, case_id: uuid.UUID) -> BudgetModification | None:
    """The one that waits for a second person; a case has one at most."""
    return session.scalar(
        select(BudgetModification)
        .where(
            col(BudgetModification.case_id) == case_id, col(BudgetModification.state) == CountersignState.PROPOSED
        )
        .order_by(col(BudgetModification.proposed_at).desc(), col(BudgetModification.id))
        .limit(1)
    )  # fmt: skip


def standing_entries(session: Session, case_id: uuid.UUID) -> list[tuple[Firmness, Line]]:
    """Every entry of the ledger that is money, oldest first."""
    rows = session.scalars(
        select(BudgetEntry)
        .where(col(BudgetEntry.case_id) == case_id, col(BudgetEntry.kind) != EntryKind.PROPOSED)
        .order_by(col(BudgetEntry.created_at), col(BudgetEntry.id))
    )
    return [(row.firmness, Line(row.fiscal_year, row.amount_minor, row.tranche, row.budget_line)) for row in rows]


def proposed_rises(
    session: Session, call: Call, leaving_out: uuid.UUID | None = None
) -> defaultdict[uuid.UUID, int]:  # fmt: skip
    """By institution: by how much open modifications would raise the amounts of the call's year. A proposed cut frees nothing."""
    rows = session.execute(
        select(
            col(BusinessCase.institution_id),
            col(BudgetModification.id),
            col(BudgetModification.lines),
            col(BudgetModification.before),
        )
        .join(BusinessCase, col(BusinessCase.id) == col(BudgetModification.case_id))
        .where(
            col(BusinessCase.call_id) == call.id, col(BudgetModification.state) == CountersignState.PROPOSED
        )
        .order_by(col(BudgetModification.id))
    )  # fmt: skip
    rises: defaultdict[uuid.UUID, int] = defaultdict(int)
    for institution_id, modification_id, lines, before in rows:
        if modification_id == leaving_out:
            continue
        sums: Counter[str] = Counter()
        for name, found in (("after", lines), ("before", before)):
            sums[name] += sum(line.minor for line in stored_lines(found) if line.year == call.fiscal_year)
        rises[institution_id] += max(0, sums["after"] - sums["before"])
    return rises
