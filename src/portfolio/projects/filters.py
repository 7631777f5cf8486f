"""What a list or an export of initiatives is narrowed to, as conditions on their columns. Scope is not here: see `reports.scope`."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.projects.models import Initiative, SearchTerm
from portfolio.projects.terms import ProjectStage
from portfolio.projects.words import after_prefix, typed_terms


@dataclass(frozen=True, slots=True)
class PortfolioFilter:
    """Nothing set means everything. `least` and `most` are minor units of `currency` and count only with it."""

    text: str = ""
    institution_id: uuid.UUID | None = None
    call_id: uuid.UUID | None = None
    state: str = ""
    stage: ProjectStage | None = None
    theme: str = ""
    source: str = ""
    currency: str = ""
    least: int | None = None
    most: int | None = None


RARE = 2000
"""A word that fewer initiatives have is looked up first; commoner ones are asked of each row as the list is walked."""


def matching(session: Session, asked: PortfolioFilter) -> list[ColumnElement[bool]]:
    """Conditions that hold together; every word typed must begin a word of the initiative.

    The database is asked only how rare the words are.
    """
    equal = {
        Initiative.institution_id: asked.institution_id,
        Initiative.call_id: asked.call_id,
        Initiative.state: asked.state,
        Initiative.stage: asked.stage,
        Initiative.theme: asked.theme,
        Initiative.source: asked.source,
        Initiative.currency: asked.currency,
    }
    found = [col(column) == value for column, value in equal.items() if value]
    if asked.currency and (asked.least is not None or asked.most is not None):
        found.append(col(Initiative.requested_is_null).is_(False))  # the index by amount begins with it
    if asked.currency and asked.least is not None:
        found.append(col(Initiative.requested_minor) >= asked.least)
    if asked.currency and asked.most is not None:
        found.append(col(Initiative.requested_minor) <= asked.most)
    return found + _words(session, typed_terms(asked.text))


def _words(session: Session, words: Sequence[str]) -> list[ColumnElement[bool]]:
    """One rare word narrows enough to ask the rest of each row; common ones together are rarer than each, so they are collected."""
    rarest = next((word for word in words if _is_rare(session, word)), None)
    if rarest is None and len(words) > 1:
        return [_among_those_with(word) for word in words]
    return [_among_those_with(word) if word == rarest else _has(word) for word in words]


def _begins(word: str) -> ColumnElement[bool]:
    return and_(col(SearchTerm.term) >= word, col(SearchTerm.term) < after_prefix(word))


def _is_rare(session: Session, word: str) -> bool:
    found = session.execute(select(col(SearchTerm.term)).where(_begins(word)).limit(RARE)).all()
    return len(found) < RARE


def _among_those_with(word: str) -> ColumnElement[bool]:
    return col(Initiative.id).in_(select(col(SearchTerm.initiative_id)).where(_begins(word)))


def _has(word: str) -> ColumnElement[bool]:
    return exists().where(col(SearchTerm.initiative_id) == col(Initiative.id), _begins(word)).correlate(Initiative)
