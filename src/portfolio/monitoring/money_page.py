"""The page of a project's money: figures, months, budget lines, the curve, and where the year is heading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.execution.views import month_words
from portfolio.execution.years import bounds_of, year_of
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring import s_curve
from portfolio.monitoring.health_terms import Execution, Missing
from portfolio.monitoring.health_words import not_available, share
from portfolio.monitoring.money_chart import chart_of
from portfolio.monitoring.money_facts import (
    MoneyFacts,
    by_line,
    curve_of,
    money_facts,
    reported_until,
    share_of,
    total,
)
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Project
from portfolio.web.formatting import money

TONES = {
    Execution.ON_COURSE: "good",
    Execution.WATCH: "caution",
    Execution.UNDER: "bad",
    Execution.OVER: "bad",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of the table: amounts in words, cumulated ones beside them; «not reported» is no zero."""

    month: str
    planned: str
    committed: str
    accrued: str
    paid: str
    paid_so_far: str


@dataclass(frozen=True, slots=True)
class YearEnd:
    """Where the fiscal year is heading, or why nothing can be said."""

    year: int
    sentence: str
    tone: str
    level: str
    missing: str
    limits: str


def money_context(session: Session, pack: CountryPack, project: Project, as_at: date) -> dict[str, Any]:
    """Everything that the page shows of a project as at a day."""
    facts = money_facts(session, pack, project)
    curve = curve_of(facts, as_at)
    chart = chart_of(curve)
    year = year_of(pack, as_at)
    return {
        "as_at": as_at,
        "figures": _figures(facts, as_at),
        "months": _months(facts, curve, as_at),
        "lines": _lines(pack, facts, as_at),
        "chart": chart,
        "chart_words": _chart_words(facts, curve),
        "ends": _ends(facts, chart),
        "line_words": {"planned": _("planned"), "committed": _("committed"), "paid": _("paid")},
        "spread": year_words(facts.spread),
        "has_entries": any(total(facts.months, name) is not None for name in ("committed", "accrued", "paid")),
        "other": ", ".join(facts.other),
        "year_end": _year_end(pack, facts, as_at, year),
    }


def year_words(years: tuple[int, ...]) -> str:
    return ", ".join(map(str, years))


def _until(facts: MoneyFacts, as_at: date) -> pl.DataFrame:
    return facts.months.filter(pl.col("month") <= as_at)


def _amount(facts: MoneyFacts, minor: int | None) -> str:
    return _("not reported") if minor is None else money(Money(facts.currency, minor))


def _figures(facts: MoneyFacts, as_at: date) -> list[Figure]:
    until = _until(facts, as_at)
    decided = sum(facts.decided.values()) if facts.decided else None
    paid = total(until, "paid")
    note = (
        ""
        if not decided or paid is None
        else _("%(share)s of what is decided") % {"share": share(share_of(paid, decided))}
    )
    return [
        Figure(_("Decided"), _amount(facts, decided), _("all years together")),
        Figure(_("Planned to date"), _amount(facts, total(until, "planned"))),
        Figure(_("Committed to date"), _amount(facts, total(until, "committed"))),
        Figure(_("Accrued to date"), _amount(facts, total(until, "accrued"))),
        Figure(_("Paid to date"), _amount(facts, paid), note),
    ]


def _months(facts: MoneyFacts, curve: pl.DataFrame, as_at: date) -> list[MonthRow]:
    """Newest first, the months to come after the as-at month left out."""
    names = [name for name in ("planned", "committed", "accrued", "paid") if name in facts.months.columns]
    summed = (
        _until(facts, as_at)
        .group_by("month", maintain_order=True)
        .agg(pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in names)
    )
    by_month = {row["month"]: row for row in summed.iter_rows(named=True)}
    so_far = {row["month"]: row for row in curve.iter_rows(named=True)}
    rows = []
    for month, row in sorted(so_far.items(), reverse=True):
        if month > as_at:
            continue
        found = by_month.get(month, {})
        shown = {name: _amount(facts, found.get(name)) for name in ("planned", "committed", "accrued", "paid")}
        cumulated = _amount(facts, row["paid"]) if row["paid_complete"] else _incomplete(facts, row["paid"])
        rows.append(MonthRow(month=month_words(month), paid_so_far=cumulated, **shown))
    return rows


def _incomplete(facts: MoneyFacts, minor: int | None) -> str:
    return (
        _("%(amount)s, months are missing") % {"amount": _amount(facts, minor)}
        if minor is not None
        else _("not reported")
    )


def _lines(pack: CountryPack, facts: MoneyFacts, as_at: date) -> Sequence[tuple[str, list[str]]]:
    """Budget lines with their words; the plan that was spread has none and is left out here."""
    found = by_line(facts, as_at)
    rows = []
    for row in found.iter_rows(named=True):
        is_spread = not row["line"] and bool(facts.spread)
        if all(row[name] is None for name in ("committed", "accrued", "paid", *(() if is_spread else ("planned",)))):
            continue
        line = pack.budget_lines.get(row["line"])
        words = f"{row['line']} {line.label}" if line else row["line"] or _("without a budget line")
        rows.append((words, [_amount(facts, row[name]) for name in ("planned", "committed", "accrued", "paid")]))
    return rows


def _chart_words(facts: MoneyFacts, curve: pl.DataFrame) -> str:
    """The drawing in a sentence, for who does not see it."""
    last = {name: curve[name].drop_nulls().to_list()[-1:] for name in ("planned", "committed", "paid")}
    said = {name: _amount(facts, values[0]) if values else _("not reported") for name, values in last.items()}
    return _("Cumulated: planned %(planned)s in the end, committed %(committed)s, paid %(paid)s so far.") % said


def _ends(facts: MoneyFacts, chart: Any) -> tuple[str, str, str, str] | None:
    if chart is None:
        return None
    first, last, low, high = chart.ends
    return month_words(first), month_words(last), _amount(facts, low), _amount(facts, high)


def year_row(pack: CountryPack, facts: MoneyFacts, as_at: date, year: int) -> pl.DataFrame:
    """`s_curve.YEAR` of the project for the fiscal year of the as-at day.

    The pace is reckoned up to the last month of which a payment is reported: months that nobody reported yet are not months
    in which nothing was paid.
    """
    first, after = bounds_of(pack, year)
    of_year = facts.months.filter((pl.col("month") >= first) & (pl.col("month") < after))
    known = reported_until(of_year, as_at)
    to_date = of_year.filter(pl.col("month") <= (known or as_at))
    row = {
        "project": "",
        "budget": facts.decided.get(year),
        "planned_year": total(of_year, "planned"),
        "planned_to_date": total(to_date, "planned"),
        "paid": total(to_date, "paid"),
        "forecast_rest": None,
    }
    return pl.DataFrame([row], schema=s_curve.YEAR)


def _year_end(pack: CountryPack, facts: MoneyFacts, as_at: date, year: int) -> YearEnd:
    month = (as_at.month - pack.fiscal_year.start_month) % 12 + 1
    found = s_curve.year_end(year_row(pack, facts, as_at, year), month).row(0, named=True)
    limits = s_curve.limits_in(month)
    told = (
        _(
            "In this month, below %(under)s of the year's budget is under-executed, below %(watch)s is to be watched; "
            "above all of it is over."
        )
        % {"under": share(limits.under_bp), "watch": share(limits.watch_bp)}
        if limits
        else _("Nothing is said in the first three months: appropriations open late.")
    )
    if found["execution_missing"]:
        return YearEnd(year, "", "", "", not_available(Missing(found["execution_missing"])), told)
    level = Execution(found["execution"])
    known = reported_until(facts.months, as_at)
    told_of = {
        "month": month_words(known or as_at),
        "amount": _amount(facts, found["at_year_end"]),
        "share": share(found["execution_bp"]),
        "rest": _amount(facts, abs(found["unspent"])),
    }
    pace = (
        _(
            "At the pace kept up to %(month)s, the last month reported (paid against planned), %(amount)s will be paid by the end "
            "of the year: %(share)s of its budget; %(rest)s would stay unspent."
        )
        if found["unspent"] >= 0
        else _(
            "At the pace kept up to %(month)s, the last month reported (paid against planned), %(amount)s would be paid by the end "
            "of the year: %(share)s of its budget; %(rest)s are lacking."
        )
    ) % told_of
    return YearEnd(year, pace, TONES[level], label(level), "", told)
