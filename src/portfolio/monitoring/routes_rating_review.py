"""An independent rating: what a reviewer from elsewhere is shown, what they file, and how they decline."""

import uuid
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.labels import label
from portfolio.monitoring.health_terms import Dimension
from portfolio.monitoring.life_page import Row
from portfolio.monitoring.portion import only
from portfolio.monitoring.rating_forms import DeclineFields, RatingFields
from portfolio.monitoring.rating_formula import scale_on
from portfolio.monitoring.rating_making import today_of
from portfolio.monitoring.rating_models import RatingRequest
from portfolio.monitoring.rating_review import (
    SHORTEST,
    decline,
    facts_shown,
    file_rating,
    file_refusals,
    get_request,
    shown_digest,
)
from portfolio.monitoring.rating_words import inputs_sentence, period_words
from portfolio.monitoring.told import read_told
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.projects.models import Initiative, Project
from portfolio.web import flash
from portfolio.web.formatting import short_day
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.lengths import too_long
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

REVIEW = "monitoring/rating_review.html"
DECLINE = "monitoring/rating_decline.html"
MOST = 2000
"""Characters of the evidence of one dimension."""

flash.register(
    {
        "rating_filed": N_("Your rating is given. Thank you."),
        "rating_declined": N_("Whoever asked you is told that you decline."),
    }
)


def _reviewing(
    request: AnyRequest, session: Session, asked: RatingRequest, project: Project, form: Form[RatingFields]
) -> dict[str, Any]:
    pack = pack_of(request)
    facts = facts_shown(session, pack, project)
    return {
        **_about(session, asked, project),
        "reported": _reported(session, project),
        "facts": [
            Row(label(one), inputs_sentence(one, facts) or _("Nothing is known of it.")) for one in Dimension
        ],
        "levels": [(one.value, label(one)) for one, _least in scale_on(today_of(session, pack)).levels],
        "dimensions": [(f"evidence.{one.value}", label(one)) for one in Dimension],
        "reasons": file_refusals(session, request.user, pack, project, asked),
        "digest": shown_digest(asked, facts),
        "most": MOST,
        "least": SHORTEST,
        "form": form,
    }  # fmt: skip


def _about(session: Session, asked: RatingRequest, project: Project) -> dict[str, Any]:
    initiative = row_of(session, Initiative, project.initiative_id)
    return {
        "asked": asked,
        "title": initiative.title or _("Without a title"),
        "number": initiative.reference,
        "institution": row_of(session, Institution, initiative.institution_id).name,
        "stage": project.stage,
        "period": period_words(asked.period_on),
        "due": short_day(asked.due_on),
    }


def _reported(session: Session, project: Project) -> str:
    """What the project's people wrote in their newest return: words of theirs, and no rating."""
    told = read_told(session, only(project.id)).narratives.sort("period")
    return "" if told.is_empty() else str(told["narrative"][-1] or "")


@get(
    "/rating-requests/{request_id:uuid}",
    name="monitoring.rating_request",
    permission=Permission.RATING_REVIEW,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_request(
    request: AnyRequest, session: NamedDependency[Session], request_id: FromPath[uuid.UUID]
) -> Response[Any]:
    asked, project = get_request(session, request.user, request_id)
    return page(request, REVIEW, **_reviewing(request, session, asked, project, blank(RatingFields)))


@post(
    "/rating-requests/{request_id:uuid}",
    permission=Permission.RATING_REVIEW,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_rating(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    request_id: FromPath[uuid.UUID],
) -> Response[Any]:
    asked, project = get_request(session, request.user, request_id)
    evidence = {one: submitted.text(f"evidence.{one.value}") for one in Dimension}
    form = _with_evidence(bind(RatingFields, submitted), evidence)
    if (fields := form.value) is not None:
        try:
            file_rating(
                session,
                request.user,
                pack_of(request),
                runtime(request).settings.secret_key,
                project,
                asked,
                fields.level,
                evidence,
                fields.summary or "",
                fields.password,
                fields.digest,
            )
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, request.app.route_reverse("desk.waiting"), say="rating_filed")
    return invalid(request, REVIEW, **_reviewing(request, session, asked, project, form))


def _with_evidence(form: Form[RatingFields], evidence: Mapping[Dimension, str]) -> Form[RatingFields]:
    """What was typed stays, and each dimension whose evidence is too short or too long says so."""
    raw = {**form.raw, **{f"evidence.{one.value}": text for one, text in evidence.items()}}
    errors = dict(form.errors)
    for one, text in evidence.items():
        if len(text) < SHORTEST:
            errors[f"evidence.{one.value}"] = _("Say what you looked at, in a sentence.")
        elif len(text) > MOST:
            errors[f"evidence.{one.value}"] = too_long(MOST, len(text))
    return Form(raw, errors, None if errors else form.value)


@get(
    "/rating-requests/{request_id:uuid}/decline",
    name="monitoring.decline_rating",
    permission=Permission.RATING_REVIEW,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_declining(
    request: AnyRequest, session: NamedDependency[Session], request_id: FromPath[uuid.UUID]
) -> Response[Any]:
    asked, project = get_request(session, request.user, request_id)
    return page(request, DECLINE, form=blank(DeclineFields), **_about(session, asked, project))


@post(
    "/rating-requests/{request_id:uuid}/decline",
    permission=Permission.RATING_REVIEW,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_declining(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    request_id: FromPath[uuid.UUID],
) -> Response[Any]:
    asked, project = get_request(session, request.user, request_id)
    form = bind(DeclineFields, submitted)
    if (fields := form.value) is not None:
        try:
            decline(session, request.user, pack_of(request), project, asked, fields.reason)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, request.app.route_reverse("desk.waiting"), say="rating_declined")
    return invalid(request, DECLINE, form=form, **_about(session, asked, project))


def routes() -> list[Any]:
    return [show_request, submit_rating, show_declining, submit_declining]
