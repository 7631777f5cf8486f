"""What is unusual of amounts that a person types; pure. Amounts in minor units of the project's currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portfolio.db.money import Money
from portfolio.execution.terms import Flow
from portfolio.execution.views import month_words
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.web.formatting import money


@dataclass(frozen=True, slots=True)
class Held:
    """An amount that would count: of whichever line and reference."""

    month: date
    flow: Flow
    minor: int


def concerns(held: Iterable[Held], month: date, flows: Iterable[Flow], currency: str, decided: int | None) -> list[str]:
    """`held`: all that would count of the project, what was typed included; `flows`: those typed for `month`."""
    rows, typed = list(held), list(flows)

    def total(flow: Flow, *, of_month: bool = False, up_to: date = date.max) -> int | None:
        found = [
            row.minor
            for row in rows
            if row.flow is flow and row.month <= up_to and (row.month == month or not of_month)
        ]
        return sum(found) if found else None

    def shown(minor: int) -> str:
        return money(Money(currency, minor))

    found = []
    for flow in typed:
        of_month, whole = total(flow, of_month=True), total(flow)
        if of_month is not None and of_month < 0:
            words = _("%(flow)s: %(month)s would come to %(amount)s, less than nothing.")
            found.append(words % {"flow": label(flow), "month": month_words(month), "amount": shown(of_month)})
        if decided is not None and whole is not None and whole > decided:
            words = _("%(flow)s: all months would add up to %(total)s, and %(decided)s is decided.")
            found.append(words % {"flow": label(flow), "total": shown(whole), "decided": shown(decided)})
    paid, accrued = total(Flow.PAID, up_to=month), total(Flow.ACCRUED, up_to=month)
    if {Flow.PAID, Flow.ACCRUED} & set(typed) and paid is not None and accrued is not None and paid > accrued:
        words = _("Up to %(month)s, %(paid)s would be paid and only %(accrued)s accrued.")
        found.append(words % {"month": month_words(month), "paid": shown(paid), "accrued": shown(accrued)})
    return found
