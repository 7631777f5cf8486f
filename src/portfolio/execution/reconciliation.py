"""Draws of an approval code against the contracts that follow from them, order by order.

What an order committed on the code is compared with its contracts and their amendments: what is reserved only has no contract
yet. A difference is settled by a person with a reason, and only as long as both figures stay as they were.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_queries import codes_of_case, facts_of
from portfolio.approvals.draw_rules import Balance, balance_by_order
from portfolio.approvals.models import ApprovalCode
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import NotFound, Refused
from portfolio.execution.models import Contract, DrawSettlement
from portfolio.execution.queries import amendments_of, contracts_of
from portfolio.execution.terms import ContractState
from portfolio.i18n import gettext as _
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a code, in minor units. `settlement` holds for these very figures."""

    code: ApprovalCode
    reference: str
    reserved: int
    committed: int
    contracted: int
    settlement: DrawSettlement | None

    @property
    def difference(self) -> int:
        """What the contracts exceed the commitments by."""
        return self.contracted - self.committed


def orders_of(session: Session, project: Project) -> list[Order]:
    """Every order that was drawn or contracted, by code, then by reference; a code without either has none."""
    if project.case_id is None:
        return []
    codes = codes_of_case(session, project.case_id)
    contracted = _contracted(session, project)
    settled = _settled(session, [code.id for code in codes])
    found = []
    for code in codes:
        drawn = balance_by_order(facts_of(session, code).draws)
        for reference in sorted(set(drawn) | {order for code_id, order in contracted if code_id == code.id}):
            held, bound = drawn.get(reference, Balance()), contracted.get((code.id, reference), 0)
            last = settled.get((code.id, reference))
            holds = last is not None and (last.drawn_minor, last.contracted_minor) == (held.committed, bound)
            found.append(Order(code, reference, held.reserved, held.committed, bound, last if holds else None))
    return found


def standing_amounts(session: Session, contracts: Sequence[Contract]) -> dict[uuid.UUID, int]:
    """Each contract with its amendments, in minor units."""
    found = {contract.id: contract.amount_minor for contract in contracts}
    for amendment in amendments_of(session, list(found)):
        found[amendment.contract_id] += amendment.change_minor
    return found


def _contracted(session: Session, project: Project) -> dict[tuple[uuid.UUID, str], int]:
    contracts = contracts_of(session, project.id)
    amounts, found = standing_amounts(session, contracts), defaultdict[tuple[uuid.UUID, str], int](int)
    for contract in contracts:
        if contract.code_id is not None and contract.state is not ContractState.TERMINATED:
            found[contract.code_id, contract.order_reference] += amounts[contract.id]
    return dict(found)


def _settled(session: Session, codes: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], DrawSettlement]:
    rows = session.scalars(
        select(DrawSettlement)
        .where(col(DrawSettlement.code_id).in_(codes))
        .order_by(col(DrawSettlement.made_at), col(DrawSettlement.id))
    )
    return {(row.code_id, row.order_reference): row for row in rows}


def who_settles() -> str:
    return _(
        "A finance manager of the institution or the budget office settles a difference between draws and contracts."
    )


def contracts_on(session: Session, project: Project, code_id: uuid.UUID, reference: str) -> list[tuple[Contract, int]]:
    """Contracts that count for an order, each with what it comes to with its amendments."""
    found = [
        one
        for one in contracts_of(session, project.id)
        if (one.code_id, one.order_reference) == (code_id, reference) and one.state is not ContractState.TERMINATED
    ]
    amounts = standing_amounts(session, found)
    return [(one, amounts[one.id]) for one in found]


def put_on_record_by(session: Session, project: Project, code_id: uuid.UUID, reference: str, person: Viewer) -> bool:
    """Whether this person put a contract of the order, or an amendment of one, on record."""
    contracts = [one for one, _amount in contracts_on(session, project, code_id, reference)]
    who = {one.by_id for one in contracts}
    who |= {one.made_by_id for one in amendments_of(session, [one.id for one in contracts])}
    return person.person_id in who


def settle_order(
    session: Session,
    actor: Viewer,
    project: Project,
    code_id: uuid.UUID,
    reference: str,
    shown: tuple[int, int],
    reason: str,
) -> DrawSettlement:
    """A person's word on a difference. `shown`: what was committed and contracted when they looked.

    Raises `NotFound` for an order that is not there, `Refused` where nothing differs, it is settled, the figures moved on, or
    who acts put one of its contracts or amendments on record.
    """
    session.execute(select(col(ApprovalCode.id)).where(col(ApprovalCode.id) == code_id).with_for_update())
    order = next(
        (one for one in orders_of(session, project) if one.code.id == code_id and one.reference == reference), None
    )
    if order is None:
        raise NotFound
    if order.settlement is not None or not order.difference:
        raise Refused(_("Nothing is left to settle of this order."))
    if shown != (order.committed, order.contracted):
        raise Refused(_("The figures of this order changed meanwhile. Reload the page and look at them again."))
    if put_on_record_by(session, project, code_id, reference, actor):
        raise Refused(
            _("You put a contract or an amendment of this order on record, so somebody else settles it."), who_settles()
        )
    row = DrawSettlement(
        code_id=code_id,
        order_reference=reference,
        drawn_minor=order.committed,
        contracted_minor=order.contracted,
        reason=reason,
        made_by_id=actor.person_id,
        made_at=now(session),
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.DRAWS_SETTLED, row, words=reason, project=project.id, case=project.case_id,
        code=code_id, drawn=order.committed, contracted=order.contracted,
    )  # fmt: skip
    return row
