"""The page of a project's money: figures, months, budget lines, the curve, and where the year is heading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from babel.numbers import format_compact_decimal
from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.execution.views import month_words
from portfolio.execution.years import bounds_of, year_of
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring import s_curve
from portfolio.monitoring.as_at import AsAt
from portfolio.monitoring.code_money import CodeMoney, code_money
from portfolio.monitoring.health_terms import Execution, Missing
from portfolio.monitoring.health_words import not_available, share
from portfolio.monitoring.money_chart import Chart, charts_of
from portfolio.monitoring.money_facts import (
    MoneyFacts,
    by_line,
    curve_of,
    money_facts,
    partial_month,
    reported_until,
    share_of,
    total,
)
from portfolio.monitoring.money_signs import Found, money_signs, shown_signs
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Project
from portfolio.web.formatting import locale, money

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


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing with its words: amounts beside, months below, names of lines."""

    chart: Chart
    amounts: Sequence[tuple[float, str]]
    months: Sequence[tuple[float, str, str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """The two kinds of committed beside each other."""

    codes: str
    system: str
    difference: str


def money_context(
    session: Session, pack: CountryPack, project: Project, asked: AsAt, url_for: Callable[..., str], *, may_type: bool
) -> dict[str, Any]:
    """Everything that the page shows of a project, as it was known on a day."""
    as_at, facts = asked.day, money_facts(session, pack, project, asked.known)
    codes = code_money(session, pack, project, facts.currency, asked.known)
    curve = curve_of(facts, as_at)
    year = year_of(pack, as_at)
    found = Found(
        committed=total(_until(facts, as_at), "committed"),
        accrued=total(_until(facts, as_at), "accrued"),
        paid=total(_until(facts, as_at), "paid"),
        ceilings=codes.ceiling_until(year),
        lines=undecided_lines(facts, as_at),
    )
    return {
        "asked": asked,
        "as_at": as_at,
        "figures": _figures(facts, codes, as_at),
        "compared": _compared(facts, codes, found.committed),
        "signs": shown_signs(money_signs(found), found, facts.currency, project, codes.case_id, url_for, may_type=may_type),
        "months": _months(facts, curve, as_at),
        "lines": _lines(pack, facts, as_at),
        "drawings": [_drawn(facts, chart) for chart in charts_of(curve, as_at)],
        "chart_words": _chart_words(facts, curve),
        "line_words": {
            "planned": _("planned"),
            "committed": _("committed, financial system"),
            "accrued": _("accrued"),
            "paid": _("paid"),
        },
        "spread": year_words(facts.spread),
        "has_entries": any(total(facts.months, name) is not None for name in ("committed", "accrued", "paid")),
        "other": ", ".join(facts.other),
        "year_end": _year_end(pack, facts, as_at, year),
    }  # fmt: skip


def year_words(years: tuple[int, ...]) -> str:
    return ", ".join(map(str, years))


def _until(facts: MoneyFacts, as_at: date) -> pl.DataFrame:
    return facts.months.filter(pl.col("month") <= as_at)


def _amount(facts: MoneyFacts, minor: int | None) -> str:
    return _("not reported") if minor is None else money(Money(facts.currency, minor))


def _figures(facts: MoneyFacts, codes: CodeMoney, as_at: date) -> list[Figure]:
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
        Figure(_("Committed under approval codes"), _under_codes(facts, codes)),
        Figure(_("Committed, financial system"), _amount(facts, total(until, "committed")), _("to date")),
        Figure(_("Accrued to date"), _amount(facts, total(until, "accrued"))),
        Figure(_("Paid to date"), _amount(facts, paid), note),
    ]


def _under_codes(facts: MoneyFacts, codes: CodeMoney) -> str:
    return money(Money(facts.currency, codes.committed)) if codes.codes else _("no approval code")


def _compared(facts: MoneyFacts, codes: CodeMoney, system: int | None) -> Compared | None:
    """Nothing where one of the two is not there."""
    if not codes.codes or system is None:
        return None
    difference = system - codes.committed
    shown = money(Money(facts.currency, difference))
    return Compared(
        money(Money(facts.currency, codes.committed)),
        money(Money(facts.currency, system)),
        f"+{shown}" if difference > 0 else shown,
    )


def undecided_lines(facts: MoneyFacts, as_at: date) -> tuple[str, ...]:
    """Budget lines on which something is committed, accrued or paid and for which nothing was decided. Pure.

    Where a decision names no line, nothing can be said of any.
    """
    if facts.decided_lines.get("") or not any(minor > 0 for minor in facts.decided_lines.values()):
        return ()
    return tuple(
        row["line"]
        for row in by_line(facts, as_at).iter_rows(named=True)
        if row["line"]
        and facts.decided_lines.get(row["line"], 0) <= 0
        and any(row[name] for name in ("committed", "accrued", "paid"))
    )


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
    """Budget lines with their words: decided (all years), planned, committed, accrued, paid, decided less paid.

    The plan that was spread names no line and is left out here.
    """
    executed = {row["line"]: row for row in by_line(facts, as_at).iter_rows(named=True)}
    rows = []
    for code in sorted({*executed, *facts.decided_lines}):
        row, decided = executed.get(code, {}), facts.decided_lines.get(code)
        is_spread = not code and bool(facts.spread)
        amounts = [None if name == "planned" and is_spread else row.get(name) for name in LINE_FLOWS]
        if not decided and all(minor is None for minor in amounts):
            continue
        line = pack.budget_lines.get(code)
        words = f"{code} {line.label}" if line else code or _("without a budget line")
        left = None if decided is None else decided - (row.get("paid") or 0)
        rows.append(
            (
                words,
                [
                    _("nothing decided") if decided is None else _amount(facts, decided),
                    *(_amount(facts, minor) for minor in amounts),
                    "–" if left is None else _amount(facts, left),
                ],
            )
        )
    return rows


LINE_FLOWS = ("planned", "committed", "accrued", "paid")


def _chart_words(facts: MoneyFacts, curve: pl.DataFrame) -> str:
    """The drawing in a sentence, for who does not see it."""
    last = {name: curve[name].drop_nulls().to_list()[-1:] for name in LINE_FLOWS}
    said = {name: _amount(facts, values[0]) if values else _("not reported") for name, values in last.items()}
    return (
        _(
            "Cumulated: planned %(planned)s in the end, committed %(committed)s, accrued %(accrued)s, paid %(paid)s so far. "
            "The table of months says the same."
        )
        % said
    )


def _drawn(facts: MoneyFacts, chart: Chart) -> Drawn:
    return Drawn(
        chart,
        [(tick.at, short_amount(facts.currency, tick.amount)) for tick in chart.amounts],
        [(tick.at, month_words(tick.month) if tick.month else "", tick.anchor) for tick in chart.months],
    )


def short_amount(currency: str, minor: int) -> str:
    """`250 k`, `1.5 M`: an amount of an axis, without its currency."""
    return str(format_compact_decimal(Money(currency, minor).amount, fraction_digits=1, locale=locale()))


def year_row(pack: CountryPack, facts: MoneyFacts, as_at: date, year: int) -> pl.DataFrame:
    """`s_curve.YEAR` of the project for the fiscal year of the as-at day.

    The pace is reckoned up to the last whole month of which a payment is reported: months that nobody reported yet are not months
    in which nothing was paid, and of a month that was reported before it ended a part is lacking.
    """
    first, after = bounds_of(pack, year)
    of_year = facts.months.filter((pl.col("month") >= first) & (pl.col("month") < after))
    known = reported_until(of_year, as_at, facts.described)
    to_date = of_year.clear() if known is None else of_year.filter(pl.col("month") <= known)
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
    known = reported_until(facts.months, as_at, facts.described)
    told_of = {
        "month": month_words(known or as_at),
        "amount": _amount(facts, found["at_year_end"]),
        "share": share(found["execution_bp"]),
        "rest": _amount(facts, abs(found["unspent"])),
    }
    pace = (
        _(
            "At the pace kept up to %(month)s, the last whole month reported (paid against planned), %(amount)s will be paid by the "
            "end of the year: %(share)s of its budget; %(rest)s would stay unspent."
        )
        if found["unspent"] >= 0
        else _(
            "At the pace kept up to %(month)s, the last whole month reported (paid against planned), %(amount)s would be paid by the "
            "end of the year: %(share)s of its budget; %(rest)s are lacking."
        )
    ) % told_of
    return YearEnd(year, f"{pace}{_part_words(facts, as_at)}", TONES[level], label(level), "", told)


def _part_words(facts: MoneyFacts, as_at: date) -> str:
    """Which newer month is left out of the pace, and why; blank where none is."""
    month = partial_month(facts.months, as_at, facts.described)
    if month is None:
        return ""
    return " " + _("%(month)s was reported before it ended and is left out of the pace.") % {
        "month": month_words(month)
    }
