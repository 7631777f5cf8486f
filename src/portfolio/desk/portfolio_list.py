"""The portfolio list: one page of rows as shown, a capped count, and totals per currency."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select, true
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import KEPT
from portfolio.db.money import Money
from portfolio.desk.amounts import amount_formatter
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.filters import matching
from portfolio.projects.models import Initiative
from portfolio.projects.ordering import Order, Place, read_place, read_slice
from portfolio.projects.terms import AmountState
from portfolio.reports.asked import Asked, state_words
from portfolio.reports.embargo import HIDDEN, decision_shown, knows_decisions
from portfolio.reports.scope import initiatives_visible_to, visible_parts
from portfolio.web.formatting import money

PAGE = 50
MOST_COUNTED = 1000
ANY = str(uuid.UUID(int=0))
"""Stands in a pattern of addresses, which is made once a page."""

LIMB = 10**9
"""Sums are taken in two parts, so that many wide amounts overflow no column."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row as shown: every text is formatted."""

    reference: str
    title: str
    href: str
    institution: str
    state: str
    tone: str
    stage: str
    currency: str
    requested: str
    recommended: str
    decided: str
    committed: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the list; `previous` and `next` are addresses, or nothing at the ends."""

    rows: Sequence[ListRow]
    count: str
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """Totals of one currency, formatted; `without` says how many rows have no requested amount."""

    currency: str
    initiatives: int
    without: int
    requested: str
    recommended: str
    decided: str
    committed: str


def _newest_case() -> Any:
    return (
        select(col(BusinessCase.id))
        .where(col(BusinessCase.initiative_id) == col(Initiative.id))
        .order_by(col(BusinessCase.case_version).desc())
        .limit(1)
        .correlate(Initiative)
        .scalar_subquery()
    )


def _page_query(viewer: Viewer, order: Order, now: datetime) -> Select[Any]:
    """The columns of a row, of all that the viewer may find."""
    if knows_decisions(viewer):
        return _known(viewer, order)
    return _columns(decision_shown(viewer, now), order).where(initiatives_visible_to(viewer))


@lru_cache(maxsize=KEPT)
def _known(viewer: Viewer, order: Order) -> Select[Any]:
    return _columns(true(), order).where(initiatives_visible_to(viewer))


def _columns(is_shown: ColumnElement[bool], order: Order) -> Select[Any]:
    return select(
        col(Initiative.id).label("id"),
        col(order.sort.key).label("key"),
        col(Initiative.reference),
        col(Initiative.title),
        col(Institution.name).label("institution"),
        case((is_shown, col(Initiative.state)), else_=literal(HIDDEN)).label("state"),
        col(Initiative.stage),
        col(Initiative.currency),
        col(Initiative.requested_minor),
        col(Initiative.requested_state),
        col(Initiative.recommended_minor),
        case((is_shown, col(Initiative.decided_minor)), else_=null()).label("decided_minor"),
        case((is_shown, col(Initiative.committed_minor)), else_=null()).label("committed_minor"),
        _newest_case().label("case_id"),
    ).join(Institution, col(Institution.id) == col(Initiative.institution_id))


def conditions(session: Session, viewer: Viewer, asked: Asked, now: datetime) -> list[ColumnElement[bool]]:
    """Scope and filter."""
    return [initiatives_visible_to(viewer), *narrowing(session, viewer, asked, now)]


def narrowing(session: Session, viewer: Viewer, asked: Asked, now: datetime) -> list[ColumnElement[bool]]:
    """The filter; a state that is kept from the viewer is not found by its name either."""
    found = [*matching(session, asked.filter)]
    if asked.filter.state:
        found.append(decision_shown(viewer, now))
    return found


def effective_order(viewer: Viewer, order: Order) -> Order:
    """Nobody sorts by an amount that is kept from them."""
    return order if order.name != "decided" or knows_decisions(viewer) else Order()


def list_page(
    session: Session,
    viewer: Viewer,
    asked: Asked,
    now: datetime,
    *,
    after: str,
    before: str,
    url_for: Callable[..., str],
) -> ListPage:
    """Rows after or before a place of the order, fifty at most, formatted once."""
    order = effective_order(viewer, asked.order)
    narrowed, query = narrowing(session, viewer, asked, now), _page_query(viewer, order, now)
    found = read_slice(
        session,
        query.where(*narrowed) if narrowed else query,
        order,
        PAGE,
        after=read_place(after, order) if after else None,
        before=read_place(before, order) if before else None,
    )
    return ListPage(
        rows=_formatted(found.rows, url_for),
        count=_count(session, viewer, narrowed),
        previous=_address(asked, url_for, before=found.before),
        next=_address(asked, url_for, after=found.after) if found.after and len(found.rows) == PAGE else "",
    )


def _address(asked: Asked, url_for: Callable[..., str], **place: Place | None) -> str:
    changes = {name: found.text() for name, found in place.items() if found is not None}
    return f"{url_for('desk.portfolio')}?{asked.address(**changes)}" if changes else ""


def _count(session: Session, viewer: Viewer, narrowed: Sequence[ColumnElement[bool]]) -> str:
    found = 0
    for asked in _counts(viewer) if not narrowed else _counting(viewer, narrowed):
        found += session.scalar(asked) or 0
        if found > MOST_COUNTED:
            return _("more than 1,000 initiatives")
    return _("1 initiative") if found == 1 else _("%(number)s initiatives") % {"number": found}


@lru_cache(maxsize=KEPT)
def _counts(viewer: Viewer) -> tuple[Select[int], ...]:
    return _counting(viewer, ())


def _counting(viewer: Viewer, narrowed: Sequence[ColumnElement[bool]]) -> tuple[Select[int], ...]:
    """Each part of what the viewer may find, counted no further than what is told."""
    parts = [
        select(literal(1)).select_from(Initiative).where(part, *narrowed).limit(MOST_COUNTED + 1).subquery()
        for part in visible_parts(viewer)
    ]
    return tuple(select(func.count()).select_from(part) for part in parts)


def _formatted(rows: Sequence[Any], url_for: Callable[..., str]) -> list[ListRow]:
    shown = amount_formatter()
    unknown = {state: label(state) for state in AmountState} | {AmountState.MISSING: _("not stated")}
    states = {row.state: hidden_words() if row.state == HIDDEN else state_words(row.state) for row in rows}
    stages = {row.stage: label(row.stage) for row in rows}
    untitled = _("Without a title")
    sheet, case_sheet = url_for("desk.initiative", initiative_id=ANY), url_for("desk.case", case_id=ANY)

    def amount(currency: str, minor: int | None) -> str:
        return "" if minor is None else shown(currency, minor)

    return [
        ListRow(
            reference=row.reference,
            title=row.title or untitled,
            href=case_sheet.replace(ANY, str(row.case_id)) if row.case_id else sheet.replace(ANY, str(row.id)),
            institution=row.institution,
            state=states[row.state],
            tone=row.state,
            stage=stages[row.stage],
            currency=row.currency,
            requested=amount(row.currency, row.requested_minor) or unknown[row.requested_state],
            recommended=amount(row.currency, row.recommended_minor),
            decided=amount(row.currency, row.decided_minor),
            committed=amount(row.currency, row.committed_minor),
        )
        for row in rows
    ]


def hidden_words() -> str:
    """What stands in place of a state that the institutions may not know yet."""
    return _("Decision not published yet")


def totals(session: Session, viewer: Viewer, asked: Asked, now: datetime) -> list[CurrencyTotals]:
    """One line a currency, by currency; amounts of different currencies are never added up."""
    is_shown = decision_shown(viewer, now)
    amounts = {
        "requested": col(Initiative.requested_minor),
        "recommended": col(Initiative.recommended_minor),
        "decided": case((is_shown, col(Initiative.decided_minor)), else_=null()),
        "committed": case((is_shown, col(Initiative.committed_minor)), else_=null()),
    }
    rows = session.execute(
        select(
            col(Initiative.currency),
            func.count().label("initiatives"),
            func.sum(case((col(Initiative.requested_minor).is_(None), 1), else_=0)).label("without"),
            *(func.sum(amount // LIMB).label(f"{name}_high") for name, amount in amounts.items()),
            *(func.sum(amount % LIMB).label(f"{name}_low") for name, amount in amounts.items()),
        )
        .where(*conditions(session, viewer, asked, now))
        .group_by(col(Initiative.currency))
        .order_by(col(Initiative.currency))
    )
    return [
        CurrencyTotals(row.currency, row.initiatives, int(row.without or 0), *(_sum(row, name) for name in amounts))
        for row in rows
    ]


def _sum(row: Any, name: str) -> str:
    high, low = getattr(row, f"{name}_high"), getattr(row, f"{name}_low")
    return "" if high is None else money(Money(row.currency, int(high) * LIMB + int(low)))
