"""The second person's page: exactly what was proposed in a call, confirmed with the password or sent back."""

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals import decisions
from portfolio.approvals.decision_digests import shown_digest, sorted_lines
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.forms_decision import ConfirmFields, SendBackFields
from portfolio.approvals.models import Act, BudgetDecision
from portfolio.approvals.positions import Position, read_positions
from portfolio.approvals.sheet_addresses import chosen_call
from portfolio.approvals.terms import ActKind, CountersignState
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import get_case, visible_to
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names, names
from portfolio.strategy.models import Call
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
PAGE = "approvals/decision_confirm.html"

flash.register(
    {
        "decisions_confirmed": N_("Confirmed. The amounts are in the ledger."),
        "decision_sent_back": N_("Sent back with its reason."),
    }
)


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as the second person sees it. `amounts`: (line, Money); `reasons`: why this person may not confirm it."""

    position: Position
    institution: str
    decision: BudgetDecision
    proposer: str
    amounts: tuple[tuple[Line, Money], ...]
    total: Money
    reasons: tuple[str, ...]


@get(
    "/decisions/confirm",
    name="approvals.confirm",
    permission=Permission.DECISION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_proposals(request: AnyRequest, session: NamedDependency[Session]) -> Answer:
    return page(request, PAGE, **_context(request, session, _call(request, session)))


@post("/decisions/confirm", permission=Permission.DECISION_CONFIRM, sync_to_thread=True, include_in_schema=False)
def submit_confirmation(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Answer | Any:
    call = _call(request, session)
    form = bind(ConfirmFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, call, form))
    fields, running = form.value, runtime(request)
    shown = [get_case(session, request.user, case_id) for case_id in fields.shown]
    act = None
    if fields.act_number:
        act = Act(kind=ActKind.DECISION, number=fields.act_number, dated_on=fields.act_date)
    try:
        decisions.confirm(
            session, request.user, running.pack, running.settings.secret_key, shown, fields.chosen, fields.password,
            fields.digest, act,
        )  # fmt: skip
    except FieldRefused as refused:
        context = _context(request, session, call, taken_back(session, form, refused))
        return invalid(request, PAGE, **context)
    return done(request, session, _address(request, call), say="decisions_confirmed")


@post(
    "/decisions/proposals/{decision_id:uuid}/back",
    name="approvals.send_back",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_send_back(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    decision_id: FromPath[uuid.UUID],
) -> Answer | Any:
    decision = session.get(BudgetDecision, decision_id)
    if decision is None:
        raise NotFound
    case = get_case(session, request.user, decision.case_id)
    call = session.get_one(Call, case.call_id)
    form = bind(SendBackFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, call, back={decision.id: form}))
    decisions.send_back(session, request.user, runtime(request).pack, case, decision, form.value.reason)
    return done(request, session, _address(request, call), say="decision_sent_back")


def _call(request: AnyRequest, session: Session) -> Call:
    call = chosen_call(request, session)
    if call is None:
        raise NotFound
    return call


def _address(request: AnyRequest, call: Call) -> str:
    return f"{request.app.route_reverse('approvals.confirm')}?call={call.id}"


def _context(
    request: AnyRequest,
    session: Session,
    call: Call,
    form: Form[ConfirmFields] | None = None,
    back: dict[uuid.UUID, Form[SendBackFields]] | None = None,
) -> dict[str, Any]:
    rows = _rows(request, session, runtime(request).pack, call)
    return {
        "call": call,
        "rows": rows,
        "digest": shown_digest(row.position for row in rows),
        "form": form or blank(ConfirmFields),
        "money_of": partial(Money, call.currency),
        "back": back or {},
        "empty_back": blank(SendBackFields),
        "address": _address(request, call),
        "can_confirm": request.user.can(Permission.DECISION_CONFIRM) and any(not row.reasons for row in rows),
        "can_write": request.user.can(Permission.DECISION_WRITE),
        "chosen": _chosen(form, rows),
        "total": Money(call.currency, sum(row.total.minor for row in rows if row.total.currency == call.currency)),
    }


def _chosen(form: Form[ConfirmFields] | None, rows: list[ProposalRow]) -> set[str]:
    """Everything that may be confirmed, or what was ticked when something was wrong."""
    if form is not None and form.errors:
        return set(form.raw["chosen"])
    return {str(row.position.case.id) for row in rows if not row.reasons}


def _rows(request: AnyRequest, session: Session, pack: CountryPack, call: Call) -> list[ProposalRow]:
    cases = session.scalars(
        select(BusinessCase)
        .join(BudgetDecision, col(BudgetDecision.case_id) == col(BusinessCase.id))
        .join(Institution, col(Institution.id) == col(BusinessCase.institution_id))
        .where(
            visible_to(request.user),
            col(BusinessCase.call_id) == call.id,
            col(BudgetDecision.state) == CountersignState.PROPOSED,
        )
        .order_by(
            col(Institution.sort_key),
            col(BusinessCase.priority).is_(None),
            col(BusinessCase.priority),
            col(BusinessCase.id),
        )
    ).all()
    positions = read_positions(session, pack, call, cases)
    people = names(session, [p.proposed.proposed_by_id for p in positions.values() if p.proposed])
    bodies = institution_names(session)
    rows = []
    for position in positions.values():
        decision = position.proposed
        if decision is None:
            continue
        amounts = tuple(
            (line, Money(position.facts.currency, line.minor)) for line in sorted_lines(position.proposed_lines)
        )
        rows.append(
            ProposalRow(
                position=position,
                institution=bodies[position.case.institution_id],
                decision=decision,
                proposer=people[decision.proposed_by_id],
                amounts=amounts,
                total=Money(position.facts.currency, sum(money.minor for _line, money in amounts)),
                reasons=tuple(decisions.why_not_confirm(session, request.user, pack, position)),
            )
        )
    return rows


def routes() -> list[Any]:
    return [show_proposals, submit_confirmation, submit_send_back]
