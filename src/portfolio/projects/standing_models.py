"""How a project fares, as dated facts: the newest row of a project holds; the trail vouches for `project` as it always was."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from portfolio.db.base import Audited, Table, enum_type
from portfolio.projects.terms import Standing


class ProjectStanding(Table, Audited, table=True):
    """One change of standing; a project without a row is on course. Never overwritten.

    `imposed`: of a suspension, [{code_id, reason}] of the approval codes that it suspended and nobody else had before.
    """

    __tablename__ = "project_standing"
    __table_args__ = (Index("ix_project_standing_newest", "project_id", "set_at"),)

    project_id: uuid.UUID = Field(foreign_key="project.id")
    standing: Standing = Field(sa_type=enum_type(Standing))
    reason: str = Field(max_length=2000)
    set_by_id: uuid.UUID = Field(foreign_key="person.id")
    set_at: datetime
    imposed: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
