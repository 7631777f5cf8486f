"""What people hand in about their projects, for the health of the portfolio: the room of returns lies above and registers it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from portfolio.monitoring.early_warning import NARRATIVES, RETURNS
from portfolio.monitoring.portion import Portion
from portfolio.monitoring.rating_gaps import RATINGS

PROGRESS = pl.Schema(
    {"project": pl.String(), "period": pl.Date(), "actual_progress_bp": pl.Int64(), "forecast_cost": pl.Int64()}
)
"""The newest return of each project that was handed in: the work done in basis points, and the cost at the end that its people
expect, in minor units of the project's currency."""


WORKED = pl.Schema({"project": pl.String(), "period": pl.Date(), "physical_bp": pl.Int64()})
"""One row a return that was handed in, by project and period: the work done in basis points."""


@dataclass(frozen=True, slots=True)
class Told:
    """Of a portion: declared ratings (`rating_gaps.RATINGS`), `early_warning.RETURNS` and `NARRATIVES`, `PROGRESS`, `WORKED`."""

    declared: pl.DataFrame = field(default_factory=RATINGS.to_frame)
    returns: pl.DataFrame = field(default_factory=RETURNS.to_frame)
    narratives: pl.DataFrame = field(default_factory=NARRATIVES.to_frame)
    progress: pl.DataFrame = field(default_factory=PROGRESS.to_frame)
    worked: pl.DataFrame = field(default_factory=WORKED.to_frame)


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared rating as its return gives it: what was looked at by dimension (label, text), and the return's page."""

    who: str
    on: date | None
    evidence: Sequence[tuple[str, str]]
    route: str
    parameter: str
    return_id: uuid.UUID


Provide = Callable[[Session, Portion], Told]
Stated = tuple[date, int]
"""The first day of a period, and the work done at its end in basis points."""
Until = Callable[[Session, uuid.UUID, date], Stated | None]
Describe = Callable[[Session, uuid.UUID, date], Declared | None]

_provided: list[Provide] = []
_described: list[Describe] = []
_until: list[Until] = []


def register_told(provide: Provide) -> None:
    """The room that keeps returns says what they tell of a portion."""
    _provided[:] = [provide]


def register_declared(describe: Describe) -> None:
    """The same room says what stands behind one declared rating, by project and period."""
    _described[:] = [describe]


def register_progress(until: Until) -> None:
    """The same room says what work a project stated for the last period that was over on a day."""
    _until[:] = [until]


def progress_until(session: Session, project_id: uuid.UUID, as_at: date) -> Stated | None:
    """The newest physical progress as at a day, or nothing."""
    return _until[0](session, project_id, as_at) if _until else None


def read_told(session: Session, portion: Portion) -> Told:
    """What the returns of a portion tell; nothing where no room keeps any."""
    return _provided[0](session, portion) if _provided else Told()


def declared_of(session: Session, project_id: uuid.UUID, period: date) -> Declared | None:
    """The declared rating of a project and period with its grounds."""
    return _described[0](session, project_id, period) if _described else None
