"""Proposing a plan, and deciding on it as another person."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import pack_of
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.plan import baselines
from portfolio.projects.plan.access import AnyRequest, Visit, visit
from portfolio.projects.plan.baselines import Asked, digest_of
from portfolio.projects.plan.doubts import dates_of, doubts_of
from portfolio.projects.plan.effects import NewEnd, effects_of
from portfolio.projects.plan.forms import AnswerFields, DecideFields, ProposalFields
from portfolio.projects.plan.milestones import limits
from portfolio.projects.plan.models import ChangeRequest, PlanProposal
from portfolio.projects.plan.proposal_form import Dates, read_dates, suggested_dates
from portfolio.projects.plan.queries import accepted_changes, get_proposal
from portfolio.projects.plan.shown import Variance, moved_words
from portfolio.projects.plan.terms import REBASELINES, BaselineKind, PlanProposalState
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

P = Permission
FORM, PROPOSAL = "projects/propose_plan.html", "projects/proposal.html"

flash.register(
    {
        "plan_proposed": N_("Proposed. Nothing changes until another person decides."),
        "plan_approved": N_("Approved. The plans approved before stay as they were."),
        "plan_refused": N_("Refused, with its reason. Nothing changed."),
        "plan_taken_back": N_("Taken back. Nothing changed."),
    }
)


@get(
    "/projects/{project_id:uuid}/plan/proposals/new",
    name="projects.propose_plan",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_form(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    here = visit(request, session, project_id)
    return page(request, FORM, **_form_context(here, blank(ProposalFields, changes=[]), suggested_dates(here.plan)))


@post(
    "/projects/{project_id:uuid}/plan/proposals/new",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_form(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here = visit(request, session, project_id)
    within = limits(session, here.project)
    form, dates = bind(ProposalFields, submitted), read_dates(here.plan, submitted, within)
    is_first = here.plan.number == 0
    if form.value is not None and form.value.kind is None and not is_first:
        form = form.with_error("kind", _("Choose one of the options"))
    if form.value is None or dates.errors:
        form = Form(form.raw, {**form.errors, **dates.errors})
        return invalid(request, FORM, **_form_context(here, form, dates))
    kind = BaselineKind.FIRST if is_first or form.value.kind is None else form.value.kind
    typed = form.value
    asked = Asked(kind, typed.reasons, dates.values, typed.changes, typed.confirmed, typed.because)
    try:
        with session.begin_nested():
            row = baselines.propose_plan(session, here.actor, pack_of(request), here.project, asked)
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, FORM, **_form_context(here, wrong, dates))
    except Refused as refused:
        return invalid(request, FORM, **_form_context(here, form, dates, refused.reasons))
    address = here.address("projects.plan_proposal", proposal_id=row.id)
    return done(request, session, address, say="plan_proposed")


def _form_context(
    here: Visit, form: Form[ProposalFields], dates: Dates, reasons: Sequence[str] = ()
) -> dict[str, Any]:  # fmt: skip
    return {
        "frame": here.frame,
        "project": here.project,
        "plan": here.plan,
        "form": form,
        "dates": dates.rows,
        "doubts": doubts_of(here.session, here.viewer, here.plan, dates.values, here.as_at).all if form.errors else [],
        "reasons": list(reasons),
        "why_not": baselines.why_not_propose(here.session, here.project, here.plan),
        "kinds": [(kind.value, label(kind)) for kind in REBASELINES],
        "changes": [
            (str(row.id), f"{row.number}. {row.title}") for row in accepted_changes(here.session, here.project.id)
        ],
    }


@get(
    "/projects/{project_id:uuid}/plan/proposals/{proposal_id:uuid}",
    name="projects.plan_proposal",
    permission=P.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_proposal(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any]:
    here = visit(request, session, project_id)
    return page(request, PROPOSAL, **_proposal_context(here, get_proposal(session, here.project, proposal_id)))


@post(
    "/projects/{project_id:uuid}/plan/proposals/{proposal_id:uuid}/approve",
    name="projects.approve_plan",
    permission=P.PLAN_DECIDE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_approval(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here, form = visit(request, session, project_id), bind(DecideFields, submitted)
    row, secret = get_proposal(session, here.project, proposal_id), runtime(request).settings.secret_key
    if form.value is None:
        return invalid(request, PROPOSAL, **_proposal_context(here, row, decide=form))
    try:
        baselines.approve_plan(
            session, here.actor, secret, here.project, row, form.value.password, form.value.digest, form.value.approval
        )
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, PROPOSAL, **_proposal_context(here, row, decide=wrong))
    return done(request, session, here.address(), say="plan_approved")


@post(
    "/projects/{project_id:uuid}/plan/proposals/{proposal_id:uuid}/refuse",
    name="projects.refuse_plan",
    permission=P.PLAN_DECIDE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_refusal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here, form = visit(request, session, project_id), bind(AnswerFields, submitted)
    row = get_proposal(session, here.project, proposal_id)
    if form.value is None:
        return invalid(request, PROPOSAL, **_proposal_context(here, row, back=form))
    baselines.refuse_plan(session, here.actor, here.project, row, form.value.answer)
    return done(request, session, here.address("projects.plan_proposal", proposal_id=row.id), say="plan_refused")


@post(
    "/projects/{project_id:uuid}/plan/proposals/{proposal_id:uuid}/back",
    name="projects.take_back_plan",
    permission=P.PLAN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_taking_back(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any] | Any:
    here, form = visit(request, session, project_id), bind(AnswerFields, submitted)
    row = get_proposal(session, here.project, proposal_id)
    if form.value is None:
        return invalid(request, PROPOSAL, **_proposal_context(here, row, back=form))
    baselines.take_back_plan(session, here.actor, here.project, row, form.value.answer)
    return done(request, session, here.address("projects.plan_proposal", proposal_id=row.id), say="plan_taken_back")


@dataclass(frozen=True, slots=True)
class Line:
    """One milestone of a proposal: approved before, asked for, and the days between; `first` for a comparison with it.

    `is_changed`: its date is another than the one approved before, or it enters or leaves the plan.
    """

    title: str
    first: date | None
    before: date | None
    after: date | None
    change: Variance
    to_first: Variance
    is_changed: bool


def _proposal_context(
    here: Visit,
    row: PlanProposal,
    *,
    decide: Form[DecideFields] | None = None,
    back: Form[AnswerFields] | None = None,
) -> dict[str, Any]:
    is_open = row.state is PlanProposalState.PROPOSED
    is_own = here.viewer.person_id == row.proposed_by_id
    may_decide = is_open and not is_own and here.viewer.can_in(P.PLAN_DECIDE, here.institution_id)
    carried = here.session.scalars(
        select(ChangeRequest).where(col(ChangeRequest.proposal_id) == row.id).order_by(col(ChangeRequest.number))
    ).all()
    return {
        "frame": here.frame,
        "project": here.project,
        "row": row,
        "people": names(here.session, [row.proposed_by_id, row.decided_by_id]),
        "lines": [_line(here, line) for line in row.lines],
        "carried": carried,
        "digest": digest_of(row),
        "doubts": _doubts(here, row),
        "ends": _ends(here, row),
        "effects": _effects(here, row) if is_open else [],
        "is_overtaken": is_open and row.base_number != here.plan.number,
        "may_decide": may_decide,
        "may_take_back": is_open and is_own and here.can_write,
        "why_not": baselines.why_not_decide(here.session, here.viewer, here.project, row) if may_decide else [],
        "decide": decide or blank(DecideFields),
        "back": back or blank(AnswerFields),
    }


def _doubts(here: Visit, row: PlanProposal) -> list[str]:
    """What is odd about it now, for whoever decides; of a decided one, only why it was held to be right is kept."""
    if row.state is not PlanProposalState.PROPOSED:
        return []
    return doubts_of(here.session, here.viewer, here.plan, dates_of(row), here.as_at).all


@dataclass(frozen=True, slots=True)
class Ends:
    """The last day of the plan asked for, against that of the plan before and of the first one."""

    after: date
    before: date | None
    first: date | None
    to_before: Variance
    to_first: Variance


def _ends(here: Visit, row: PlanProposal) -> Ends | None:
    after = _last(line["after"] for line in row.lines)
    if after is None:
        return None
    before = _last(line["before"] for line in row.lines)
    first = max((item.first for item in here.plan.items.values() if item.first is not None), default=None)
    return Ends(after, before, first, _end_moved(before, after), _end_moved(first, after))


def _end_moved(before: date | None, after: date) -> Variance:
    return Variance("–", "quiet") if before is None else moved_words((after - before).days)


def _last(days: Iterable[str | None]) -> date | None:
    return max((date.fromisoformat(day) for day in days if day), default=None)


def _effects(here: Visit, row: PlanProposal) -> list[str]:
    """What another end means for money and indicators, as the rooms that keep them say."""
    ends = _ends(here, row)
    if ends is None:
        return []
    return effects_of(NewEnd(here.session, pack_of(here.request), here.project, ends.before, ends.after, here.as_at))


def _line(here: Visit, line: dict[str, Any]) -> Line:
    before, after = (date.fromisoformat(line[name]) if line[name] else None for name in ("before", "after"))
    first = here.plan.items[uuid.UUID(line["milestone"])].first
    return Line(line["title"], first, before, after, _moved(before, after), _moved(first, after), before != after)


def _moved(before: date | None, after: date | None) -> Variance:
    if after is None:
        return Variance(_("leaves the plan"), "caution")
    if before is None:
        return Variance(_("new in the plan"), "active")
    return moved_words((after - before).days)


def routes() -> list[Any]:
    return [show_form, submit_form, show_proposal, submit_approval, submit_refusal, submit_taking_back]
