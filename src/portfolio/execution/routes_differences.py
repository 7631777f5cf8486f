"""The list of rows that matched nothing, and the page on which a person settles one."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused
from portfolio.execution.differences import MOST_SHOWN, LaterHolds, Listed, get_difference, listed, settle
from portfolio.execution.finding import MOST_FOUND, projects_like
from portfolio.execution.forms import SettleFields
from portfolio.execution.rows import from_cells
from portfolio.execution.terms import DifferenceState
from portfolio.execution.views import line_choices, month_words, path_of
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, pack_of
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.web import flash
from portfolio.web.formatting import number
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

LIST, ONE = "execution/differences.html", "execution/difference.html"

flash.register({"difference_settled": N_("The row is settled.")})


@get(
    "/execution/differences",
    name="execution.differences",
    permission=Permission.EXECUTION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_differences(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    asked = request.query_params.get("state", DifferenceState.OPEN.value)
    state = next((one for one in DifferenceState if one.value == asked), None)
    found = listed(session, request.user, state)
    return page(
        request,
        LIST,
        rows=[_shown(one) for one in found],
        is_cut=len(found) == MOST_SHOWN,
        may_settle=everything_of(request).can(Permission.EXECUTION_IMPORT),
        states=[(one.value, label(one)) for one in DifferenceState],
        state=state.value if state else "",
    )


def _shown(found: Listed) -> dict[str, Any]:
    read = from_cells(found.row.row_number, found.row.cells)
    return {
        "id": found.row.id,
        "file": found.run.file_name,
        "row": found.row.row_number,
        "why": label(found.row.mismatch),
        "project": read.project,
        "month": month_words(read.month),
        "line": read.line,
        "reference": read.reference,
        "code": read.code,
        "amounts": [(label(flow), f"{number(amount)} {read.currency}".strip()) for flow, amount in read.amounts],
        "state": found.row.state,
    }


@get(
    "/execution/differences/{row_id:uuid}",
    name="execution.difference",
    permission=Permission.EXECUTION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_difference(
    request: AnyRequest, session: NamedDependency[Session], row_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = get_difference(session, request.user, row_id)
    number_of = request.query_params.get("number", "")[:80]
    form = blank(SettleFields, number=number_of, what="assign" if number_of else "")
    return page(request, ONE, **_one(request, session, found, form))


def _one(
    request: AnyRequest, session: Session, found: Listed, form: Form[SettleFields], later: uuid.UUID | None = None
) -> dict[str, Any]:
    """`later`: the file that holds for the row's month, where that is what the form was refused for."""
    row, settled = found.row, None
    whole = everything_of(request)
    if row.state is not DifferenceState.OPEN and row.settled_by_id is not None:
        project = None if row.project_id is None else row_of(session, Project, row.project_id)
        settled = {
            "who": names(session, [row.settled_by_id]).get(row.settled_by_id, ""),
            "at": row.settled_at,
            "reason": row.reason,
            "number": "" if project is None else row_of(session, Initiative, project.initiative_id).reference,
            "project_id": row.project_id,
            "changes_nothing": row.state is DifferenceState.REPLACED,
        }
    return {
        "one": _shown(found),
        "is_open": row.state is DifferenceState.OPEN,
        "may_settle": whole.can(Permission.EXECUTION_IMPORT),
        "run_id": found.run.id,
        "as_at": found.run.as_at,
        "search": _search(request, session, whole),
        "later": later,
        "settled": settled,
        "form": form,
        "lines": line_choices(pack_of(request)),
        "acts": [("assign", _("Assign it to a project")), ("set_aside", _("Set it aside"))],
        "joins": [("add", _("It is added to that amount")), ("replace", _("It takes the place of that amount"))],
    }


def _search(request: AnyRequest, session: Session, whole: Viewer) -> dict[str, Any]:
    """Projects whose number or title holds the words of `?q=`."""
    words = request.query_params.get("q", "").strip()[:80]
    rows = projects_like(session, whole.narrowed(Permission.EXECUTION_IMPORT), words) if words else []
    return {"words": words, "rows": rows[:MOST_FOUND], "is_cut": len(rows) > MOST_FOUND}


@post(
    "/execution/differences/{row_id:uuid}",
    permission=Permission.EXECUTION_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_difference(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    row_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = get_difference(session, request.user, row_id)
    form, later = bind(SettleFields, submitted), None
    if (fields := form.value) is not None:
        try:
            settle(session, request.user, pack_of(request), found, fields)
        except FieldRefused as error:
            form = taken_back(session, form, error)
            later = error.run_id if isinstance(error, LaterHolds) else None
        else:
            return done(request, session, path_of(request, "execution.differences"), say="difference_settled")
    return invalid(request, ONE, **_one(request, session, found, form, later))


def routes() -> list[Any]:
    return [show_differences, show_difference, submit_difference]
