"""The ledger of draws on one approval code: what may be reserved, committed, released, and what a verifier is told.

An order (its reference) is first reserved, then committed when awarded. A commitment closes the reserve of its order:
what was reserved beyond the award is free again (the rule of Peru). Reserved plus committed never passes the ceiling.
Amounts are minor units of the code's currency, tax included; days are those of the country's calendar.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from portfolio.approvals.code_terms import CODE_STATE_LABELS, CodeProblem, CodeState, DrawKind, VerifyStatus
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.web.formatting import money, short_day


@dataclass(frozen=True, slots=True)
class Draw:
    """One entry of the ledger. `amount` is positive, save for an adjustment, which corrects what an order committed
    either way.
    """

    kind: DrawKind
    amount: int
    currency: str
    order_ref: str
    buyer_unit: str
    fiscal_year: int
    on: date


@dataclass(frozen=True, slots=True)
class Balance:
    """Of a code, or of one order; `available` is what the ceiling leaves (for an order: 0)."""

    reserved: int = 0
    committed: int = 0
    available: int = 0


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """All that the rules need to know of a code, its earlier draws included (in the order they were made)."""

    state: CodeState
    ceiling: int
    currency: str
    buyer_units: frozenset[str]
    fiscal_years: frozenset[int]
    categories: frozenset[str]
    not_before: date
    expires: date
    draws: tuple[Draw, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifyQuery:
    """What a verifier asks. `on` is today there; what is `None` is not checked.

    `order_ref` lets an order count on its own reserve. `is_exempt` says that the pack asks no code for this purchase.
    """

    on: date
    amount: int | None = None
    currency: str | None = None
    buyer_unit: str | None = None
    category: str | None = None
    fiscal_year: int | None = None
    order_ref: str | None = None
    is_exempt: bool = False


def balance(ceiling: int, draws: Iterable[Draw]) -> Balance:
    """Where the code stands after these draws."""
    orders = balance_by_order(draws).values()
    reserved, committed = sum(order.reserved for order in orders), sum(order.committed for order in orders)
    return Balance(reserved, committed, ceiling - reserved - committed)


def balance_by_order(draws: Iterable[Draw]) -> dict[str, Balance]:
    """What each order holds, by reference."""
    orders: dict[str, Balance] = {}
    for draw in draws:
        orders[draw.order_ref] = _after(orders.get(draw.order_ref, Balance()), draw)
    return orders


def state_after(state: CodeState, now: Balance) -> CodeState:
    """Issued and exhausted follow the balance: exhausted when the whole ceiling is committed. No other state moves by
    a draw.
    """
    if state not in (CodeState.ISSUED, CodeState.EXHAUSTED):
        return state
    return CodeState.EXHAUSTED if now.available == 0 and now.reserved == 0 else CodeState.ISSUED


def why_not_draw(code: CodeFacts, draw: Draw) -> str | None:
    """Why the draw is refused, in the reader's language; nothing when it may be recorded."""
    return next((reason for guard in DRAW_GUARDS if (reason := guard(code, draw))), None)


def verify_status(code: CodeFacts | CodeProblem | None, query: VerifyQuery) -> VerifyStatus:
    """The answer to a verifier, the gravest first. Takes what was found: the code, a mistyped text, or nothing."""
    if isinstance(code, CodeProblem):
        return VerifyStatus.BAD_CHECK
    if code is None:
        return VerifyStatus.EXEMPT if query.is_exempt else VerifyStatus.UNKNOWN
    return _status_of_state(code, query) or _status_of_scope(code, query) or VerifyStatus.VALID


def amount_left(code: CodeFacts, order_ref: str | None = None) -> int:
    """What may still be ordered, in minor units: what nobody reserved, plus what this very order did."""
    left = balance(code.ceiling, code.draws).available
    return left + (_order(code, order_ref).reserved if order_ref else 0)


def _well_formed(code: CodeFacts, draw: Draw) -> str | None:
    if not draw.order_ref.strip():
        return _("Give the reference of the order or tender")
    if draw.amount == 0 or (draw.amount < 0 and draw.kind is not DrawKind.ADJUST):
        return _("The amount must be more than zero")
    return None


def _currency(code: CodeFacts, draw: Draw) -> str | None:
    if draw.currency != code.currency:
        return _("The ceiling of this code is in %(code)s, the draw is in %(draw)s") % {
            "code": code.currency,
            "draw": draw.currency,
        }
    return None


def _buyer(code: CodeFacts, draw: Draw) -> str | None:
    return None if draw.buyer_unit in code.buyer_units else _("This code was issued to another buyer")


def _state(code: CodeFacts, draw: Draw) -> str | None:
    if _gives_back(draw) or code.state in (CodeState.ISSUED, CodeState.EXHAUSTED):
        return None  # an exhausted code has nothing left, and the ceiling says so with the figures
    if code.state is CodeState.SUSPENDED:
        if _asks_more_than_reserved(code, draw) == 0:
            return None
        return _("The code is suspended: nothing new can be reserved; what is reserved can be committed or released")
    return _("The code is no longer in force: %(state)s") % {"state": _(CODE_STATE_LABELS[code.state])}


def _dates(code: CodeFacts, draw: Draw) -> str | None:
    if _gives_back(draw):
        return None
    if draw.on < code.not_before:
        return _("The code is valid from %(day)s") % {"day": short_day(code.not_before)}
    if draw.on > code.expires:
        return _("The code expired on %(day)s") % {"day": short_day(code.expires)}
    if draw.fiscal_year not in code.fiscal_years:
        years = ", ".join(map(str, sorted(code.fiscal_years)))
        return _("The code covers the fiscal years %(years)s, not %(year)d") % {
            "years": years,
            "year": draw.fiscal_year,
        }
    return None


def _no_more_than_there_is(code: CodeFacts, draw: Draw) -> str | None:
    order = _order(code, draw.order_ref)
    if draw.kind is DrawKind.RELEASE and draw.amount > order.reserved:
        return _("Only %(amount)s is reserved for this order") % {"amount": _money(code, order.reserved)}
    if draw.kind is DrawKind.ADJUST and -draw.amount > order.committed:
        return _("Only %(amount)s is committed for this order") % {"amount": _money(code, order.committed)}
    return None


def _ceiling(code: CodeFacts, draw: Draw) -> str | None:
    available = balance(code.ceiling, code.draws).available
    asked = _asks_more_than_reserved(code, draw)
    if asked > available:
        return _("The draw needs %(asked)s and %(left)s is left under the ceiling") % {
            "asked": _money(code, asked),
            "left": _money(code, available),
        }
    return None


DRAW_GUARDS = (_well_formed, _currency, _buyer, _state, _dates, _no_more_than_there_is, _ceiling)
"""In the order in which a person would want to hear them."""


def _after(order: Balance, draw: Draw) -> Balance:
    match draw.kind:
        case DrawKind.RESERVE:
            return replace(order, reserved=order.reserved + draw.amount)
        case DrawKind.COMMIT:
            return replace(order, reserved=0, committed=order.committed + draw.amount)
        case DrawKind.RELEASE:
            return replace(order, reserved=order.reserved - draw.amount)
        case DrawKind.ADJUST:
            return replace(order, committed=order.committed + draw.amount)


def _asks_more_than_reserved(code: CodeFacts, draw: Draw) -> int:
    """How much the draw takes from what is available (0 when it gives back, or lives on its own reserve)."""
    if _gives_back(draw):
        return 0
    if draw.kind is DrawKind.COMMIT:
        return max(0, draw.amount - _order(code, draw.order_ref).reserved)
    return draw.amount


def _gives_back(draw: Draw) -> bool:
    return draw.kind is DrawKind.RELEASE or (draw.kind is DrawKind.ADJUST and draw.amount < 0)


def _order(code: CodeFacts, order_ref: str) -> Balance:
    return balance_by_order(draw for draw in code.draws if draw.order_ref == order_ref).get(order_ref, Balance())


def _status_of_state(code: CodeFacts, query: VerifyQuery) -> VerifyStatus | None:
    ended = {
        CodeState.REVOKED: VerifyStatus.REVOKED,
        CodeState.SUPERSEDED: VerifyStatus.SUPERSEDED,
        CodeState.EXPIRED: VerifyStatus.EXPIRED,
    }
    if code.state in ended:
        return ended[code.state]
    if query.on > code.expires:
        return VerifyStatus.EXPIRED
    if code.state is CodeState.SUSPENDED and not _lives_on_its_reserve(code, query):
        return VerifyStatus.SUSPENDED
    if code.state is CodeState.EXHAUSTED:
        return VerifyStatus.EXHAUSTED
    return VerifyStatus.NOT_YET if query.on < code.not_before else None


def _status_of_scope(code: CodeFacts, query: VerifyQuery) -> VerifyStatus | None:
    checks = (
        (query.buyer_unit, query.buyer_unit in code.buyer_units, VerifyStatus.WRONG_BUYER),
        (query.category, query.category in code.categories, VerifyStatus.WRONG_CATEGORY),
        (query.fiscal_year, query.fiscal_year in code.fiscal_years, VerifyStatus.WRONG_YEAR),
        (query.currency, query.currency == code.currency, VerifyStatus.WRONG_CURRENCY),
    )
    wrong = next((status for asked, holds, status in checks if asked is not None and not holds), None)
    if wrong is None and query.amount is not None and query.amount > amount_left(code, query.order_ref):
        return VerifyStatus.OVER_CEILING
    return wrong


def _lives_on_its_reserve(code: CodeFacts, query: VerifyQuery) -> bool:
    if not query.order_ref or not query.amount:
        return False
    return query.amount <= _order(code, query.order_ref).reserved


def _money(code: CodeFacts, minor: int) -> str:
    return money(Money(code.currency, minor))
