"""The page on which a difference between draws and contracts is settled, by somebody who put neither on record."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.errors import NotAllowed, NotFound
from portfolio.execution.forms import SettleDrawsFields
from portfolio.execution.reconciliation import (
    Order,
    contracts_on,
    orders_of,
    put_on_record_by,
    settle_order,
    who_settles,
)
from portfolio.execution.views import CONTRACTS, Opened, framed, opened, path_of
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.formatting import money
from portfolio.web.forms import Submitted, bind, blank
from portfolio.web.pages import done, invalid, page

SETTLE = "execution/settle.html"

flash.register({"draws_settled": N_("The difference is settled, as long as its figures stay.")})


@get(
    "/projects/{project_id:uuid}/draws/{code_id:uuid}/settle",
    name="execution.settle",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_settle(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    code_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = _opened(request, session, project_id)
    order = _order(request, session, found, code_id)
    form = blank(SettleDrawsFields, drawn=str(order.committed), contracted=str(order.contracted))
    return page(request, SETTLE, form=form, **_context(request, session, found, order))


def _opened(request: AnyRequest, session: Session, project_id: uuid.UUID) -> Opened:
    """Raises `NotAllowed`, with who may: a plain «no» would not tell the project where to turn."""
    found = opened(request, session, project_id)
    if not found.whole.can_in(Permission.DRAWS_SETTLE, found.initiative.institution_id):
        raise NotAllowed(who_settles())
    return found


def _order(request: AnyRequest, session: Session, found: Opened, code_id: uuid.UUID) -> Order:
    """The order of the address `?order=`. Raises `NotFound`."""
    reference = request.query_params.get("order", "")
    for one in orders_of(session, found.project):
        if one.code.id == code_id and one.reference == reference:
            return one
    raise NotFound


def _context(request: AnyRequest, session: Session, found: Opened, order: Order) -> dict[str, Any]:
    is_own = put_on_record_by(session, found.project, order.code.id, order.reference, found.whole)
    return {
        **framed(request, session, found, CONTRACTS),
        "order": order,
        "sides": _sides(session, found, order),
        "why_not": [
            _("You put a contract or an amendment of this order on record, so somebody else settles it."),
            who_settles(),
        ]
        if is_own
        else [],
    }


def _sides(session: Session, found: Opened, order: Order) -> list[dict[str, str]]:
    """Both figures and what each counts."""

    def shown(minor: int) -> str:
        return money(Money(order.code.currency, minor))

    contracts = contracts_on(session, found.project, order.code.id, order.reference)
    return [
        {"label": _("Reserved on the code: the order is not awarded yet"), "value": shown(order.reserved)},
        {"label": _("Committed on the code: what the buyers drew for the order, with corrections"),
         "value": shown(order.committed)},
        *(
            {"label": _("Contract %(reference)s with its amendments", ) % {"reference": one.reference},
             "value": shown(amount)}
            for one, amount in contracts
        ),
        {"label": _("All contracts of the order, save those terminated early"), "value": shown(order.contracted)},
        {"label": _("Difference: contracts less commitments"), "value": shown(order.difference)},
    ]  # fmt: skip


@post(
    "/projects/{project_id:uuid}/draws/{code_id:uuid}/settle",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_settle(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    code_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = _opened(request, session, project_id)
    order = _order(request, session, found, code_id)
    form = bind(SettleDrawsFields, submitted)
    if (fields := form.value) is not None:
        actor = found.whole.narrowed(Permission.DRAWS_SETTLE)
        figures = (fields.drawn, fields.contracted)
        settle_order(session, actor, found.project, code_id, order.reference, figures, fields.reason)
        return done(request, session, path_of(request, CONTRACTS, project_id=project_id), say="draws_settled")
    return invalid(request, SETTLE, form=form, **_context(request, session, found, order))


def routes() -> list[Any]:
    return [show_settle, submit_settle]
