"""The value of a field in words, from a return or from a kept version of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring.health_terms import Confidence
from portfolio.returns.doubts import Doubt
from portfolio.returns.terms import ProcurementState
from portfolio.returns.versions import Content, Differs
from portfolio.returns.words import FIELDS, field_words
from portfolio.web.formatting import money, percent, short_day


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value, for a summary list."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownDiffers:
    """A field whose value is another one, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What its writer confirmed of an unusual value: the field, what is unusual of it, and why it is right."""

    label: str
    why: str
    note: str


def value_words(name: str, value: Any, currency: str) -> str:
    """A JSON value of `versions.Content`; what is empty says so."""
    if value is None or value == "":
        return _("not stated")
    if name == "physical":
        return percent(int(value) / 10_000)
    if name in ("paid", "forecast_cost"):
        return money(Money(currency, int(value)))
    if name == "forecast_finish":
        return short_day(date.fromisoformat(value))
    if name == "procurement":
        return label(ProcurementState(value))
    return label(Confidence(value)) if name == "level" else str(value)


def rows_of(content: Content) -> list[Row]:
    """Every field in words, the empty ones too."""
    return [Row(field_words(name), value_words(name, content.get(name), content["currency"])) for name in FIELDS]


def differs_in_words(found: list[Differs], before: Content, after: Content) -> list[ShownDiffers]:
    return [
        ShownDiffers(
            field_words(one.name),
            value_words(one.name, one.before, before["currency"]),
            value_words(one.name, one.after, after["currency"]),
        )
        for one in found
    ]


def confirmed_of(content: Content) -> list[Confirmed]:
    """In the order of the form."""
    said: Mapping[str, Any] = content.get("confirmed", {})
    return [
        Confirmed(
            field_words(name), ", ".join(label(Doubt(code)) for code in said[name].get("why", ())), said[name]["note"]
        )
        for name in FIELDS
        if name in said
    ]
