"""The library of lessons, the lessons of a project, and where a project comes from."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.lessons import (
    panel,  # noqa: F401  registers its panel
)
from portfolio.lessons.actions import change_lesson, derive, record_lesson
from portfolio.lessons.categories import choices, name_of
from portfolio.lessons.forms import LessonFields, OriginFields
from portfolio.lessons.models import Lesson
from portfolio.lessons.opened import TAB, AnyRequest, Opened, opened, project_page
from portfolio.lessons.queries import answered_by, get_lesson, library
from portfolio.lessons.terms import LinkKind, Sharing
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.frame import TabSpec, register_tab
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank, filled
from portfolio.web.pages import done, invalid, page, taken_back

PROJECT, FORM, ORIGIN = "lessons/project.html", "lessons/form.html", "lessons/origin.html"
LONGEST_SEARCH = 200

register_tab(TabSpec(80, TAB, N_("Lessons"), Permission.PROJECT_READ))
flash.register(
    {
        "lesson_recorded": N_("The lesson is recorded. It is found by whoever may read it."),
        "lesson_changed": N_("The lesson was changed."),
        "origin_named": N_("It is on record where this project comes from."),
    }
)


@get(
    "/lessons",
    name="lessons.library",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_library(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    """`?text=` words, `?category=` one of the list; others are as if nothing was asked."""
    text = request.query_params.get("text", "").strip()[:LONGEST_SEARCH]
    asked = request.query_params.get("category", "")
    category = asked if asked in dict(choices()) else ""
    rows = library(session, request.user, now(session), text, category)
    return page(
        request,
        "lessons/library.html",
        rows=[(row, name_of(row.lesson.category)) for row in rows],
        answered=answered_by(session, [row.lesson.id for row in rows]),
        categories=choices(),
        text=text,
        category=category,
    )


@get(
    "/lessons/{lesson_id:uuid}",
    name="lessons.lesson",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_lesson(
    request: AnyRequest, session: NamedDependency[Session], lesson_id: FromPath[uuid.UUID]
) -> Response[Any]:
    row = get_lesson(session, request.user, now(session), lesson_id)
    viewer = whole_viewer(request) or request.user
    may_open = row.project_id is not None and viewer.can(Permission.PROJECT_READ)
    return page(
        request,
        "lessons/lesson.html",
        row=row,
        category=name_of(row.lesson.category),
        answered=answered_by(session, [row.lesson.id]).get(row.lesson.id, 0),
        writer=names(session, [row.lesson.written_by_id]).get(row.lesson.written_by_id, "") if may_open else "",
        may_open=may_open,
    )


@get(
    "/projects/{project_id:uuid}/lessons",
    name=TAB,
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_project(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    return page(request, PROJECT, **project_page(session, found))


@get(
    "/projects/{project_id:uuid}/lessons/new",
    name="lessons.new",
    permission=Permission.LESSON_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_new(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    found = opened(request, session, project_id)
    return page(request, FORM, **_form_page(found, blank(LessonFields, sharing=Sharing.SHARED.value)))


@post(
    "/projects/{project_id:uuid}/lessons/new",
    permission=Permission.LESSON_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_new(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    form = bind(LessonFields, submitted)
    if form.value is not None:
        try:
            record_lesson(session, request.user, found.project, form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, project_id), say="lesson_recorded")
    return invalid(request, FORM, **_form_page(found, form))


@get(
    "/lessons/{lesson_id:uuid}/edit",
    name="lessons.edit",
    permission=Permission.LESSON_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_edit(request: AnyRequest, session: NamedDependency[Session], lesson_id: FromPath[uuid.UUID]) -> Response[Any]:
    found, row = _writable(request, session, lesson_id)
    return page(request, FORM, **_form_page(found, filled(LessonFields, row), row))


@post(
    "/lessons/{lesson_id:uuid}/edit",
    permission=Permission.LESSON_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_edit(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    lesson_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, row = _writable(request, session, lesson_id)
    form = bind(LessonFields, submitted)
    if form.value is not None:
        try:
            change_lesson(session, request.user, found.project, row, form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, found.project.id), say="lesson_changed")
    return invalid(request, FORM, **_form_page(found, form, row))


def _writable(request: AnyRequest, session: Session, lesson_id: uuid.UUID) -> tuple[Opened, Lesson]:
    """Only of a project of their own: raises `NotFound` for one that they may only read."""
    row = get_lesson(session, request.user, now(session), lesson_id)
    if row.project_id is None:
        raise NotFound
    return opened(request, session, row.project_id), row.lesson


def _form_page(found: Opened, form: Form[LessonFields], lesson: Lesson | None = None) -> dict[str, Any]:
    return {
        "frame": found.frame,
        "project": found.project,
        "lesson": lesson,
        "form": form,
        "categories": choices(),
        "sharings": [(member.value, label(member)) for member in Sharing],
    }


@get(
    "/projects/{project_id:uuid}/origin",
    name="lessons.origin",
    permission=Permission.LESSON_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_origin(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    return page(request, ORIGIN, **_origin_page(found, blank(OriginFields)))


@post(
    "/projects/{project_id:uuid}/origin",
    permission=Permission.LESSON_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_origin(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    form = bind(OriginFields, submitted)
    if form.value is not None:
        try:
            derive(session, request.user, found.initiative, form.value)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, project_id), say="origin_named")
    return invalid(request, ORIGIN, **_origin_page(found, form))


def _origin_page(found: Opened, form: Form[OriginFields]) -> dict[str, Any]:
    kinds = [(member.value, label(member)) for member in LinkKind]
    return {"frame": found.frame, "project": found.project, "form": form, "kinds": kinds}


def _address(request: AnyRequest, project_id: uuid.UUID) -> str:
    return request.app.route_reverse(TAB, project_id=project_id)


def routes() -> list[Any]:
    return [
        show_library,
        show_lesson,
        show_project,
        show_new,
        submit_new,
        show_edit,
        submit_edit,
        show_origin,
        submit_origin,
    ]
