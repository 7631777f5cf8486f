"""The end of a case: a funded one is closed with a reason, one whose track ends with the opinion is concluded."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals.forms_codes import ReasonFields
from portfolio.approvals.moves import Offered, move_case, offered_moves
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import get_case
from portfolio.errors import NotFound
from portfolio.i18n import N_, gettext
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, blank
from portfolio.web.lengths import too_long
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "approvals/closing.html"
ENDS = ("close", "conclude")
"""Moves that end a case and have no page of their own; both are made by whoever may issue codes."""

flash.register({"case_closed": N_("The case is closed.")})


def _ending(request: AnyRequest, session: Session, case: BusinessCase) -> Offered:
    """The one of the two moves that this person's role may try from the present state. Raises `NotFound` for neither."""
    offered = offered_moves(session, request.user, runtime(request).pack, case)
    found = next((move for move in offered if move.name in ENDS), None)
    if found is None:
        raise NotFound
    return found


def _context(request: AnyRequest, session: Session, case: BusinessCase, form: Form[ReasonFields]) -> dict[str, Any]:
    viewer = whole_viewer(request) or request.user
    return {
        "frame": case_frame(session, viewer, case, "approvals.codes", request.app.route_reverse),
        "case": case,
        "move": _ending(request, session, case),
        "form": form,
    }


@get(
    "/cases/{case_id:uuid}/closing",
    name="approvals.closing",
    permission=Permission.CODE_ISSUE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_closing(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_context(request, session, case, blank(ReasonFields)))


@post("/cases/{case_id:uuid}/closing", permission=Permission.CODE_ISSUE, sync_to_thread=True, include_in_schema=False)
def submit_closing(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    move, reason = _ending(request, session, case), submitted.text("reason")
    problem = ""
    if move.needs_reason and not reason:
        problem = gettext("A reason is required.")
    elif len(reason) > 2000:
        problem = too_long(2000, len(reason))
    if problem:
        form: Form[ReasonFields] = Form({"reason": reason}, {"reason": problem})
        return invalid(request, PAGE, **_context(request, session, case, form))
    move_case(session, request.user, runtime(request).pack, case, move.name, reason)
    return done(request, session, request.app.route_reverse("desk.case", case_id=case.id), say="case_closed")


def routes() -> list[Any]:
    return [show_closing, submit_closing]
