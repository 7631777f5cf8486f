"""Observations of a case: the threads, asking, answering, resolving; and what waits for an institution's answer."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES
from portfolio.business_cases.visibility import get_case
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.peer_review.observation_rules import MAKING
from portfolio.peer_review.observation_threads import read_threads, waiting_for_answer, waiting_to_be_resolved
from portfolio.peer_review.observations import (
    answer_observation,
    get_observation,
    make_observation,
    resolve_observation,
    why_not_observe,
)
from portfolio.peer_review.terms import ObservationKind, ObservationState
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE, PART = "peer_review/observations.html", "peer_review/_observations.html"
WAITING = "peer_review/observations_waiting.html"

register_tab(TabSpec(30, "peer_review.observations", N_("Observations"), Permission.CASE_READ, SUBMITTED_STATES))
flash.register(
    {
        "observation_made": N_("The observation is made, and the institution is told."),
        "observation_answered": N_("The answer is given, and whoever asked is told."),
        "observation_resolved": N_("The observation is resolved."),
    }
)


class ObservationFields(BaseModel):
    """What somebody asks of a section."""

    model_config = ConfigDict(extra="forbid")

    section: str = Field(max_length=40)
    kind: ObservationKind
    text: str = Field(min_length=10, max_length=4000)


class AnswerFields(BaseModel):
    """What the institution answers."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(min_length=2, max_length=4000)


class ResolveFields(BaseModel):
    """Why it is resolved; needed only without an answer."""

    model_config = ConfigDict(extra="forbid")

    resolution: str = Field(default="", max_length=2000)


def _context(request: AnyRequest, session: Session, case: BusinessCase, **forms: Any) -> dict[str, Any]:
    """`answering`, `resolving`: (id of the thread, its form) of a form that came back with errors."""
    pack, viewer = runtime(request).pack, whole_viewer(request) or request.user
    threads = read_threads(session, viewer, pack, case)
    may_make = viewer.can(Permission.OBSERVE) and case.status in MAKING
    return {
        "frame": case_frame(session, viewer, case, "peer_review.observations", request.app.route_reverse),
        "case": case,
        "threads": threads,
        "open_count": sum(one.state is not ObservationState.RESOLVED for one in threads),
        "blocking_count": sum(
            one.kind is ObservationKind.BLOCKING and one.state is not ObservationState.RESOLVED for one in threads
        ),
        "may_make": may_make and not why_not_observe(session, viewer, pack, case),
        "sections": [(found.code.value, str(found.label)) for found in pack.shown_sections(case.track)]
        if case.track
        else [],
        "kinds": [(kind.value, label(kind)) for kind in ObservationKind],
        "form": blank(ObservationFields, kind=ObservationKind.QUESTION.value),
        "answering": None,
        "resolving": None,
        "no_form": Form({}),
        **forms,
    }


@get(
    "/cases/{case_id:uuid}/observations",
    name="peer_review.observations",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_observations(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, PART, **_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/observations",
    name="peer_review.observe",
    permission=Permission.OBSERVE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_observation(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(ObservationFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, PART, **_context(request, session, case, form=form))
    value = form.value
    try:
        make_observation(session, request.user, runtime(request).pack, case, value.section, value.kind, value.text)
    except FieldRefused as refused:
        failed = taken_back(session, form, refused)
        return invalid(request, PAGE, PART, **_context(request, session, case, form=failed))
    return _back(request, session, case, "observation_made")


def _back(request: AnyRequest, session: Session, case: BusinessCase, say: str) -> Response[Any]:
    url = request.app.route_reverse("peer_review.observations", case_id=case.id)
    return done(request, session, url, say=say, part=PART, **_context(request, session, case))


@get(
    "/cases/{case_id:uuid}/observations/{observation_id:uuid}/answer",
    name="peer_review.show_answer",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_answer(
    request: AnyRequest,
    session: NamedDependency[Session],
    case_id: FromPath[uuid.UUID],
    observation_id: FromPath[uuid.UUID],
) -> Redirect:
    """Whoever comes back to the address of an answer finds its thread."""
    return _to_thread(request, session, case_id, observation_id)


@get(
    "/cases/{case_id:uuid}/observations/{observation_id:uuid}/resolve",
    name="peer_review.show_resolution",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_resolution(
    request: AnyRequest,
    session: NamedDependency[Session],
    case_id: FromPath[uuid.UUID],
    observation_id: FromPath[uuid.UUID],
) -> Redirect:
    return _to_thread(request, session, case_id, observation_id)


def _to_thread(request: AnyRequest, session: Session, case_id: uuid.UUID, observation_id: uuid.UUID) -> Redirect:
    found = get_observation(session, get_case(session, request.user, case_id), observation_id)
    url = request.app.route_reverse("peer_review.observations", case_id=case_id)
    return Redirect(f"{url}#observation-{found.id}", status_code=303)


@post(
    "/cases/{case_id:uuid}/observations/{observation_id:uuid}/answer",
    name="peer_review.answer",
    permission=Permission.OBSERVATION_ANSWER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_answer(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    observation_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    observation = get_observation(session, case, observation_id)
    form = bind(AnswerFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, PART, **_context(request, session, case, answering=(observation_id, form)))
    answer_observation(session, request.user, case, observation, form.value.answer)
    return _back(request, session, case, "observation_answered")


@post(
    "/cases/{case_id:uuid}/observations/{observation_id:uuid}/resolve",
    name="peer_review.resolve",
    permission=Permission.OBSERVE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_resolution(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    observation_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    observation = get_observation(session, case, observation_id)
    form = bind(ResolveFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, PART, **_context(request, session, case, resolving=(observation_id, form)))
    try:
        resolve_observation(session, request.user, runtime(request).pack, case, observation, form.value.resolution)
    except FieldRefused as refused:
        failed = taken_back(session, form, refused)
        return invalid(request, PAGE, PART, **_context(request, session, case, resolving=(observation_id, failed)))
    return _back(request, session, case, "observation_resolved")


@get(
    "/observations",
    name="peer_review.waiting_observations",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_waiting(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    """What waits for an answer of the person's institutions, and what they, or their body, may resolve."""
    pack, viewer = runtime(request).pack, request.user
    return page(
        request,
        WAITING,
        to_answer=waiting_for_answer(session, viewer.narrowed(Permission.OBSERVATION_ANSWER), pack),
        to_resolve=waiting_to_be_resolved(session, viewer.narrowed(Permission.OBSERVE), pack),
        institutions=institution_names(session),
    )


def routes() -> list[Any]:
    return [
        show_observations,
        submit_observation,
        show_answer,
        show_resolution,
        submit_answer,
        submit_resolution,
        show_waiting,
    ]
