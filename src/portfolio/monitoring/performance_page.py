"""The page of a project's performance: earned value, earned schedule, and variance against the first and the current baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.execution.views import month_words
from portfolio.i18n import N_, gettext, ngettext
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring.as_at import AsAt
from portfolio.monitoring.earned_value import EarnedValue, Figure, Progress, earned_from_share, earned_value
from portfolio.monitoring.facts import read_facts
from portfolio.monitoring.health_terms import Band, Estimate, Missing, Source
from portfolio.monitoring.health_words import not_available, share
from portfolio.monitoring.money_facts import MoneyFacts, money_facts, reported_until, total
from portfolio.monitoring.money_page import year_words
from portfolio.monitoring.plans_then import plans_then, stated_then
from portfolio.monitoring.portion import only
from portfolio.monitoring.rating_periods import period_end
from portfolio.monitoring.told import Stated, progress_until
from portfolio.monitoring.variance import both_variances
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Project
from portfolio.web.formatting import money, number, short_day

FORMULAS = {
    "pv": (N_("Planned value (PV)"), N_("what the plan had for the months up to the day")),
    "ev": (N_("Earned value (EV)"), N_("physical progress × budget at completion")),
    "ac": (N_("Actual cost (AC)"), N_("paid up to the day")),
    "bac": (N_("Budget at completion (BAC)"), N_("the whole plan")),
    "cv": (N_("Cost variance (CV)"), "EV − AC"),
    "sv": (N_("Schedule variance (SV)"), "EV − PV"),
    "cpi": (N_("Cost performance index (CPI)"), "EV ÷ AC"),
    "spi": (N_("Schedule performance index (SPI)"), "EV ÷ PV"),
    "tcpi": (N_("To-complete index (TCPI)"), "(BAC − EV) ÷ (BAC − AC)"),
    "es": (N_("Earned schedule (ES)"), N_("months of the plan whose value is earned")),
    "at": (N_("Actual time (AT)"), N_("months since the plan began")),
    "svt": (N_("Schedule variance in time, SV(t)"), "ES − AT"),
    "spit": (N_("Schedule index in time, SPI(t)"), "ES ÷ AT"),
    "duration": (N_("Forecast duration"), N_("planned duration ÷ SPI(t)")),
}
MONEY = frozenset({"pv", "ev", "ac", "bac", "cv", "sv"})
MONTHS = frozenset({"es", "at", "svt", "duration"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure with its formula; `value` says why where there is none."""

    name: str
    formula: str
    value: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class ShownVariance:
    """A variance against one baseline."""

    against: str
    cost: str
    cost_band: str
    schedule: str
    schedule_band: str


def performance_context(session: Session, pack: CountryPack, project: Project, asked: AsAt) -> dict[str, Any]:
    as_at = asked.day
    facts = money_facts(session, pack, project, asked.known)
    if asked.is_today:
        plans = read_facts(session, pack, only(project.id), as_at).plans
        stated = progress_until(session, project.id, as_at)
    else:
        plans, stated = plans_then(session, pack, project, as_at), stated_then(session, project, as_at)
    found = reckoned(facts, stated, as_at)
    variance = both_variances(plans, as_at).row(0, named=True)
    return {
        "asked": asked,
        "as_at": as_at,
        "earned_at": status_day(stated, as_at),
        "figures": shown_figures(facts, found),
        "estimates": _estimates(facts, found),
        "variances": _variances(facts, variance, is_past=not asked.is_today),
        "plan_words": _plan_words(facts, plans.row(0, named=True)),
        "cost_words": _cost_words(variance),
        "spread": year_words(facts.spread),
        "progress": share(stated[1]) if stated else "",
        "stated_on": period_end(stated[0]) if stated else None,
    }


def _plan_words(facts: MoneyFacts, plans: dict[str, Any]) -> str:
    """The two plans beside each other: months of money, and the end of the milestones; blank where one is not there."""
    planned = facts.months.filter(pl.col("planned").is_not_null())["month"].to_list()
    finish = plans["planned_finish"]
    if not planned or finish is None:
        return ""
    months = len(set(planned))
    return ngettext(
        "The duration rests on the plan of the money: %(n)s month, from %(first)s to %(last)s. The approved milestones end on "
        "%(finish)s: the two may differ, because money is decided for whole fiscal years and may be paid after the work is done.",
        "The duration rests on the plan of the money: %(n)s months, from %(first)s to %(last)s. The approved milestones end on "
        "%(finish)s: the two may differ, because money is decided for whole fiscal years and may be paid after the work is done.",
        months,
    ) % {
        "n": number(months),
        "first": month_words(min(planned)),
        "last": month_words(max(planned)),
        "finish": short_day(finish),
    }


def _cost_words(variance: dict[str, Any]) -> str:
    """Where the cost of the first table comes from, beside that of the last."""
    if variance["cost_missing"]:
        return ""
    return {
        Source.PROJECTED: _(
            "The cost at the end is what the people of the project expect in their newest return, or, where they say nothing, what "
            "is paid and planned for the months to come. It is declared, not computed from the work done."
        ),
        Source.ACTUAL: _("The project is finished: its cost is what was paid."),
    }.get(Source(variance["cost_source"]), "")


def status_day(stated: Stated | None, as_at: date) -> date:
    """The day that earned value is reckoned for: the end of the period of which progress is stated; without one, the day asked for.

    What was planned and paid since then is of a time whose work nobody has stated yet.
    """
    return as_at if stated is None else min(as_at, period_end(stated[0]))


def reckoned(facts: MoneyFacts, stated: Stated | None, as_at: date) -> EarnedValue:
    """Earned value of a project from its money and the physical progress stated for a period. Pure.

    Planned value, earned value and actual cost are of one day (`status_day`), or not at all: payments that are reported only up to
    a month before the end of that period are no actual cost. A plan with a month below zero cannot be read and counts as none.
    """
    plan = (
        facts.months.filter(pl.col("planned").is_not_null())
        .group_by("month")
        .agg(planned=pl.col("planned").sum().cast(pl.Int64))
        .select(period="month", planned="planned")
    )
    if (plan["planned"] < 0).any():
        plan = plan.clear()
    bac = int(plan["planned"].sum())
    earned = None if stated is None or not bac else earned_from_share(bac, stated[1])
    day = status_day(stated, as_at)
    known = reported_until(facts.months, as_at, facts.described)
    is_known = known is not None and (stated is None or known >= day.replace(day=1))
    actual = total(facts.months.filter(pl.col("month") <= day), "paid") if is_known else None
    return earned_value(plan, Progress(day, earned, actual))


def shown_figures(facts: MoneyFacts, found: EarnedValue) -> list[Shown]:
    return [
        Shown(gettext(words), gettext(formula), _value(facts, name, getattr(found, name)), _is_missing(found, name))
        for name, (words, formula) in FORMULAS.items()
    ]


def _is_missing(found: EarnedValue, name: str) -> bool:
    figure: Figure = getattr(found, name)
    return figure.missing is not None


def _value(facts: MoneyFacts, name: str, figure: Figure) -> str:
    if figure.missing is not None:
        return not_available(figure.missing)
    if name in MONEY:
        return money(Money(facts.currency, figure.minor or 0))
    found = number(figure.ratio(2))
    return _("%(count)s months") % {"count": found} if name in MONTHS else found


def _estimates(facts: MoneyFacts, found: EarnedValue) -> Sequence[tuple[str, list[str]]]:
    """Each way to estimate the cost at completion, never mixed: EAC, ETC, VAC and the index to reach it."""
    rows = []
    for one in found.at_completion:
        if one.estimate is Estimate.BOTTOM_UP:
            continue
        cells = [_value(facts, "ac", figure) for figure in (one.eac, one.etc, one.vac)]
        rows.append((label(one.estimate), [*cells, _value(facts, "cpi", one.tcpi)]))
    return rows


def _variances(facts: MoneyFacts, row: dict[str, Any], *, is_past: bool) -> list[ShownVariance]:
    return [
        _variance(facts, row, "first_", _("First approved baseline"), is_past=is_past),
        _variance(facts, row, "", _("Current baseline"), is_past=is_past),
    ]


NOT_KEPT = (Missing.NO_FINISH, Missing.NO_COST)
"""What a past day lacks because forecasts are kept as they are now only."""


def _variance(facts: MoneyFacts, row: dict[str, Any], prefix: str, against: str, *, is_past: bool) -> ShownVariance:
    def got(name: str) -> Any:
        return row[f"{prefix}{name}"]

    def missing(kept: str) -> str:
        reason = Missing(kept)
        if is_past and reason in NOT_KEPT:
            return _("Not available: what was expected on that day is not kept.")
        return not_available(reason)

    cost = (
        missing(got("cost_missing"))
        if got("cost_missing")
        else f"{money(Money(facts.currency, got('cost_variance')))} ({share(got('cost_variance_bp'))})"
    )
    if got("schedule_missing"):
        schedule = missing(got("schedule_missing"))
    else:
        days = _("%(days)s days, with %(finish)s") % {
            "days": number(got("schedule_days")),
            "finish": short_day(got("finish_used")),
        }
        part = got("schedule_variance_bp")
        schedule = days if part is None else f"{days} ({share(part)})"
    bands = [label(Band(got(name))) if got(name) else "" for name in ("cost_band", "schedule_band")]
    return ShownVariance(against, cost, bands[0], schedule, bands[1])
