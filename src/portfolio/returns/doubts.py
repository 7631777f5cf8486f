"""What cannot be true of a declaration, and what is unlikely enough to be asked about twice. Pure.

The handbook says nothing of this; the bounds are ours (decision 0018).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.web.formatting import money, percent, short_day

YEARS_AHEAD = 20
"""A project that ends later than so many years from today is a slip of the hand."""
PAID_DIFFERS_BP = 100
"""Difference from the financial system, of what that says, in basis points."""
COST_CHANGES_BP = 2_000
"""Change of the cost at completion, of what the period before said, in basis points."""
FINISH_EARLIER_DAYS = 92
"""An end that comes nearer by more than the longest quarter: faster than time itself passes between two returns."""
WHOLE = 10_000


class Doubt(Enum):
    """What is unusual of a value."""

    GOES_DOWN = "goes_down"
    NOT_AS_ON_RECORD = "not_as_on_record"
    MUCH_EARLIER = "much_earlier"
    OVER_BUT_NOT_DONE = "over_but_not_done"
    COST_CHANGES = "cost_changes"
    BELOW_PAID = "below_paid"


@dataclass(frozen=True, slots=True)
class Said:
    """The figures of a return: basis points, minor units, a day; nothing where it says nothing."""

    physical_bp: int | None = None
    paid: int | None = None
    finish: date | None = None
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a declaration is held against: the last signed return of an earlier period, and what the financial system has paid
    up to the end of the period (nothing: it reports nothing). Amounts are minor units of `currency`.
    """

    currency: str
    period_end: date
    before: Said = Said()
    paid_on_record: int | None = None


@dataclass(frozen=True, slots=True)
class Doubted:
    """A doubt about a field, with the figures in words."""

    field: str
    doubt: Doubt
    words: str


def impossible_finish(finish: date | None, began_on: date | None, today: date) -> str:
    """Why a project cannot end on that day, or nothing."""
    if finish is None:
        return ""
    if began_on is not None and finish < began_on:
        return _("The project began on %(day)s: it cannot end before that") % {"day": short_day(began_on)}
    years = (finish.year - today.year) - ((finish.month, finish.day) <= (today.month, today.day))
    if years >= YEARS_AHEAD or finish.year < today.year - YEARS_AHEAD:
        return _("Enter a day within %(years)s years from today") % {"years": YEARS_AHEAD}
    return ""


def doubts(said: Said, known: Known) -> list[Doubted]:
    """In the order of the form."""
    found = [_physical(said, known), *_paid(said, known), *_finish(said, known), *_cost(said, known)]
    return [doubted for doubted in found if doubted is not None]


def _physical(said: Said, known: Known) -> Doubted | None:
    before = known.before.physical_bp
    if said.physical_bp is None or before is None or said.physical_bp >= before:
        return None
    words = _("It goes down: the period before said %(before)s") % {"before": percent(before / WHOLE)}
    return Doubted("physical", Doubt.GOES_DOWN, words)


def _paid(said: Said, known: Known) -> list[Doubted]:
    if said.paid is None:
        return []
    found, record, before = [], known.paid_on_record, known.before.paid
    if record is not None and abs(said.paid - record) * WHOLE > abs(record) * PAID_DIFFERS_BP:
        words = _("It differs by more than %(most)s from the financial system, which says %(record)s") % {
            "most": percent(PAID_DIFFERS_BP / WHOLE),
            "record": money(Money(known.currency, record)),
        }
        found.append(Doubted("paid", Doubt.NOT_AS_ON_RECORD, words))
    if before is not None and said.paid < before:
        words = _("It goes down: the period before said %(before)s") % {"before": money(Money(known.currency, before))}
        found.append(Doubted("paid", Doubt.GOES_DOWN, words))
    return found


def _finish(said: Said, known: Known) -> list[Doubted]:
    if said.finish is None:
        return []
    found, before = [], known.before.finish
    if before is not None and before - said.finish > timedelta(days=FINISH_EARLIER_DAYS):
        days = (before - said.finish).days
        words = ngettext(
            "It is %(num)s day earlier than what the period before said, %(before)s",
            "It is %(num)s days earlier than what the period before said, %(before)s",
            days,
        ) % {"num": days, "before": short_day(before)}
        found.append(Doubted("forecast_finish", Doubt.MUCH_EARLIER, words))
    if said.finish <= known.period_end and said.physical_bp is not None and said.physical_bp < WHOLE:
        words = _("It was over when the period ended, but %(physical)s of the work is done") % {
            "physical": percent(said.physical_bp / WHOLE)
        }
        found.append(Doubted("forecast_finish", Doubt.OVER_BUT_NOT_DONE, words))
    return found


def _cost(said: Said, known: Known) -> list[Doubted]:
    if said.cost is None:
        return []
    found, before = [], known.before.cost
    paid = max((amount for amount in (known.paid_on_record, said.paid) if amount is not None), default=None)
    if paid is not None and said.cost < paid:
        words = _("It is less than what is paid already, %(paid)s") % {"paid": money(Money(known.currency, paid))}
        found.append(Doubted("forecast_cost", Doubt.BELOW_PAID, words))
    if before is not None and abs(said.cost - before) * WHOLE > before * COST_CHANGES_BP:
        words = _("It changes by more than %(most)s: the period before said %(before)s") % {
            "most": percent(COST_CHANGES_BP / WHOLE),
            "before": money(Money(known.currency, before)),
        }
        found.append(Doubted("forecast_cost", Doubt.COST_CHANGES, words))
    return found
