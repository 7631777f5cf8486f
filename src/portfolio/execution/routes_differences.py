"""The list of rows that matched nothing, and the page on which a person settles one."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused
from portfolio.execution.differences import MOST_SHOWN, Listed, get_difference, listed, settle
from portfolio.execution.forms import SettleFields
from portfolio.execution.rows import from_cells
from portfolio.execution.terms import DifferenceState
from portfolio.execution.views import line_choices, month_words, path_of
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
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
    permission=Permission.EXECUTION_IMPORT,
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
    permission=Permission.EXECUTION_IMPORT,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_difference(
    request: AnyRequest, session: NamedDependency[Session], row_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = get_difference(session, request.user, row_id)
    return page(request, ONE, **_one(request, session, found, blank(SettleFields)))


def _one(request: AnyRequest, session: Session, found: Listed, form: Form[SettleFields]) -> dict[str, Any]:
    row, settled = found.row, None
    if row.state is not DifferenceState.OPEN and row.settled_by_id is not None:
        project = None if row.project_id is None else row_of(session, Project, row.project_id)
        settled = {
            "who": names(session, [row.settled_by_id]).get(row.settled_by_id, ""),
            "at": row.settled_at,
            "reason": row.reason,
            "number": "" if project is None else row_of(session, Initiative, project.initiative_id).reference,
        }
    return {
        "one": _shown(found),
        "is_open": row.state is DifferenceState.OPEN,
        "settled": settled,
        "form": form,
        "lines": line_choices(pack_of(request)),
        "acts": [("assign", _("Assign it to a project")), ("set_aside", _("Set it aside"))],
    }


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
    form = bind(SettleFields, submitted)
    if (fields := form.value) is not None:
        try:
            settle(session, request.user, pack_of(request), found, fields)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, path_of(request, "execution.differences"), say="difference_settled")
    return invalid(request, ONE, **_one(request, session, found, form))


def routes() -> list[Any]:
    return [show_differences, show_difference, submit_difference]
