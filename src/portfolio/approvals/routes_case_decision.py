"""The budget decision on the page of a case: amounts by year, tranche and budget line, the ledger, the override."""

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from babel.numbers import get_decimal_symbol
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.case_decision_form import GridRow, grid_of, read_grid, typed_grid
from portfolio.approvals.decision_drafts import drafted_outcome, mark_of, save_draft, why_closed
from portfolio.approvals.decision_rules import why_not_now
from portfolio.approvals.decisions import propose
from portfolio.approvals.forms_decision import CaseDecisionFields, OverrideFields
from portfolio.approvals.models import Act, BudgetDecision, BudgetEntry, Condition
from portfolio.approvals.modification_page import modification_context
from portfolio.approvals.overrides import override_digest, override_opinion, why_not_override
from portfolio.approvals.positions import Position, position_of, typed_lines
from portfolio.approvals.terms import DecisionChoice, EntryKind
from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES
from portfolio.business_cases.visibility import get_case
from portfolio.db.money import Money, minor_digits
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.web import flash
from portfolio.web.formatting import locale
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
PAGE = "approvals/decision.html"

register_tab(TabSpec(70, "approvals.decision", N_("Budget decision"), Permission.CASE_READ, SUBMITTED_STATES))
flash.register({"opinion_overridden": N_("The act is recorded. The budget office may now propose an amount.")})


@get(
    "/cases/{case_id:uuid}/decision",
    name="approvals.decision",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_decision(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Answer:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/decision",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_decision(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    case = get_case(session, request.user, case_id)
    pack, position = runtime(request).pack, _position(session, runtime(request).pack, case)
    form, grid = bind(CaseDecisionFields, submitted), typed_grid(submitted)
    lines, errors = read_grid(grid, case.currency, pack.budget_lines)
    if form.value is not None and form.value.mark != mark_of(position.draft):
        form = form.with_error("reasons", _("Somebody else changed this meanwhile; yours is still here. Save again."))
    if form.value is None or errors:
        return invalid(request, PAGE, **_context(request, session, case, form=form, grid=grid, errors=errors))
    save_draft(session, request.user, pack, position, form.value.choice, lines, form.value.reasons)
    say = "sheet_saved"
    if submitted.text("act") == "propose":
        try:
            with session.begin_nested():
                propose(session, request.user, pack, [case])
        except Refused as refused:
            session.commit()  # what was entered stays
            return invalid(request, PAGE, **_context(request, session, case, reasons=refused.reasons))
        say = "sheet_proposed"
    return done(request, session, request.app.route_reverse("approvals.decision", case_id=case.id), say=say)


@post(
    "/cases/{case_id:uuid}/override",
    name="approvals.override",
    permission=Permission.OPINION_OVERRIDE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_override(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    case = get_case(session, request.user, case_id)
    form = bind(OverrideFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, override_form=form))
    running, fields = runtime(request), form.value
    try:
        override_opinion(
            session, request.user, running.pack, running.settings.secret_key, case, number=fields.number,
            dated_on=fields.dated_on, reasons=fields.reasons, password=fields.password, shown=fields.digest,
        )  # fmt: skip
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, PAGE, **_context(request, session, case, override_form=wrong))
    address = request.app.route_reverse("approvals.decision", case_id=case.id)
    return done(request, session, address, say="opinion_overridden")


def _position(session: Session, pack: CountryPack, case: BusinessCase) -> Position:
    try:
        return position_of(session, pack, case)
    except KeyError:
        raise NotFound from None


def _context(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    *,
    form: Form[CaseDecisionFields] | None = None,
    grid: Sequence[GridRow] | None = None,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[str] = (),
    override_form: Form[OverrideFields] | None = None,
) -> dict[str, Any]:
    viewer, pack = whole_viewer(request) or request.user, runtime(request).pack
    position = _position(session, pack, case)
    sees_all = viewer.can_in(Permission.DECISION_READ, case.institution_id)
    closed = why_closed(pack, position) or " ".join(why_not_now(position.facts))
    draft = position.draft
    typed = [] if draft is None else typed_lines(draft)
    overrider = viewer.narrowed(Permission.OPINION_OVERRIDE)
    return {
        "frame": case_frame(session, viewer, case, "approvals.decision", request.app.route_reverse),
        "case": case,
        "position": position,
        "facts": position.facts,
        "money_of": partial(Money, case.currency),
        "sees_all": sees_all,
        "decided": _decided(position, sees_all),
        "ledger": _ledger(session, case) if sees_all or not position.is_waiting_for_embargo else [],
        "history": _history(session, case, sees_all),
        **modification_context(session, viewer, pack, case, sees_all=sees_all),
        "conditions": _conditions(session, case),
        "closed": closed,
        "can_write": viewer.can(Permission.DECISION_WRITE) and not closed,
        "confirm_href": _confirm_address(request, viewer, position),
        "form": form or blank(CaseDecisionFields, choice=_choice(draft), reasons=draft.reasons if draft else ""),
        "grid": grid or grid_of(typed, case.currency, position.facts.fiscal_year),
        "errors": errors or {},
        "reasons": list(reasons),
        "mark": mark_of(draft),
        "drafted_outcome": drafted_outcome(position),
        "choices": [
            (choice.value, label(choice))
            for choice in DecisionChoice
            if choice is not DecisionChoice.FUND or not position.facts.is_barred or _choice(draft) == choice.value
        ],
        "budget_lines": [(line.code, f"{line.code} {line.label}") for line in pack.usable_budget_lines()],
        "decimal_sign": get_decimal_symbol(locale()),
        "places": minor_digits(case.currency),
        "can_override": overrider.grants != () and not why_not_override(session, overrider, pack, position),
        "override_form": override_form or blank(OverrideFields),
        "override_digest": override_digest(position),
        "override_act": session.get(Act, position.override.act_id) if position.override else None,
    }


def _confirm_address(request: AnyRequest, viewer: Viewer, position: Position) -> str:
    """Where the second person confirms what waits; blank where nothing waits for this one."""
    waiting = position.proposed
    if waiting is None or waiting.proposed_by_id == viewer.person_id or not viewer.can(Permission.DECISION_CONFIRM):
        return ""
    return f"{request.app.route_reverse('approvals.confirm')}?call={position.case.call_id}"


def _choice(draft: Any) -> str:
    return "" if draft is None or draft.choice is None else str(draft.choice.value)


def _decided(position: Position, sees_all: bool) -> BudgetDecision | None:
    """What was decided, for those who may know of it already."""
    return None if position.is_waiting_for_embargo and not sees_all else position.confirmed


def _ledger(session: Session, case: BusinessCase) -> Sequence[BudgetEntry]:
    """Oldest first; proposals are left out, they are not money."""
    return session.scalars(
        select(BudgetEntry)
        .join(BudgetDecision, col(BudgetDecision.id) == col(BudgetEntry.decision_id))
        .where(
            col(BudgetEntry.case_id) == case.id,
            col(BudgetEntry.kind) != EntryKind.PROPOSED,
            col(BudgetDecision.confirmed_at).is_not(None),
        )
        .order_by(col(BudgetEntry.created_at), col(BudgetEntry.fiscal_year), col(BudgetEntry.id))
    ).all()


def _history(session: Session, case: BusinessCase, sees_all: bool) -> list[dict[str, Any]]:
    """Every proposal and what became of it, newest first; only for the oversight bodies."""
    if not sees_all:
        return []
    rows = session.scalars(
        select(BudgetDecision)
        .where(col(BudgetDecision.case_id) == case.id)
        .order_by(col(BudgetDecision.proposed_at).desc(), col(BudgetDecision.id).desc())
    ).all()
    people = names(session, [person for row in rows for person in (row.proposed_by_id, row.confirmed_by_id)])
    return [
        {"row": row, "proposer": people[row.proposed_by_id], "confirmer": people.get(row.confirmed_by_id or row.id, "")}
        for row in rows
    ]


def _conditions(session: Session, case: BusinessCase) -> Sequence[Condition]:
    return session.scalars(
        select(Condition).where(col(Condition.case_id) == case.id).order_by(col(Condition.due_on), col(Condition.id))
    ).all()


def routes() -> list[Any]:
    return [show_decision, submit_decision, submit_override]
