"""The list of findings, and the page of one: evidence, answers, and what the reader may do."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NoRouteMatchFoundException
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused, NotFound
from portfolio.findings import (
    actions,
    panel,  # noqa: F401  registers its panel
)
from portfolio.findings.forms import AnswerFields, JudgeFields
from portfolio.findings.models import Finding
from portfolio.findings.queries import answers_of, get_finding, listed
from portfolio.findings.terms import FindingState, Judgement
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, today_of
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.frame import project_frame
from portfolio.projects.models import Initiative, Project
from portfolio.web import flash
from portfolio.web.addresses import book_of
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

PAGE = "findings/finding.html"

flash.register(
    {
        "finding_answered": N_("The answer is on record; the directive body is told."),
        "finding_judged": N_("The answer is judged; the institution is told."),
    }
)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer with its people in words."""

    text: str
    who: str
    at: Any
    judgement: Judgement | None
    reason: str
    judge: str


Cited = tuple[str, str]
"""Words and address of what a finding is about."""


def cited_by(finding: Finding, url_for: Callable[..., str]) -> list[Cited]:
    """The acts that a finding rests on, as its source names them; those pages are of rooms above, known by their routes."""
    kind, _colon, rest = finding.source.partition(":")
    pages: list[tuple[str, str, dict[str, Any]]] = []
    if kind == "late":
        pages = [
            (_("The last of these returns"), "returns.return", {"return_id": _id(rest)}),
            (_("All returns of the project"), "returns.list", {"project_id": finding.project_id}),
        ]
    elif kind == "external_review":
        pages = [(_("The external review"), "closure.review", {"review_id": _id(rest.partition(":")[0])})]
    found = []
    for words, route, params in pages:
        with suppress(NoRouteMatchFoundException):
            if None not in params.values():
                found.append((words, url_for(route, **params)))
    return found


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@get(
    "/findings",
    name="findings.list",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_findings(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    asked = request.query_params.get("state", "")
    state = next((member for member in FindingState if member.value == asked), None)
    rows = listed(session, request.user, now(session), state)
    people = names(session, [row.finding.owner_id for row in rows])
    today = today_of(request, session)
    return page(
        request,
        "findings/list.html",
        rows=[(row, people.get(row.finding.owner_id, "") if row.finding.owner_id else "") for row in rows],
        states=[(member.value, label(member)) for member in FindingState],
        state=asked if state else "",
        today=today,
    )


@get(
    "/findings/{finding_id:uuid}",
    name="findings.finding",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_finding(
    request: AnyRequest, session: NamedDependency[Session], finding_id: FromPath[uuid.UUID]
) -> Response[Any]:
    finding, project = get_finding(session, request.user, finding_id)
    return page(request, PAGE, **_shown(request, session, finding, project))


def _shown(
    request: AnyRequest,
    session: Session,
    finding: Finding,
    project: Project,
    *,
    answering: Form[AnswerFields] | None = None,
    judging: Form[JudgeFields] | None = None,
) -> dict[str, Any]:
    viewer = everything_of(request)
    answers = answers_of(session, finding.id)
    people = names(session, [finding.owner_id, *(p for a in answers for p in (a.made_by_id, a.judged_by_id))])
    institution = row_of(session, Initiative, project.initiative_id).institution_id
    last = answers[-1] if answers else None
    may_judge = (
        finding.state is FindingState.ANSWERED
        and viewer.can(Permission.FINDING_JUDGE)
        and last is not None
        and last.made_by_id != viewer.person_id
    )
    return {
        "frame": project_frame(session, viewer, project, "", book_of(request)),
        "finding": finding,
        "cited": cited_by(finding, book_of(request)),
        "project": project,
        "owner": people.get(finding.owner_id, "") if finding.owner_id else "",
        "answers": [
            ShownAnswer(
                row.text,
                people.get(row.made_by_id, ""),
                row.made_at,
                row.judgement,
                row.reason,
                people.get(row.judged_by_id, "") if row.judged_by_id else "",
            )
            for row in answers
        ],
        "is_late": finding.state is FindingState.OPEN and finding.due_on < today_of(request, session),
        "may_answer": finding.state is FindingState.OPEN and viewer.can_in(Permission.FINDING_ANSWER, institution),
        "may_judge": may_judge,
        "judgements": [(member.value, label(member)) for member in Judgement],
        "answering": answering or blank(AnswerFields),
        "judging": judging or blank(JudgeFields),
    }


@post(
    "/findings/{finding_id:uuid}/answer",
    name="findings.answer",
    permission=Permission.FINDING_ANSWER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_answer(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    finding_id: FromPath[uuid.UUID],
) -> Response[Any]:
    finding, project = get_finding(session, request.user, finding_id)
    form = bind(AnswerFields, submitted)
    if (fields := form.value) is not None:
        actions.answer_finding(session, request.user, project, finding, fields.text, today_of(request, session))
        return done(request, session, _address(request, finding), say="finding_answered")
    return invalid(request, PAGE, **_shown(request, session, finding, project, answering=form))


@post(
    "/findings/{finding_id:uuid}/judgement",
    name="findings.judge",
    permission=Permission.FINDING_JUDGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_judgement(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    finding_id: FromPath[uuid.UUID],
) -> Response[Any]:
    finding, project = get_finding(session, request.user, finding_id)
    answers = answers_of(session, finding.id)
    if not answers:
        raise NotFound
    form = bind(JudgeFields, submitted)
    if (fields := form.value) is not None:
        try:
            actions.judge_answer(
                session, request.user, project, finding, answers[-1], fields.judgement, fields.reason or "",
                fields.due_on, today_of(request, session),
            )  # fmt: skip
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, finding), say="finding_judged")
    return invalid(request, PAGE, **_shown(request, session, finding, project, judging=form))


def _address(request: AnyRequest, finding: Finding) -> str:
    return request.app.route_reverse("findings.finding", finding_id=finding.id)


def routes() -> list[Any]:
    return [show_findings, show_finding, submit_answer, submit_judgement]
