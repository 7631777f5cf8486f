"""The page of a plan, and the forms of its milestones and of what they need."""

import uuid
from collections.abc import Mapping
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
from portfolio.projects.frame import TabSpec, register_tab
from portfolio.projects.plan.access import TAB, AnyRequest, Visit, visit
from portfolio.projects.plan.forecasts import forecasts_of
from portfolio.projects.plan.forms import DependencyFields, MilestoneFields, RemoveDependencyFields
from portfolio.projects.plan.milestones import (
    add_dependency,
    add_milestone,
    change_milestone,
    limits,
    remove_dependency,
)
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.queries import get_milestone, milestones_numbered
from portfolio.projects.plan.rules import state_of
from portfolio.projects.plan.shown import (
    Effect,
    contradictions,
    effect_of,
    needs_words,
    overdue_rows,
    plan_figures,
    progress_words,
    seen_elsewhere,
    shown_items,
)
from portfolio.projects.plan.terms import PlanItemKind
from portfolio.projects.plan.timeline import timeline
from portfolio.web import flash
from portfolio.web.formatting import short_day
from portfolio.web.forms import Form, Submitted, bind, blank, filled
from portfolio.web.pages import done, invalid, page, taken_back

P = Permission
PLAN, MILESTONE = "projects/plan.html", "projects/milestone.html"

register_tab(TabSpec(30, TAB, N_("Plan"), P.PROJECT_READ))
flash.register(
    {
        "milestone_added": N_(
            "The milestone was added. It enters the approved plan with the next one that is approved."
        ),
        "milestone_changed": N_("The milestone was changed. No approved date moved."),
        "dependency_added": N_("What it needs was added."),
        "dependency_removed": N_("It needs that no longer."),
    }
)


@get(
    "/projects/{project_id:uuid}/plan",
    name=TAB,
    permission=P.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_plan(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    here = visit(request, session, project_id)

    def at(key: uuid.UUID) -> str:
        return here.address("projects.milestone", milestone_id=key)

    items = [here.plan.items[row.id] for row in here.plan.rows]
    return page(
        request,
        PLAN,
        frame=here.frame,
        project=here.project,
        plan=here.plan,
        figures=plan_figures(here.plan, here.as_at) if here.plan.rows else [],
        progress=progress_words(here.plan),
        overdue=overdue_rows(here.plan, here.as_at, at),
        items=shown_items(session, here.viewer, here.plan, here.as_at, at),
        clashes=contradictions(session, here.viewer, here.plan),
        chart=timeline(items, here.as_at, limits(session, here.project)),
        as_at=here.as_at,
        can_write=here.can_write,
    )


@get(
    "/projects/{project_id:uuid}/plan/milestones/new",
    name="projects.new_milestone",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_new(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    here = visit(request, session, project_id)
    initial = {"kind": PlanItemKind.MILESTONE.value, "percent": "0", "version": "0"}
    return page(request, MILESTONE, **_context(here, None, blank(MilestoneFields, **initial)))


@post(
    "/projects/{project_id:uuid}/plan/milestones/new",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_new(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here, form = visit(request, session, project_id), bind(MilestoneFields, submitted)
    if form.value is None:
        return invalid(request, MILESTONE, **_context(here, None, form))
    try:
        confirmed = submitted.text("confirmed") == "yes"
        add_milestone(session, here.actor, here.project, form.value, confirmed=confirmed)
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, MILESTONE, **_context(here, None, wrong))
    return done(request, session, here.address(), say="milestone_added")


@get(
    "/projects/{project_id:uuid}/plan/milestones/{milestone_id:uuid}",
    name="projects.milestone",
    permission=P.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_milestone(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    milestone_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """For everybody who finds the project; its form for who may write. `?other=PF-…` offers the milestones of that project
    as things that this one needs."""
    here = visit(request, session, project_id)
    row = get_milestone(session, here.project, milestone_id)
    return page(request, MILESTONE, **_context(here, row, filled(MilestoneFields, row)))


@post(
    "/projects/{project_id:uuid}/plan/milestones/{milestone_id:uuid}",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
    status_code=200,
)
def submit_milestone(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    milestone_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    """`act=look` shows what the dates mean for others and changes nothing."""
    here, form = visit(request, session, project_id), bind(MilestoneFields, submitted)
    row = get_milestone(session, here.project, milestone_id)
    if form.value is None:
        return invalid(request, MILESTONE, **_context(here, row, form))
    if submitted.text("act") == "look":
        to = form.value.actual_on or form.value.forecast_on
        effect = effect_of(session, here.viewer, here.project, here.plan, row.id, to)
        return page(request, MILESTONE, **_context(here, row, form, effect=effect))
    try:
        confirmed = submitted.text("confirmed") == "yes"
        change_milestone(session, here.actor, here.project, row, form.value, confirmed=confirmed)
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, MILESTONE, **_context(here, row, wrong))
    return done(request, session, here.address(), say="milestone_changed")


@post(
    "/projects/{project_id:uuid}/plan/milestones/{milestone_id:uuid}/needs",
    name="projects.add_dependency",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_dependency(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    milestone_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here, form = visit(request, session, project_id), bind(DependencyFields, submitted)
    row = get_milestone(session, here.project, milestone_id)
    try:
        if form.value is None:
            return invalid(request, MILESTONE, **_context(here, row, filled(MilestoneFields, row), link=form))
        add_dependency(session, here.viewer, here.project, row, form.value.needs, form.value.lag_days)
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, MILESTONE, **_context(here, row, filled(MilestoneFields, row), link=wrong))
    address = here.address("projects.milestone", milestone_id=row.id)
    return done(request, session, address, say="dependency_added")


@post(
    "/projects/{project_id:uuid}/plan/milestones/{milestone_id:uuid}/needs/removal",
    name="projects.remove_dependency",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_removal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    milestone_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here, form = visit(request, session, project_id), bind(RemoveDependencyFields, submitted)
    row = get_milestone(session, here.project, milestone_id)
    if form.value is None:
        return invalid(request, MILESTONE, **_context(here, row, filled(MilestoneFields, row)))
    remove_dependency(session, here.actor, here.project, row, form.value.needs)
    address = here.address("projects.milestone", milestone_id=row.id)
    return done(request, session, address, say="dependency_removed")


def _context(
    here: Visit,
    row: Milestone | None,
    form: Form[MilestoneFields],
    *,
    effect: Effect | None = None,
    link: Form[DependencyFields] | None = None,
) -> Mapping[str, Any]:
    asked = here.request.query_params.get("other", "").strip()[:20]
    return {
        "frame": here.frame,
        "project": here.project,
        "row": row,
        "form": form,
        "effect": effect,
        "link": link or blank(DependencyFields, lag_days="0"),
        "kinds": [(kind.value, label(kind)) for kind in PlanItemKind],
        "approved": here.plan.items[row.id] if row is not None else None,
        "can_write": here.can_write and (row is None or row.left_on is None),
        "said": forecasts_of(here.session, row) if row is not None else [],
        "facts": _facts(here, row) if row is not None else [],
        "asked": asked,
        "lookup": Form({"other": asked}),
        **_needed(here, row, asked),
    }


def _facts(here: Visit, row: Milestone) -> list[dict[str, str]]:
    """What the milestone is, for whoever reads it without the form."""
    item, state = here.plan.items[row.id], state_of(here.plan.items[row.id], here.as_at)
    shown = [
        (_("State"), label(state)),
        (_("What it is"), label(row.kind)),
        (_("What is delivered"), row.deliverable),
        (_("Who answers for the milestone"), row.owner),
        (_("Start"), short_day(row.starts_on)),
        (_("Forecast"), short_day(row.forecast_on)),
        (_("Reached on"), short_day(row.actual_on)),
        (_("Percentage done"), f"{row.percent} %"),
        (_("Weight approved"), "" if item.approved_weight is None else str(item.approved_weight)),
        (_("Why the forecast is what it is"), row.note),
    ]
    return [{"label": words, "value": value or "–"} for words, value in shown]


def _needed(here: Visit, row: Milestone | None, asked: str) -> dict[str, Any]:
    """What the milestone needs now, and what else it could need: of this project or of the one whose number was asked for."""
    if row is None:
        return {"needs": [], "choices": [], "found": []}
    others = seen_elsewhere(here.session, here.viewer, here.plan)
    own = [edge for edge in here.plan.edges if edge.milestone == row.id]
    taken = {edge.needs for edge in own} | {row.id}
    found = milestones_numbered(here.session, here.viewer, asked) if asked else []
    return {
        "needs": [(edge.needs, needs_words(here.plan, others, edge.needs, edge.lag)) for edge in own],
        "choices": [(str(one.id), one.title) for one in here.plan.standing if one.id not in taken],
        "found": [(str(one.id), one.title) for one in found if one.id not in taken],
    }


def routes() -> list[Any]:
    return [
        show_plan,
        show_new,
        submit_new,
        show_milestone,
        submit_milestone,
        submit_dependency,
        submit_removal,
    ]
