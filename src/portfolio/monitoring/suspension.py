"""At risk, suspended, resumed: how a project fares beside its stage, and what a suspension stops and gives back.

Whoever asks for a resumption does not grant it: two persons put codes in force again, as everywhere.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.monitoring import life_notices as notices
from portfolio.monitoring.effects import ENDED, effects_of
from portfolio.monitoring.life import directive_refusal
from portfolio.monitoring.life_terms import RequestState
from portfolio.monitoring.life_workflow import ENDERS
from portfolio.monitoring.models import ResumptionRequest
from portfolio.monitoring.suspended_codes import give_back_codes, stop_codes
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project, ProjectStanding
from portfolio.projects.standing import standing_of, standing_row
from portfolio.projects.terms import Standing


def set_at_risk(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, *, is_at_risk: bool, reason: str
) -> ProjectStanding:
    """Say that a project is at risk, or on course again; the stage stays. Raises `Refused`, `FieldRefused`."""
    wanted = Standing.AT_RISK if is_at_risk else Standing.ON_COURSE
    present = standing_of(session, project.id)
    if project.stage in ENDED:
        raise Refused(_("The project has ended."))
    if present is Standing.SUSPENDED:
        raise Refused(_("The project is suspended; it goes on only after it is resumed."))
    if present is wanted:
        raise Refused(_("The project stands so already."))
    _demand(reason)
    row = _set(session, actor, project, wanted, reason.strip())
    record(session, actor, Tag.PROJECT_STANDING_SET, project, words=row.reason, case=project.case_id, to=wanted.value)
    if is_at_risk:
        notices.tell_at_risk(session, pack, actor, project, row.reason)
    session.flush()
    return row


def suspension_refusals(session: Session, actor: Viewer, pack: CountryPack, project: Project) -> list[str]:
    """Why this person cannot suspend the project now."""
    refusals = []
    if project.stage in ENDED:
        refusals.append(_("The project has ended."))
    if standing_of(session, project.id) is Standing.SUSPENDED:
        refusals.append(_("The project is suspended already."))
    if reason := directive_refusal(session, actor, pack, project, ENDERS):
        refusals.append(reason)
    return refusals


def suspension_digest(session: Session, project: Project) -> str:
    """Of what a person is shown before they suspend."""
    return digest({"act": "suspend", "project": project.id, "effects": effects_of(session, project).digest})


def suspend_project(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    reason: str,
    password: str,
    shown: str,
) -> ProjectStanding:
    """Stop new reservations, codes and tranches; what is reserved, committed, paid or running goes on.

    Raises `FieldRefused` for reason and password, `Refused` with every reason, and when what was listed has changed.
    """
    _demand(reason)
    prove(session, secret, actor, password, shown)
    if refusals := suspension_refusals(session, actor, pack, project):
        raise Refused(*refusals)
    if shown != suspension_digest(session, project):
        raise Refused(_("What this affects changed while you were looking. Read it again: nothing was done."))
    imposed = stop_codes(session, actor, project, reason.strip())
    row = _set(session, actor, project, Standing.SUSPENDED, reason.strip(), imposed)
    record(
        session, actor, Tag.PROJECT_SUSPENDED, project, words=row.reason, case=project.case_id, digest=shown,
        codes=len(imposed),
    )  # fmt: skip
    notices.tell_suspended(session, pack, actor, project, row.reason)
    session.flush()
    return row


def open_request(session: Session, project: Project) -> ResumptionRequest | None:
    """The resumption that waits for its answer: at most one of a project."""
    return session.scalar(
        select(ResumptionRequest)
        .where(col(ResumptionRequest.project_id) == project.id, col(ResumptionRequest.state) == RequestState.ASKED)
        .order_by(col(ResumptionRequest.id))
        .limit(1)
    )


def ask_resumption(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, reason: str
) -> ResumptionRequest:  # fmt: skip
    """Ask, with the reason why it may go on. Raises `Refused`, `FieldRefused`."""
    if standing_of(session, project.id) is not Standing.SUSPENDED:
        raise Refused(_("The project is not suspended."))
    if open_request(session, project) is not None:
        raise Refused(_("The resumption of this project is asked for already and waits for its answer."))
    _demand(reason)
    row = ResumptionRequest(
        project_id=project.id, reason=reason.strip(), asked_by_id=actor.person_id, asked_at=now(session)
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.RESUMPTION_ASKED, row, words=row.reason, case=project.case_id)
    notices.tell_resumption_asked(session, pack, actor, project, row)
    return row


@dataclass(frozen=True, slots=True)
class Resumed:
    """The answer's outcome; `left`: codes of this suspension that stay stopped, because the decision bears them no more."""

    request: ResumptionRequest
    left: tuple[str, ...]


def resumption_digest(session: Session, project: Project, request: ResumptionRequest) -> str:
    """Of what the second person is shown."""
    present = standing_row(session, project.id)
    return digest(
        {
            "act": "resume",
            "request": request.id,
            "reason": request.reason,
            "imposed": [entry["code_id"] for entry in (present.imposed if present else [])],
        }
    )


def decide_resumption(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    request: ResumptionRequest,
    answer: str,
    password: str,
    shown: str,
    *,
    grants: bool,
) -> Resumed:
    """The second person's answer, bound to what was shown. Granting lifts exactly what the suspension imposed.

    Raises `FieldRefused` for answer and password, `Refused` otherwise.
    """
    if not answer.strip():
        raise FieldRefused("answer", _("A reason is required."))
    prove(session, secret, actor, password, shown)
    session.refresh(request)
    present = standing_row(session, project.id)
    if request.state is not RequestState.ASKED or present is None or present.standing is not Standing.SUSPENDED:
        raise Refused(_("This was decided already."))
    if actor.person_id == request.asked_by_id:
        raise Refused(_("Whoever asked for this does not grant it; a second person must."))
    if reason := directive_refusal(session, actor, pack, project, ENDERS):
        raise Refused(reason)
    if shown != resumption_digest(session, project, request):
        raise Refused(_("What this affects changed while you were looking. Read it again: nothing was done."))
    request.answer, request.decided_by_id, request.decided_at = answer.strip(), actor.person_id, now(session)
    if not grants:
        request.state = RequestState.REFUSED
        record(session, actor, Tag.RESUMPTION_REFUSED, request, words=request.answer, case=project.case_id)
        notices.tell_resumption_refused(session, pack, actor, project, request)
        return Resumed(request, ())
    request.state = RequestState.GRANTED
    left = give_back_codes(session, actor, present.imposed, request)
    _set(session, actor, project, _before_suspension(session, project), request.answer)
    record(
        session, actor, Tag.PROJECT_RESUMED, project, words=request.answer, case=project.case_id, digest=shown,
        request=request.id, left=len(left),
    )  # fmt: skip
    notices.tell_resumed(session, pack, actor, project)
    session.flush()
    return Resumed(request, tuple(left))


def _before_suspension(session: Session, project: Project) -> Standing:
    """A project that was at risk when it was suspended is at risk again."""
    before = session.scalar(
        select(col(ProjectStanding.standing))
        .where(col(ProjectStanding.project_id) == project.id, col(ProjectStanding.standing) != Standing.SUSPENDED)
        .order_by(col(ProjectStanding.set_at).desc(), col(ProjectStanding.id).desc())
        .limit(1)
    )
    return before or Standing.ON_COURSE


def _demand(reason: str) -> None:
    if not reason.strip():
        raise FieldRefused("reason", _("A reason is required."))


def _set(
    session: Session,
    actor: Viewer,
    project: Project,
    standing: Standing,
    reason: str,
    imposed: list[dict[str, object]] | None = None,
) -> ProjectStanding:
    row = ProjectStanding(
        project_id=project.id,
        standing=standing,
        reason=reason,
        set_by_id=actor.person_id,
        set_at=now(session),
        imposed=imposed or [],
    )
    session.add(row)
    session.flush()
    return row
