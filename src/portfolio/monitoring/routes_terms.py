"""Terms of a pilot and of a hand-over, the moves of one person, and whether a project is at risk."""

import uuid
from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.labels import label
from portfolio.monitoring import bounds, life, suspension
from portfolio.monitoring.life_forms import HandOverFields, PilotFields, PlainMoveFields, ReasonFields
from portfolio.monitoring.life_frame import life_address, life_frame
from portfolio.monitoring.life_queries import hand_over_terms, pilot_terms
from portfolio.monitoring.life_terms import PilotEnd
from portfolio.monitoring.life_workflow import LIFE, PLAIN_MOVES
from portfolio.people.permissions import Permission
from portfolio.projects.models import Initiative, Project
from portfolio.projects.standing import standing_of
from portfolio.projects.terms import ProjectStage, Standing
from portfolio.projects.visibility import get_project
from portfolio.web import flash
from portfolio.web.formatting import typed_amount
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

PILOT, HAND_OVER = "monitoring/pilot_terms.html", "monitoring/hand_over_terms.html"
MOVE, STANDING = "monitoring/move.html", "monitoring/standing.html"

flash.register(
    {
        "pilot_terms_set": N_("The terms of the pilot are kept."),
        "hand_over_terms_set": N_("The terms of the hand-over are kept."),
        "project_moved": N_("The project is in its new stage."),
        "standing_set": N_("The standing of the project is kept."),
    }
)


def _common(request: AnyRequest, session: Session, project: Project, form: Form[Any]) -> dict[str, Any]:
    currency = session.get_one(Initiative, project.initiative_id).currency
    return {"frame": life_frame(request, session, project), "project": project, "currency": currency, "form": form}


def _pilot(request: AnyRequest, session: Session, project: Project, form: Form[PilotFields]) -> dict[str, Any]:
    is_running = project.stage is ProjectStage.PILOT
    return {**_common(request, session, project, form), "is_running": is_running}


@get(
    "/projects/{project_id:uuid}/pilot-terms",
    name="monitoring.pilot_terms",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_pilot_terms(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    form = blank(PilotFields)
    if found := next(iter(pilot_terms(session, project.id)), None):
        form = blank(
            PilotFields,
            exit_criteria=found.exit_criteria,
            cap=typed_amount(Money(found.currency, found.cap_minor)),
            ends_on=found.ends_on.isoformat(),
        )
    return page(request, PILOT, **_pilot(request, session, project, form))


@post(
    "/projects/{project_id:uuid}/pilot-terms",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_pilot_terms(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    form = bind(PilotFields, submitted)
    if (fields := form.value) is not None:
        form = _tried(
            session, form, lambda: bounds.set_pilot_terms(session, request.user, pack_of(request), project, fields)
        )  # fmt: skip
        if form.value is not None:
            return done(request, session, life_address(request, project.id), say="pilot_terms_set")
    return invalid(request, PILOT, **_pilot(request, session, project, form))


def _tried(session: Session, form: Form[Any], act: Callable[[], object]) -> Form[Any]:
    """The form as it was, or with the error that the act found in one of its fields."""
    try:
        act()
    except FieldRefused as error:
        return taken_back(session, form, error)
    return form


def _hand_over(request: AnyRequest, session: Session, project: Project, form: Form[HandOverFields]) -> dict[str, Any]:
    lines = [(line.code, f"{line.code} {line.label}") for line in pack_of(request).usable_budget_lines()]
    return {**_common(request, session, project, form), "lines": lines}


@get(
    "/projects/{project_id:uuid}/hand-over-terms",
    name="monitoring.hand_over_terms",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_hand_over_terms(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    form = blank(HandOverFields)
    if found := hand_over_terms(session, project.id):
        form = blank(
            HandOverFields,
            budget=typed_amount(Money(found.currency, found.budget_minor)),
            budget_line=found.budget_line,
            team=found.team,
            service_levels=found.service_levels,
            owner=found.owner,
        )
    return page(request, HAND_OVER, **_hand_over(request, session, project, form))


@post(
    "/projects/{project_id:uuid}/hand-over-terms",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_hand_over_terms(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    form = bind(HandOverFields, submitted)
    if (fields := form.value) is not None:
        form = _tried(
            session, form, lambda: bounds.set_hand_over_terms(session, request.user, pack_of(request), project, fields)
        )  # fmt: skip
        if form.value is not None:
            return done(request, session, life_address(request, project.id), say="hand_over_terms_set")
    return invalid(request, HAND_OVER, **_hand_over(request, session, project, form))


def _moving(
    request: AnyRequest, session: Session, project: Project, name: str, form: Form[PlainMoveFields]
) -> dict[str, Any]:  # fmt: skip
    return {
        **_common(request, session, project, form),
        "move": LIFE.named(name),
        "reasons": life.refusals_of(session, request.user, pack_of(request), project, name),
        "ends": [(end.value, label(end)) for end in PilotEnd] if name == "end_pilot" else [],
    }


@get(
    "/projects/{project_id:uuid}/moves/{move:str}",
    name="monitoring.move",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_move(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID], move: FromPath[str]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    if move not in PLAIN_MOVES:
        raise NotFound
    return page(request, MOVE, **_moving(request, session, project, move, blank(PlainMoveFields)))


@post(
    "/projects/{project_id:uuid}/moves/{move:str}",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_move(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    move: FromPath[str],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    if move not in PLAIN_MOVES:
        raise NotFound
    form = bind(PlainMoveFields, submitted)
    if form.value is not None and move == "end_pilot" and form.value.end is None:
        form = form.with_error("end", _("Choose one of the options"))
    if (fields := form.value) is not None:
        form = _tried(
            session,
            form,
            lambda: life.make_plain_move(
                session, request.user, pack_of(request), project, move, fields.reason, fields.end
            ),
        )
        if form.value is not None:
            return done(request, session, life_address(request, project.id), say="project_moved")
    return invalid(request, MOVE, **_moving(request, session, project, move, form))


def _standing(request: AnyRequest, session: Session, project: Project, form: Form[ReasonFields]) -> dict[str, Any]:
    return {**_common(request, session, project, form), "standing": standing_of(session, project.id)}


@get(
    "/projects/{project_id:uuid}/standing",
    name="monitoring.standing",
    permission=Permission.PROJECT_FLAG,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_standing(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    return page(request, STANDING, **_standing(request, session, project, blank(ReasonFields)))


@post(
    "/projects/{project_id:uuid}/standing",
    permission=Permission.PROJECT_FLAG,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_standing(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    form = bind(ReasonFields, submitted)
    if (fields := form.value) is not None:
        to_risk = standing_of(session, project.id) is not Standing.AT_RISK
        suspension.set_at_risk(
            session, request.user, pack_of(request), project, is_at_risk=to_risk, reason=fields.reason
        )  # fmt: skip
        return done(request, session, life_address(request, project.id), say="standing_set")
    return invalid(request, STANDING, **_standing(request, session, project, form))


def routes() -> list[Any]:
    return [
        show_pilot_terms,
        submit_pilot_terms,
        show_hand_over_terms,
        submit_hand_over_terms,
        show_move,
        submit_move,
        show_standing,
        submit_standing,
    ]
