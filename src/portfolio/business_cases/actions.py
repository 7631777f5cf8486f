"""Starting a case and changing its head; leave to submit late."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_move, make_author, why_locked, why_off_team
from portfolio.business_cases.forms import HeadFields, LateRequestFields, LateWaiverFields, StartFields
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.db.text import folded, sort_key
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution, Recusal, Unit
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.queries import holders
from portfolio.people.viewer import Viewer
from portfolio.projects.actions import create_initiative
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call, LateWaiver
from portfolio.strategy.rules import has_closed
from portfolio.web.formatting import country_zone

UNSUBMITTED = (CaseStatus.DRAFT, CaseStatus.ALIGNING, CaseStatus.INCOMPLETE)


def start_case(session: Session, actor: Viewer, pack: CountryPack, fields: StartFields) -> BusinessCase:
    """A draft with its initiative; whoever starts it leads it. Raises `FieldRefused` for a place or call it cannot have."""
    if fields.institution_id not in actor.own_institutions:
        raise FieldRefused("institution_id", _("You do not write cases for this institution"))
    call = session.get(Call, fields.call_id)
    if call is None or has_closed(call, now(session)):
        raise FieldRefused("call_id", _("This call has closed. Choose another one"))
    _check_unit(session, fields.unit_id, fields.institution_id)
    language = actor.language if actor.language in pack.languages else pack.languages[0]
    initiative = create_initiative(
        session,
        title=fields.title,
        state=CaseStatus.DRAFT.value,
        currency=call.currency,
        institution_id=fields.institution_id,
        unit_id=fields.unit_id,
        call_id=call.id,
    )
    case = BusinessCase(
        created_at=now(session),
        initiative_id=initiative.id,
        call_id=call.id,
        institution_id=fields.institution_id,
        unit_id=fields.unit_id,
        title=fields.title,
        kind=fields.kind.value,
        status_since=now(session),
        language=language,
        currency=call.currency,
        lead_id=actor.person_id,
    )
    session.add(case)
    session.flush()
    make_author(session, case, actor)
    record(session, actor, Tag.CASE_STARTED, case, call=call.id, institution=case.institution_id, kind=case.kind)
    session.flush()
    return case


def change_head(session: Session, actor: Viewer, case: BusinessCase, fields: HeadFields) -> None:
    """Raises `Refused` when the case is locked, or was changed since the page was read: the form comes back as typed."""
    lock_for_move(session, case)
    if reason := why_locked(case) or why_off_team(session, case, actor.person_id):
        raise Refused(reason)
    if case.version != fields.seen:
        raise Refused(
            _(
                "Someone else changed this while you were looking. What you typed is still here: check it and save again."
            )
        )
    _check_unit(session, fields.unit_id, case.institution_id)
    case.title, case.kind = fields.title, fields.kind.value
    case.unit_id, case.priority = fields.unit_id, fields.priority
    initiative = session.get_one(Initiative, case.initiative_id)
    initiative.title, initiative.unit_id = case.title, case.unit_id
    initiative.sort_key, initiative.search_text = sort_key(case.title), folded(case.title)
    make_author(session, case, actor)
    record(session, actor, Tag.CASE_EDITED, case, section="", kind=case.kind, priority=case.priority)
    session.flush()


def ask_late_submission(session: Session, actor: Viewer, case: BusinessCase, fields: LateRequestFields) -> int:
    """Tell those who may grant it; returns how many. Raises `Refused` when the case does not need it, or nobody may."""
    call = session.get_one(Call, case.call_id)
    if not has_closed(call, now(session)) or case.status not in UNSUBMITTED:
        raise Refused(_("This case does not need leave to be submitted late."))
    people = _may_grant(session, case)
    if not people:
        raise Refused(_("Nobody holds the power to let a case be submitted late. Ask the directive body."))
    institution = session.get_one(Institution, case.institution_id)
    record(session, actor, Tag.CASE_EDITED, case, words=fields.reason, late_submission="asked")
    return owe(
        session,
        "late_submission_asked",
        people,
        subject_id=case.id,
        path=f"/calls/{call.id}/late-submissions?case={case.id}",
        case=case.title,
        institution=institution.name,
        reason=fields.reason,
    )


def case_to_waive(session: Session, actor: Viewer, call: Call, case_id: uuid.UUID) -> BusinessCase:
    """The case that was named to whoever may waive. Raises `NotFound` for one that is not of this call, was submitted, or
    that this person stepped aside from."""
    case = session.get(BusinessCase, case_id)
    recused = select(col(Recusal.id)).where(
        col(Recusal.person_id) == actor.person_id, col(Recusal.subject_id) == case_id
    )
    if case is None or case.call_id != call.id or case.status not in UNSUBMITTED or session.scalar(recused):
        raise NotFound
    return case


def grant_late_submission(
    session: Session, actor: Viewer, call: Call, case: BusinessCase, fields: LateWaiverFields
) -> LateWaiver:
    """Raises `FieldRefused` for an instant that has passed, `Refused` for a case of the person's own institution."""
    if case.institution_id in actor.homes:
        raise Refused(_("Nobody decides on a case of their own institution."))
    if fields.until <= now(session) or fields.until <= call.closes_at:
        raise FieldRefused("until", _("The leave must end after the closing, and in the future"))
    waiver = LateWaiver(
        call_id=call.id,
        case_id=case.id,
        until=fields.until,
        reason=fields.reason,
        decided_by_id=actor.person_id,
        decided_on=now(session).astimezone(country_zone()).date(),
    )
    session.add(waiver)
    record(session, actor, Tag.LATE_SUBMISSION_WAIVED, case, words=fields.reason, call=call.id, until=fields.until)
    owe(
        session,
        "late_submission_granted",
        [case.lead_id],
        subject_id=case.id,
        path=f"/cases/{case.id}/formulation",
        case=case.title,
        until=fields.until,
        reason=fields.reason,
    )
    session.flush()
    return waiver


def _check_unit(session: Session, unit_id: uuid.UUID | None, institution_id: uuid.UUID) -> None:
    if unit_id is None:
        return
    unit = session.get(Unit, unit_id)
    if unit is None or unit.institution_id != institution_id:
        raise FieldRefused("unit_id", _("Choose a unit of the institution"))


def _may_grant(session: Session, case: BusinessCase) -> set[uuid.UUID]:
    on = now(session).astimezone(country_zone()).date()
    roles = [role for role, granted in GRANTS.items() if Permission.LATE_WAIVE in granted]
    return {person for role in roles for person in holders(session, role, on)}
