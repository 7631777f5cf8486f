"""The short story of a case, newest first: what the record of each room says happened, for whoever may know it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portfolio.approvals.case_record import confirmed_decisions, issued_codes, returns_of, signed_opinions
from portfolio.approvals.modification_queries import modifications_of
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import submissions_of
from portfolio.business_cases.team import first_lead
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
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
    yield _Raw(case.created_at, _("Started"), first_lead(session, case))
    for number, at, by in submissions_of(session, case.id):
        yield _Raw(at, _("Submitted") if number == 1 else _("Submitted again"), by, tone="active")
    for row in returns_of(session, case.id):
        yield _Raw(row.returned_at, _("Returned to the institution"), row.returned_by_id, row.reason, "caution")
    if case.admitted_at is not None:
        yield _Raw(case.admitted_at, _("Admitted"), None, tone="active")


def _opinions(session: Session, case: BusinessCase) -> Iterator[_Raw]:
    for row in signed_opinions(session, case.id):
        if row.signed_at is not None:
            yield _Raw(row.signed_at, _("Opinion signed"), row.signed_by_id, label(row.outcome), "special")


def _decisions(session: Session, case: BusinessCase) -> Iterator[_Raw]:
    for row in confirmed_decisions(session, case.id):
        if row.confirmed_at is not None:
            yield _Raw(row.confirmed_at, _("Budget decided"), row.confirmed_by_id, label(row.outcome), "good")
    yield from _modifications(session, case)
    for code in issued_codes(session, case.id):
        yield _Raw(code.issued_at, _("Approval code issued"), code.issued_by_id, code.lot_title, "good")


def _modifications(session: Session, case: BusinessCase) -> Iterator[_Raw]:
    """Those that a second person confirmed."""
    for row in modifications_of(session, case.id):
        if row.confirmed_at is not None:
            yield _Raw(row.confirmed_at, _("Decided amount modified"), row.confirmed_by_id, label(row.kind), "caution")
