"""A decided amount changed from a page: enter what it shall be, look at the effect, propose; a second person confirms."""

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from babel.numbers import get_decimal_symbol
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals import modifications
from portfolio.approvals.case_decision_form import GridRow, grid_of, read_grid, typed_grid
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.forms_decision import SendBackFields
from portfolio.approvals.forms_modification import ConfirmModificationFields, ModificationFields
from portfolio.approvals.models import Act, BudgetModification
from portfolio.approvals.modification_queries import open_modification
from portfolio.approvals.modification_reads import (
    Effect,
    asked_of,
    effect_of,
    modification_digest,
    modification_facts,
    standing_mark,
    why_not_open,
)
from portfolio.approvals.modification_rules import Asked, ModificationFacts, lines_of_balance
from portfolio.approvals.terms import ActType, ModificationKind
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import get_case
from portfolio.db.money import Money, minor_digits
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.formatting import locale
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
PAGE = "approvals/modification.html"
YEARS_AHEAD = 10

flash.register(
    {
        "modification_proposed": N_("Proposed. Nothing changes until a second person confirms it."),
        "modification_confirmed": N_("Confirmed. The differences are in the ledger; what was there before stays."),
        "modification_sent_back": N_("Sent back with its reason."),
    }
)


@get(
    "/cases/{case_id:uuid}/modification",
    name="approvals.modification",
    permission=Permission.DECISION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_modification(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Answer:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/modification",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
    status_code=200,
)
def submit_modification(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    """`act=look` shows the effect and changes nothing; `act=propose` proposes."""
    case, pack = get_case(session, request.user, case_id), runtime(request).pack
    form, grid = bind(ModificationFields, submitted), typed_grid(submitted)
    lines, errors = read_grid(grid, case.currency, pack.budget_lines)
    if form.value is None or errors:
        return invalid(request, PAGE, **_context(request, session, case, form=form, grid=grid, errors=errors))
    asked = _asked(form.value, lines)
    effect = effect_of(session, pack, case, asked)
    if submitted.text("act") != "propose":
        context = _context(request, session, case, form=form, grid=grid, effect=effect)
        return page(request, PAGE, **context)
    try:
        with session.begin_nested():
            modifications.propose_modification(session, request.user, pack, case, asked, form.value.mark)
    except Refused as refused:
        context = _context(request, session, case, form=form, grid=grid, effect=effect, reasons=refused.reasons)
        return invalid(request, PAGE, **context)
    return done(request, session, _address(request, case), say="modification_proposed")


@post(
    "/cases/{case_id:uuid}/modification/confirm",
    name="approvals.confirm_modification",
    permission=Permission.DECISION_CONFIRM,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_confirmation(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    case, running = get_case(session, request.user, case_id), runtime(request)
    row, form = _open(session, case), bind(ConfirmModificationFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, confirm=form))
    try:
        modifications.confirm_modification(
            session, request.user, running.pack, running.settings.secret_key, case, row, form.value.password,
            form.value.digest,
        )  # fmt: skip
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, PAGE, **_context(request, session, case, confirm=wrong))
    address = request.app.route_reverse("approvals.decision", case_id=case.id)
    return done(request, session, address, say="modification_confirmed")


@post(
    "/cases/{case_id:uuid}/modification/back",
    name="approvals.send_back_modification",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_send_back(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    case = get_case(session, request.user, case_id)
    row, form = _open(session, case), bind(SendBackFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, back=form))
    modifications.send_back_modification(session, request.user, runtime(request).pack, case, row, form.value.reason)
    return done(request, session, _address(request, case), say="modification_sent_back")


def _open(session: Session, case: BusinessCase) -> BudgetModification:
    row = open_modification(session, case.id)
    if row is None:
        raise Refused(_("No modification waits for a second person any more; reload the page."))
    return row


def _address(request: AnyRequest, case: BusinessCase) -> str:
    return request.app.route_reverse("approvals.modification", case_id=case.id)


def _asked(fields: ModificationFields, lines: Sequence[Line]) -> Asked:
    return Asked(
        kind=fields.kind,
        lines=tuple(sorted(lines, key=lambda line: line.key)),
        firm_through=fields.firm_through,
        act_type=fields.act_type,
        act_number=fields.act_number,
        act_date=fields.act_date,
        effective_on=fields.effective_on,
        reasons=fields.reasons,
    )


def _context(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    *,
    form: Form[ModificationFields] | None = None,
    grid: Sequence[GridRow] | None = None,
    errors: Mapping[str, str] | None = None,
    effect: Effect | None = None,
    reasons: Sequence[str] = (),
    confirm: Form[ConfirmModificationFields] | None = None,
    back: Form[SendBackFields] | None = None,
) -> dict[str, Any]:
    """Raises `NotFound` for a case that nothing was ever decided on."""
    viewer, pack = whole_viewer(request) or request.user, runtime(request).pack
    facts = modification_facts(session, pack, case)
    if not facts.balance:
        raise NotFound
    row = open_modification(session, case.id)
    return {
        "frame": case_frame(session, viewer, case, "approvals.decision", request.app.route_reverse),
        "case": case,
        "money_of": partial(Money, case.currency),
        "facts": facts,
        "effect": effect,
        "reasons": list(reasons),
        "why_not": why_not_open(session, request.user, pack, case),
        "can_write": request.user.can(Permission.DECISION_WRITE),
        "form": form or _blank(facts),
        "grid": grid or grid_of(lines_of_balance(facts.balance), case.currency),
        "errors": errors or {},
        "mark": standing_mark(session, case.id),
        "confirm": confirm or blank(ConfirmModificationFields),
        "back": back or blank(SendBackFields),
        **_choices(facts),
        "budget_lines": [(line.code, f"{line.code} {line.label}") for line in pack.usable_budget_lines()],
        "decimal_sign": get_decimal_symbol(locale()),
        "places": minor_digits(case.currency),
        **(_proposal(request, session, case, row) if row is not None else {"row": None}),
    }


def _blank(facts: ModificationFacts) -> Form[ModificationFields]:
    return blank(
        ModificationFields, firm_through=str(facts.firm_through), act_date="", effective_on=facts.today.isoformat()
    )


def _choices(facts: ModificationFacts) -> dict[str, list[tuple[str, str]]]:
    years = range(facts.firm_through, facts.fiscal_year + YEARS_AHEAD + 1)
    return {
        "kinds": [(kind.value, label(kind)) for kind in ModificationKind],
        "act_types": [(kind.value, label(kind)) for kind in ActType],
        "years": [(str(year), str(year)) for year in years],
    }


def _proposal(
    request: AnyRequest, session: Session, case: BusinessCase, row: BudgetModification
) -> dict[str, Any]:  # fmt: skip
    """What the second person is shown of the open proposal."""
    pack = runtime(request).pack
    may_confirm = request.user.can(Permission.DECISION_CONFIRM)
    why = modifications.why_not_confirm(session, request.user, pack, case, row) if may_confirm else []
    effect = effect_of(session, pack, case, asked_of(session, row), row.id)
    return {
        "row": row,
        "act": session.get_one(Act, row.act_id),
        "proposer": names(session, [row.proposed_by_id])[row.proposed_by_id],
        "effect": effect,
        "digest": modification_digest(session, row),
        "why_not_confirm": [*why, *effect.reasons],
        "may_confirm": may_confirm,
    }


def routes() -> list[Any]:
    return [show_modification, submit_modification, submit_confirmation, submit_send_back]
