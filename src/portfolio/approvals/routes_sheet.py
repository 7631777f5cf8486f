"""The budget decision sheet in the browser: read, filter, enter, save, propose."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

from babel.numbers import get_decimal_symbol
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.approvals.decision_drafts import fill_from_recommendation, save_draft
from portfolio.approvals.decision_sheet import WITHOUT_OPINION, Sheet, SheetRow, read_rows, read_sheet
from portfolio.approvals.decisions import propose, why_not_propose
from portfolio.approvals.sheet_addresses import (
    chosen_call,
    page_address,
    read_cursor,
    read_filter,
    read_id,
    sheet_address,
)
from portfolio.approvals.sheet_elsewhere import waiting_elsewhere
from portfolio.approvals.sheet_form import FIELDS, Typed, amount_text, mark, sent, stored, understood, was_sent
from portfolio.approvals.sheet_paging import ROWS_A_PAGE
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
from portfolio.strategy.queries import all_calls
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
    sheet = _page(request, session, call)
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
    pack = runtime(request).pack
    rows = rows_sent(request, session, call, submitted)
    errors = save_rows(request, session, pack, rows, submitted)
    act = submitted.text("act")
    say = "sheet_saved"
    if not errors and act == "fill":
        fill_from_recommendation(session, request.user, pack, [row.position for row in rows if row.is_open])
        say = "sheet_filled"
    reasons: tuple[str, ...] = ()
    if not errors and act == "propose":
        reasons, say = try_to_propose(request, session, call, submitted), "sheet_proposed"
    if errors or reasons:
        session.commit()  # what could be saved or proposed stays; the page says what could not
        again = _page(request, session, call, frozenset(row.case_id for row in rows))
        context = sheet_context(request, session, again, submitted, errors, reasons)
        return invalid(request, "approvals/decision_sheet.html", None, **context)
    return done(request, session, _address_after(request, _page(request, session, call), act), say=say)


def rows_sent(request: AnyRequest, session: Session, call: Call, submitted: Submitted) -> list[SheetRow]:
    """The rows that the form held: saving, filling and proposing are about exactly these, even where one has left the
    filter because something was entered in it."""
    sent_ids = {read_id(name.removeprefix("mark-")) for name in submitted.values if name.startswith("mark-")}
    return read_rows(session, request.user, runtime(request).pack, call, sent_ids)


def _page(request: AnyRequest, session: Session, call: Call, keep: frozenset[uuid.UUID] = frozenset()) -> Sheet:
    """The page that the address asks for; `keep`: what somebody was entering stays on it."""
    pack, shown = runtime(request).pack, replace(read_filter(request), keep=keep)
    return read_sheet(session, request.user, pack, call, shown, read_cursor(request), ROWS_A_PAGE)


def _address_after(request: AnyRequest, sheet: Sheet, act: str) -> str:
    """The same page, or the neighbour that was asked for with «save and go on»."""
    if act == "next" and sheet.span.next is not None:
        return page_address(request, sheet.call, after=sheet.span.next)
    if act == "previous" and sheet.span.previous is not None:
        return page_address(request, sheet.call, before=sheet.span.previous)
    return sheet_address(request, sheet.call)


def try_to_propose(request: AnyRequest, session: Session, call: Call, submitted: Submitted) -> tuple[str, ...]:
    """Propose what can be of what was sent: rows that are complete, institution by institution, each within its envelope or not at all.

    Gives the reasons of the others, which stay as they were entered. A row without a choice is not meant yet.
    """
    pack = runtime(request).pack
    rows = rows_sent(request, session, call, submitted)
    typed = [row for row in rows if row.state is SheetState.TYPED and row.outcome is not None]
    reasons: list[str] = []
    for _institution, found in groupby(typed, key=lambda row: row.position.case.institution_id):
        cases = []
        for row in found:
            refused = why_not_propose(session, request.user, pack, row.position)
            reasons += [f"{row.position.number}: {reason}" for reason in refused]
            cases += [] if refused else [row.position.case]
        if cases:
            reasons += _propose(request, session, pack, cases)
    return tuple(reasons) if typed else (_("Nothing has been entered yet."),)


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
    request: AnyRequest, session: Session, pack: CountryPack, rows: Sequence[SheetRow], submitted: Submitted
) -> dict[str, str]:
    """Save each row that was changed; field → sentence for those that could not be. A row that somebody else changed
    meanwhile is not overwritten."""
    errors: dict[str, str] = {}
    for row in rows:
        if not row.is_open or not was_sent(submitted, row.case_id):
            continue
        typed, shown = sent(submitted, row), stored(row)
        entered = understood(typed, row)
        if typed == shown or (not entered.errors and entered == understood(shown, row)):
            continue  # nothing new, however it is written: the fields may have been stored one by one as they were typed
        if submitted.text(f"mark-{row.case_id}") != row.mark:
            errors[f"reason-{row.case_id}"] = _(
                "Somebody else changed this row meanwhile: it now says %(choice)s %(amount)s %(reason)s. "
                "Yours is still in the fields; save again to put it in its place."
            ) % {"choice": _word(shown.choice), "amount": shown.amount, "reason": shown.reason.rstrip(".")}
            continue
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
    found = read_rows(session, request.user, runtime(request).pack, call, {read_id(case_text)})
    return next(iter(found), None)


def _json(content: Mapping[str, str], status: int) -> Answer:
    return Response(json.dumps(content), status_code=status, media_type=MediaType.JSON)


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
        "problems": {"summary": list((errors or {}).items())},
        "reasons": list(reasons),
        "can_write": request.user.can(Permission.DECISION_WRITE),
        "can_confirm": request.user.can(Permission.DECISION_CONFIRM),
        "calls": [(str(call.id), call.title) for call in all_calls(session)],
        "choices": [(choice.value, label(choice)) for choice in DecisionChoice],
        "states": [(state.value, label(state)) for state in SheetState],
        "opinions": _opinion_options(),
        "elsewhere": [
            (other.title, other.cases, f"{request.app.route_reverse('approvals.sheet')}?call={other.call_id}")
            for other in waiting_elsewhere(session, request.user, sheet.call)
        ],
        "address": sheet_address(request, sheet.call),
        "next_address": page_address(request, sheet.call, after=sheet.span.next) if sheet.span.next else "",
        "previous_address": page_address(request, sheet.call, before=sheet.span.previous)
        if sheet.span.previous
        else "",
        "totals": _total_rows(sheet),
        "columns": 7 if sheet.has_past else 6,
        "filter_words": _filter_words(sheet),
        "save_address": sheet_address(request, sheet.call, "approvals.sheet_save"),
        "field_address": sheet_address(request, sheet.call, "approvals.sheet_field"),
        "workbook_address": sheet_address(request, sheet.call, "approvals.workbook"),
        "short": amount_text,
        "decimal_sign": get_decimal_symbol(locale()),
        "places": minor_digits(sheet.call.currency),
    }


def _total_rows(sheet: Sheet) -> list[tuple[str, Mapping[str, Money], Mapping[str, int]]]:
    """The rows of the foot: words, sums, and what of this year's and next year's stands on other pages (minor units)."""
    here = {"this_year": 0, "following_year": 0}
    if sheet.span.is_whole:
        return [(_("Total shown"), sheet.totals, here)]
    elsewhere = {name: sheet.beyond_page(name).minor for name in here}
    return [(_("This page"), sheet.page_totals, here), (_("All pages"), sheet.totals, elsewhere)]


def _filter_words(sheet: Sheet) -> str:
    """The call and what narrows it, for whoever sees the filters folded."""
    shown, opinions = sheet.shown, dict(_opinion_options())
    parts = [
        sheet.call.title,
        dict(sheet.institutions).get(shown.institution_id, "") if shown.institution_id else "",
        opinions.get(shown.opinion, ""),
        label(SheetState(shown.state)) if shown.state else "",
        f"«{shown.text}»" if shown.text else "",
    ]
    return " · ".join(part for part in parts if part)


def _opinion_options() -> list[tuple[str, str]]:
    said = (OpinionOutcome.FAVOURABLE, OpinionOutcome.WITH_CONDITIONS, OpinionOutcome.UNFAVOURABLE)
    return [*((outcome.value, label(outcome)) for outcome in said), (WITHOUT_OPINION, _("Without opinion"))]


def routes() -> list[Any]:
    return [show_sheet, submit_sheet, save_field]
