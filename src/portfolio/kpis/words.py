"""How an indicator, its values and its periods are called on a page."""

from datetime import date

from babel.dates import format_date

from portfolio.i18n import LANGUAGES, Phrase
from portfolio.i18n import gettext as _
from portfolio.kpis.catalogue import catalogue
from portfolio.kpis.models import Indicator
from portfolio.kpis.numbers import shown
from portfolio.kpis.periods import first_day
from portfolio.kpis.rules import Promise
from portfolio.kpis.terms import Curve, Frequency, Result
from portfolio.web.formatting import locale

LONGEST_SIGN = 2
SHOWN_PLACES = 2

TONES = {
    Result.MET: "good",
    Result.NOT_MET: "bad",
    Result.TOO_EARLY: "quiet",
    Result.CANNOT_TELL: "caution",
}


def name_of(indicator: Indicator) -> str:
    """In the reader's language where the catalogue's own name was kept."""
    entry = catalogue().get(indicator.code)
    return _known(indicator.name, None if entry is None else entry.name)


def unit_of(indicator: Indicator) -> str:
    """The unit in words; the currency stands in the value itself."""
    entry = catalogue().get(indicator.code)
    return _known(indicator.unit, None if entry is None else entry.unit)


def formula_of(indicator: Indicator) -> str:
    entry = catalogue().get(indicator.code)
    return _known(indicator.formula, None if entry is None else entry.formula)


def source_of(indicator: Indicator, text: str) -> str:
    entry = catalogue().get(indicator.code)
    return _known(text, None if entry is None else entry.source)


def _known(text: str, phrase: Phrase | None) -> str:
    if phrase is not None and text in {phrase.in_language(code) for code in LANGUAGES}:
        return str(phrase)
    return text


def value_words(indicator: Indicator, value: int | None) -> str:
    """The value with its unit; «not stated» for nothing."""
    text = shown(value, indicator.scale, indicator.currency)
    unit = "" if value is None or indicator.currency else unit_of(indicator)
    return f"{text} {unit}".strip()


def plausible_words(indicator: Indicator) -> str:
    """The bounds of an indicator's own, or that those of its unit hold."""
    low, high = (value_words(indicator, bound) for bound in (indicator.lowest, indicator.highest))
    if indicator.lowest is not None and indicator.highest is not None:
        return _("from %(low)s to %(high)s") % {"low": low, "high": high}
    if indicator.lowest is not None:
        return _("%(low)s or more") % {"low": low}
    if indicator.highest is not None:
        return _("%(high)s or less") % {"high": high}
    return _("what the unit allows")


def brief_words(indicator: Indicator, value: int | None) -> str:
    """The value where the unit stands beside its name: only a sign like % stays with it."""
    unit = unit_of(indicator)
    if value is None or indicator.currency or len(unit) <= LONGEST_SIGN:
        return value_words(indicator, value)
    return shown(value, indicator.scale, indicator.currency)


def rounded(indicator: Indicator, target: int | None) -> int | None:
    """A target between two dates as it is shown: two decimals, half up. Judged is the exact one."""
    if target is None or indicator.scale <= SHOWN_PLACES:
        return target
    step = int(10 ** (indicator.scale - SHOWN_PLACES))
    return (2 * target + step) // (2 * step) * step


def period_words(frequency: Frequency, period: date) -> str:
    """«Aug 2026», «Jul–Sep 2026», «2026»."""
    if frequency is Frequency.YEARLY:
        return str(period.year)
    last = format_date(period, "LLL y", locale=locale())
    if frequency is Frequency.MONTHLY:
        return last
    return f"{format_date(first_day(frequency, period), 'LLL', locale=locale())}–{last}"


def corners(promise: Promise) -> list[tuple[date, int]]:
    """The promised line as the points that a pen would pass; a step has two corners."""
    points = [(point.on, point.value) for point in promise.points]
    if promise.curve is Curve.LINEAR:
        if promise.baseline is not None and points and promise.baseline.on < points[0][0]:
            points.insert(0, (promise.baseline.on, promise.baseline.value))
        return points
    found: list[tuple[date, int]] = []
    for on, value in points:
        if found:
            found.append((on, found[-1][1]))
        found.append((on, value))
    return found
