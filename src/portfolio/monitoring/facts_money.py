"""Money of projects as frames: what was decided first and now, what the whole will cost, what was paid.

Where nobody planned the spending, the cost at completion is not known: the decided amount is a ceiling, not a forecast.
"""

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import BudgetEntry
from portfolio.approvals.terms import EntryKind
from portfolio.monitoring.portion import Portion, frame, text_of
from portfolio.projects.models import Project

ENTERED = pl.Schema({"project": pl.String(), "entered_on": pl.Date(), "amount": pl.Int64()})
"""What the ledger got for a project on a day, in minor units of its currency."""

DECIDED = pl.Schema({"project": pl.String(), "first_decided": pl.Int64()})


def read_decided(session: Session, portion: Portion) -> pl.DataFrame:
    """`DECIDED`, one row a project with a ledger: the sum of the first day on which something was decided."""
    query = (
        select(text_of(Project.id), col(BudgetEntry.entered_on), func.sum(col(BudgetEntry.amount_minor)))
        .join(BudgetEntry, col(BudgetEntry.case_id) == col(Project.case_id))
        .where(portion.holds(Project.id), col(BudgetEntry.kind) != EntryKind.PROPOSED)
        .group_by(col(Project.id), col(BudgetEntry.entered_on))
        .order_by(col(Project.id), col(BudgetEntry.entered_on))
    )
    entered = frame(session, query, ENTERED)
    return entered.group_by("project", maintain_order=True).agg(first_decided=pl.col("amount").first())
