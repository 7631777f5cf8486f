"""The short story of a case, newest first: what the record of each room says happened, for whoever may know it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import ApprovalCode, BudgetDecision, Opinion
from portfolio.approvals.modification_queries import modifications_of
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import snapshots_of
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.peer_review.models import CaseReturn
from portfolio.people.queries import names
from portfolio.web.formatting import instant


@dataclass(frozen=True, slots=True)
class Event:
    """As `macros/layout.timeline` shows it."""

    title: str
    when: str
    who: str
    text: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class _Raw:
    at: datetime
    title: str
    by: UUID | None
    text: str = ""
    tone: str = ""


def timeline_of(session: Session, pack: CountryPack, case: BusinessCase, *, knows_decision: bool) -> list[Event]:
    """`knows_decision` is false for whom an embargo holds: the decision and what follows from it are left out."""
    found = [*_road(session, case), *_opinions(session, case)]
    if knows_decision:
        found += _decisions(session, case)
    people = names(session, (raw.by for raw in found))
    admits = pack.body_with(Power.ADMISSIBILITY)
    body = str(admits.name) if admits else _("The system")
    found.sort(key=lambda raw: raw.at, reverse=True)
    return [
        Event(raw.title, instant(raw.at), people.get(raw.by, "") if raw.by else body, raw.text, raw.tone)
        for raw in found
    ]


def _road(session: Session, case: BusinessCase) -> Iterator[_Raw]:
    yield _Raw(case.created_at, _("Started"), case.lead_id)
    for snapshot in snapshots_of(session, case.id):
        title = _("Submitted") if snapshot.number == 1 else _("Submitted again")
        yield _Raw(snapshot.submitted_at, title, snapshot.submitted_by_id, tone="active")
    returns = session.scalars(
        select(CaseReturn).where(col(CaseReturn.case_id) == case.id).order_by(col(CaseReturn.returned_at))
    )
    for row in returns:
        yield _Raw(row.returned_at, _("Returned to the institution"), row.returned_by_id, row.reason, "caution")
    if case.admitted_at is not None:
        yield _Raw(case.admitted_at, _("Admitted"), None, tone="active")


def _opinions(session: Session, case: BusinessCase) -> Iterator[_Raw]:
    rows = session.scalars(
        select(Opinion)
        .where(col(Opinion.case_id) == case.id, col(Opinion.signed_at).is_not(None))
        .order_by(col(Opinion.signed_at))
    )
    for row in rows:
        if row.signed_at is not None:
            yield _Raw(row.signed_at, _("Opinion signed"), row.signed_by_id, label(row.outcome), "special")


def _decisions(session: Session, case: BusinessCase) -> Iterator[_Raw]:
    decisions = session.scalars(
        select(BudgetDecision)
        .where(col(BudgetDecision.case_id) == case.id, col(BudgetDecision.confirmed_at).is_not(None))
        .order_by(col(BudgetDecision.confirmed_at))
    )
    for decision in decisions:
        if decision.confirmed_at is not None:
            yield _Raw(
                decision.confirmed_at, _("Budget decided"), decision.confirmed_by_id, label(decision.outcome), "good"
            )
    yield from _modifications(session, case)
    codes = session.scalars(
        select(ApprovalCode).where(col(ApprovalCode.case_id) == case.id).order_by(col(ApprovalCode.issued_at))
    )
    for code in codes:
        yield _Raw(code.issued_at, _("Approval code issued"), code.issued_by_id, code.lot_title, "good")


def _modifications(session: Session, case: BusinessCase) -> Iterator[_Raw]:
    """Those that a second person confirmed."""
    for row in modifications_of(session, case.id):
        if row.confirmed_at is not None:
            yield _Raw(row.confirmed_at, _("Decided amount modified"), row.confirmed_by_id, label(row.kind), "caution")
