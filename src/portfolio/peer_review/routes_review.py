"""One review: read, score and give reasons on one page, kept field by field; then file it."""

import hmac
import uuid
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.peer_review import actions
from portfolio.peer_review.queries import drafts_of
from portfolio.peer_review.review_page import address_of, declaration, filing, my_review, sheet
from portfolio.peer_review.rules import lacking
from portfolio.peer_review.sheet import accepted, as_sheet, fields_of, seen, stored, touched
from portfolio.peer_review.terms import ReviewState
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.formatting import country_zone
from portfolio.web.forms import Form, Submitted
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]

flash.register(
    {
        "review_saved": N_("Your review was saved. It is not filed yet."),
        "review_filed": N_("Your review is filed. Nobody reads it before all reviews are in."),
    }
)


@get(
    "/cases/{case_id:uuid}/review",
    name="peer_review.review",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_review(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case, review = my_review(request, session, case_id)
    if review.state is ReviewState.ASSIGNED:
        return page(request, "peer_review/declare.html", **declaration(session, case, review))
    drafts, summary = drafts_of(session, review.id)
    pack: CountryPack = runtime(request).pack
    raw = stored(actions.rubric_of(pack), drafts, summary)
    if review.state is ReviewState.ACCEPTED:
        return page(request, "peer_review/review.html", **sheet(request, session, case, review, as_sheet(raw)))
    return page(request, "peer_review/filed.html", **sheet(request, session, case, review, as_sheet(raw)))


@post("/cases/{case_id:uuid}/review", permission=Permission.REVIEW_WRITE, sync_to_thread=True, include_in_schema=False)
def submit_review(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Save what was touched; with `act` = check, go on to filing when nothing is missing."""
    case, review = my_review(request, session, case_id)
    pack: CountryPack = runtime(request).pack
    rubric = actions.rubric_of(pack)
    values, errors = {}, {}
    typed = touched(rubric, submitted)
    for name, text in typed.items():
        try:
            values[name] = accepted(name, text)
        except ValueError as refused:
            errors[name] = str(refused)
    actions.save_fields(session, pack, request.user, case, review, values)
    drafts, summary = drafts_of(session, review.id)
    wants_check = submitted.text("act") == "check"
    if wants_check:
        errors = {**lacking(rubric, drafts, summary), **errors}
    if not errors:
        route = "peer_review.file" if wants_check else "peer_review.review"
        where = request.app.route_reverse(route, case_id=case.id)
        return done(request, session, where, say="" if wants_check else "review_saved")
    session.commit()
    ordered = {name: errors[name] for name in fields_of(rubric) if name in errors}
    raw = stored(rubric, drafts, summary) | {name: typed[name] for name in errors if name in typed}
    return invalid(request, "peer_review/review.html", **sheet(request, session, case, review, as_sheet(raw, ordered)))


@post(
    "/cases/{case_id:uuid}/review/save",
    name="peer_review.autosave",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def autosave_review(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """One field: 200 with its new version, 409 with both texts when another window wrote it, 422 for a value of no use."""
    case, review = my_review(request, session, case_id)
    pack: CountryPack = runtime(request).pack
    rubric = actions.rubric_of(pack)
    name, text = submitted.text("field"), submitted.text("value")
    if name not in fields_of(rubric):
        return _json({"error": _("This field is not part of the review.")}, 422)
    try:
        value = accepted(name, text)
    except ValueError as refused:
        return _json({"error": str(refused)}, 422)
    drafts, summary = drafts_of(session, review.id)
    present = stored(rubric, drafts, summary)[name]
    is_text = not name.startswith("score.")
    if (
        is_text
        and present != text
        and not hmac.compare_digest(seen(present).encode(), submitted.text("version").encode())
    ):
        return page(request, "peer_review/_conflict.html", status=409, mine=text, theirs=present, version=seen(present))
    actions.save_fields(session, pack, request.user, case, review, {name: value})
    session.commit()
    return _json({"version": seen(text), "saved_at": now(session).astimezone(country_zone()).strftime("%H:%M")}, 200)


@get(
    "/cases/{case_id:uuid}/review/file",
    name="peer_review.file",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_filing(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case, review = my_review(request, session, case_id)
    actions.refuse_unless_open(session, runtime(request).pack, request.user, case, review, ReviewState.ACCEPTED)
    return page(request, "peer_review/file.html", **filing(request, session, case, review, Form({})))


@post(
    "/cases/{case_id:uuid}/review/file",
    permission=Permission.REVIEW_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_filing(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case, review = my_review(request, session, case_id)
    try:
        actions.file_review(
            session,
            runtime(request).pack,
            runtime(request).settings.secret_key,
            request.user,
            case,
            review,
            submitted.values.get("password", [""])[0],
            submitted.text("digest"),
        )
    except FieldRefused as refused:
        form: Form[Any] = Form({}, {refused.field: refused.reasons[0]})
        return invalid(request, "peer_review/file.html", **filing(request, session, case, review, form))
    return done(request, session, address_of(request, case), say="review_filed")


def _json(body: dict[str, str], status: int) -> Response[Any]:
    return Response(body, status_code=status, media_type=MediaType.JSON)


def routes() -> list[Any]:
    return [show_review, submit_review, autosave_review, show_filing, submit_filing]
