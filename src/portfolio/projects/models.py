"""The initiative and its project; what an import read of it on some date is an observation, never an overwrite."""

import uuid
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.projects.plan.models import Baseline as Baseline
from portfolio.projects.plan.models import BaselineItem as BaselineItem
from portfolio.projects.plan.models import ChangeRequest as ChangeRequest
from portfolio.projects.plan.models import Dependency as Dependency
from portfolio.projects.plan.models import Forecast as Forecast
from portfolio.projects.plan.models import Milestone as Milestone
from portfolio.projects.plan.models import PlanFile as PlanFile
from portfolio.projects.plan.models import PlanProposal as PlanProposal
from portfolio.projects.standing_models import ProjectStanding as ProjectStanding
from portfolio.projects.terms import OWN_SOURCE, AmountState, ProjectStage


class Initiative(Versioned, Audited, table=True):
    """The row of every list and export: versions of a case, and at most one project.

    `state` is the status of the newest case (a `CaseStatus` value), or `imported`. The amounts are what lists sort and
    filter by: totals in minor units kept by the actions that change their sources, in the currency named; nothing is not zero.
    """

    __tablename__ = "initiative"
    __table_args__ = (
        UniqueConstraint("source", "source_key", "source_ordinal"),
        Index("ix_initiative_by_title", "sort_key", "id"),
        Index("ix_initiative_by_requested", "requested_is_null", "requested_minor", "id"),
        Index("ix_initiative_by_decided", "decided_is_null", "decided_minor", "id"),
        Index("ix_initiative_by_reference", "reference", "id"),
        Index("ix_initiative_by_institution_name", "institution_key", "id"),
        Index("ix_initiative_by_institution", "institution_id", "sort_key", "id"),
        Index("ix_initiative_by_state", "state", "sort_key", "id"),
    )
    __unaudited__: ClassVar[frozenset[str]] = frozenset(
        {"sort_key", "search_text", "requested_is_null", "decided_is_null", "reference", "institution_key"}
    )

    number: str | None = Field(
        default=None, unique=True, max_length=20, description="PF-2027-000123, given at submission"
    )
    institution_id: uuid.UUID = Field(foreign_key="institution.id")
    unit_id: uuid.UUID | None = Field(default=None, foreign_key="unit.id")
    call_id: uuid.UUID | None = Field(default=None, foreign_key="call.id", index=True)
    title: str | None = Field(default=None, max_length=400)
    summary: str = Field(default="", max_length=8000)
    theme: str = Field(default="", max_length=60)
    state: str = Field(max_length=40)
    stage: ProjectStage | None = Field(default=None, sa_type=enum_type(ProjectStage))
    currency: str = Field(max_length=3)
    requested_minor: int | None = Field(default=None, sa_type=BigInteger)
    requested_state: AmountState = Field(default=AmountState.MISSING, sa_type=enum_type(AmountState, 20))
    requested_note: str = Field(
        default="", max_length=1000, description="the words that stood where an amount should be"
    )
    recommended_minor: int | None = Field(default=None, sa_type=BigInteger)
    decided_minor: int | None = Field(default=None, sa_type=BigInteger)
    committed_minor: int | None = Field(default=None, sa_type=BigInteger)
    requested_is_null: bool = Field(default=True, description="order key: rows without an amount come last")
    decided_is_null: bool = Field(default=True, description="order key, as above; both are kept by `listeners`")
    is_reserved: bool = False
    reserved_ground: str = Field(default="", max_length=1000)
    reserved_until: date | None = None
    source: str = Field(default=OWN_SOURCE, max_length=60)
    source_key: str = Field(max_length=300)
    source_ordinal: int = 0
    source_flags: list[str] = Field(default_factory=list, sa_type=JSON)
    as_at: date | None = Field(default=None, description="date of the newest observation of an import")
    sort_key: str = Field(max_length=400)
    search_text: str = Field(default="", max_length=9000)
    reference: str = Field(default="", max_length=80, description="what lists show: the number, or the source's own")
    institution_key: str = Field(default="", max_length=120, description="order key: the institution's, kept here")


class SearchTerm(SQLModel, table=True):
    """A word of an initiative's `search_text`: found by its beginning, alike on both databases. Kept by `listeners`.

    In the order of initiatives to ask whether one has a word, with an index by word to ask who has it.
    """

    __tablename__ = "search_term"
    __table_args__ = (Index("ix_search_term_by_word", "term", "initiative_id"), {"sqlite_with_rowid": False})

    initiative_id: uuid.UUID = Field(primary_key=True, foreign_key="initiative.id", ondelete="CASCADE")
    term: str = Field(primary_key=True, max_length=40)


class Project(Versioned, Audited, table=True):
    """What was funded, and is being delivered; at most one of an initiative."""

    __tablename__ = "project"

    initiative_id: uuid.UUID = Field(foreign_key="initiative.id", unique=True)
    case_id: uuid.UUID | None = Field(default=None, foreign_key="business_case.id")
    stage: ProjectStage = Field(default=ProjectStage.PLANNED, sa_type=enum_type(ProjectStage))
    starts_on: date | None = None
    ends_on: date | None = None
    began_on: date | None = Field(default=None, description="the day the project came to be")


class SourceObservation(Table, Audited, table=True):
    """What one source said of an initiative as at a date: its mapped cells, each with its state and raw text."""

    __tablename__ = "source_observation"
    __table_args__ = (UniqueConstraint("initiative_id", "as_at"),)

    initiative_id: uuid.UUID = Field(foreign_key="initiative.id")
    run_id: uuid.UUID = Field(foreign_key="import_run.id", index=True)
    as_at: date
    row_number: int
    digest: str = Field(max_length=64)
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
