"""A portion of the projects, by their ids: every source of facts is asked for one in one statement, for one project alike."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, String, cast, select, true, type_coerce
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.projects.models import Project

SIZE = 6_000
"""Projects of one portion: with their plans, returns, ratings and indicators some hundred megabytes while they are reckoned."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Projects from one id to another, both included; neither given: all of them."""

    first: uuid.UUID | None = None
    last: uuid.UUID | None = None

    def holds(self, project_id: Any) -> ColumnElement[bool]:
        """A condition on a column of project ids."""
        if self.first is None or self.last is None:
            return true()
        column = project_id if isinstance(project_id, ColumnElement) else col(project_id)
        if self.first == self.last:
            return column == self.first
        return column.between(self.first, self.last)


ALL = Portion()


def only(project_id: uuid.UUID) -> Portion:
    return Portion(project_id, project_id)


def portions(session: Session, size: int = SIZE) -> Iterator[Portion]:
    """All projects in portions, in the order of their ids."""
    ids = session.scalars(select(col(Project.id)).order_by(col(Project.id))).all()
    for start in range(0, len(ids), size):
        some = ids[start : start + size]
        yield Portion(some[0], some[-1])


def text_of(column: Any) -> ColumnElement[str]:
    """An id as the text that the database makes of it: equal within one database, and no row costs any Python."""
    return cast(column, String)


def id_text(session: Session, key: uuid.UUID) -> str:
    """One id as `text_of` gives it in this session's database."""
    return key.hex if session.get_bind().dialect.name == "sqlite" else str(key)


def stored(column: Any) -> ColumnElement[str]:
    """A member of an enum as the text that is stored."""
    return type_coerce(column, String)


def frame(session: Session, query: Select[*tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    """The rows of a statement whose columns are those of the schema, in its order."""
    return pl.DataFrame([tuple(row) for row in session.execute(query)], schema=schema, orient="row")
