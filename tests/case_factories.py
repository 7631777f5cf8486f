"""Calls and cases for tests: plain functions with defaults, each committing nothing."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.audit.canon import canonical, digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase, CaseAnswer, Snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.db.text import sort_key
from portfolio.packs.terms import SectionCode
from portfolio.people.models import Duty, Institution, Unit
from portfolio.people.terms import DutyKind
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Initiative
from portfolio.projects.terms import AmountState
from portfolio.strategy.models import ActionLine, Call
from portfolio.strategy.terms import CallKind

OPENS = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CLOSES = datetime(2026, 10, 1, 2, 59, 59, tzinfo=UTC)
"""The last second of 30 September in Santiago, where the clocks then stand three hours behind UTC."""

_count = iter(range(1, 10**9))


def a_call(
    session: Session,
    title: str = "",
    *,
    kind: CallKind = CallKind.ANNUAL,
    fiscal_year: int = 2027,
    currency: str = "USD",
    opens_at: datetime = OPENS,
    closes_at: datetime = CLOSES,
    pack_code: str = "eclac",
    pack_version: str = "2026.1",
) -> Call:
    row = Call(
        title=title or f"Call {next(_count)}",
        kind=kind,
        fiscal_year=fiscal_year,
        currency=currency,
        opens_at=opens_at,
        closes_at=closes_at,
        pack_code=pack_code,
        pack_version=pack_version,
    )
    session.add(row)
    record(session, SYSTEM, Tag.CALL_OPENED, row)
    session.flush()
    return row


def an_action_line(
    session: Session, call: Call, code: str = "1.1", title: str = "Services online", theme: str = "services"
) -> ActionLine:
    row = ActionLine(call_id=call.id, code=code, title=title, theme=theme)
    session.add(row)
    record(session, SYSTEM, Tag.CALL_CHANGED, call)
    session.flush()
    return row


def a_case(
    session: Session,
    institution: Institution,
    lead: Viewer,
    call: Call,
    status: CaseStatus = CaseStatus.DRAFT,
    *,
    title: str = "",
    kind: str = "new",
    track: str | None = None,
    number: str | None = None,
    unit: Unit | None = None,
    priority: int | None = None,
    requested_minor: int | None = None,
    open_sections: tuple[str, ...] = (),
) -> BusinessCase:
    """A case with its initiative, and its lead as an author. `requested_minor` is in the call's currency."""
    title = title or f"Case {next(_count)}"
    initiative = Initiative(
        number=number,
        institution_id=institution.id,
        call_id=call.id,
        title=title,
        state=status.value,
        currency=call.currency,
        requested_minor=requested_minor,
        requested_state=AmountState.MISSING if requested_minor is None else AmountState.KNOWN,
        requested_is_null=requested_minor is None,
        source_key=str(uuid.uuid4()),
        sort_key=sort_key(title),
        search_text=title.lower(),
    )
    session.add(initiative)
    session.flush()
    row = BusinessCase(
        initiative_id=initiative.id,
        call_id=call.id,
        institution_id=institution.id,
        unit_id=unit.id if unit else None,
        title=title,
        kind=kind,
        track=track,
        priority=priority,
        status=status,
        status_since=now(session),
        currency=call.currency,
        lead_id=lead.person_id,
        open_sections=list(open_sections),
    )
    session.add(row)
    session.add(Duty(person_id=lead.person_id, subject_id=row.id, kind=DutyKind.AUTHOR, began_at=now(session)))
    record(session, lead, Tag.CASE_STARTED, row)
    session.flush()
    return row


def an_answer(
    session: Session, case: BusinessCase, section: SectionCode | str, question: str, value: str, by: Viewer
) -> CaseAnswer:
    row = CaseAnswer(
        case_id=case.id,
        section=SectionCode(section).value,
        question=question,
        value=value,
        edited_by_id=by.person_id,
        edited_at=now(session),
    )
    session.add(row)
    session.flush()
    return row


def a_content(title: str = "Case", **sections: dict[str, Any]) -> dict[str, Any]:
    """The content of a case as `business_cases.content` shapes it. `problem={"answers": {…}}` fills a section."""
    return {
        "format": 1,
        "case": {
            "title": title,
            "kind": "new",
            "case_version": 1,
            "currency": "USD",
            "language": "es",
            "priority": None,
            "institution": {"id": str(uuid.UUID(int=1)), "name": "Institution"},
            "unit": None,
            "call": {"id": str(uuid.UUID(int=2)), "title": "Call", "fiscal_year": 2027},
        },
        "sections": {code.value: {"answers": {}, "lines": {}} | sections.get(code.value, {}) for code in SectionCode},
        "attachments": [],
    }


def a_snapshot(
    session: Session,
    case: BusinessCase,
    by: Viewer,
    *,
    number: int = 1,
    track: str = "full",
    requested_minor: int = 0,
    content: dict[str, Any] | None = None,
) -> Snapshot:
    text = canonical(content or a_content(case.title))
    row = Snapshot(
        case_id=case.id,
        number=number,
        content=text,
        digest=digest(text),
        pack_code="eclac",
        pack_version="2026.1",
        pack_digest="0" * 64,
        library_digest="0" * 64,
        track=track,
        track_reasons=[{"es": "Nueva", "pt": "Nova", "en": "New"}],
        totals={
            "currency": case.currency,
            "whole_life": requested_minor,
            "asked": requested_minor,
            "funding": requested_minor,
            "by_year": {"2027": requested_minor},
            "asked_by_year": {"2027": requested_minor},
        },
        submitted_at=now(session),
        submitted_by_id=by.person_id,
    )
    session.add(row)
    record(session, by, Tag.CASE_SUBMITTED, case, digest=row.digest)
    session.flush()
    return row


def a_submitted_case(
    session: Session,
    institution: Institution,
    lead: Viewer,
    call: Call,
    status: CaseStatus = CaseStatus.SUBMITTED,
    *,
    title: str = "",
    kind: str = "new",
    track: str = "full",
    number: str = "",
    unit: Unit | None = None,
    priority: int | None = None,
    requested_minor: int = 25_000_000,
    content: dict[str, Any] | None = None,
) -> BusinessCase:
    """A case with number, track and a frozen snapshot: find it with `snapshots.newest_snapshot(session, case.id)`."""
    case = a_case(
        session,
        institution,
        lead,
        call,
        status,
        title=title,
        kind=kind,
        track=track,
        number=number or f"PF-{call.fiscal_year}-{next(_count):06d}",
        unit=unit,
        priority=priority,
        requested_minor=requested_minor,
    )
    case.submitted_at = now(session)
    a_snapshot(session, case, lead, track=track, requested_minor=requested_minor, content=content)
    return case
