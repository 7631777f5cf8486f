"""Money of one project month by month, as the arithmetic of delivery takes it.

What is planned, fiscal year by fiscal year: the financial system's own plan; for a year of which it has none, what was decided,
spread evenly over the months of the year from the month in which the project began. A system that plans one year at a time says
nothing of the years after it, and the whole plan is the budget at completion. The page says which years were spread.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import BudgetEntry
from portfolio.approvals.terms import EntryKind
from portfolio.db.memo import row_of
from portfolio.execution.models import ExecutionEntry, ExecutionRun
from portfolio.execution.queries import KnownOn, flows_frame
from portfolio.execution.terms import Flow
from portfolio.execution.years import bounds_of, first_day
from portfolio.monitoring import s_curve
from portfolio.monitoring.ratios import whole
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Initiative, Project

LINES = pl.Schema({"line": pl.String(), **{flow.value: pl.Int64() for flow in Flow}})
"""One row a budget line, all months together; null is «not reported»."""


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """`months`: `s_curve.FLOWS` with `accrued`, one row a month and line. `decided`: by fiscal year, minor units.

    `spread`: the fiscal years whose plan is not the financial system's but spread from what was decided. `other`: currencies of
    amounts that are not the project's and are not added up. `decided_lines`: decided by budget line, all years; blank where the
    decision names none. `described`: the day that the newest file with amounts of the project describes; nothing where there is none.
    """

    currency: str
    months: pl.DataFrame
    decided: dict[int, int]
    spread: tuple[int, ...]
    other: tuple[str, ...]
    decided_lines: Mapping[str, int] = field(default_factory=dict)
    described: date | None = None


def money_facts(session: Session, pack: CountryPack, project: Project, known: date | None = None) -> MoneyFacts:
    """Three statements. `known`: what was reported and decided as it was known on that day; otherwise as it is known now."""
    currency = row_of(session, Initiative, project.initiative_id).currency
    turned_back = None if known is None else KnownOn(known, pack.zone)
    flows = flows_frame(session, col(ExecutionEntry.project_id) == project.id, turned_back)
    other = tuple(sorted(set(flows["currency"].to_list()) - {currency}))
    mine = flows.filter(pl.col("currency") == currency)
    lines = decided_by_line(session, project, known)
    decided = by_year(lines)
    months = by_month(mine)
    lacking = unplanned(months, {year: bounds_of(pack, year) for year in decided})
    if lacking:
        rest = {year: decided[year] for year in lacking}
        months = pl.concat(
            [months, spread(rest, {year: first_day(pack, year) for year in rest}, project.began_on)], how="diagonal"
        )
    of_lines: dict[str, int] = {}
    for (_year, line), minor in lines.items():
        of_lines[line] = of_lines.get(line, 0) + minor
    return MoneyFacts(currency, months, decided, lacking, other, of_lines, described_on(session, project, turned_back))


def described_on(session: Session, project: Project, known: KnownOn | None = None) -> date | None:
    """The day that the newest file with amounts of the project describes."""
    query = (
        select(func.max(col(ExecutionRun.as_at)))
        .join(ExecutionEntry, col(ExecutionEntry.run_id) == col(ExecutionRun.id))
        .where(col(ExecutionEntry.project_id) == project.id)
    )
    if known is not None:
        query = query.where(known.holds(ExecutionEntry))
    return session.scalar(query)


def decided_by_line(session: Session, project: Project, known: date | None = None) -> dict[tuple[int, str], int]:
    """What the ledger holds of the project's case for each fiscal year and budget line, proposals aside.

    `known`: only what was entered up to that day. A line is blank where the decision names none.
    """
    query = (
        select(col(BudgetEntry.fiscal_year), col(BudgetEntry.budget_line), func.sum(col(BudgetEntry.amount_minor)))
        .where(col(BudgetEntry.case_id) == project.case_id, col(BudgetEntry.kind) != EntryKind.PROPOSED)
        .group_by(col(BudgetEntry.fiscal_year), col(BudgetEntry.budget_line))
        .order_by(col(BudgetEntry.fiscal_year), col(BudgetEntry.budget_line))
    )
    if known is not None:
        query = query.where(col(BudgetEntry.entered_on) <= known)
    return {(row[0], row[1]): int(row[2]) for row in session.execute(query)}


def by_year(decided: Mapping[tuple[int, str], int]) -> dict[int, int]:
    """Decided amounts of `decided_by_line` by fiscal year. Pure."""
    found: dict[int, int] = {}
    for (year, _line), minor in decided.items():
        found[year] = found.get(year, 0) + minor
    return found


def by_month(flows: pl.DataFrame) -> pl.DataFrame:
    """`execution.FLOWS` in; `month`, `line` and a column for each flow out, null where nothing was reported. Pure."""
    columns = [
        pl.when((pl.col("flow") == flow.value).any())
        .then(pl.when(pl.col("flow") == flow.value).then(pl.col("amount")).sum())
        .alias(flow.value)
        for flow in Flow
    ]
    return flows.group_by("month", "line", maintain_order=True).agg(columns).sort("month", "line")


def unplanned(months: pl.DataFrame, years: dict[int, tuple[date, date]]) -> tuple[int, ...]:
    """Of the fiscal years, with their first month and the first after, those without a planned amount; in order. Pure."""
    planned = set(months.filter(pl.col("planned").is_not_null())["month"].to_list())
    return tuple(
        sorted(y for y, (first, after) in years.items() if not any(first <= month < after for month in planned))
    )


def spread(decided: dict[int, int], first_months: dict[int, date], began_on: date | None) -> pl.DataFrame:
    """A plan from decided amounts: each year's evenly over its months from `began_on` on, to the minor unit. Pure.

    `first_months`: the first day of each fiscal year. A year that ended before the project began keeps all its months: what was
    decided is never left out.
    """
    rows: list[tuple[date, str, int]] = []
    for year, amount in sorted(decided.items()):
        whole_year = _months(first_months[year])
        months = [month for month in whole_year if began_on is None or month >= began_on.replace(day=1)] or whole_year
        for place, month in enumerate(months):
            share = amount * (place + 1) // len(months) - amount * place // len(months)
            rows.append((month, "", share))
    return pl.DataFrame(rows, schema={"month": pl.Date, "line": pl.String, "planned": pl.Int64}, orient="row")


def _months(first: date) -> list[date]:
    """The twelve months from one on."""
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(12)]


def curve_of(facts: MoneyFacts, as_at: date) -> pl.DataFrame:
    """`s_curve.CURVE` of the project."""
    flows = facts.months.select(
        "month",
        *(
            pl.col(name).cast(pl.Int64) if name in facts.months.columns else pl.lit(None, pl.Int64()).alias(name)
            for name in ("planned", "committed", "accrued", "paid")
        ),
        forecast=pl.lit(None, pl.Int64()),
    )
    return s_curve.s_curve(flows.select(list(s_curve.FLOWS)), as_at)


def by_line(facts: MoneyFacts, until: date) -> pl.DataFrame:
    """`LINES` up to a month, that one included."""
    known = facts.months.filter(pl.col("month") <= until)
    names = [flow.value for flow in Flow]
    columns = [
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
        if name in known.columns
        else pl.lit(None, pl.Int64()).alias(name)
        for name in names
    ]
    return known.group_by("line", maintain_order=True).agg(columns).sort("line").select(list(LINES))


def reported_until(months: pl.DataFrame, as_at: date, described: date | None = None) -> date | None:
    """The last whole month, up to the as-at day, for which a paid amount is reported.

    `described`: the day that the newest file describes. A month that had not ended on that day is reported in part only, and a
    pace or a cost reckoned from it would be too low.
    """
    last = as_at if described is None else min(as_at, described)
    months_paid = months.filter(pl.col("paid").is_not_null())["month"].to_list()
    return max((month for month in months_paid if month_end(month) <= last), default=None)


def month_end(month: date) -> date:
    """The last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def partial_month(months: pl.DataFrame, as_at: date, described: date | None = None) -> date | None:
    """A month after the last whole one for which something paid is reported already; the newest."""
    whole_one = reported_until(months, as_at, described)
    later = months.filter(pl.col("paid").is_not_null() & (pl.col("month") <= as_at))["month"].to_list()
    return max((month for month in later if whole_one is None or month > whole_one), default=None)


def share_of(part: int, whole_amount: int) -> int:
    """A part of a whole in basis points, half away from zero."""
    return whole(Fraction(part * 10_000, whole_amount))


def total(frame: pl.DataFrame, name: str) -> int | None:
    """The sum of a column, or nothing where nothing was reported."""
    if name not in frame.columns or frame[name].null_count() == len(frame):
        return None
    return int(frame[name].sum())
