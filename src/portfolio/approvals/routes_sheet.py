"""The budget decision sheet in the browser: read, filter, enter, save, propose."""

import json
import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from babel.numbers import get_decimal_symbol
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.approvals.decision_drafts import fill_from_recommendation, save_draft
from portfolio.approvals.decision_sheet import WITHOUT_OPINION, Sheet, SheetFilter, SheetRow, read_sheet
from portfolio.approvals.decisions import propose, why_not_propose
from portfolio.approvals.sheet_form import FIELDS, Typed, amount_text, mark, sent, stored, understood, was_sent
from portfolio.approvals.terms import DecisionChoice, OpinionOutcome, SheetState
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.db.money import Money, minor_digits
from portfolio.errors import NotFound, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.strategy.models import Call
from portfolio.strategy.queries import all_calls, get_call
from portfolio.strategy.terms import CallKind
from portfolio.web import flash
from portfolio.web.formatting import instant, locale
from portfolio.web.forms import Submitted
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]

flash.register(
    {
        "sheet_saved": N_(
            "What you entered is saved. Nothing is decided until it is proposed and a second person confirms."
        ),
        "sheet_filled": N_(
            "The recommended amounts were entered where nothing had been. Read them before you propose."
        ),
        "sheet_proposed": N_("Proposed. A second person confirms it."),
    }
)


@get(
    "/decisions",
    name="approvals.sheet",
    permission=Permission.DECISION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_sheet(request: AnyRequest, session: NamedDependency[Session]) -> Answer:
    call = chosen_call(request, session)
    if call is None:
        return page(request, "approvals/decision_none.html")
    sheet = read_sheet(session, request.user, runtime(request).pack, call, read_filter(request))
    return page(request, "approvals/decision_sheet.html", None, **sheet_context(request, session, sheet))


@post(
    "/decisions",
    name="approvals.sheet_save",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_sheet(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Answer | Any:
    call = chosen_call(request, session)
    if call is None:
        raise NotFound
    pack, shown = runtime(request).pack, read_filter(request)
    sheet = read_sheet(session, request.user, pack, call, shown)
    errors = save_rows(request, session, pack, sheet, submitted)
    act = submitted.text("act")
    say = "sheet_saved"
    if not errors and act == "fill":
        fill_from_recommendation(session, request.user, pack, [row.position for row in sheet.rows if row.is_open])
        say = "sheet_filled"
    reasons: tuple[str, ...] = ()
    if not errors and act == "propose":
        reasons, say = try_to_propose(request, session, pack, call, shown), "sheet_proposed"
    if errors or reasons:
        again = read_sheet(session, request.user, pack, call, shown)
        context = sheet_context(request, session, again, submitted, errors, reasons)
        return invalid(request, "approvals/decision_sheet.html", None, **context)
    return done(request, session, sheet_address(request, call), say=say)


def try_to_propose(
    request: AnyRequest, session: Session, pack: CountryPack, call: Call, shown: SheetFilter
) -> tuple[str, ...]:
    """Propose what can be: rows that are complete, institution by institution, each within its envelope or not at all.

    Gives the reasons of the others, which stay as they were entered. A row without a choice is not meant yet.
    """
    sheet = read_sheet(session, request.user, pack, call, shown)
    reasons: list[str] = []
    wanted = 0
    for group in sheet.groups:
        cases = []
        for row in (row for row in group.rows if row.state is SheetState.TYPED and row.outcome is not None):
            wanted += 1
            refused = why_not_propose(session, request.user, pack, row.position)
            reasons += [f"{row.position.number}: {reason}" for reason in refused]
            cases += [] if refused else [row.position.case]
        if cases:
            reasons += _propose(request, session, pack, cases)
    return tuple(reasons) if wanted else (_("Nothing has been entered yet."),)


def _propose(
    request: AnyRequest, session: Session, pack: CountryPack, cases: Sequence[BusinessCase]
) -> tuple[str, ...]:
    try:
        with session.begin_nested():
            propose(session, request.user, pack, cases)
    except Refused as refused:
        return refused.reasons
    return ()


def save_rows(
    request: AnyRequest, session: Session, pack: CountryPack, sheet: Sheet, submitted: Submitted
) -> dict[str, str]:
    """Save each row that was changed; field → sentence for those that could not be. A row that somebody else changed
    meanwhile is not overwritten."""
    errors: dict[str, str] = {}
    for row in sheet.rows:
        if not row.is_open or not was_sent(submitted, row.case_id):
            continue
        typed, shown = sent(submitted, row), stored(row)
        if typed == shown:
            continue
        if submitted.text(f"mark-{row.case_id}") != row.mark:
            errors[f"reason-{row.case_id}"] = _(
                "Somebody else changed this row meanwhile: it now says %(choice)s %(amount)s %(reason)s. "
                "Yours is still in the fields; save again to put it in its place."
            ) % {"choice": _word(shown.choice), "amount": shown.amount, "reason": shown.reason}
            continue
        entered = understood(typed, row)
        if entered.errors:
            errors |= {f"{name}-{row.case_id}": text for name, text in entered.errors.items()}
            continue
        save_draft(session, request.user, pack, row.position, entered.choice, entered.lines, entered.reason)
    return errors


def _word(choice: str) -> str:
    return label(DecisionChoice(choice)) if choice else ""


@post(
    "/decisions/field",
    name="approvals.sheet_field",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
    status_code=200,
)
def save_field(request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]) -> Answer:
    """One field as it is typed; the version is a digest of the text the page showed, so two fields of a row never clash."""
    name, _dash, case_text = submitted.text("field").partition("-")
    row = _row_of(request, session, case_text)
    if name not in FIELDS or row is None or not row.is_open:
        return _json({"error": _("This row can no longer be changed; reload the page.")}, 422)
    shown = stored(row)
    value = submitted.text("value")
    if submitted.text("version") != mark(getattr(shown, name)) and value != getattr(shown, name):
        return page(
            request, "approvals/_decision_conflict.html", None, status=409,
            theirs=getattr(shown, name), version=mark(getattr(shown, name)),
        )  # fmt: skip
    typed = Typed(**{field: value if field == name else getattr(shown, field) for field in FIELDS})
    entered = understood(typed, row)
    if name in entered.errors:
        return _json({"error": entered.errors[name]}, 422)
    try:
        save_draft(
            session, request.user, runtime(request).pack, row.position, entered.choice, entered.lines, typed.reason
        )
    except Refused as refused:
        return _json({"error": " ".join(refused.reasons)}, 422)
    fresh = _row_of(request, session, case_text)
    version = mark(getattr(stored(fresh), name) if fresh is not None else value)
    return _json({"version": version, "saved_at": instant(now(session)).rpartition(" ")[2]}, 200)


def _row_of(request: AnyRequest, session: Session, case_text: str) -> SheetRow | None:
    """The row of one case, among those that this person may see."""
    call = chosen_call(request, session)
    if call is None:
        return None
    sheet = read_sheet(session, request.user, runtime(request).pack, call, SheetFilter())
    return next((row for row in sheet.rows if str(row.case_id) == case_text), None)


def _json(content: Mapping[str, str], status: int) -> Answer:
    return Response(json.dumps(content), status_code=status, media_type=MediaType.JSON)


def chosen_call(request: AnyRequest, session: Session) -> Call | None:
    """The call of the address, else the budget's: the annual one that closes last. Raises `NotFound` for one that is not there."""
    wanted = request.query_params.get("call", "")
    if wanted:
        return get_call(session, _id(wanted))
    calls = all_calls(session)
    return next((call for call in calls if call.kind is CallKind.ANNUAL), next(iter(calls), None))


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def read_filter(request: AnyRequest) -> SheetFilter:
    """Unknown values filter nothing."""
    query = request.query_params
    institution = query.get("institution", "")
    opinions = {outcome.value for outcome in OpinionOutcome} | {WITHOUT_OPINION}
    return SheetFilter(
        institution_id=_id(institution) if institution else None,
        opinion=query["opinion"] if query.get("opinion", "") in opinions else "",
        state=query["state"] if query.get("state", "") in {state.value for state in SheetState} else "",
        text=query.get("text", "")[:120].strip(),
    )


def sheet_address(request: AnyRequest, call: Call, route: str = "approvals.sheet") -> str:
    """The address of the sheet with the present filter."""
    kept = {name: value for name, value in request.query_params.items() if value and name not in ("call", "done")}
    return f"{request.app.route_reverse(route)}?{urlencode({'call': str(call.id), **kept})}"


def sheet_context(
    request: AnyRequest,
    session: Session,
    sheet: Sheet,
    submitted: Submitted | None = None,
    errors: Mapping[str, str] | None = None,
    reasons: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Everything the sheet's template shows. `submitted`: what was typed when something was wrong with it."""
    typed = {
        row.case_id: sent(submitted, row)
        if submitted and row.is_open and was_sent(submitted, row.case_id)
        else stored(row)
        for row in sheet.rows
    }
    return {
        "sheet": sheet,
        "typed": typed,
        "counts": {state.value: count for state, count in sheet.counts.items()},
        "money_of": partial(Money, sheet.call.currency),
        "marks": {row.case_id: {name: mark(getattr(stored(row), name)) for name in FIELDS} for row in sheet.rows},
        "errors": errors or {},
        "reasons": list(reasons),
        "can_write": request.user.can(Permission.DECISION_WRITE),
        "can_confirm": request.user.can(Permission.DECISION_CONFIRM),
        "calls": [(str(call.id), call.title) for call in all_calls(session)],
        "choices": [(choice.value, label(choice)) for choice in DecisionChoice],
        "states": [(state.value, label(state)) for state in SheetState],
        "opinions": _opinion_options(),
        "address": sheet_address(request, sheet.call),
        "save_address": sheet_address(request, sheet.call, "approvals.sheet_save"),
        "field_address": sheet_address(request, sheet.call, "approvals.sheet_field"),
        "workbook_address": sheet_address(request, sheet.call, "approvals.workbook"),
        "short": amount_text,
        "decimal_sign": get_decimal_symbol(locale()),
        "places": minor_digits(sheet.call.currency),
    }


def _opinion_options() -> list[tuple[str, str]]:
    said = (OpinionOutcome.FAVOURABLE, OpinionOutcome.WITH_CONDITIONS, OpinionOutcome.UNFAVOURABLE)
    return [*((outcome.value, label(outcome)) for outcome in said), (WITHOUT_OPINION, _("Without opinion"))]


def routes() -> list[Any]:
    return [show_sheet, submit_sheet, save_field]
