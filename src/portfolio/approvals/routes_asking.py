"""Asking for sign-offs from their page: who would be told, who was asked and when, and the act itself."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.approvals.facts import WRITING
from portfolio.approvals.sign_off_board import Board
from portfolio.approvals.sign_off_requests import ask_for_sign_offs, requests_for, who_may_sign, why_not_ask
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import get_case
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.web import flash
from portfolio.web.forms import Submitted
from portfolio.web.pages import done
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "approvals.sign_offs"

flash.register(
    {
        "sign_offs_asked": N_("Those who may sign were asked, and each has a notice."),
        "sign_offs_asked_before": N_("They were asked already, for the case as it stands: nobody was told twice."),
    }
)


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """Somebody who was asked: by whom, when, and what came of it. `tone` is a tone of the house."""

    name: str
    role: str
    by: str
    at: datetime
    state: str
    tone: str


def asking_context(
    session: Session, viewer: Viewer, pack: CountryPack, case: BusinessCase, board: Board
) -> dict[str, Any]:
    """`is_written`: the case can still change; `asks`: whether this person is the one who asks; `ask_reasons`: why not now;
    `to_ask`: names that would be told."""
    asks = case.lead_id == viewer.person_id and case.status in WRITING
    people = who_may_sign(session, pack, case, board) if asks else {}
    present = content_digest(read_content(session, pack, case)) if case.status in WRITING else ""
    rows = requests_for(session, case.id)
    asked = {row.person_id for row in rows if row.digest == present}
    known = names(session, [*people, *(row.person_id for row in rows), *(row.asked_by_id for row in rows)])
    return {
        "asks": asks,
        "is_written": case.status in WRITING,
        "ask_reasons": why_not_ask(session, viewer, pack, case, board, list(people)) if asks else [],
        "to_ask": sorted(f"{known[person]} ({label(role)})" for person, role in people.items() if person not in asked),
        "requests": [
            ShownRequest(
                known.get(row.person_id, ""),
                label(Role(row.role)),
                known.get(row.asked_by_id, ""),
                row.asked_at,
                *_state(row.person_id in board.signers, row.digest == present),
            )
            for row in rows
        ],
    }


def _state(has_signed: bool, is_present: bool) -> tuple[str, str]:
    if has_signed:
        return _("Signed off"), "good"
    return (_("Not signed yet"), "waiting") if is_present else (_("Asked before the case changed"), "quiet")


@get(
    "/cases/{case_id:uuid}/sign-off/requests",
    name="approvals.sign_off_requests",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_requests(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Redirect:
    """Whoever comes back to the address of the act finds its page."""
    case = get_case(session, request.user, case_id)
    return Redirect(f"{request.app.route_reverse(PAGE, case_id=case.id)}#asked", status_code=303)


@post(
    "/cases/{case_id:uuid}/sign-off/requests",
    name="approvals.ask_sign_offs",
    permission=Permission.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_requests(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    told = ask_for_sign_offs(session, request.user, runtime(request).pack, case)
    say = "sign_offs_asked" if told else "sign_offs_asked_before"
    return done(request, session, request.app.route_reverse(PAGE, case_id=case.id), say=say)


def routes() -> list[Any]:
    return [show_requests, submit_requests]
