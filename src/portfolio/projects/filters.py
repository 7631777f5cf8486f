"""What a list or an export of initiatives is narrowed to, as conditions on their columns. Scope is not here: see `reports.scope`."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
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


def matching(asked: PortfolioFilter) -> list[ColumnElement[bool]]:
    """Conditions that hold together; every word typed must begin a word of the initiative."""
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
    if asked.currency and asked.least is not None:
        found.append(col(Initiative.requested_minor) >= asked.least)
    if asked.currency and asked.most is not None:
        found.append(col(Initiative.requested_minor) <= asked.most)
    return found + [_has_word(word) for word in typed_terms(asked.text)]


def _has_word(beginning: str) -> ColumnElement[bool]:
    term = col(SearchTerm.term)
    return col(Initiative.id).in_(
        select(col(SearchTerm.initiative_id)).where(term >= beginning, term < after_prefix(beginning))
    )
