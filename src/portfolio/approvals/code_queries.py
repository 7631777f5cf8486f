"""Reading codes: their facts for the rules, the codes of a case, those a buyer may draw on, what is left to issue."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_terms import CodeState
from portfolio.approvals.draw_rules import CodeFacts
from portfolio.approvals.draw_rules import Draw as DrawFacts
from portfolio.approvals.models import ApprovalCode, BudgetEntry, CodeProposal, Draw
from portfolio.approvals.terms import CountersignState, EntryKind, Firmness
from portfolio.business_cases.models import BusinessCase, LotLine, Snapshot
from portfolio.business_cases.visibility import visible_to
from portfolio.errors import NotFound
from portfolio.people.viewer import Viewer

DECIDED = (EntryKind.LAW, EntryKind.MODIFICATION)
LIVE = (CodeState.ISSUED, CodeState.SUSPENDED, CodeState.EXHAUSTED)
"""States whose ceiling still counts against what was decided; what an ended code committed counts as well."""


@dataclass(frozen=True, slots=True)
class Lot:
    """What a code may be issued for: a procurement lot, or the whole case where it has none. Amounts in minor units."""

    id: uuid.UUID | None
    title: str
    category: str
    fiscal_year: int | None
    amount_minor: int | None


def code_by_text(session: Session, printed: str) -> ApprovalCode | None:
    """The code of that printed form, whoever asks: the code is a look-up key, not a right."""
    return session.scalar(select(ApprovalCode).where(col(ApprovalCode.code) == printed))


def locked_code(session: Session, code_id: uuid.UUID) -> ApprovalCode:
    """The row under a lock, as it stands now. Raises `NotFound`."""
    query = select(ApprovalCode).where(col(ApprovalCode.id) == code_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def draws_of(session: Session, code_id: uuid.UUID) -> Sequence[Draw]:
    """In the order they were made."""
    return session.scalars(
        select(Draw).where(col(Draw.code_id) == code_id).order_by(col(Draw.drawn_at), col(Draw.id))
    ).all()


def facts_of(session: Session, code: ApprovalCode) -> CodeFacts:
    """The code and all its draws, as the rules of the ledger see them; read it under the lock before a draw."""
    buyer = str(code.institution_id)
    return CodeFacts(
        state=code.state,
        ceiling=code.ceiling_minor,
        currency=code.currency,
        buyer_units=frozenset({buyer}),
        fiscal_years=frozenset({code.fiscal_year}),
        categories=frozenset({code.category} if code.category else ()),
        not_before=code.not_before,
        expires=code.expires_on,
        draws=tuple(
            DrawFacts(
                kind=draw.kind,
                amount=draw.amount_minor,
                currency=draw.currency,
                order_ref=draw.order_reference,
                buyer_unit=buyer,
                fiscal_year=code.fiscal_year,
                on=draw.drawn_at.date(),
            )
            for draw in draws_of(session, code.id)
        ),
    )


def codes_of_case(session: Session, case_id: uuid.UUID) -> Sequence[ApprovalCode]:
    """By fiscal year, then by lot, the newest generation last."""
    return session.scalars(
        select(ApprovalCode)
        .where(col(ApprovalCode.case_id) == case_id)
        .order_by(
            col(ApprovalCode.fiscal_year),
            col(ApprovalCode.lot_title),
            col(ApprovalCode.generation),
            col(ApprovalCode.id),
        )
    ).all()


def open_proposals(session: Session, case_id: uuid.UUID) -> Sequence[CodeProposal]:
    """Codes that wait for the second person, oldest first."""
    return session.scalars(
        select(CodeProposal)
        .where(col(CodeProposal.case_id) == case_id, col(CodeProposal.state) == CountersignState.PROPOSED)
        .order_by(col(CodeProposal.proposed_at), col(CodeProposal.id))
    ).all()


def decided_for_year(session: Session, case_id: uuid.UUID, fiscal_year: int) -> int:
    """What was decided firmly for the year, in minor units: the sum of the ledger's binding entries."""
    total = session.scalar(
        select(func.coalesce(func.sum(col(BudgetEntry.amount_minor)), 0)).where(
            col(BudgetEntry.case_id) == case_id,
            col(BudgetEntry.fiscal_year) == fiscal_year,
            col(BudgetEntry.kind).in_(DECIDED),
            col(BudgetEntry.firmness) == Firmness.FIRM,
        )
    )
    return int(total or 0)


def decided_years(session: Session, case_id: uuid.UUID) -> list[int]:
    """Fiscal years with a firm decided amount."""
    return list(
        session.scalars(
            select(col(BudgetEntry.fiscal_year))
            .where(
                col(BudgetEntry.case_id) == case_id,
                col(BudgetEntry.kind).in_(DECIDED),
                col(BudgetEntry.firmness) == Firmness.FIRM,
            )
            .distinct()
            .order_by(col(BudgetEntry.fiscal_year))
        )
    )


def taken_for_year(
    session: Session, case_id: uuid.UUID, fiscal_year: int, *, leaving_out: uuid.UUID | None = None
) -> int:
    """What codes and proposals already hold of the decided amount: ceilings of live codes, what ended ones used, proposals."""
    taken = 0
    for code in codes_of_case(session, case_id):
        if code.fiscal_year != fiscal_year or code.id == leaving_out:
            continue
        taken += code.ceiling_minor if code.state in LIVE else code.reserved_minor + code.committed_minor
    return taken + sum(p.ceiling_minor for p in open_proposals(session, case_id) if p.fiscal_year == fiscal_year)


def lots_of(session: Session, case: BusinessCase) -> list[Lot]:
    """The case's procurement lots (locked since submission), or the whole case where it names none."""
    rows = session.scalars(
        select(LotLine).where(col(LotLine.case_id) == case.id).order_by(col(LotLine.position), col(LotLine.id))
    ).all()
    if not rows:
        return [Lot(None, case.title, "", None, None)]
    return [Lot(row.id, row.title, row.category, row.fiscal_year, row.amount_minor) for row in rows]


def newest_snapshot(session: Session, case_id: uuid.UUID) -> Snapshot:
    """Raises `NotFound` for a case that was never submitted."""
    found = session.scalar(
        select(Snapshot).where(col(Snapshot.case_id) == case_id).order_by(col(Snapshot.number).desc()).limit(1)
    )
    if found is None:
        raise NotFound
    return found


def get_code(session: Session, viewer: Viewer, code_id: uuid.UUID) -> ApprovalCode:
    """A code of a case that this person may find. Raises `NotFound`."""
    found = session.scalar(
        select(ApprovalCode)
        .join(BusinessCase, col(BusinessCase.id) == col(ApprovalCode.case_id))
        .where(col(ApprovalCode.id) == code_id, visible_to(viewer))
    )
    if found is None:
        raise NotFound
    return found


def codes_of_buyer(session: Session, viewer: Viewer) -> Sequence[ApprovalCode]:
    """Codes of the institutions where this person buys, those in force first."""
    return session.scalars(
        select(ApprovalCode)
        .join(BusinessCase, col(BusinessCase.id) == col(ApprovalCode.case_id))
        .where(col(ApprovalCode.institution_id).in_(viewer.own_institutions), visible_to(viewer))
        .order_by(col(ApprovalCode.state) != CodeState.ISSUED, col(ApprovalCode.expires_on), col(ApprovalCode.id))
    ).all()
