"""What our own rules on data hold against each other, from several rooms: dates of milestones, contracts and invoices, codes, budget
lines, physical progress, values of indicators. One statement for each source."""

from datetime import date

import polars as pl
from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_queries import LIVE
from portfolio.approvals.code_terms import DrawKind
from portfolio.approvals.models import ApprovalCode, BudgetEntry, Draw
from portfolio.approvals.terms import EntryKind
from portfolio.execution.models import Contract, ContractAmendment, ExecutionEntry, ExecutionRun, Invoice
from portfolio.execution.queries import counts
from portfolio.execution.terms import ContractState, Flow, InvoiceState, RunState
from portfolio.execution.years import year_of
from portfolio.kpis.models import Indicator, Standing
from portfolio.kpis.rules import BOUNDS
from portfolio.kpis.terms import IndicatorKind, UnitKind
from portfolio.monitoring.portion import Portion, frame, stored, text_of
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.models import Milestone

SPANS = pl.Schema(
    {
        "project": pl.String(),
        "earliest_date": pl.Date(),
        "latest_date": pl.Date(),
        "pending": pl.Int64(),
        "overdue_forecasts": pl.Int64(),
    }
)
"""Of milestones that no plan left out: the first and last day among forecasts and actual dates; how many are pending, and how many
of them have a forecast that is over."""

CONTRACTED = pl.Schema({"project": pl.String(), "contracted": pl.Int64(), "live_processes": pl.Int64()})
"""Contracts that were not terminated, with their amendments, in minor units of the project's currency; and how many, in any."""

INVOICED = pl.Schema({"project": pl.String(), "invoices": pl.Int64(), "early_invoices": pl.Int64()})
"""Invoices that were not rejected, and those dated before their contract was signed."""

ALLOWED = pl.Schema({"project": pl.String(), "ceilings": pl.Int64()})
"""What the approval codes of the fiscal years up to that of the as-at date allow; of a code that ended, what it committed."""

ORDERED = pl.Schema({"project": pl.String(), "orders": pl.Int64()})
"""Draws that reserved on the codes of the project: a purchase was begun."""

LINES = pl.Schema({"project": pl.String(), "line": pl.String()})

VALUES = pl.Schema(
    {
        "project": pl.String(),
        "unit": pl.String(),
        "scale": pl.Int64(),
        "value": pl.Int64(),
        "lowest": pl.Int64(),
        "highest": pl.Int64(),
    }
)
"""The newest value of each indicator that has one, with its own bounds; all scaled."""

FEW = 500
"""Projects of one statement that asks each amount whether a later one took its place."""


def read_checks(session: Session, pack: CountryPack, portion: Portion, as_at: date) -> list[pl.DataFrame]:
    """Frames with a `project` each: `SPANS`, `CONTRACTED`, `INVOICED`, `ALLOWED`, `ORDERED`, `undecided_lines` of projects whose
    decisions name lines, and `impossible_values` of projects with measured indicators."""
    return [
        _spans(session, portion, as_at),
        _contracted(session, portion),
        _invoiced(session, portion),
        _allowed(session, pack, portion, as_at),
        _ordered(session, portion),
        _undecided(session, portion),
        _impossible(session, portion),
    ]


def has_files(session: Session) -> bool:
    """Whether the financial system ever said anything here: without it nobody knows whether a project is in its budget."""
    return bool(session.scalar(select(exists().where(col(ExecutionRun.state) == RunState.RECORDED))))


def drops(worked: pl.DataFrame) -> pl.DataFrame:
    """`project` and `progress_drops`: of projects with two periods or more, how often the work done went down. Pure.

    `worked`: `told.WORKED`, by project and period.
    """
    before = pl.col("physical_bp").shift(1).over("project")
    return (
        worked.with_columns(went_down=pl.col("physical_bp") < before)
        .group_by("project", maintain_order=True)
        .agg(progress_drops=pl.col("went_down").sum().cast(pl.Int64), periods=pl.len())
        .filter(pl.col("periods") > 1)
        .select("project", "progress_drops")
    )


def _spans(session: Session, portion: Portion, as_at: date) -> pl.DataFrame:
    forecast, actual = col(Milestone.forecast_on), col(Milestone.actual_on)
    pending = actual.is_(None)
    rows = session.execute(
        select(
            text_of(Milestone.project_id), func.min(forecast), func.min(actual), func.max(forecast), func.max(actual),
            func.sum(case((pending, 1), else_=0)), func.sum(case((and_(pending, forecast < as_at), 1), else_=0)),
        )
        .where(portion.holds(Milestone.project_id), col(Milestone.left_on).is_(None))
        .group_by(col(Milestone.project_id))
    )  # fmt: skip
    found = [
        (
            row[0],
            min((on for on in row[1:3] if on), default=None),
            max((on for on in row[3:5] if on), default=None),
            int(row[5]),
            int(row[6]),
        )
        for row in rows
    ]
    return pl.DataFrame(found, schema=SPANS, orient="row")


def _contracted(session: Session, portion: Portion) -> pl.DataFrame:
    changes = (
        select(func.coalesce(func.sum(col(ContractAmendment.change_minor)), 0))
        .where(col(ContractAmendment.contract_id) == col(Contract.id))
        .correlate(Contract)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            text_of(Contract.project_id),
            func.sum(case((col(Contract.currency) == col(Initiative.currency), col(Contract.amount_minor) + changes))),
            func.count(),
        )
        .join(Project, col(Project.id) == col(Contract.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(portion.holds(Contract.project_id), col(Contract.state) != ContractState.TERMINATED)
        .group_by(col(Contract.project_id))
    )
    found = [(row[0], None if row[1] is None else int(row[1]), row[2]) for row in rows]
    return pl.DataFrame(found, schema=CONTRACTED, orient="row")


def _invoiced(session: Session, portion: Portion) -> pl.DataFrame:
    is_early = col(Invoice.issued_on) < col(Contract.signed_on)
    query = (
        select(text_of(Contract.project_id), func.count(), func.sum(case((is_early, 1), else_=0)))
        .join(Invoice, col(Invoice.contract_id) == col(Contract.id))
        .where(portion.holds(Contract.project_id), col(Invoice.state) != InvoiceState.REJECTED)
        .group_by(col(Contract.project_id))
    )
    return frame(session, query, INVOICED)


def _allowed(session: Session, pack: CountryPack, portion: Portion, as_at: date) -> pl.DataFrame:
    allowed = case(
        (col(ApprovalCode.state).in_(LIVE), col(ApprovalCode.ceiling_minor)), else_=col(ApprovalCode.committed_minor)
    )
    is_due = col(ApprovalCode.fiscal_year) <= year_of(pack, as_at)
    rows = session.execute(
        select(text_of(Project.id), func.sum(case((is_due, allowed), else_=0)))
        .join(ApprovalCode, col(ApprovalCode.case_id) == col(Project.case_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(portion.holds(Project.id), col(ApprovalCode.currency) == col(Initiative.currency))
        .group_by(col(Project.id))
    )
    return pl.DataFrame([(row[0], int(row[1])) for row in rows], schema=ALLOWED, orient="row")


def _ordered(session: Session, portion: Portion) -> pl.DataFrame:
    query = (
        select(text_of(Project.id), func.count())
        .join(ApprovalCode, col(ApprovalCode.case_id) == col(Project.case_id))
        .join(Draw, col(Draw.code_id) == col(ApprovalCode.id))
        .where(portion.holds(Project.id), or_(col(Draw.kind) == DrawKind.RESERVE, col(Draw.kind) == DrawKind.COMMIT))
        .group_by(col(Project.id))
    )
    return frame(session, query, ORDERED)


def _undecided(session: Session, portion: Portion) -> pl.DataFrame:
    """Lines are compared first as they are in all amounts; only what is suspicious is asked whether it still counts."""
    decided = pl.DataFrame(
        [
            (row[0], row[1], int(row[2]))
            for row in session.execute(
                select(text_of(Project.id), col(BudgetEntry.budget_line), func.sum(col(BudgetEntry.amount_minor)))
                .join(BudgetEntry, col(BudgetEntry.case_id) == col(Project.case_id))
                .where(portion.holds(Project.id), col(BudgetEntry.kind) != EntryKind.PROPOSED)
                .group_by(col(Project.id), col(BudgetEntry.budget_line))
            )
        ],
        schema={**LINES, "minor": pl.Int64()},
        orient="row",
    )
    named = decided.group_by("project").agg(
        is_named=~((pl.col("line") == "") & (pl.col("minor") != 0)).any() & (pl.col("minor") > 0).any()
    )
    by_line = named.filter("is_named").select("project")
    executed = _executed(session, portion, []).join(by_line, on="project", how="semi")
    covered = decided.filter(pl.col("minor") > 0).select("project", "line")
    suspicious = executed.join(covered, on=["project", "line"], how="anti")
    wrong = suspicious.clear()
    if suspicious.height:
        ids = suspicious["project"].unique().sort().to_list()
        parts = [_executed(session, portion, ids[start : start + FEW]) for start in range(0, len(ids), FEW)]
        wrong = pl.concat(parts).join(covered, on=["project", "line"], how="anti")
    counted = wrong.group_by("project").agg(undecided_lines=pl.len().cast(pl.Int64))
    return by_line.join(counted, on="project", how="left").with_columns(pl.col("undecided_lines").fill_null(0))


def _executed(session: Session, portion: Portion, among: list[str]) -> pl.DataFrame:
    """`LINES` on which something is committed, accrued or paid; of some projects, only what counts."""
    query = (
        select(text_of(ExecutionEntry.project_id).label("project"), col(ExecutionEntry.line))
        .join(Project, col(Project.id) == col(ExecutionEntry.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(
            portion.holds(ExecutionEntry.project_id),
            col(ExecutionEntry.line) != "",
            col(ExecutionEntry.flow) != Flow.PLANNED,
            col(ExecutionEntry.amount_minor) != 0,
            col(ExecutionEntry.currency) == col(Initiative.currency),
        )
        .group_by(col(ExecutionEntry.project_id), col(ExecutionEntry.line))
    )
    if among:
        query = query.where(text_of(ExecutionEntry.project_id).in_(among), counts())
    return frame(session, query, LINES)


def _impossible(session: Session, portion: Portion) -> pl.DataFrame:
    query = (
        select(
            text_of(Indicator.project_id), stored(Indicator.unit_kind), col(Indicator.scale), col(Standing.value),
            col(Indicator.lowest), col(Indicator.highest),
        )
        .join(Standing, col(Standing.indicator_id) == col(Indicator.id))
        .where(
            portion.holds(Indicator.project_id), col(Indicator.kind) == IndicatorKind.INDICATOR,
            col(Indicator.stopped_on).is_(None), col(Standing.value).is_not(None),
        )
    )  # fmt: skip
    values = frame(session, query, VALUES)
    low, high = (
        pl.coalesce(
            own,
            pl.col("unit").replace_strict(
                {kind.value: BOUNDS[kind][place] for kind in UnitKind}, default=None, return_dtype=pl.Int64()
            )
            * pl.lit(10, pl.Int64()).pow(pl.col("scale")),
        )
        for place, own in enumerate(("lowest", "highest"))
    )
    is_out = ((pl.col("value") < low) | (pl.col("value") > high)).fill_null(False)
    return values.group_by("project").agg(impossible_values=is_out.sum().cast(pl.Int64))
