"""Envelopes of a call, all institutions in one grid."""

import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.money import MAX_MINOR, Money, minor_digits
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.strategy import actions
from portfolio.strategy.models import Call
from portfolio.strategy.queries import envelopes_of, get_call
from portfolio.web.flash import register
from portfolio.web.formatting import read_decimal, typed_amount
from portfolio.web.forms import Form, Submitted
from portfolio.web.pages import done, invalid, page

AnyRequest = Request[Any, Any, Any]
P = Permission

register({"envelopes_set": N_("The envelopes were saved."), "envelopes_same": N_("Nothing had changed.")})


@dataclass(frozen=True, slots=True)
class ShownEnvelope:
    """A row of the list on the call's page."""

    institution: str
    amount: Money


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of the grid: names of its fields, and the amount it was shown with."""

    institution: str
    field: str
    was_field: str
    was: str


def shown_envelopes(session: Session, request: AnyRequest, call: Call) -> list[ShownEnvelope]:
    """Every institution's for whoever reads decisions; others see those of their own institutions."""
    viewer = whole_viewer(request)
    if viewer is None:
        return []
    everything = viewer.can(P.DECISION_READ) or viewer.can(P.CALL_MANAGE)
    found = envelopes_of(session, call.id)
    return [
        ShownEnvelope(row.name, Money(call.currency, found[row.id].amount_minor))
        for row in _institutions(session)
        if row.id in found and (everything or row.id in viewer.homes)
    ]


@get(
    "/calls/{call_id:uuid}/envelopes",
    name="strategy.envelopes",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def ask_envelopes(
    request: AnyRequest, session: NamedDependency[Session], call_id: FromPath[uuid.UUID]
) -> Response[Any]:
    call = get_call(session, call_id)
    rows = _grid(session, call)
    form: Form[Any] = Form({row.field: row.was for row in rows})
    return page(request, "strategy/envelopes.html", form=form, call=call, rows=rows)


@post(
    "/calls/{call_id:uuid}/envelopes",
    name="strategy.submit_envelopes",
    permission=P.CALL_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_envelopes(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    call_id: FromPath[uuid.UUID],
) -> Response[Any]:
    call = get_call(session, call_id)
    rows = _grid(session, call)
    amounts: dict[uuid.UUID, Money | None] = {}
    raw: dict[str, str] = {}
    errors: dict[str, str] = {}
    for row in rows:
        typed = submitted.text(row.field) if submitted.has(row.field) else row.was
        raw[row.field] = typed
        if typed == (submitted.text(row.was_field) if submitted.has(row.was_field) else row.was):
            raw[row.field] = row.was
            continue  # untouched: whatever it is now stays
        if submitted.text(row.was_field) != row.was and typed != row.was:
            errors[row.field] = _("Someone else set %(amount)s meanwhile. Save again to replace it.") % {
                "amount": row.was or _("nothing")
            }
            continue
        try:
            amounts[uuid.UUID(row.field.removeprefix("amount."))] = _amount(typed, call.currency)
        except ValueError as error:
            errors[row.field] = str(error)
    if errors:
        return invalid(request, "strategy/envelopes.html", form=Form(raw, errors), call=call, rows=rows)
    changed = actions.set_envelopes(session, request.user, call, amounts)
    then = request.app.route_reverse("strategy.call", call_id=call.id)
    return done(request, session, then, say="envelopes_set" if changed else "envelopes_same")


def _amount(typed: str, currency: str) -> Money | None:
    if not typed:
        return None
    try:
        amount = Money.of(read_decimal(typed), currency)
    except ValueError:
        digits = minor_digits(currency)
        raise ValueError(_("Enter an amount with at most %(n)s decimals, or nothing") % {"n": digits}) from None
    if not 0 <= amount.minor <= MAX_MINOR // 1_000:
        raise ValueError(_("Enter a smaller amount, zero or more"))
    return amount


def _institutions(session: Session) -> list[Institution]:
    return list(
        session.scalars(
            select(Institution)
            .where(col(Institution.is_verified), col(Institution.valid_to).is_(None))
            .order_by(col(Institution.sort_key), col(Institution.id))
        )
    )


def _grid(session: Session, call: Call) -> list[GridRow]:
    found = envelopes_of(session, call.id)
    return [
        GridRow(
            row.name,
            f"amount.{row.id}",
            f"was.{row.id}",
            typed_amount(Money(call.currency, found[row.id].amount_minor)) if row.id in found else "",
        )
        for row in _institutions(session)
    ]


def routes() -> list[Any]:
    return [ask_envelopes, submit_envelopes]
