"""The buyer's pages: codes of the own institution, draws one by one or from a CSV."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals import draws
from portfolio.approvals.code_page import code_row
from portfolio.approvals.code_queries import codes_of_buyer, draws_of, get_code
from portfolio.approvals.code_terms import DrawKind
from portfolio.approvals.draws import COLUMN_WORDS, Order, RowResult
from portfolio.approvals.forms_codes import DrawFields
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.visibility import get_case
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_, gettext
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Submitted, bind, blank
from portfolio.web.once import new_key
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE, MINE = "approvals/draws.html", "approvals/my_codes.html"
MAX_CSV = 2_000_000

flash.register({"code_drawn": N_("The draw is recorded.")})


@get("/codes", name="approvals.my_codes", permission=Permission.CODE_DRAW, sync_to_thread=True, include_in_schema=False)
def show_my_codes(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    return page(request, MINE, **_mine(request, session))


def _mine(request: AnyRequest, session: Session, **more: Any) -> dict[str, Any]:
    rows = [code_row(session, code) for code in codes_of_buyer(session, request.user)]
    return {
        "rows": rows,
        "columns": [(name, gettext(words)) for name, words in COLUMN_WORDS.items()],
        "results": None,
        "problem": "",
        **more,
    }


@post("/codes", permission=Permission.CODE_DRAW, sync_to_thread=True, include_in_schema=False)
def submit_file(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    """Every row of the file on its own: what was refused is listed with its number and reason, the rest is recorded."""
    files = submitted.files.get("file", ())
    if not files:
        return invalid(request, MINE, **_mine(request, session, problem=gettext("Choose a file.")))
    data = files[0].file.read(MAX_CSV + 1)
    if len(data) > MAX_CSV:
        return invalid(request, MINE, **_mine(request, session, problem=gettext("The file is too large.")))
    try:
        results: list[RowResult] = draws.draw_rows(session, request.user, runtime(request).pack, _text(data))
    except Refused as error:
        return invalid(request, MINE, **_mine(request, session, problem=error.reasons[0]))
    session.commit()
    return page(request, MINE, **_mine(request, session, results=results))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252", errors="replace")


def _context(request: AnyRequest, session: Session, code_id: uuid.UUID, **more: Any) -> dict[str, Any]:
    code = get_code(session, request.user, code_id)
    case = get_case(session, request.user, code.case_id)
    viewer = whole_viewer(request) or request.user
    rows = draws_of(session, code.id)
    return {
        "frame": case_frame(session, viewer, case, "approvals.codes", request.app.route_reverse),
        "row": code_row(session, code),
        "draws": [(row, Money(row.currency, row.amount_minor)) for row in rows],
        "people": names(session, [row.by_id for row in rows]),
        "kinds": [(kind.value, label(kind)) for kind in DrawKind],
        "may_draw": viewer.can_in(Permission.CODE_DRAW, code.institution_id),
        "form": blank(DrawFields, kind=DrawKind.RESERVE.value, key=new_key()),
        **more,
    }


@get(
    "/codes/{code_id:uuid}",
    name="approvals.code",
    permission=Permission.CODE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_code(request: AnyRequest, session: NamedDependency[Session], code_id: FromPath[uuid.UUID]) -> Response[Any]:
    return page(request, PAGE, **_context(request, session, code_id))


@post("/codes/{code_id:uuid}", permission=Permission.CODE_DRAW, sync_to_thread=True, include_in_schema=False)
def submit_draw(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    code_id: FromPath[uuid.UUID],
) -> Response[Any]:
    code = get_code(session, request.user, code_id)
    form = bind(DrawFields, submitted)
    if form.value is not None:
        try:
            amount = Money.of(form.value.amount, code.currency)
            given = form.value
            order = Order(
                given.kind, amount.minor, code.currency, given.order_reference, given.key, reason=given.reason
            )
            draws.draw(session, request.user, runtime(request).pack, code.id, order)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        except Refused as error:
            form = form.with_error("amount", error.reasons[0])
        except ValueError as error:
            form = form.with_error("amount", str(error))
        else:
            then = request.app.route_reverse("approvals.code", code_id=code.id)
            return done(request, session, then, say="code_drawn")
    return invalid(request, PAGE, **_context(request, session, code_id, form=form))


def routes() -> list[Any]:
    return [show_my_codes, submit_file, show_code, submit_draw]
