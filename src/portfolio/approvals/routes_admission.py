"""Admissibility and returns: the moves of analysts and of the secretary."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals.admissibility import (
    admit,
    awaited_answers,
    awaiting_admission,
    examine,
    return_case,
    returns_of,
    sections_to_return,
)
from portfolio.approvals.forms_gate import AdmitFields, ReturnFields
from portfolio.approvals.moves import Offered, offered_moves
from portfolio.approvals.routes_snapshots import newest_changes
from portfolio.approvals.routing import return_move
from portfolio.approvals.shown_gate import grouped, missing_groups, section_titles
from portfolio.approvals.workflow import ADMISSIONS
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
QUEUE, PAGE = "approvals/admissions.html", "approvals/admission.html"
RETURN = "approvals/admission_return.html"

flash.register(
    {
        "case_admitted": N_("The case is admitted."),
        "case_returned": N_("The case is returned. Only the sections you named are open, and the clock stands still."),
    }
)


@get(
    "/admissions",
    name="approvals.admissions",
    permission=Permission.ADMIT,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_admissions(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    pack, at = runtime(request).pack, now(session)
    institutions = institution_names(session)
    return page(
        request,
        QUEUE,
        waiting=[
            {
                "case": case,
                "institution": institutions.get(case.institution_id, ""),
                "is_late": case.due_at is not None and case.due_at < at,
            }
            for case in awaiting_admission(session, request.user)
        ],
        awaited=[
            {
                "case": one.case,
                "institution": institutions.get(one.case.institution_id, ""),
                "sections": ", ".join(section_titles(pack, one.returned.sections.split())),
                "due_at": one.returned.due_at,
                "is_late": one.is_overdue,
            }
            for one in awaited_answers(session, request.user, at)
        ],
    )


def _admission(request: AnyRequest, session: Session, case: BusinessCase) -> dict[str, Any]:
    pack, viewer = runtime(request).pack, whole_viewer(request) or request.user
    found = examine(session, pack, case)
    move = _offered(session, request, pack, case, ADMISSIONS, found.move)
    return {
        "frame": case_frame(session, viewer, case, "approvals.admission", request.app.route_reverse),
        "case": case,
        "snapshot": found.snapshot,
        "digest": grouped(found.snapshot.digest),
        "missing": missing_groups(pack, found.missing),
        "track": pack.track(found.snapshot.track).name,
        "move": move,
        "changes": newest_changes(session, pack, case),
        "returns": [
            {"row": row, "sections": ", ".join(section_titles(pack, row.sections.split()))}
            for row in returns_of(session, case)
        ],
    }


def _offered(
    session: Session, request: AnyRequest, pack: CountryPack, case: BusinessCase, among: tuple[str, ...], name: str
) -> Offered | None:
    """The move by name, when the person's roles may try it from the present state."""
    moves = offered_moves(session, request.user, pack, case)
    return next((one for one in moves if one.name in among and one.name == name), None)


@get(
    "/cases/{case_id:uuid}/admission",
    name="approvals.admission",
    permission=Permission.ADMIT,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_admission(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_admission(request, session, case))


@post(
    "/cases/{case_id:uuid}/admission",
    name="approvals.admit",
    permission=Permission.ADMIT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_admission(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(AdmitFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_admission(request, session, case))
    admit(session, request.user, runtime(request).pack, case, form.value.digest)
    return done(request, session, request.app.route_reverse("approvals.admissions"), say="case_admitted")


def _return(
    request: AnyRequest, session: Session, case: BusinessCase, form: Form[ReturnFields] | None = None
) -> dict[str, Any]:
    pack, viewer = runtime(request).pack, whole_viewer(request) or request.user
    found = examine(session, pack, case)
    lacking = sorted({item.section for item in found.missing if item.section})
    codes = sections_to_return(pack, case)
    return {
        "frame": case_frame(session, viewer, case, "approvals.return_case", request.app.route_reverse),
        "case": case,
        "move": _offered(session, request, pack, case, (return_move(case.status),), return_move(case.status)),
        "sections": list(zip([code.value for code in codes], section_titles(pack, codes), strict=True)),
        "form": form or blank(ReturnFields, sections=lacking),
    }


@get(
    "/cases/{case_id:uuid}/return",
    name="approvals.return_case",
    permission=Permission.OBSERVE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_return(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, RETURN, **_return(request, session, case))


@post(
    "/cases/{case_id:uuid}/return",
    name="approvals.submit_return",
    permission=Permission.OBSERVE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_return(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(ReturnFields, submitted)
    if form.value is None:
        return invalid(request, RETURN, **_return(request, session, case, form))
    try:
        return_case(session, request.user, runtime(request).pack, case, form.value.sections, form.value.reason)
    except FieldRefused as refused:
        failed = taken_back(session, form, refused)
        return invalid(request, RETURN, **_return(request, session, case, failed))
    return done(
        request,
        session,
        request.app.route_reverse("peer_review.observations", case_id=case_id),
        say="case_returned",
    )


def routes() -> list[Any]:
    return [
        show_admissions,
        show_admission,
        submit_admission,
        show_return,
        submit_return,
    ]
