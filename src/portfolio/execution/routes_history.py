"""The page of every amount ever recorded of a project: what was said before, by which file or person, and what holds now."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.execution.history import PAGE, Asked, Said, replaced_rows, said_of
from portfolio.execution.models import ExecutionDifference, ExecutionRun
from portfolio.execution.rows import Unreadable, from_cells, read_month
from portfolio.execution.terms import Flow
from portfolio.execution.uploads import may_read
from portfolio.execution.views import framed, month_words, opened, path_of, shown_amount
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import number
from portfolio.web.pages import page

HISTORY = "execution.history"
MONEY = "monitoring.money"
"""The tab that is marked, served by the room above."""


@get(
    "/projects/{project_id:uuid}/money/history",
    name=HISTORY,
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_history(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    month, flow, known = _month(request), _flow(request), _day(request.query_params.get("known", ""))
    told = said_of(session, found.project.id, Asked(month, flow, _end_of(request, known)))
    start = _start(request)
    shown = told[start : start + PAGE]
    who = names(session, [one.entry.made_by_id for one in shown])
    return page(
        request,
        "execution/history.html",
        **framed(request, session, found, MONEY),
        rows=[_shown(request, found.whole, one, who) for one in shown],
        replaced=[_replaced(request, found.whole, row, run) for row, run in replaced_rows(session, found.project.id)],
        flows=[(one.value, label(one)) for one in Flow],
        asked={
            "month": "" if month is None else f"{month:%Y-%m}",
            "flow": "" if flow is None else flow.value,
            "known": "" if known is None else known.isoformat(),
        },
        known=known,
        total=len(told),
        previous=max(0, start - PAGE) if start else None,
        following=start + PAGE if start + PAGE < len(told) else None,
    )


def _month(request: AnyRequest) -> date | None:
    try:
        return read_month(request.query_params.get("month", "").strip())
    except Unreadable:
        return None


def _flow(request: AnyRequest) -> Flow | None:
    return next((one for one in Flow if one.value == request.query_params.get("flow", "")), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _end_of(request: AnyRequest, day: date | None) -> datetime | None:
    """The first instant after a day of the country."""
    if day is None or day == date.max:
        return None
    return datetime.combine(day + timedelta(days=1), time(), pack_of(request).zone)


def _start(request: AnyRequest) -> int:
    asked = request.query_params.get("start", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0


def _shown(request: AnyRequest, whole: Viewer, one: Said, who: dict[uuid.UUID, str]) -> dict[str, Any]:
    entry, run = one.entry, one.run
    before = "" if one.before is None else shown_amount(one.before.amount_minor, one.before.currency)
    return {
        "month": month_words(entry.month),
        "line": entry.line,
        "flow": label(entry.flow),
        "reference": entry.reference,
        "amount": _("taken back") if entry.amount_minor is None else shown_amount(entry.amount_minor, entry.currency),
        "currency": entry.currency,
        "as_at": None if run is None else run.as_at,
        "came": entry.made_at,
        "file": "" if run is None else run.file_name,
        "href": path_of(request, "execution.file_preview", run_id=run.id) if run and may_read(whole, run) else "",
        "who": who.get(entry.made_by_id, "") if entry.made_by_id else "",
        "reason": entry.reason,
        "before": before,
        "holds": one.holds,
    }


def _replaced(request: AnyRequest, whole: Viewer, row: ExecutionDifference, run: ExecutionRun) -> dict[str, Any]:
    read = from_cells(row.row_number, row.cells)
    return {
        "href": path_of(request, "execution.difference", row_id=row.id) if may_read(whole, run) else "",
        "number": row.row_number,
        "file": run.file_name,
        "as_at": run.as_at,
        "month": month_words(read.month),
        "amounts": ", ".join(f"{label(flow)}: {number(amount)}" for flow, amount in read.amounts),
        "reason": row.reason,
    }


def routes() -> list[Any]:
    return [show_history]
