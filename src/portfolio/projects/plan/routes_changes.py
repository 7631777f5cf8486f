"""Requests to change a plan: asked, decided by another person, carried out by an approved plan."""

import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.plan.access import AnyRequest, Visit, visit
from portfolio.projects.plan.changes import ask_change, decide_change, why_not_decide_change
from portfolio.projects.plan.forms import AnswerFields, ChangeFields
from portfolio.projects.plan.models import ChangeRequest
from portfolio.projects.plan.queries import changes_of, get_change
from portfolio.projects.plan.terms import REBASELINES
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

P = Permission
LIST, ONE = "projects/changes.html", "projects/change.html"

flash.register(
    {
        "change_asked": N_("Asked for. Another person decides."),
        "change_decided": N_("Decided. No date moved: the next approved plan carries it out."),
    }
)


@get(
    "/projects/{project_id:uuid}/plan/changes",
    name="projects.changes",
    permission=P.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_changes(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    return page(request, LIST, **_list_context(visit(request, session, project_id), blank(ChangeFields)))


@post(
    "/projects/{project_id:uuid}/plan/changes",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_change(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here, form = visit(request, session, project_id), bind(ChangeFields, submitted)
    if form.value is None:
        return invalid(request, LIST, **_list_context(here, form))
    row = ask_change(session, here.actor, here.project, form.value)
    return done(request, session, here.address("projects.change", change_id=row.id), say="change_asked")


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One line of the list."""

    row: ChangeRequest
    asked_by: str
    href: str


def _list_context(here: Visit, form: Form[ChangeFields]) -> dict[str, Any]:
    rows = changes_of(here.session, here.project.id)
    people = names(here.session, [row.asked_by_id for row in rows])
    return {
        "frame": here.frame,
        "project": here.project,
        "changes": [
            ShownChange(row, people.get(row.asked_by_id, ""), here.address("projects.change", change_id=row.id))
            for row in rows
        ],
        "form": form,
        "can_write": here.can_write,
        "kinds": [(kind.value, label(kind)) for kind in REBASELINES],
    }


@get(
    "/projects/{project_id:uuid}/plan/changes/{change_id:uuid}",
    name="projects.change",
    permission=P.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_change(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    change_id: FromPath[uuid.UUID],
) -> Response[Any]:
    here = visit(request, session, project_id)
    return page(request, ONE, **_one_context(here, get_change(session, here.project, change_id), blank(AnswerFields)))


@post(
    "/projects/{project_id:uuid}/plan/changes/{change_id:uuid}",
    permission=P.PLAN_DECIDE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_decision(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    change_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    """`act` is `accept` or `refuse`."""
    here, form = visit(request, session, project_id), bind(AnswerFields, submitted)
    row = get_change(session, here.project, change_id)
    try:
        act = submitted.text("act")
        if act not in ("accept", "refuse"):
            raise FieldRefused("answer", _("Choose one of the options"))
        if form.value is None:
            return invalid(request, ONE, **_one_context(here, row, form))
        decide_change(session, here.actor, here.project, row, accept=act == "accept", answer=form.value.answer)
    except FieldRefused as refused:
        return invalid(request, ONE, **_one_context(here, row, taken_back(session, form, refused)))
    return done(request, session, here.address("projects.change", change_id=row.id), say="change_decided")


def _one_context(here: Visit, row: ChangeRequest, form: Form[AnswerFields]) -> dict[str, Any]:
    return {
        "frame": here.frame,
        "project": here.project,
        "row": row,
        "people": names(here.session, [row.asked_by_id, row.decided_by_id]),
        "may_decide": not why_not_decide_change(here.session, here.viewer, here.project, row),
        "form": form,
    }


def routes() -> list[Any]:
    return [show_changes, submit_change, show_change, submit_decision]
