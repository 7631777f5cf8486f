"""What the page of the budget decision shows of modifications: those confirmed, the one that waits, whether one may be proposed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.models import Act, BudgetModification
from portfolio.approvals.modification_queries import modifications_of, stored_lines
from portfolio.approvals.modification_reads import decided_total, why_not_open
from portfolio.approvals.terms import CountersignState
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.money import Money
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ModificationRow:
    """One modification with its act, its two persons and the totals that it led from and to."""

    row: BudgetModification
    act: Act
    proposer: str
    confirmer: str
    before: Money
    after: Money


def modification_context(
    session: Session, viewer: Viewer, pack: CountryPack, case: BusinessCase, *, sees_all: bool
) -> dict[str, Any]:
    """`sees_all`: the oversight bodies also see what waits and what was sent back; the institution only what holds."""
    rows = [row for row in modifications_of(session, case.id) if sees_all or row.state is CountersignState.CONFIRMED]
    people = names(session, [person for row in rows for person in (row.proposed_by_id, row.confirmed_by_id)])
    writer = viewer.narrowed(Permission.DECISION_WRITE)
    may_try = case.status is CaseStatus.DECIDED and writer.grants != ()
    return {
        "decided_total": Money(case.currency, decided_total(session, case.id)),
        "modifications": [
            ModificationRow(
                row=row,
                act=session.get_one(Act, row.act_id),
                proposer=people[row.proposed_by_id],
                confirmer=people.get(row.confirmed_by_id or row.id, ""),
                before=_total(case, row.before),
                after=_total(case, row.lines),
            )
            for row in rows
        ],
        "waits_modification": any(row.state is CountersignState.PROPOSED for row in rows),
        "can_modify": may_try and not why_not_open(session, writer, pack, case),
    }


def _total(case: BusinessCase, lines: list[dict[str, Any]]) -> Money:
    return Money(case.currency, sum(line.minor for line in stored_lines(lines)))
