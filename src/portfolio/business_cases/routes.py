"""The list of cases, starting one, changing its head; the routes of the other pages of a formulation are in their own files."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.business_cases import actions, attachment_routes, late_routes, lesson_routes, section_routes, team_routes
from portfolio.business_cases import jobs as _jobs  # noqa: F401  registers who is writing, and the jobs of closings
from portfolio.business_cases.case_rows import case_rows, kind_choices
from portfolio.business_cases.forms import HeadFields, StartFields
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.lines import routes as lines_routes
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.queries import MOST_CASES, list_cases, units_of
from portfolio.business_cases.section_pages import SECTIONS, lock_reason
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names
from portfolio.strategy.queries import all_calls
from portfolio.strategy.rules import has_closed
from portfolio.strategy.shown import shown_call
from portfolio.web.flash import Message, register
from portfolio.web.forms import Form, Submitted, bind, blank, shown
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
P = Permission

register(
    {
        "case_started": N_("The case was created. Write it in any order: every answer is saved as you go."),
        "head_saved": N_("The case was changed."),
    }
)


@get("/cases", name="business_cases.list", permission=P.CASE_READ, sync_to_thread=True, include_in_schema=False)
def show_cases(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    viewer = whole_viewer(request)
    found = list_cases(session, request.user)
    return page(
        request,
        "business_cases/list.html",
        rows=case_rows(session, runtime(request).pack, found, now(session), request.user.own_institutions),
        is_cut=len(found) == MOST_CASES,
        most=MOST_CASES,
        may_start=viewer is not None and viewer.can(P.CASE_WRITE),
        many=len({one.case.institution_id for one in found}) > 1,
    )


@get("/cases/new", name="business_cases.start", permission=P.CASE_WRITE, sync_to_thread=True, include_in_schema=False)
def ask_new_case(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    places = sorted(request.user.own_institutions, key=str)
    asked_call = request.query_params.get("call", "")
    initial = {"institution_id": str(places[0]) if len(places) == 1 else "", "call_id": asked_call}
    context = _starting(request, session, blank(StartFields, **initial))
    if not asked_call and len(context["calls"]) == 1:
        initial["call_id"] = context["calls"][0][0]
        context = _starting(request, session, blank(StartFields, **initial))
    return page(request, "business_cases/start.html", **context)


@post(
    "/cases/new",
    name="business_cases.submit_start",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_new_case(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    form = bind(StartFields, submitted)
    if form.value is not None:
        try:
            case = actions.start_case(session, request.user, runtime(request).pack, form.value)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
        else:
            return done(request, session, request.app.route_reverse(SECTIONS, case_id=case.id), say="case_started")
    return invalid(request, "business_cases/start.html", **_starting(request, session, form))


@get(
    "/cases/{case_id:uuid}/head",
    name="business_cases.head",
    permission=P.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_head(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, "business_cases/head.html", **_heading(request, session, case, _head_form(case)))


@post(
    "/cases/{case_id:uuid}/head",
    name="business_cases.submit_head",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_head(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(HeadFields, submitted)
    if form.value is not None:
        try:
            actions.change_head(session, request.user, case, form.value)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
        except Refused as refused:
            form = Form({**form.raw, "seen": str(case.version)}, {}, None)
            context = _heading(request, session, case, form)
            problem = Message("problem", refused.reasons[0])
            return page(request, "business_cases/head.html", status=409, messages=[problem], **context)
        else:
            return done(request, session, request.app.route_reverse(SECTIONS, case_id=case.id), say="head_saved")
    return invalid(request, "business_cases/head.html", **_heading(request, session, case, form))


def _starting(request: AnyRequest, session: Session, form: Form[StartFields]) -> dict[str, Any]:
    places = request.user.own_institutions
    known = institution_names(session)
    at = now(session)
    units = units_of(session, sorted(places, key=str))
    return {
        "form": form,
        "kinds": kind_choices(runtime(request).pack),
        "calls": [
            (str(call.id), f"{call.title} – {shown_call(call, at).closing}")
            for call in all_calls(session)
            if not has_closed(call, at)
        ],
        "institutions": [(str(key), name) for key, name in known.items() if key in places],
        "units": [
            (str(unit.id), unit.name if len(places) == 1 else f"{known[unit.institution_id]}: {unit.name}")
            for unit in units
        ],
    }


def _head_form(case: BusinessCase) -> Form[HeadFields]:
    return blank(
        HeadFields,
        title=case.title,
        kind=case.kind,
        unit_id=shown(case.unit_id),
        priority=shown(case.priority),
        seen=str(case.version),
    )


def _heading(request: AnyRequest, session: Session, case: BusinessCase, form: Form[HeadFields]) -> dict[str, Any]:
    viewer = whole_viewer(request)
    return {
        "form": form,
        "case": case,
        "frame": case_frame(session, viewer, case, SECTIONS, request.app.route_reverse) if viewer else None,
        "kinds": kind_choices(runtime(request).pack),
        "units": [(str(unit.id), unit.name) for unit in units_of(session, [case.institution_id])],
        "locked": lock_reason(request, session, case, None),
    }


def routes() -> list[Any]:
    return [
        show_cases,
        ask_new_case,
        submit_new_case,
        ask_head,
        submit_head,
        *section_routes.routes(),
        *lines_routes.routes(),
        *attachment_routes.routes(),
        *late_routes.routes(),
        *lesson_routes.routes(),
        *team_routes.routes(),
    ]
