"""Money of projects as frames: what was decided first and now, what was planned and paid, what the whole will cost; contracts.

The cost at the end is what the newest return expects, else what was paid and is planned for the months to come. Where neither
is there it is not known: the decided amount is a ceiling, not a forecast. Nor is it known from a plan that ends before the last
fiscal year for which something was decided: a financial system often plans one year at a time.
"""

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, and_, case, func, null, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.approvals.models import BudgetEntry
from portfolio.approvals.terms import EntryKind
from portfolio.execution.models import Contract, ExecutionEntry
from portfolio.execution.terms import ContractState, Flow
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

AMOUNTS = ("paid", "programmed_budget", "planned_rest")

CONTRACTS = pl.Schema(
    {
        "project": pl.String(),
        "contracts": pl.Int64(),
        "live_contracts": pl.Int64(),
        "contracts_without_state": pl.Int64(),
    }
)
"""One row a project with contracts. Each has a state here; the rule that asks for it is about what files bring elsewhere."""


def read_decided(session: Session, pack: CountryPack, portion: Portion) -> pl.DataFrame:
    """`DECIDED`, one row a project with a ledger."""
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
    entered = frame(session, query, ENTERED)
    found = entered.group_by("project", maintain_order=True).agg(pl.col("amount").first(), pl.col("year").max())
    begins = {year: first_day(pack, year) for year in found["year"].unique().to_list()}
    return found.select(
        "project",
        first_decided="amount",
        last_begins=pl.col("year").replace_strict(begins, default=None, return_dtype=pl.Date()),
    )


def read_spent(session: Session, portion: Portion, currencies: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """`SPENT`. `currencies` has `project` and `currency`, such as `facts_plan.LIVES`: amounts in another are not added.

    Every amount is added up, and then those that a later one replaced are taken off: corrections are few, and asking each of
    millions whether there is a later one takes four times as long. Ordinals of a key follow each other (`execution.models`).
    """
    later = aliased(ExecutionEntry)
    entered = _frame_of(
        session,
        _sums(
            as_at, func.max(col(ExecutionEntry.made_at)), func.max(case((IS_PLANNED, col(ExecutionEntry.month))))
        ).where(portion.holds(ExecutionEntry.project_id)),
    )
    replaced = (
        _sums(as_at, null(), null())
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
    own = entered.join(currencies.select("project", "currency"), on=BY, how="semi", maintain_order="left")
    found = own.join(_frame_of(session, replaced), on=BY, how="left", maintain_order="left", suffix="_off")

    def left(name: str) -> pl.Expr:
        return pl.col(name) - pl.col(f"{name}_off").fill_null(0)

    return found.with_columns(
        pl.when(left(f"{name}_rows") > 0).then(left(name)).alias(name) for name in AMOUNTS
    ).select(list(SPENT))


BY = ["project", "currency"]
IS_PLANNED = col(ExecutionEntry.flow) == Flow.PLANNED


def _sums(as_at: date, *more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """The columns of `SPENT` over amounts, by project and currency; then how many amounts each sum is of."""
    amount, month = col(ExecutionEntry.amount_minor), col(ExecutionEntry.month)
    kinds = (and_(col(ExecutionEntry.flow) == Flow.PAID, month <= as_at), IS_PLANNED, and_(IS_PLANNED, month > as_at))
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
    rows = [
        (row[0], *(None if value is None else int(value) for value in row[1:4]), *row[4:])
        for row in session.execute(query)
    ]
    counted = {f"{name}_rows": pl.Int64() for name in AMOUNTS}
    return pl.DataFrame(rows, schema={**SPENT, "currency": pl.String(), **counted}, orient="row")


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
