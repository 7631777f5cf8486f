"""What a case takes from those before it: lessons of similar projects, which of them it answers, and where it comes from."""

import uuid
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.business_cases.editing import why_off_team
from portfolio.business_cases.extras import Extra, ExtraInput, register_extra
from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.lessons import actions
from portfolio.lessons.forms import OriginFields, UseFields
from portfolio.lessons.queries import Listed, get_lesson, origins_of, similar, uses_of_case
from portfolio.lessons.terms import LinkKind
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.web.flash import register
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

AnyRequest = Request[Any, Any, Any]
P = Permission
PAGE, TAB = "business_cases/lessons.html", "business_cases.lessons"

WRITABLE = frozenset({CaseStatus.DRAFT, CaseStatus.INCOMPLETE, CaseStatus.ALIGNING})

register_tab(TabSpec(28, TAB, N_("Lessons"), P.CASE_READ))
register(
    {
        "lesson_answered": N_("It is on record how the case answers the lesson."),
        "case_origin_named": N_("It is on record where this case comes from."),
    }
)


def similar_to(session: Session, viewer: Viewer, case: BusinessCase) -> list[Listed]:
    """By the words of the title and of the summary, and by the theme of the initiative."""
    initiative = row_of(session, Initiative, case.initiative_id)
    text = f"{case.title} {initiative.summary}"
    return similar(session, viewer, now(session), text, initiative.theme, case.initiative_id)


@get(
    "/cases/{case_id:uuid}/lessons",
    name=TAB,
    permission=P.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_lessons(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_shown(request, session, case))


@post(
    "/cases/{case_id:uuid}/lessons",
    name="business_cases.answer_lesson",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_answer(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    _check(session, request.user, case)
    form = bind(UseFields, submitted)
    if (fields := form.value) is not None:
        try:
            listed = get_lesson(session, whole_viewer(request) or request.user, now(session), fields.lesson_id)
        except NotFound:
            form = form.with_error("lesson_id", _("Choose one of the options"))
        else:
            actions.answer_lesson(session, request.user, case.id, listed.lesson, fields.answer)
            return done(request, session, _address(request, case_id), say="lesson_answered")
    return invalid(request, PAGE, **_shown(request, session, case, answering=form))


@post(
    "/cases/{case_id:uuid}/origin",
    name="business_cases.origin",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_origin(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    _check(session, request.user, case)
    form = bind(OriginFields, submitted)
    if form.value is not None:
        try:
            actions.derive(session, request.user, row_of(session, Initiative, case.initiative_id), form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, case_id), say="case_origin_named")
    return invalid(request, PAGE, **_shown(request, session, case, deriving=form))


def why_not(session: Session, viewer: Viewer, case: BusinessCase) -> str:
    """Why this person cannot say anything here now: what a submitted case says is frozen; nothing when they can."""
    if not viewer.can_in(P.CASE_WRITE, case.institution_id):
        return _("You read this case; people of its institution write it.")
    if case.status not in WRITABLE:
        return _("The case was submitted, so what it says is frozen.")
    return why_off_team(session, case, viewer.person_id)


def _check(session: Session, viewer: Viewer, case: BusinessCase) -> None:
    if reason := why_not(session, viewer, case):
        raise Refused(reason)


def _shown(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    *,
    answering: Form[UseFields] | None = None,
    deriving: Form[OriginFields] | None = None,
) -> Mapping[str, Any]:
    viewer = whole_viewer(request) or request.user
    near = similar_to(session, viewer, case)
    uses = uses_of_case(session, case.id)
    people = names(session, [use.by_id for use, _lesson in uses])
    offered = {row.lesson.id: row.lesson.title for row in near} | {lesson.id: lesson.title for _use, lesson in uses}
    asked = request.query_params.get("lesson", "")
    return {
        "frame": case_frame(session, viewer, case, TAB, request.app.route_reverse),
        "case": case,
        "near": near,
        "uses": [(lesson, use, people.get(use.by_id, "")) for use, lesson in uses],
        "origins": origins_of(session, viewer, now(session), case.initiative_id),
        "may_write": not why_not(session, viewer, case),
        "choices": [(str(key), title) for key, title in offered.items()],
        "kinds": [(member.value, label(member)) for member in LinkKind],
        "answering": answering or blank(UseFields, lesson_id=asked),
        "deriving": deriving or blank(OriginFields),
    }


def _address(request: AnyRequest, case_id: uuid.UUID) -> str:
    return request.app.route_reverse(TAB, case_id=case_id)


def _beside(given: ExtraInput) -> Extra | None:
    """Beside the task list of the case: lessons of similar projects, only where there are some."""
    viewer = whole_viewer(given.request)
    case = given.standing.case
    near = [] if viewer is None else similar_to(given.session, viewer, case)
    if not near:
        return None
    return Extra("business_cases/_lessons.html", {"near": near, "case_id": case.id})


register_extra("lessons", _beside)


def routes() -> list[Any]:
    return [show_lessons, submit_answer, submit_origin]
