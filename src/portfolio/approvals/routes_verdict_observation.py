"""On the page of the check: the observations that its findings propose, and making one with one press."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from portfolio.approvals.verdict_observations import observations_made, observe_verdict, proposed_observations
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.visibility import get_case
from portfolio.checks.beside import CheckInput, Made, register_beside
from portfolio.errors import NotFound
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.peer_review.observation_rules import MAKING
from portfolio.peer_review.observations import why_not_observe
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "approvals/verdict_observation.html"

flash.register({"verdict_observed": N_("The observation is made, tied to its finding, and the institution is told.")})


class VerdictObservationFields(BaseModel):
    """The words of the observation that a finding proposes."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=10, max_length=4000)


def _beside(given: CheckInput) -> Made | None:
    """For whoever may observe: what is proposed; for everybody: which findings have their observation."""
    viewer = whole_viewer(given.request) or given.request.user
    pack, case = runtime(given.request).pack, given.case
    officer = viewer.narrowed(Permission.OBSERVE)
    may = viewer.can(Permission.OBSERVE) and case.status in MAKING
    may = may and not why_not_observe(given.session, officer, pack, case)
    proposed = proposed_observations(given.session, pack, case, given.snapshot) if may else {}
    made = observations_made(given.session, given.snapshot)
    if not proposed and not made:
        return None
    context = {
        "case": case,
        "proposed": [
            (one, str(pack.section(one.section).label), blank(VerdictObservationFields, text=one.text))
            for one in proposed.values()
        ],
        "made": list(made.values()),
    }
    return "approvals/_verdict_observations.html", context


register_beside("observations", _beside)


@get(
    "/cases/{case_id:uuid}/check/{verdict_id:uuid}/observation",
    name="approvals.verdict_observation",
    permission=Permission.OBSERVE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_verdict_observation(
    request: AnyRequest,
    session: NamedDependency[Session],
    case_id: FromPath[uuid.UUID],
    verdict_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case, snapshot = _case(request, session, case_id)
    return page(request, PAGE, **_context(request, session, case, snapshot, verdict_id))


@post(
    "/cases/{case_id:uuid}/check/{verdict_id:uuid}/observation",
    name="approvals.observe_verdict",
    permission=Permission.OBSERVE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_verdict_observation(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    verdict_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case, snapshot = _case(request, session, case_id)
    form = bind(VerdictObservationFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, snapshot, verdict_id, form))
    pack = runtime(request).pack
    observe_verdict(session, request.user, pack, case, snapshot, verdict_id, form.value.text)
    address = request.app.route_reverse("checks.case", case_id=case.id)
    return done(request, session, address, say="verdict_observed")


def _case(request: AnyRequest, session: Session, case_id: uuid.UUID) -> tuple[BusinessCase, Snapshot]:
    case = get_case(session, request.user, case_id)
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        raise NotFound
    return case, snapshot


def _context(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    snapshot: Snapshot,
    verdict_id: uuid.UUID,
    form: Form[VerdictObservationFields] | None = None,
) -> dict[str, Any]:
    """Raises `NotFound` for a finding that proposes nothing."""
    pack, viewer = runtime(request).pack, whole_viewer(request) or request.user
    proposed = proposed_observations(session, pack, case, snapshot).get(verdict_id)
    if proposed is None:
        raise NotFound
    return {
        "frame": case_frame(session, viewer, case, "checks.case", request.app.route_reverse),
        "case": case,
        "proposed": proposed,
        "section": str(pack.section(proposed.section).label),
        "form": form or blank(VerdictObservationFields, text=proposed.text),
    }


def routes() -> list[Any]:
    return [show_verdict_observation, submit_verdict_observation]
