"""What an event is about, in words: the kind of record, its name where the reader may see it, and its page.

The trail keeps the table and the id of a record. This room knows people and bodies; rooms above say how their own records
are called with `register_names`.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.models import AuditEvent
from portfolio.i18n import N_, gettext
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution, Person, Unit
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer

KINDS: dict[str, str] = {
    "account": N_("Account"),
    "api_key": N_("Key of the API"),
    "approval_code": N_("Approval code"),
    "budget_decision": N_("Budget decision"),
    "budget_modification": N_("Change of a decided amount"),
    "business_case": N_("Case"),
    "call": N_("Call"),
    "code_proposal": N_("Proposed approval code"),
    "closing_answer": N_("Item of the close-out"),
    "closing_exception": N_("Exception of the close-out"),
    "condition": N_("Condition"),
    "countersign": N_("Proposed change of a code"),
    "derived_link": N_("Where a project comes from"),
    "draw": N_("Draw"),
    "evaluation": N_("Evaluation of a project"),
    "export_run": N_("Export"),
    "external_review": N_("External review"),
    "contract": N_("Contract"),
    "contract_amendment": N_("Amendment of a contract"),
    "draw_settlement": N_("Settled difference of draws"),
    "execution_difference": N_("Unmatched row of the financial system"),
    "execution_run": N_("File of the financial system"),
    "invoice": N_("Invoice"),
    "factor_reset": N_("Reset of a second factor"),
    "finding": N_("Finding on a project"),
    "finding_answer": N_("Answer to a finding"),
    "gate_decision": N_("Decision of a gate"),
    "gate_proposal": N_("Proposed gate"),
    "hand_over_terms": N_("Terms of the hand-over"),
    "import_run": N_("Import"),
    "initiative": N_("Initiative"),
    "institution": N_("Institution"),
    "issue": N_("Issue"),
    "job_pause": N_("Pause of a job"),
    "kpi_indicator": N_("Indicator"),
    "kpi_upload": N_("File of measurements"),
    "kpi_wave": N_("Survey of users"),
    "kpi_wave_adoption": N_("Survey adopted as a measurement"),
    "lesson": N_("Lesson"),
    "lesson_use": N_("Lesson answered by a case"),
    "letter": N_("Letter"),
    "membership": N_("Role"),
    "observation": N_("Observation"),
    "milestone": N_("Milestone"),
    "opinion": N_("Opinion"),
    "opinion_draft": N_("Draft of the opinion"),
    "opinion_override": N_("Override of the opinion"),
    "person": N_("Person"),
    "plan_change": N_("Change request"),
    "plan_proposal": N_("Proposed plan"),
    "plan_file": N_("Schedule file"),
    "pilot_terms": N_("Terms of the pilot"),
    "project": N_("Project"),
    "promise_carry_over": N_("Promises carried over"),
    "project_dependency": N_("Dependency between projects"),
    "project_standing": N_("Standing of the project"),
    "progress_return": N_("Progress return"),
    "rating": N_("Rating"),
    "rating_comment": N_("Comment on a rating"),
    "rating_request": N_("Asked independent rating"),
    "reconsideration": N_("Reconsideration"),
    "resumption_request": N_("Asked resumption of a project"),
    "review": N_("Peer review"),
    "risk": N_("Risk"),
    "risk_acceptance": N_("Acceptance of a risk"),
    "risk_action": N_("Treatment of a risk"),
    "risk_assessment": N_("Assessment of a risk"),
    "risk_escalation": N_("Escalation of a risk"),
    "risk_evidence": N_("Evidence of a risk"),
    "role_proposal": N_("Proposed role"),
    "stage_move": N_("Change of stage"),
    "unit": N_("Unit"),
    "verdict": N_("Finding"),
    "waiver": N_("Waiver"),
    "service": N_("Service in operation"),
    "service_review": N_("Yearly review of a service"),
}
"""Words for what acts are about, by the name that the trail keeps."""

CASE = "business_case"


@dataclass(frozen=True, slots=True)
class Named:
    """A record by the name that people know, and the route of its page with the parameter that takes the id, if any.

    `params`: what the route takes instead, where it is not the id of the record itself.
    """

    name: str
    route: str = ""
    parameter: str = ""
    permission: Permission | None = None
    params: Mapping[str, uuid.UUID] | None = None


Finder = Callable[[Session, Viewer, Collection[uuid.UUID]], Mapping[uuid.UUID, Named]]
"""Names of those records that the viewer may see."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the page shows: kind, name and address; `reference` tells records without a name apart."""

    kind: str
    name: str
    href: str
    reference: str


Describer = Callable[[Session, CountryPack, Sequence[AuditEvent]], Mapping[uuid.UUID, str]]
"""What the details of events say in words, by event."""

_finders: dict[str, Finder] = {}
_describers: list[Describer] = []
_numbered: list[Callable[[Session, Viewer, str], Collection[uuid.UUID]]] = []


def register_names(object_type: str, finder: Finder) -> None:
    """Say how the records of a room are called; the same kind replaces."""
    _finders[object_type] = finder


def register_numbers(finder: Callable[[Session, Viewer, str], Collection[uuid.UUID]]) -> None:
    """Say which records a number stands for that people know them by (PF-2027-000123)."""
    _numbered.append(finder)


def records_called(session: Session, viewer: Viewer, typed: str) -> tuple[uuid.UUID, ...]:
    """The record of an identifier, or those that a number stands for; none for what is neither."""
    with suppress(ValueError):
        return (uuid.UUID(typed.strip()),)
    return tuple(found for finder in _numbered for found in finder(session, viewer, typed.strip()))


def register_details(describer: Describer) -> None:
    """Say what the details of a room's events mean."""
    if describer not in _describers:
        _describers.append(describer)


def details_of_events(session: Session, pack: CountryPack, events: Sequence[AuditEvent]) -> dict[uuid.UUID, str]:
    """By event, in words; nothing for those that no room describes."""
    said: dict[uuid.UUID, str] = {}
    for describer in _describers:
        said.update(describer(session, pack, events))
    return said


def subjects_of(
    session: Session, viewer: Viewer, events: Iterable[AuditEvent], url_for: Callable[..., str]
) -> dict[uuid.UUID, Subject]:
    """By event: its record, or, where that has no name of its own, the case that it belongs to. One query a kind."""
    events = list(events)
    wanted: dict[str, set[uuid.UUID]] = {}
    for event in events:
        if event.object_id is not None:
            wanted.setdefault(event.object_type, set()).add(event.object_id)
        if event.about_id is not None:
            wanted.setdefault(CASE, set()).add(event.about_id)
    found = {kind: _finders[kind](session, viewer, ids) for kind, ids in wanted.items() if kind in _finders}
    return {event.id: _subject(event, found, viewer, url_for) for event in events}


def _subject(
    event: AuditEvent, found: Mapping[str, Mapping[uuid.UUID, Named]], viewer: Viewer, url_for: Callable[..., str]
) -> Subject:
    words = KINDS.get(event.object_type)
    kind = event.object_type.replace("_", " ") if words is None else gettext(words)
    own = found.get(event.object_type, {}).get(event.object_id) if event.object_id else None
    case = found.get(CASE, {}).get(event.about_id) if event.about_id else None
    named, named_id = (own, event.object_id) if own is not None else (case, event.about_id)
    if named is None:
        return Subject(kind, "", "", _short(event.object_id))
    can_open = named.route and (named.permission is None or viewer.can(named.permission))
    params = {named.parameter: named_id} if named.params is None else named.params
    href = url_for(named.route, **params) if can_open else ""
    return Subject(kind, named.name, href, "" if own is not None else _short(event.object_id))


def _short(record: uuid.UUID | None) -> str:
    """The end of an id: ids of one day begin alike."""
    return "" if record is None else record.hex[-8:]


def _people(session: Session, _viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    rows = session.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(ids)))
    return {row.id: Named(row.name, "people.person", "person_id", Permission.PEOPLE_READ) for row in rows}


def _institutions(session: Session, _viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    rows = session.execute(select(col(Institution.id), col(Institution.name)).where(col(Institution.id).in_(ids)))
    return {
        row.id: Named(row.name, "people.institution", "institution_id", Permission.PEOPLE_ADMINISTER) for row in rows
    }


def _units(session: Session, _viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    rows = session.execute(select(col(Unit.id), col(Unit.name)).where(col(Unit.id).in_(ids)))
    return {row.id: Named(row.name) for row in rows}


register_names("person", _people)
register_names("institution", _institutions)
register_names("unit", _units)
