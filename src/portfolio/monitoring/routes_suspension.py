"""Suspending a project after reading what that touches, asking for its resumption and answering, ending it before its time."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, pack_of
from portfolio.monitoring import life, suspension
from portfolio.monitoring.effects import effects_of
from portfolio.monitoring.life_forms import AnswerFields, BindingFields, ReasonFields
from portfolio.monitoring.life_frame import life_address, life_frame
from portfolio.monitoring.life_page import project_choices
from portfolio.monitoring.life_workflow import ENDS, LIFE
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names, names
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

SUSPEND, RESUME = "monitoring/suspension.html", "monitoring/resumption.html"
END = "monitoring/ending.html"

flash.register(
    {
        "project_suspended": N_("The project is suspended; those concerned are told."),
        "resumption_asked": N_("The resumption is asked for; somebody else grants it."),
        "project_resumed": N_("The project goes on; what its suspension stopped is in force again."),
        "project_resumed_partly": N_(
            "The project goes on. Some of its codes stay stopped, because what is decided does not bear them any more: see its "
            "codes."
        ),
        "resumption_refused": N_("The resumption is refused; the project stays suspended."),
        "project_ended": N_("The project has ended; those concerned are told."),
    }
)


def _affected(request: AnyRequest, session: Session, project: Project, form: Form[Any]) -> dict[str, Any]:
    institutions = institution_names(session)
    effects = effects_of(session, project)
    return {
        "frame": life_frame(request, session, project),
        "project": project,
        "effects": effects,
        "dependants": [(d, institutions.get(d.institution_id, "")) for d in effects.dependants],
        "form": form,
    }


def _suspending(request: AnyRequest, session: Session, project: Project, form: Form[BindingFields]) -> dict[str, Any]:
    return {
        **_affected(request, session, project, form),
        "reasons": suspension.suspension_refusals(session, request.user, pack_of(request), project),
        "digest": suspension.suspension_digest(session, project),
    }


@get(
    "/projects/{project_id:uuid}/suspension",
    name="monitoring.suspension",
    permission=Permission.PROJECT_SUSPEND,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_suspension(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    return page(request, SUSPEND, **_suspending(request, session, project, blank(BindingFields)))


@post(
    "/projects/{project_id:uuid}/suspension",
    permission=Permission.PROJECT_SUSPEND,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_suspension(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    form, secret = bind(BindingFields, submitted), runtime(request).settings.secret_key
    if (fields := form.value) is not None:
        try:
            suspension.suspend_project(
                session, request.user, pack_of(request), secret, project, fields.reason, fields.password, fields.digest
            )
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, life_address(request, project.id), say="project_suspended")
    return invalid(request, SUSPEND, **_suspending(request, session, project, form))


def _resuming(
    request: AnyRequest,
    session: Session,
    project: Project,
    form: Form[ReasonFields] | None = None,
    answer: Form[AnswerFields] | None = None,
) -> dict[str, Any]:
    asked = suspension.open_request(session, project)
    initiative = session.get_one(Initiative, project.initiative_id)
    viewer = everything_of(request)
    may_answer = asked is not None and viewer.can_in(Permission.PROJECT_SUSPEND, initiative.institution_id)
    return {
        "frame": life_frame(request, session, project),
        "project": project,
        "asked": asked,
        "asker": names(session, [asked.asked_by_id]).get(asked.asked_by_id, "") if asked else "",
        "may_answer": may_answer and asked is not None and asked.asked_by_id != viewer.person_id,
        "digest": suspension.resumption_digest(session, project, asked) if asked else "",
        "form": form or blank(ReasonFields),
        "answer": answer or blank(AnswerFields),
    }


@get(
    "/projects/{project_id:uuid}/resumption",
    name="monitoring.resumption",
    permission=Permission.PROJECT_FLAG,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_resumption(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    return page(request, RESUME, **_resuming(request, session, get_project(session, request.user, project_id)))


@post(
    "/projects/{project_id:uuid}/resumption",
    permission=Permission.PROJECT_FLAG,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_resumption(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    form = bind(ReasonFields, submitted)
    if form.value is None:
        return invalid(request, RESUME, **_resuming(request, session, project, form=form))
    suspension.ask_resumption(session, request.user, pack_of(request), project, form.value.reason)
    return done(request, session, life_address(request, project.id), say="resumption_asked")


@post(
    "/projects/{project_id:uuid}/resumption/answer",
    name="monitoring.answer_resumption",
    permission=Permission.PROJECT_SUSPEND,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_answer(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    asked = suspension.open_request(session, project)
    if asked is None:
        raise NotFound
    form, secret = bind(AnswerFields, submitted), runtime(request).settings.secret_key
    grants = submitted.text("grants") != "no"
    if (fields := form.value) is not None:
        try:
            found = suspension.decide_resumption(
                session, request.user, pack_of(request), secret, project, asked, fields.answer, fields.password,
                fields.digest, grants=grants,
            )  # fmt: skip
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            said = "project_resumed_partly" if found.left else "project_resumed" if grants else "resumption_refused"
            return done(request, session, life_address(request, project.id), say=said)
    return invalid(request, RESUME, **_resuming(request, session, project, answer=form))


def _ending(
    request: AnyRequest, session: Session, project: Project, name: str, form: Form[BindingFields]
) -> dict[str, Any]:
    refusals = life.refusals_of(session, request.user, pack_of(request), project, name)
    return {
        **_affected(request, session, project, form),
        "move": LIFE.named(name),
        "reasons": refusals,
        "choices": project_choices(session, request.user, project) if name == "absorb" else [],
        "digest": life.ending_digest(session, project, name),
    }


@get(
    "/projects/{project_id:uuid}/ending/{move:str}",
    name="monitoring.end",
    permission=Permission.PROJECT_SUSPEND,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_ending(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID], move: FromPath[str]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    if move not in ENDS:
        raise NotFound
    return page(request, END, **_ending(request, session, project, move, blank(BindingFields)))


@post(
    "/projects/{project_id:uuid}/ending/{move:str}",
    permission=Permission.PROJECT_SUSPEND,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_ending(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    move: FromPath[str],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    if move not in ENDS:
        raise NotFound
    form, secret = bind(BindingFields, submitted), runtime(request).settings.secret_key
    if (fields := form.value) is not None:
        try:
            successor = get_project(session, request.user, fields.successor_id) if fields.successor_id else None
            life.end_project(
                session, request.user, pack_of(request), secret, project, move, fields.reason, successor,
                fields.password, fields.digest,
            )  # fmt: skip
        except NotFound:
            form = form.with_error("successor_id", _("Choose one of the options"))
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, life_address(request, project.id), say="project_ended")
    return invalid(request, END, **_ending(request, session, project, move, form))


def routes() -> list[Any]:
    return [
        show_suspension,
        submit_suspension,
        show_resumption,
        submit_resumption,
        submit_answer,
        show_ending,
        submit_ending,
    ]
