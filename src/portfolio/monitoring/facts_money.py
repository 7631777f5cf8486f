"""Money of projects as frames: what was decided first and now, what was planned and paid, what the whole will cost; contracts.

The cost at the end is what the newest return expects, else what was paid and is planned for the months to come. Where neither
is there it is not known: the decided amount is a ceiling, not a forecast. Nor is it known from a plan that ends before the last
fiscal year for which something was decided: a financial system often plans one year at a time.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, and_, case, func, null, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.approvals.models import BudgetEntry
from portfolio.approvals.terms import EntryKind
from portfolio.execution.models import Contract, ExecutionEntry
from portfolio.execution.queries import KnownOn, counts
from portfolio.execution.terms import ContractState, Flow, Origin
from portfolio.execution.years import first_day
from portfolio.monitoring.portion import Portion, frame, text_of
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Project

ENTERED = pl.Schema({"project": pl.String(), "entered_on": pl.Date(), "amount": pl.Int64(), "year": pl.Int64()})
"""What the ledger got for a project on a day, in minor units of its currency, and the last fiscal year that it was for."""

DECIDED = pl.Schema({"project": pl.String(), "first_decided": pl.Int64(), "last_begins": pl.Date()})
"""`first_decided`: on the first day on which something was; `last_begins`: the first day of the last fiscal year decided on."""

SPENT = pl.Schema(
    {
        "project": pl.String(),
        "paid": pl.Int64(),
        "programmed_budget": pl.Int64(),
        "planned_rest": pl.Int64(),
        "at": pl.Datetime("us", "UTC"),
        "planned_until": pl.Date(),
    }
)
"""One row a project with execution: paid up to the as-at date, planned in all, and planned for the months after that of the
as-at date; minor units of the project's currency, null where no amount of the kind is there. `at`: of the newest amount.
`planned_until`: the last month with a plan."""

FLOWED = pl.Schema({**SPENT, "committed": pl.Int64(), "accrued": pl.Int64(), "is_in_year": pl.Boolean()})
"""`SPENT` with what was committed and accrued up to the as-at date, and whether the financial system says anything of the project
in the fiscal year of that date."""

AMOUNTS = ("paid", "programmed_budget", "planned_rest", "committed", "accrued", "of_year")

CONTRACTS = pl.Schema(
    {
        "project": pl.String(),
        "contracts": pl.Int64(),
        "live_contracts": pl.Int64(),
        "contracts_without_state": pl.Int64(),
    }
)
"""One row a project with contracts. Each has a state here; the rule that asks for it is about what files bring elsewhere."""


def read_decided(session: Session, pack: CountryPack, portion: Portion, known: KnownOn | None = None) -> pl.DataFrame:
    """`DECIDED`, one row a project with a ledger. `known`: from what was entered up to that day."""
    query = (
        select(
            text_of(Project.id),
            col(BudgetEntry.entered_on),
            func.sum(col(BudgetEntry.amount_minor)),
            func.max(col(BudgetEntry.fiscal_year)),
        )
        .join(BudgetEntry, col(BudgetEntry.case_id) == col(Project.case_id))
        .where(portion.holds(Project.id), col(BudgetEntry.kind) != EntryKind.PROPOSED)
        .group_by(col(Project.id), col(BudgetEntry.entered_on))
        .order_by(col(Project.id), col(BudgetEntry.entered_on))
    )
    if known is not None:
        query = query.where(col(BudgetEntry.entered_on) <= known.day)
    entered = frame(session, query, ENTERED)
    found = entered.group_by("project", maintain_order=True).agg(pl.col("amount").first(), pl.col("year").max())
    begins = {year: first_day(pack, year) for year in found["year"].unique().to_list()}
    return found.select(
        "project",
        first_decided="amount",
        last_begins=pl.col("year").replace_strict(begins, default=None, return_dtype=pl.Date()),
    )


def read_spent(
    session: Session,
    portion: Portion,
    currencies: pl.DataFrame,
    as_at: date,
    known: KnownOn | None = None,
    year: tuple[date, date] | None = None,
) -> pl.DataFrame:
    """`FLOWED`. `currencies` has `project` and `currency`, such as `facts_plan.LIVES`: amounts in another are not added. `year`:
    the first day of a fiscal year, and that of the next.

    Every amount is added up, and then those that a later one replaced are taken off: corrections are few, and asking each of
    millions whether there is a later one takes four times as long. Ordinals of a key follow each other (`execution.models`).
    `known`: of a few projects, as the record had them on a day; there each amount is asked.
    """
    own = currencies.select("project", "currency")
    held = portion.holds(ExecutionEntry.project_id)
    newest = (
        func.max(col(ExecutionEntry.made_at)),
        func.max(case((IS_PLANNED, col(ExecutionEntry.month)))),
    )
    if known is not None:
        counting = _frame_of(session, _sums(as_at, year, *newest).where(held, counts(known)))
        return _left(counting.join(own, on=BY, how="semi", maintain_order="left"), pl.col)
    later = aliased(ExecutionEntry)
    entered = _frame_of(session, _sums(as_at, year, *newest).where(held))
    replaced = (
        _sums(as_at, year, null(), null())
        .join(
            later,
            and_(
                col(later.project_id) == col(ExecutionEntry.project_id),
                col(later.month) == col(ExecutionEntry.month),
                col(later.line) == col(ExecutionEntry.line),
                col(later.flow) == col(ExecutionEntry.flow),
                col(later.reference) == col(ExecutionEntry.reference),
                col(ExecutionEntry.ordinal) == col(later.ordinal) - 1,
            ),
        )
        .where(col(later.ordinal) > 0, portion.holds(later.project_id))
    )
    mine = entered.join(own, on=BY, how="semi", maintain_order="left")
    found = mine.join(_frame_of(session, replaced), on=BY, how="left", maintain_order="left", suffix="_off")
    return _left(found, lambda name: pl.col(name) - pl.col(f"{name}_off").fill_null(0))


def _left(found: pl.DataFrame, left: Callable[[str], pl.Expr]) -> pl.DataFrame:
    """`FLOWED`: a sum of no amounts is nothing, not zero."""
    return found.with_columns(
        *(pl.when(left(f"{name}_rows") > 0).then(left(name)).alias(name) for name in AMOUNTS if name != "of_year"),
        is_in_year=left("of_year_rows") > 0,
    ).select(list(FLOWED))


BY = ["project", "currency"]
IS_PLANNED = col(ExecutionEntry.flow) == Flow.PLANNED


def _sums(as_at: date, year: tuple[date, date] | None, *more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """The columns of `SPENT` and the other `AMOUNTS` by project and currency; then how many amounts each sum is of."""
    amount, month, flow = col(ExecutionEntry.amount_minor), col(ExecutionEntry.month), col(ExecutionEntry.flow)
    first, after = year or (as_at, as_at)
    of_year = and_(col(ExecutionEntry.origin) == Origin.SYSTEM, month >= first, month < after)
    kinds = (
        and_(flow == Flow.PAID, month <= as_at),
        IS_PLANNED,
        and_(IS_PLANNED, month > as_at),
        and_(flow == Flow.COMMITTED, month <= as_at),
        and_(flow == Flow.ACCRUED, month <= as_at),
        of_year,
    )
    return (
        select(
            text_of(ExecutionEntry.project_id),
            *(func.sum(case((kind, amount))) for kind in kinds),
            *more,
            col(ExecutionEntry.currency),
            *(func.count(case((kind, amount))) for kind in kinds),
        )
        .select_from(ExecutionEntry)
        .group_by(col(ExecutionEntry.project_id), col(ExecutionEntry.currency))
        .order_by(col(ExecutionEntry.project_id), col(ExecutionEntry.currency))
    )


def _frame_of(session: Session, query: Select[*tuple[Any, ...]]) -> pl.DataFrame:
    """Sums come as decimals from one of the databases."""
    last = 1 + len(AMOUNTS)
    rows = [
        (row[0], *(None if value is None else int(value) for value in row[1:last]), *row[last:])
        for row in session.execute(query)
    ]
    schema = {
        "project": pl.String(),
        **{name: pl.Int64() for name in AMOUNTS},
        "at": SPENT["at"],
        "planned_until": SPENT["planned_until"],
        "currency": pl.String(),
        **{f"{name}_rows": pl.Int64() for name in AMOUNTS},
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def read_contracts(session: Session, portion: Portion) -> pl.DataFrame:
    """`CONTRACTS`."""
    is_live = col(Contract.state) == ContractState.IN_FORCE
    query = (
        select(text_of(Contract.project_id), func.count(), func.sum(case((is_live, 1), else_=0)), func.sum(0))
        .where(portion.holds(Contract.project_id))
        .group_by(col(Contract.project_id))
        .order_by(col(Contract.project_id))
    )
    return frame(session, query, CONTRACTS)


def at_the_end(spent: pl.DataFrame, progress: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """`project`, `projected_cost` and `actual_cost`: of the projects that either of the first two frames knows. Pure.

    `spent` is `SPENT`, `progress` `told.PROGRESS`, `decided` `DECIDED`.
    """
    reaches = pl.col("last_begins").is_null() | (pl.col("planned_until") >= pl.col("last_begins"))
    known = pl.concat([spent.select("project"), progress.select("project")]).unique(maintain_order=True)
    planned = pl.when(pl.col("programmed_budget").is_not_null() & reaches).then(
        pl.col("paid").fill_null(0) + pl.col("planned_rest").fill_null(0)
    )
    return (
        known.join(spent, on="project", how="left", maintain_order="left")
        .join(progress, on="project", how="left", maintain_order="left")
        .join(decided, on="project", how="left", maintain_order="left")
        .select("project", projected_cost=pl.coalesce(pl.col("forecast_cost"), planned), actual_cost="paid")
    )
