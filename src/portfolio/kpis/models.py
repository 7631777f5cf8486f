"""Indicators, their target curves, their measurements and surveys of users.

Values are whole numbers of 10^-scale; the scale is the indicator's and never changes, so that they compare and add up.
Curves, targets and measurements are append-only: the database refuses to change or delete them.
"""

import uuid
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.kpis.terms import (
    Channel,
    Curve,
    Direction,
    Family,
    Frequency,
    IndicatorKind,
    MeasuredBy,
    SurveyTopic,
    UnitKind,
    UploadState,
)


class Indicator(Versioned, Audited, table=True):
    """What a project promised to change. `origin` is the key of what it was adopted from; `revision` the curve in force.

    `owner_id` answers for it; `owner_post` is the post that the case named. `is_context`: shown, never counted towards a
    family (handbook 5.7). `lowest` and `highest` bound what is plausible where the unit's own bounds do not suit.
    """

    __tablename__ = "kpi_indicator"
    __table_args__ = (
        UniqueConstraint("project_id", "origin"),
        CheckConstraint("tolerance >= 0", name="tolerance_not_negative"),
        Index("ix_kpi_indicator_by_project", "project_id", "family", "id"),
    )

    project_id: uuid.UUID = Field(foreign_key="project.id")
    kind: IndicatorKind = Field(default=IndicatorKind.INDICATOR, sa_type=enum_type(IndicatorKind))
    origin: str | None = Field(default=None, max_length=80)
    code: str = Field(default="", max_length=20, description="of the catalogue; blank for an own one")
    family: Family = Field(sa_type=enum_type(Family))
    name: str = Field(max_length=200)
    unit_kind: UnitKind = Field(sa_type=enum_type(UnitKind))
    unit: str = Field(default="", max_length=60)
    currency: str = Field(default="", max_length=3)
    scale: int
    direction: Direction = Field(sa_type=enum_type(Direction))
    frequency: Frequency = Field(sa_type=enum_type(Frequency))
    formula: str = Field(default="", max_length=1000)
    data_source: str = Field(default="", max_length=300)
    dimensions: list[str] = Field(default_factory=list, sa_type=JSON)
    baseline: int | None = Field(default=None, sa_type=BigInteger)
    baseline_on: date | None = None
    tolerance: int = Field(default=0, sa_type=BigInteger)
    lowest: int | None = Field(default=None, sa_type=BigInteger)
    highest: int | None = Field(default=None, sa_type=BigInteger)
    revision: int = 0
    is_context: bool = False
    owner_id: uuid.UUID | None = Field(default=None, foreign_key="person.id", index=True)
    owner_post: str = Field(default="", max_length=120)
    measured_from: date
    measured_until: date | None = None
    stopped_on: date | None = None
    stop_reason: str = Field(default="", max_length=1000)


class CurveRevision(Table, Audited, table=True):
    """A target curve as it was set: the first is what was promised, the newest is in force. Append-only."""

    __tablename__ = "kpi_curve"
    __table_args__ = (UniqueConstraint("indicator_id", "revision"),)

    indicator_id: uuid.UUID = Field(foreign_key="kpi_indicator.id")
    revision: int
    curve: Curve = Field(sa_type=enum_type(Curve))
    tolerance: int = Field(sa_type=BigInteger)
    reason: str = Field(default="", max_length=1000)
    by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")


class TargetPoint(Table, Audited, table=True):
    """A dated target of one revision. Append-only."""

    __tablename__ = "kpi_target"
    __table_args__ = (UniqueConstraint("indicator_id", "revision", "due_on"),)

    indicator_id: uuid.UUID = Field(foreign_key="kpi_indicator.id")
    revision: int
    due_on: date
    value: int = Field(sa_type=BigInteger)


class Measurement(Table, Audited, table=True):
    """A value of one period and group; `ordinal` 0 is the first, the highest is valid. Append-only.

    `cut` names the group ("sex=women;territory=rural"), blank for everybody. No value: declared as not available, with a note.
    """

    __tablename__ = "kpi_measurement"
    __batch__: ClassVar[str] = "batch_id"
    __table_args__ = (
        UniqueConstraint("indicator_id", "period_on", "cut", "ordinal"),
        CheckConstraint("value IS NOT NULL OR note <> ''", name="missing_is_explained"),
        CheckConstraint("ordinal = 0 OR reason <> ''", name="correction_has_a_reason"),
    )

    indicator_id: uuid.UUID = Field(foreign_key="kpi_indicator.id")
    period_on: date
    cut: str = Field(default="", max_length=300)
    ordinal: int = 0
    value: int | None = Field(default=None, sa_type=BigInteger)
    as_at: date
    measured_by: MeasuredBy = Field(sa_type=enum_type(MeasuredBy, 20))
    data_source: str = Field(default="", max_length=300)
    note: str = Field(default="", max_length=1000)
    reason: str = Field(default="", max_length=1000, description="why it corrects the one before")
    is_unusual: bool = False
    by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    upload_id: uuid.UUID | None = Field(default=None, foreign_key="kpi_upload.id")
    batch_id: uuid.UUID | None = Field(default=None, description="the `audit_batch` that vouches for it, if one does")


class Standing(SQLModel, table=True):
    """The newest value of an indicator and its last periods, kept by the actions: what pages and portfolios read.

    `recent`: at most 24 pairs [period, value or nothing], oldest first. Derived: `standing.refresh` makes it again.
    """

    __tablename__ = "kpi_standing"

    indicator_id: uuid.UUID = Field(primary_key=True, foreign_key="kpi_indicator.id")
    period_on: date
    value: int | None = Field(default=None, sa_type=BigInteger)
    recent: list[Any] = Field(default_factory=list, sa_type=JSON)


class Upload(Table, Audited, table=True):
    """A file of measurements of one project: received, looked at, recorded once."""

    __tablename__ = "kpi_upload"

    project_id: uuid.UUID = Field(foreign_key="project.id", index=True)
    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64)
    state: UploadState = Field(default=UploadState.PREVIEWED, sa_type=enum_type(UploadState))
    recorded: int = 0
    by_id: uuid.UUID = Field(foreign_key="person.id")


class SurveyWave(Table, Audited, table=True):
    """What users answered in one wave, on one topic and channel (handbook I-76). `score` and the scale's ends have 4 decimals."""

    __tablename__ = "kpi_wave"
    __table_args__ = (
        UniqueConstraint("project_id", "wave", "topic", "channel"),
        CheckConstraint("sample_size > 0", name="sample_not_empty"),
        CheckConstraint("scale_from < scale_to AND score BETWEEN scale_from AND scale_to", name="score_on_its_scale"),
    )

    project_id: uuid.UUID = Field(foreign_key="project.id")
    indicator_id: uuid.UUID | None = Field(default=None, foreign_key="kpi_indicator.id")
    wave: str = Field(max_length=60)
    asked_from: date
    asked_to: date
    channel: Channel = Field(sa_type=enum_type(Channel))
    topic: SurveyTopic = Field(sa_type=enum_type(SurveyTopic))
    sample_size: int
    score: int = Field(sa_type=BigInteger)
    scale_from: int = Field(sa_type=BigInteger)
    scale_to: int = Field(sa_type=BigInteger)
    method: str = Field(default="", max_length=1000)
    by_id: uuid.UUID = Field(foreign_key="person.id")


class WaveAdoption(Table, Audited, table=True):
    """A wave whose score became a measurement of the indicator that it informs: once a wave, and both lead to each other."""

    __tablename__ = "kpi_wave_adoption"

    wave_id: uuid.UUID = Field(foreign_key="kpi_wave.id", unique=True)
    measurement_id: uuid.UUID = Field(foreign_key="kpi_measurement.id", unique=True)
    by_id: uuid.UUID = Field(foreign_key="person.id")


class ProjectTally(SQLModel, table=True):
    """How many indicators of one project and family had each result on a day: what the scorecard of the portfolio adds up.

    Derived: the clock makes it each night, and whatever changes a project's indicators or values takes its rows away.
    """

    __tablename__ = "kpi_tally"

    project_id: uuid.UUID = Field(primary_key=True, foreign_key="project.id")
    family: Family = Field(primary_key=True, sa_type=enum_type(Family))
    as_at: date
    met: int = 0
    not_met: int = 0
    too_early: int = 0
    cannot_tell: int = 0
