"""The sheet as a workbook in the browser: out, back, and the differences that a person accepts one by one."""

import tempfile
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.approvals.decision_sheet import Sheet, SheetFilter, read_sheet
from portfolio.approvals.decision_workbook import Compared, about_sheet, compare, write_sheet
from portfolio.approvals.routes_sheet import save_rows
from portfolio.approvals.sheet_addresses import chosen_call, read_filter, sheet_address
from portfolio.approvals.sheet_form import FIELDS
from portfolio.approvals.terms import DecisionChoice
from portfolio.db.clock import now
from portfolio.documents.reading import read_bytes
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.files.inspection import MAX_BYTES, MEDIA_TYPES, Rejected, inspect
from portfolio.files.inspection_labels import REJECT_REASON_LABELS
from portfolio.files.inspection_terms import FileKind, RejectReason
from portfolio.files.store import FileStore, TooLarge
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.strategy.models import Call
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
PAGE = "approvals/decision_workbook.html"

flash.register({"workbook_accepted": N_("The rows you accepted are entered. Nothing is proposed yet.")})


@get(
    "/decisions/workbook",
    name="approvals.workbook",
    permission=Permission.DECISION_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_workbook(request: AnyRequest, session: NamedDependency[Session]) -> Answer:
    """Exactly what the sheet shows under the same filter."""
    call = _call(request, session)
    shown = read_filter(request)
    sheet = read_sheet(session, request.user, runtime(request).pack, call, shown)
    about = about_sheet(sheet, request.user.name, now(session), _said(session, shown))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        write_sheet(sheet, path, about)
        content = path.read_bytes()
    headers = {
        "content-disposition": f'attachment; filename="decisions-{call.fiscal_year}.xlsx"',
        "cache-control": "no-store",
    }
    return Response(content, media_type=MEDIA_TYPES[FileKind.XLSX], headers=headers)


def _said(session: Session, shown: SheetFilter) -> list[tuple[str, str]]:
    """The filter in words, for the second sheet."""
    said = []
    if shown.institution_id is not None:
        said.append((_("Institution"), session.get_one(Institution, shown.institution_id).name))
    said += [(_("Opinion"), shown.opinion)] if shown.opinion else []
    said += [(_("State"), shown.state)] if shown.state else []
    said += [(_("Number or title"), shown.text)] if shown.text else []
    return said


@get(
    "/decisions/workbook/back",
    name="approvals.workbook_in",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_for_workbook(request: AnyRequest, session: NamedDependency[Session]) -> Answer:
    return page(request, PAGE, call=_call(request, session), form=Form({"file": ""}))


@post(
    "/decisions/workbook/back",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
    status_code=200,
)
def compare_workbook(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Answer:
    """Show the differences; nothing is taken yet, and the file is not kept."""
    call = _call(request, session)
    try:
        compared = _compared(request, session, call, submitted)
    except Refused as refused:
        form: Form[Any] = Form({"file": ""}, {"file": " ".join(refused.reasons)})
        return invalid(request, PAGE, call=call, form=form)
    return page(request, "approvals/decision_differences.html", **_shown(call, compared))


def _shown(call: Call, compared: Compared) -> dict[str, Any]:
    names = {
        "choice": _("Decision"),
        "amount": _("Decide %(year)s") % {"year": call.fiscal_year},
        "following": _("Indicative %(year)s") % {"year": call.fiscal_year + 1},
        "reason": _("Reason"),
    }
    words = {choice.value: label(choice) for choice in DecisionChoice}
    return {"call": call, "compared": compared, "names": names, "words": words, "fields": FIELDS}


def _compared(request: AnyRequest, session: Session, call: Call, submitted: Submitted) -> Compared:
    uploads = submitted.files.get("file", ())
    if not uploads:
        raise FieldRefused("file", _("Choose a file"))
    store = FileStore(runtime(request).settings.files_dir)
    stream: Any = uploads[0].file
    stream.seek(0)
    try:
        path = store.receive(stream, MAX_BYTES)
    except TooLarge:
        raise FieldRefused("file", _(REJECT_REASON_LABELS[RejectReason.TOO_LARGE])) from None
    try:
        found = inspect(path, uploads[0].filename)
        if isinstance(found, Rejected):
            raise FieldRefused("file", found.message)
        if found.kind is not FileKind.XLSX:
            raise FieldRefused("file", _("Bring back the XLSX file that was downloaded here."))
        table = read_bytes(path.read_bytes(), "sheet.xlsx")
    finally:
        path.unlink(missing_ok=True)
    return compare(table, _whole_sheet(request, session, call))


@post(
    "/decisions/workbook/accept",
    name="approvals.workbook_accept",
    permission=Permission.DECISION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def accept_rows(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Answer | Any:
    """Take only the rows that were ticked, each against the state that the page showed. Raises `Refused` for the others."""
    call = _call(request, session)
    accepted = set(submitted.texts("accept"))
    if not accepted:
        raise Refused(_("Choose at least one row."))
    wanted = {
        name: values
        for name, values in submitted.values.items()
        if name.partition("-")[2] in accepted and name.partition("-")[0] in (*FIELDS, "mark")
    }
    sheet = _whole_sheet(request, session, call)
    errors = save_rows(request, session, runtime(request).pack, sheet.rows, Submitted(wanted))
    if errors:
        numbers = {str(row.case_id): row.position.number for row in sheet.rows}
        raise Refused(*(f"{numbers.get(name.partition('-')[2], '')}: {text}" for name, text in errors.items()))
    return done(request, session, sheet_address(request, call), say="workbook_accepted")


def _whole_sheet(request: AnyRequest, session: Session, call: Call) -> Sheet:
    return read_sheet(session, request.user, runtime(request).pack, call, SheetFilter())


def _call(request: AnyRequest, session: Session) -> Call:
    call = chosen_call(request, session)
    if call is None:
        raise NotFound
    return call


def routes() -> list[Any]:
    return [download_workbook, ask_for_workbook, compare_workbook, accept_rows]
