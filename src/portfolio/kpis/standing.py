"""The newest value of an indicator, kept beside it so that a page reads one row instead of sixty."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.kpis.models import Indicator, Measurement, Standing
from portfolio.kpis.tally import forget

RECENT = 24
"""Periods kept for the small chart."""

READ = RECENT * 3
"""Rows looked at for them: corrections stand beside what they correct."""


def refresh(session: Session, indicator: Indicator) -> None:
    """Make the row of an indicator again from its measurements of everybody; none without any."""
    session.flush()
    forget(session, indicator.project_id)
    rows = session.execute(
        select(col(Measurement.period_on), col(Measurement.value))
        .where(col(Measurement.indicator_id) == indicator.id, col(Measurement.cut) == "")
        .order_by(col(Measurement.period_on).desc(), col(Measurement.ordinal).desc())
        .limit(READ)
    ).all()
    valid: dict[object, int | None] = {}
    for period, value in rows:
        valid.setdefault(period, value)  # the highest ordinal comes first
    if not rows:
        return
    recent = [[str(period), value] for period, value in list(valid.items())[:RECENT]][::-1]
    row = session.get(Standing, indicator.id)
    if row is None:
        session.add(
            Standing(indicator_id=indicator.id, period_on=rows[0].period_on, value=rows[0].value, recent=recent)
        )
    else:
        row.period_on, row.value, row.recent = rows[0].period_on, rows[0].value, recent
    session.flush()
