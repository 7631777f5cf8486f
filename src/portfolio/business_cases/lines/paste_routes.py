"""The page where rows of a spreadsheet are pasted: read, shown, and only then added."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.lines import actions
from portfolio.business_cases.lines.columns import LineSpec, cells_of
from portfolio.business_cases.lines.context import MOST_YEARS
from portfolio.business_cases.lines.paste import Pasted, read_paste
from portfolio.business_cases.lines.reading import context_of
from portfolio.business_cases.lines.specs import spec_named
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.section_pages import SECTIONS, lock_reason
from portfolio.business_cases.visibility import get_case
from portfolio.errors import NotFound, Refused
from portfolio.i18n import N_, ngettext
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.people.permissions import Permission
from portfolio.web.flash import register
from portfolio.web.forms import Form, Submitted, blank
from portfolio.web.pages import done, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
P = Permission
PATH = "/cases/{case_id:uuid}/lines/{table:str}/paste"

register({"lines_pasted": N_("The rows were added at the end of the table.")})


class PasteFields(BaseModel):
    """What was pasted, as it came."""

    model_config = ConfigDict(extra="forbid")

    text: str = ""


@get(PATH, name="business_cases.paste_lines", permission=P.CASE_WRITE, sync_to_thread=True, include_in_schema=False)
def ask_paste(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID], table: FromPath[str]
) -> Response[Any]:
    case, spec = _pastable(request, session, case_id, table)
    if reason := lock_reason(request, session, case, spec.section):
        raise Refused(reason)
    return _paste_page(request, session, case, spec, blank(PasteFields))


@post(PATH, name="business_cases.submit_paste", permission=P.CASE_WRITE, sync_to_thread=True, include_in_schema=False)
def submit_paste(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    table: FromPath[str],
) -> Response[Any] | Redirect:
    """Reading shows what would be added (200); adding takes the rows that can be read, and leads to the table."""
    case, spec = _pastable(request, session, case_id, table)
    text = submitted.values.get("text", [""])[0]
    form: Form[PasteFields] = Form({"text": text})
    context = context_of(session, runtime(request).pack, case, spec, years=MOST_YEARS)
    pasted = read_paste(spec, context, text)
    if not (pasted.rows or pasted.rejected):
        form = form.with_error("text", _("Paste at least one row"))
        return _paste_page(request, session, case, spec, form, status=422)
    if submitted.text("act") != "add" or not pasted.rows:
        status = 200 if pasted.rows else 422
        return _paste_page(request, session, case, spec, form, pasted=pasted, status=status)
    actions.locked_lines(session, request.user, spec, case)
    try:
        cells = cells_of(spec, context)
        actions.save_lines(session, request.user, case, spec, cells, context, [row.line for row in pasted.rows])
    except Refused as refused:
        session.rollback()
        form = form.with_error("text", refused.reasons[0])
        return _paste_page(request, session, case, spec, form, pasted=pasted, status=409)
    address = request.app.route_reverse("business_cases.lines", case_id=case.id, table=spec.name)
    return done(request, session, address, say="lines_pasted")


def _pastable(request: AnyRequest, session: Session, case_id: uuid.UUID, table: str) -> tuple[BusinessCase, LineSpec]:
    case = get_case(session, request.user, case_id)
    spec = spec_named(table)
    if spec.fixed is not None:
        raise NotFound
    return case, spec


def _paste_page(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    spec: LineSpec,
    form: Form[PasteFields],
    *,
    pasted: Pasted | None = None,
    status: int = 200,
) -> Response[Any]:
    viewer = whole_viewer(request)
    cells = cells_of(spec, context_of(session, runtime(request).pack, case, spec))
    count = len(pasted.rows) if pasted else 0
    return page(
        request,
        "business_cases/lines/paste.html",
        status=status,
        frame=case_frame(session, viewer, case, SECTIONS, request.app.route_reverse) if viewer else None,
        case=case,
        form=form,
        pasted=pasted,
        table_name=spec.name,
        title=_(spec.title),
        columns=", ".join(cell.label for cell in cells),
        add_words=ngettext("Add %(num)s row", "Add %(num)s rows", count) % {"num": count},
    )


def routes() -> list[Any]:
    return [ask_paste, submit_paste]
