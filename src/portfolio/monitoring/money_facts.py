"""Money of one project month by month, as the arithmetic of delivery takes it.

What is planned, fiscal year by fiscal year: the financial system's own plan; for a year of which it has none, what was decided,
spread evenly over the months of the year from the month in which the project began. A system that plans one year at a time says
nothing of the years after it, and the whole plan is the budget at completion. The page says which years were spread.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import BudgetEntry
from portfolio.approvals.terms import EntryKind
from portfolio.db.memo import row_of
from portfolio.execution.models import ExecutionEntry
from portfolio.execution.queries import flows_frame
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
    amounts that are not the project's and are not added up.
    """

    currency: str
    months: pl.DataFrame
    decided: dict[int, int]
    spread: tuple[int, ...]
    other: tuple[str, ...]


def money_facts(session: Session, pack: CountryPack, project: Project) -> MoneyFacts:
    """Two statements."""
    currency = row_of(session, Initiative, project.initiative_id).currency
    flows = flows_frame(session, col(ExecutionEntry.project_id) == project.id)
    other = tuple(sorted(set(flows["currency"].to_list()) - {currency}))
    mine = flows.filter(pl.col("currency") == currency)
    decided = decided_by_year(session, project)
    months = by_month(mine)
    lacking = unplanned(months, {year: bounds_of(pack, year) for year in decided})
    if lacking:
        rest = {year: decided[year] for year in lacking}
        months = pl.concat(
            [months, spread(rest, {year: first_day(pack, year) for year in rest}, project.began_on)], how="diagonal"
        )
    return MoneyFacts(currency, months, decided, lacking, other)


def decided_by_year(session: Session, project: Project) -> dict[int, int]:
    """What the ledger holds of the project's case for each fiscal year, proposals aside."""
    rows = session.execute(
        select(col(BudgetEntry.fiscal_year), func.sum(col(BudgetEntry.amount_minor)))
        .where(col(BudgetEntry.case_id) == project.case_id, col(BudgetEntry.kind) != EntryKind.PROPOSED)
        .group_by(col(BudgetEntry.fiscal_year))
        .order_by(col(BudgetEntry.fiscal_year))
    )
    return {row[0]: int(row[1]) for row in rows}


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
            for name in ("planned", "committed", "paid")
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


def reported_until(months: pl.DataFrame, as_at: date) -> date | None:
    """The last month, up to the as-at day, for which a paid amount is reported."""
    found = months.filter(pl.col("paid").is_not_null() & (pl.col("month") <= as_at))["month"].to_list()
    return max(found) if found else None


def share_of(part: int, whole_amount: int) -> int:
    """A part of a whole in basis points, half away from zero."""
    return whole(Fraction(part * 10_000, whole_amount))


def total(frame: pl.DataFrame, name: str) -> int | None:
    """The sum of a column, or nothing where nothing was reported."""
    if name not in frame.columns or frame[name].null_count() == len(frame):
        return None
    return int(frame[name].sum())
