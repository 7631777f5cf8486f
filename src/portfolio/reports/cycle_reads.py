"""What the cycle book needs beside the portfolio frame: costs of frozen cases, entries of decisions, conditions."""

import json
import uuid
from collections.abc import Iterable, Sequence

import polars as pl
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import BudgetDecision, BudgetEntry, Condition, Opinion
from portfolio.approvals.terms import CountersignState, EntryKind
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.visibility import visible_to
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.reports.costs import cost_rows
from portfolio.reports.cycle import ASKED, ENTRIES

Ids = Sequence[uuid.UUID]
MOST_IN = 500
"""Ids in one question with `IN`."""


def _portions(ids: Ids) -> Iterable[Ids]:
    return (ids[start : start + MOST_IN] for start in range(0, len(ids), MOST_IN))


def asked_by_line(session: Session, viewer: Viewer, pack: CountryPack, initiatives: Ids) -> pl.DataFrame:
    """Costs of the newest frozen version of each case, with the columns of `cycle.ASKED`."""
    parts = [pl.DataFrame(schema=ASKED)]
    for portion in _portions(initiatives):
        for initiative_id, currency, content in session.execute(
            select(col(BusinessCase.initiative_id), col(BusinessCase.currency), col(Snapshot.content))
            .join(Snapshot, col(Snapshot.case_id) == col(BusinessCase.id))
            .where(col(BusinessCase.initiative_id).in_(portion), visible_to(viewer), _is_newest())
            .order_by(col(BusinessCase.id))
        ):
            costs = cost_rows(json.loads(content), pack)
            parts.append(
                costs.group_by("budget_line")
                .agg(pl.col("minor").sum())
                .select(
                    pl.lit(initiative_id.hex).alias("initiative"),
                    pl.lit(currency).alias("currency"),
                    "budget_line",
                    "minor",
                )
            )
    return pl.concat(parts)


def _is_newest() -> ColumnElement[bool]:
    newest = (
        select(func.max(col(Snapshot.number)))
        .where(col(Snapshot.case_id) == col(BusinessCase.id))
        .correlate(BusinessCase)
        .scalar_subquery()
    )
    return col(Snapshot.number) == newest


def decided_entries(session: Session, viewer: Viewer, initiatives: Ids) -> pl.DataFrame:
    """Entries of the ledger that are money: of confirmed decisions and their modifications, with the columns of
    `cycle.ENTRIES`. Their sums are what is decided; what was only proposed is not among them.
    """
    rows = [
        (initiative_id.hex, currency, year, firmness.value, line, minor)
        for portion in _portions(initiatives)
        for initiative_id, currency, year, firmness, line, minor in session.execute(
            select(
                col(BusinessCase.initiative_id),
                col(BudgetEntry.currency),
                col(BudgetEntry.fiscal_year),
                col(BudgetEntry.firmness),
                col(BudgetEntry.budget_line),
                col(BudgetEntry.amount_minor),
            )
            .join(BusinessCase, col(BusinessCase.id) == col(BudgetEntry.case_id))
            .join(BudgetDecision, col(BudgetDecision.id) == col(BudgetEntry.decision_id))
            .where(
                col(BusinessCase.initiative_id).in_(portion),
                visible_to(viewer),
                col(BudgetDecision.state) == CountersignState.CONFIRMED,
                col(BudgetEntry.kind) != EntryKind.PROPOSED,
            )
            .order_by(col(BudgetEntry.id))
        )
    ]
    return pl.DataFrame(rows, schema=ENTRIES, orient="row")


def conditions(session: Session, viewer: Viewer, initiatives: Ids) -> list[tuple[str, ...]]:
    """number, condition, owner, evidence, due (ISO), state in words: of signed opinions, by number and date."""
    found = []
    for portion in _portions(initiatives):
        for number, row in session.execute(
            select(col(Initiative.reference), Condition)
            .join(BusinessCase, col(BusinessCase.id) == col(Condition.case_id))
            .join(Initiative, col(Initiative.id) == col(BusinessCase.initiative_id))
            .join(Opinion, col(Opinion.id) == col(Condition.opinion_id), isouter=True)
            .where(
                col(Initiative.id).in_(portion),
                visible_to(viewer),
                col(Condition.opinion_id).is_(None) | col(Opinion.signed_at).is_not(None),
            )
            .order_by(col(Initiative.reference), col(Condition.due_on), col(Condition.id))
        ):
            found.append((number, row.text, row.owner, row.evidence, row.due_on.isoformat(), label(row.state)))
    return sorted(found, key=lambda item: (item[0], item[4]))
