"""What a value of an indicator cannot be: refused, whoever confirms it. What is only improbable is asked about again (`rules`)."""

from portfolio.i18n import LANGUAGES
from portfolio.i18n import gettext as _
from portfolio.kpis.catalogue import catalogue
from portfolio.kpis.models import Indicator
from portfolio.kpis.numbers import shown
from portfolio.kpis.rules import BOUNDS
from portfolio.kpis.terms import UnitKind

HARD_KINDS = frozenset({UnitKind.PERCENT, UnitKind.COUNT, UnitKind.DURATION})
"""Of an indicator that a project made itself: a share of a whole, a count of things, a time. Its own stated bounds say otherwise
where they reach further: a rate of growth is a percentage too, and an indicator that says so is believed."""


def hard_bounds(indicator: Indicator) -> tuple[int | None, int | None]:
    """The least and the most that a value can be, scaled; nothing where there is no such bound.

    The catalogue says so for its own indicators while they are counted in its unit.
    """
    entry = catalogue().get(indicator.code)
    if entry is not None and entry.unit_kind is indicator.unit_kind and _is_its_unit(indicator):
        low, high = entry.least, entry.most
    elif indicator.unit_kind in HARD_KINDS:
        low, high = BOUNDS[indicator.unit_kind]
    else:
        return None, None
    least, most = (None if bound is None else bound * 10**indicator.scale for bound in (low, high))
    if entry is None:
        least = None if _reaches_below(indicator.lowest, least) else least
        most = None if _reaches_above(indicator.highest, most) else most
    return least, most


def _is_its_unit(indicator: Indicator) -> bool:
    unit = catalogue()[indicator.code].unit
    return bool(indicator.currency) or indicator.unit in {unit.in_language(code) for code in LANGUAGES}


def _reaches_below(own: int | None, bound: int | None) -> bool:
    return own is not None and bound is not None and own < bound


def _reaches_above(own: int | None, bound: int | None) -> bool:
    return own is not None and bound is not None and own > bound


def bound_fault(indicator: Indicator, value: int | None) -> str:
    """Why a scaled value cannot be, in words; nothing where it can."""
    if value is None:
        return ""
    least, most = hard_bounds(indicator)
    if (least is None or value >= least) and (most is None or value <= most):
        return ""
    low, high = (shown(bound, indicator.scale, indicator.currency) for bound in (least, most))
    if least is not None and most is not None:
        return _("This indicator cannot be that: enter a value from %(low)s to %(high)s") % {"low": low, "high": high}
    if least is not None:
        return _("This indicator cannot be that: enter %(low)s or more") % {"low": low}
    return _("This indicator cannot be that: enter %(high)s or less") % {"high": high}
