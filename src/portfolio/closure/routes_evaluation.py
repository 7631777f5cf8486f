"""The evaluation of a project: written, handed in, reviewed by somebody from elsewhere."""

import uuid
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.closure import promised
from portfolio.closure.checklist import ENDED
from portfolio.closure.evaluating import (
    WRITABLE,
    evaluation_of,
    hand_in,
    review_evaluation,
    review_refusals,
    save_evaluation,
)
from portfolio.closure.forms import EvaluationFields, EvaluationReviewFields
from portfolio.closure.models import Evaluation
from portfolio.closure.opened import AnyRequest, Opened, opened
from portfolio.closure.terms import EvaluationState, Judged, Reached
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

PAGE = "closure/evaluation.html"
HAND_IN = "hand_in"

flash.register(
    {
        "evaluation_saved": N_("The evaluation was saved. It is not handed in yet."),
        "evaluation_handed_in": N_("The evaluation is handed in; those who review it are told."),
        "evaluation_reviewed": N_("The review is on record; the institution is told."),
    }
)


@get(
    "/projects/{project_id:uuid}/evaluation",
    name="closure.evaluation",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_evaluation(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    return page(request, PAGE, **_shown(session, found))


def _shown(
    session: Session,
    found: Opened,
    *,
    writing: Form[EvaluationFields] | None = None,
    reviewing: Form[EvaluationReviewFields] | None = None,
) -> dict[str, Any]:
    row = evaluation_of(session, found.project.id)
    is_open = (row is None or row.state in WRITABLE) and found.project.stage not in ENDED
    is_frozen = row is not None and bool(row.facts) and not is_open
    facts: Mapping[str, Any] = (
        row.facts if row is not None and is_frozen else promised.facts_of(session, found.project, found.today)
    )
    people = names(session, [row.written_by_id, row.reviewed_by_id]) if row else {}
    refusals = review_refusals(session, found.whole, found.project, row) if row else []
    may_judge = row is not None and found.whole.can(Permission.CLOSING_JUDGE) and row.state is EvaluationState.HANDED_IN
    return {
        "frame": found.frame,
        "project": found.project,
        "row": row,
        "is_frozen": is_frozen,
        "money": promised.money_rows(facts),
        "dates": promised.date_rows(facts),
        "indicators": promised.indicator_rows(facts),
        "waves": promised.wave_rows(facts),
        "writer": people.get(row.written_by_id, "") if row else "",
        "reviewer": people.get(row.reviewed_by_id, "") if row and row.reviewed_by_id else "",
        "may_write": is_open and found.may(Permission.CLOSING_WRITE),
        "may_judge": may_judge and not refusals,
        "refusals": refusals if may_judge else [],
        "reached": [(member.value, label(member)) for member in Reached],
        "judgements": [(member.value, label(member)) for member in Judged],
        "writing": writing or _typed(row),
        "reviewing": reviewing or blank(EvaluationReviewFields),
    }


def _typed(row: Evaluation | None) -> Form[EvaluationFields]:
    if row is None:
        return blank(EvaluationFields)
    kept = {name: getattr(row, name) for name in ("users", "worked", "not_worked", "conclusion")}
    return blank(EvaluationFields, **kept, reached=row.reached.value if row.reached else "")


@post(
    "/projects/{project_id:uuid}/evaluation",
    permission=Permission.CLOSING_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_evaluation(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """`act` is the button: `hand_in`, or anything else to keep what is written."""
    found = opened(request, session, project_id)
    form = bind(EvaluationFields, submitted)
    if (fields := form.value) is not None:
        try:
            if fields.act == HAND_IN:
                hand_in(session, request.user, found.pack, found.project, fields)
            else:
                save_evaluation(session, request.user, found.project, fields)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            say = "evaluation_handed_in" if fields.act == HAND_IN else "evaluation_saved"
            return done(request, session, _address(request, project_id), say=say)
    return invalid(request, PAGE, **_shown(session, found, writing=form))


@post(
    "/projects/{project_id:uuid}/evaluation/review",
    name="closure.review_evaluation",
    permission=Permission.CLOSING_JUDGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_review(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    row = evaluation_of(session, project_id)
    if row is None:
        raise NotFound
    form = bind(EvaluationReviewFields, submitted)
    if (fields := form.value) is not None:
        try:
            review_evaluation(
                session, request.user, found.pack, runtime(request).settings.secret_key, found.project, row,
                fields.judged, fields.review, fields.password, fields.digest,
            )  # fmt: skip
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, project_id), say="evaluation_reviewed")
    return invalid(request, PAGE, **_shown(session, found, reviewing=form))


def _address(request: AnyRequest, project_id: uuid.UUID) -> str:
    return request.app.route_reverse("closure.evaluation", project_id=project_id)


def routes() -> list[Any]:
    return [show_evaluation, submit_evaluation, submit_review]
