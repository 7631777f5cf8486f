"""Addresses of the decision sheet: which call, filter and page one asks for, and the links that keep them."""

import uuid
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.approvals.decision_sheet import WITHOUT_OPINION, SheetFilter
from portfolio.approvals.sheet_paging import Cursor
from portfolio.approvals.terms import OpinionOutcome, SheetState
from portfolio.errors import NotFound
from portfolio.strategy.models import Call
from portfolio.strategy.queries import all_calls, get_call
from portfolio.strategy.terms import CallKind

AnyRequest = Request[Any, Any, Any]
NOT_A_FILTER = ("call", "done", "after", "before")


def chosen_call(request: AnyRequest, session: Session) -> Call | None:
    """The call of the address, else the budget's: the annual one that closes last. Raises `NotFound` for one that is not there."""
    wanted = request.query_params.get("call", "")
    if wanted:
        return get_call(session, read_id(wanted))
    calls = all_calls(session)
    return next((call for call in calls if call.kind is CallKind.ANNUAL), next(iter(calls), None))


def read_id(text: str) -> uuid.UUID:
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
        institution_id=read_id(institution) if institution else None,
        opinion=query["opinion"] if query.get("opinion", "") in opinions else "",
        state=query["state"] if query.get("state", "") in {state.value for state in SheetState} else "",
        text=query.get("text", "")[:120].strip(),
    )


def read_cursor(request: AnyRequest) -> Cursor:
    """What is no case is no cursor."""
    found: dict[str, uuid.UUID] = {}
    for name in ("after", "before"):
        with suppress(ValueError):
            found[name] = uuid.UUID(request.query_params.get(name, ""))
    return Cursor(**found)


def page_address(request: AnyRequest, call: Call, **cursor: uuid.UUID) -> str:
    """The sheet with the present filter, at another page."""
    kept = {name: value for name, value in request.query_params.items() if value and name not in NOT_A_FILTER}
    query = {"call": str(call.id), **kept, **{name: str(case_id) for name, case_id in cursor.items()}}
    return f"{request.app.route_reverse('approvals.sheet')}?{urlencode(query)}"


def sheet_address(request: AnyRequest, call: Call, route: str = "approvals.sheet") -> str:
    """The address of the sheet with the present filter."""
    kept = {name: value for name, value in request.query_params.items() if value and name not in ("call", "done")}
    return f"{request.app.route_reverse(route)}?{urlencode({'call': str(call.id), **kept})}"
