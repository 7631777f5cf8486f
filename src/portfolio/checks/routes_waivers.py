"""Waivers: proposing one, the list of those that wait, and the page on which two authorities decide."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.visibility import get_case
from portfolio.checks.forms import WaiverFields
from portfolio.checks.frozen import FrozenStandard, frozen_standards
from portfolio.checks.models import Waiver
from portfolio.checks.queries import get_waiver, open_waivers, today_of
from portfolio.checks.rules import LONGEST_WAIVER, months_after
from portfolio.checks.waivers import decide_waiver, propose_waiver, waiver_digest, why_not
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotAllowed, NotFound
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PROPOSE, WAIVER = "checks/propose.html", "checks/waiver.html"
AGREE, REFUSE = "agree", "refuse"

flash.register(
    {
        "waiver_proposed": N_("The waiver was proposed. Two authorities decide on it."),
        "waiver_decided": N_("Your decision on the waiver was recorded."),
    }
)


@get(
    "/waivers",
    name="checks.waivers",
    permission=Permission.WAIVER_DECIDE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_waivers(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    """What this person may decide on now comes first; the others wait for somebody else."""
    pack: CountryPack = runtime(request).pack
    mine: list[tuple[Waiver, BusinessCase]] = []
    others: list[tuple[Waiver, BusinessCase]] = []
    for waiver, case in open_waivers(session, request.user):
        (others if why_not(session, pack, request.user, case, waiver) else mine).append((waiver, case))
    return page(request, "checks/waivers.html", mine=mine, others=others)


@get(
    "/cases/{case_id:uuid}/waivers/new",
    name="checks.propose",
    permission=Permission.WAIVER_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_proposal(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    case = _own_case(request, session, case_id)
    form = blank(WaiverFields, standard=request.query_params.get("standard", ""))
    return page(request, PROPOSE, **_proposal(request, session, case, form))


@post(
    "/cases/{case_id:uuid}/waivers/new",
    permission=Permission.WAIVER_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_proposal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = _own_case(request, session, case_id)
    form = bind(WaiverFields, submitted)
    if form.value is not None:
        try:
            propose_waiver(session, runtime(request).pack, request.user, case, form.value)
            where = request.app.route_reverse("checks.case", case_id=case.id)
            return done(request, session, where, say="waiver_proposed")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, PROPOSE, **_proposal(request, session, case, form))


@get(
    "/waivers/{waiver_id:uuid}",
    name="checks.waiver",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_waiver(
    request: AnyRequest, session: NamedDependency[Session], waiver_id: FromPath[uuid.UUID]
) -> Response[Any]:
    waiver, case = get_waiver(session, request.user, waiver_id)
    return page(request, WAIVER, **_waiver(request, session, case, waiver, Form({})))


@post("/waivers/{waiver_id:uuid}", permission=Permission.WAIVER_DECIDE, sync_to_thread=True, include_in_schema=False)
def submit_decision(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    waiver_id: FromPath[uuid.UUID],
) -> Response[Any]:
    waiver, case = get_waiver(session, request.user, waiver_id)
    form = _decision_form(submitted)
    if not form.errors:
        try:
            decide_waiver(
                session,
                runtime(request).pack,
                runtime(request).settings.secret_key,
                request.user,
                case,
                waiver,
                agrees=submitted.text("decision") == AGREE,
                reason=submitted.text("decision_reason"),
                password=submitted.values.get("password", [""])[0],
                shown_digest=submitted.text("digest"),
            )
            where = request.app.route_reverse("checks.waiver", waiver_id=waiver_id)
            return done(request, session, where, say="waiver_decided")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
            waiver, case = get_waiver(session, request.user, waiver_id)
    return invalid(request, WAIVER, **_waiver(request, session, case, waiver, form))


def _decision_form(submitted: Submitted) -> Form[Any]:
    raw = {name: submitted.text(name) for name in ("decision", "decision_reason")}
    errors = {}
    if raw["decision"] not in (AGREE, REFUSE):
        errors["decision"] = _("Choose one of the options")
    if len(raw["decision_reason"]) < 10:
        errors["decision_reason"] = _("Say why, in a sentence.")
    elif len(raw["decision_reason"]) > 2000:
        errors["decision_reason"] = _("Say it in 2,000 characters or fewer.")
    return Form(raw, errors)


def _own_case(request: AnyRequest, session: Session, case_id: uuid.UUID) -> BusinessCase:
    """A case that this person may propose for: their institution's, or any for the officer."""
    case = get_case(session, request.user, case_id)
    if not request.user.can_in(Permission.WAIVER_PROPOSE, case.institution_id):
        raise NotAllowed
    return case


def _standards(request: AnyRequest, session: Session, case: BusinessCase) -> tuple[FrozenStandard, ...]:
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        raise NotFound
    return frozen_standards(runtime(request).pack, snapshot).standards


def _proposal(request: AnyRequest, session: Session, case: BusinessCase, form: Form[WaiverFields]) -> dict[str, Any]:
    last = months_after(today_of(runtime(request).pack, now(session)), LONGEST_WAIVER)
    options = [(one.code, f"{one.code} {one.title}") for one in _standards(request, session, case)]
    return {"case": case, "form": form, "options": options, "last": last}


def _waiver(
    request: AnyRequest, session: Session, case: BusinessCase, waiver: Waiver, form: Form[Any]
) -> dict[str, Any]:
    pack: CountryPack = runtime(request).pack
    viewer = whole_viewer(request) or request.user
    decider = viewer.narrowed(Permission.WAIVER_DECIDE)
    reasons = why_not(session, pack, decider, case, waiver) if viewer.can(Permission.WAIVER_DECIDE) else None
    found = {one.code: one for one in _standards(request, session, case)}.get(waiver.standard)
    return {
        "case": case,
        "waiver": waiver,
        "standard": f"{waiver.standard} {found.title if found else ''}".strip(),
        "people": names(session, [waiver.proposed_by_id, waiver.first_by_id, waiver.second_by_id]),
        "bodies": {code: body.name for code, body in pack.bodies.items()},
        "may_decide": reasons == [],
        "reasons": reasons or [],
        "has_ended": waiver.expires_on < today_of(pack, now(session)),
        "digest": waiver_digest(waiver),
        "form": form,
    }


def routes() -> list[Any]:
    return [show_waivers, show_proposal, submit_proposal, show_waiver, submit_decision]
