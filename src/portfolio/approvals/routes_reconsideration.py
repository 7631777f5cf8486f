"""Reconsideration in the browser: the request, and its answer."""

import uuid
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.orm import Session

from portfolio.approvals import reconsiderations
from portfolio.approvals.facts import present_opinion
from portfolio.approvals.models import Opinion
from portfolio.approvals.terms import ReconsiderationState
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import get_case
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
PAGE = "approvals/reconsideration.html"

flash.register(
    {
        "reconsideration_asked": N_("The request is with the body that decides on it."),
        "reconsideration_decided": N_("The request is answered; the institution has been told."),
    }
)


class AskFields(BaseModel):
    """Why the institution asks to look again."""

    model_config = ConfigDict(extra="forbid")

    reasons: Annotated[str, StringConstraints(min_length=1, max_length=8000)]


class AnswerFields(BaseModel):
    """What the deciding body answers."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["upheld", "reopened"]
    words: Annotated[str, StringConstraints(min_length=1, max_length=8000)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    digest: Annotated[str, StringConstraints(max_length=64)] = ""


@get(
    "/cases/{case_id:uuid}/reconsideration",
    name="approvals.reconsideration",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_reconsideration(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Answer:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/reconsideration",
    permission=Permission.CASE_SUBMIT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_request(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    case = get_case(session, request.user, case_id)
    form = bind(AskFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, ask=form))
    reconsiderations.ask(session, request.user, runtime(request).pack, case, form.value.reasons)
    return done(request, session, _address(request, case), say="reconsideration_asked")


@post(
    "/cases/{case_id:uuid}/reconsideration/answer",
    name="approvals.reconsider",
    permission=Permission.OPINION_SIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_answer(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    case, running = get_case(session, request.user, case_id), runtime(request)
    form = bind(AnswerFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, answer=form))
    fields = form.value
    try:
        reconsiderations.answer(
            session, request.user, running.pack, running.settings.secret_key, case, ReconsiderationState(fields.state),
            fields.words, fields.password, fields.digest,
        )  # fmt: skip
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, PAGE, **_context(request, session, case, answer=wrong))
    return done(request, session, _address(request, case), say="reconsideration_decided")


def _address(request: AnyRequest, case: BusinessCase) -> str:
    return request.app.route_reverse("approvals.reconsideration", case_id=case.id)


def _context(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    *,
    ask: Form[AskFields] | None = None,
    answer: Form[AnswerFields] | None = None,
) -> dict[str, Any]:
    viewer, pack = whole_viewer(request) or request.user, runtime(request).pack
    row = reconsiderations.request_of(session, case)
    opinion = present_opinion(session, case.id) if row is None else session.get_one(Opinion, row.opinion_id)
    asker, judge = viewer.narrowed(Permission.CASE_SUBMIT), viewer.narrowed(Permission.OPINION_SIGN)
    why_not = reconsiderations.why_not_ask(session, pack, case)
    is_own = any(grant.institution_id == case.institution_id for grant in asker.grants)
    return {
        "frame": case_frame(session, viewer, case, "approvals.reconsideration", request.app.route_reverse),
        "case": case,
        "row": row,
        "opinion": opinion,
        "people": names(session, [] if row is None else [row.asked_by_id, row.decided_by_id]),
        "until": None if opinion is None else reconsiderations.may_ask_until(pack, opinion),
        "can_ask": is_own and not why_not,
        "why_not": why_not if row is None else [],
        "can_answer": bool(judge.grants) and not reconsiderations.why_not_answer(session, judge, pack, case),
        "digest": "" if row is None or opinion is None else reconsiderations.request_digest(row, opinion),
        "answers": [(each.value, label(each)) for each in (ReconsiderationState.UPHELD, ReconsiderationState.REOPENED)],
        "ask": ask or blank(AskFields),
        "answer": answer or blank(AnswerFields),
    }


def routes() -> list[Any]:
    return [show_reconsideration, submit_request, submit_answer]
