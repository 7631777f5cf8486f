"""The portfolio as it was known on a day: what was submitted, signed, confirmed and drawn by its end, and nothing later."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.draw_rules import Draw as DrawFacts
from portfolio.approvals.draw_rules import balance
from portfolio.approvals.models import ApprovalCode, BudgetDecision, BudgetEntry, BudgetModification, Draw, Opinion
from portfolio.approvals.terms import EntryKind
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.projects.models import SourceObservation
from portfolio.projects.terms import IMPORTED
from portfolio.reports.past_states import states_at
from portfolio.reports.portfolio_frame import AMOUNTS

MOST_IN = 500
KNOWN = "known"
AMOUNT_FIELD = "budget"
"""The mapped field whose amount an imported initiative shows as requested."""


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a day on the country's clock."""
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


def as_known_at(session: Session, frame: pl.DataFrame, day: date, zone: ZoneInfo) -> pl.DataFrame:
    """The frame (`portfolio_frame.SCHEMA`) with the amounts of that day; rows that nothing was known of are gone.

    The state is that of the day, from the recorded moves; what an embargo hides now, state and amounts, stays hidden.
    """
    instant = end_of(day, zone)
    ids = {row_id: uuid.UUID(row_id) for row_id in frame.get_column("initiative").to_list()}
    is_case = frame.filter(pl.col("state") != IMPORTED).get_column("initiative").to_list()
    cases = _cases(session, [ids[row_id] for row_id in is_case], instant)
    imported = _imported(session, [ids[row_id] for row_id in ids.keys() - set(is_case)], day)
    known = [_row(row_id, cases.get(ids[row_id]) or imported.get(ids[row_id])) for row_id in ids]
    amounts = pl.DataFrame([row for row in known if row is not None], schema=_KNOWN, orient="row")
    hidden = pl.col("state") == "under_embargo"
    return (
        frame.drop("requested", "requested_state", "requested_note", "recommended", "as_at")
        .rename({"decided": "_decided", "committed": "_committed"})
        .join(amounts, on="initiative", how="inner", maintain_order="left")
        .with_columns(
            pl.when(~hidden).then(pl.col("decided")).alias("decided"),
            pl.when(~hidden).then(pl.col("committed")).alias("committed"),
            pl.when(hidden | pl.col("_state").is_null())
            .then(pl.col("state"))
            .otherwise(pl.col("_state"))
            .alias("state"),
        )
        .select(frame.columns)
    )


_KNOWN = pl.Schema(
    {
        "initiative": pl.String(),
        **{name: pl.Int64() for name in AMOUNTS},
        "requested_state": pl.String(),
        "requested_note": pl.String(),
        "as_at": pl.Date(),
        "_state": pl.String(),
    }
)

Known = dict[str, Any]


def _row(row_id: str, known: Known | None) -> list[Any] | None:
    if known is None:
        return None
    return [row_id, *(known.get(name) for name in _KNOWN.names()[1:])]


def _portions(ids: Sequence[uuid.UUID]) -> Iterable[Sequence[uuid.UUID]]:
    return (ids[start : start + MOST_IN] for start in range(0, len(ids), MOST_IN))


def _cases(session: Session, initiatives: Sequence[uuid.UUID], instant: datetime) -> dict[uuid.UUID, Known]:
    """By initiative: only cases that had been submitted."""
    found: dict[uuid.UUID, Known] = {}
    for portion in _portions(initiatives):
        rows = session.execute(
            select(
                col(BusinessCase.id),
                col(BusinessCase.initiative_id),
                col(BusinessCase.status),
                col(BusinessCase.status_since),
                col(Snapshot.totals),
            )
            .join(Snapshot, col(Snapshot.case_id) == col(BusinessCase.id))
            .where(col(BusinessCase.initiative_id).in_(portion), col(Snapshot.submitted_at) <= instant)
            .order_by(col(BusinessCase.case_version), col(Snapshot.number))
        ).all()
        newest = {row.initiative_id: row for row in rows}
        by_case = {row.id: row.initiative_id for row in newest.values()}
        states = states_at(session, {row.id: (row.status, row.status_since) for row in newest.values()}, instant)
        recommended = _recommended(session, list(by_case), instant)
        decided = _decided(session, list(by_case), instant)
        committed = _committed(session, list(by_case), instant)
        for case_id, initiative_id in by_case.items():
            row = newest[initiative_id]
            found[initiative_id] = {
                "requested": row.totals.get("asked"),
                "requested_state": KNOWN if row.totals.get("asked") is not None else "missing",
                "requested_note": "",
                "recommended": recommended.get(case_id),
                "decided": decided.get(case_id),
                "committed": committed.get(case_id),
                "_state": states[case_id],
            }
    return found


def _recommended(session: Session, cases: Sequence[uuid.UUID], instant: datetime) -> dict[uuid.UUID, int | None]:
    rows = session.execute(
        select(col(Opinion.case_id), col(Opinion.recommended_minor))
        .where(col(Opinion.case_id).in_(cases), col(Opinion.signed_at) <= instant)
        .order_by(col(Opinion.signed_at), col(Opinion.id))
    )
    return {case_id: minor for case_id, minor in rows}  # noqa: C416  a row is no pair to the type checker


def _decided(session: Session, cases: Sequence[uuid.UUID], instant: datetime) -> dict[uuid.UUID, int]:
    """What the ledger came to by then, all years together: decisions confirmed by then, without what modified them later."""
    later = {
        uuid.UUID(entry_id)
        for entries in session.scalars(
            select(col(BudgetModification.entries)).where(
                col(BudgetModification.case_id).in_(cases), col(BudgetModification.confirmed_at) > instant
            )
        )
        for entry_id in entries
    }
    rows = session.execute(
        select(col(BudgetEntry.case_id), col(BudgetEntry.id), col(BudgetEntry.kind), col(BudgetEntry.amount_minor))
        .join(BudgetDecision, col(BudgetDecision.id) == col(BudgetEntry.decision_id))
        .where(col(BudgetEntry.case_id).in_(cases), col(BudgetDecision.confirmed_at) <= instant)
    )
    sums: defaultdict[uuid.UUID, int] = defaultdict(int)
    for case_id, entry_id, kind, minor in rows:
        if kind is not EntryKind.PROPOSED and entry_id not in later:
            sums[case_id] += minor
    decided = session.scalars(
        select(col(BudgetDecision.case_id)).where(
            col(BudgetDecision.case_id).in_(cases), col(BudgetDecision.confirmed_at) <= instant
        )
    )
    return {case_id: sums[case_id] for case_id in set(decided)}


def _committed(session: Session, cases: Sequence[uuid.UUID], instant: datetime) -> dict[uuid.UUID, int]:
    """What the draws made by then come to, by the rules of the ledger; a case without a code has nothing, not zero."""
    codes = session.execute(
        select(
            col(ApprovalCode.id),
            col(ApprovalCode.case_id),
            col(ApprovalCode.ceiling_minor),
            col(ApprovalCode.currency),
            col(ApprovalCode.institution_id),
            col(ApprovalCode.fiscal_year),
        ).where(col(ApprovalCode.case_id).in_(cases), col(ApprovalCode.issued_at) <= instant)
    ).all()
    draws: defaultdict[uuid.UUID, list[Draw]] = defaultdict(list)
    drawn = session.scalars(
        select(Draw)
        .where(col(Draw.code_id).in_([code.id for code in codes]), col(Draw.drawn_at) <= instant)
        .order_by(col(Draw.drawn_at), col(Draw.id))
    )
    for draw in drawn:
        draws[draw.code_id].append(draw)
    sums: defaultdict[uuid.UUID, int] = defaultdict(int)
    for code in codes:
        facts = [
            DrawFacts(
                kind=draw.kind,
                amount=draw.amount_minor,
                currency=draw.currency,
                order_ref=draw.order_reference,
                buyer_unit=str(code.institution_id),
                fiscal_year=code.fiscal_year,
                on=draw.drawn_at.date(),
            )
            for draw in draws[code.id]
        ]
        sums[code.case_id] += balance(code.ceiling_minor, facts).committed
    return dict(sums)


def _imported(session: Session, initiatives: Sequence[uuid.UUID], day: date) -> dict[uuid.UUID, Known]:
    """The newest observation of that day or before."""
    found: dict[uuid.UUID, Known] = {}
    for portion in _portions(initiatives):
        rows = session.execute(
            select(col(SourceObservation.initiative_id), col(SourceObservation.as_at), col(SourceObservation.content))
            .where(col(SourceObservation.initiative_id).in_(portion), col(SourceObservation.as_at) <= day)
            .order_by(col(SourceObservation.as_at))
        )
        for initiative_id, as_at, content in rows:
            cell = content["values"].get(AMOUNT_FIELD, {"state": "missing"})
            found[initiative_id] = {
                "requested": cell.get("value"),
                "requested_state": cell["state"],
                "requested_note": cell.get("raw", ""),
                "as_at": as_at,
            }
    return found
