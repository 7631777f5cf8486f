"""Decisions that the institutions may not know yet: hidden from what they read, count, add up, sort and filter alike."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, true
from sqlmodel import col

from portfolio.business_cases.terms import CaseStatus
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call

DECIDED_STATES = frozenset({CaseStatus.DECIDED.value, CaseStatus.NOT_FUNDED.value, CaseStatus.DEFERRED.value})
HIDDEN = "under_embargo"
"""The state shown in place of a decision that is not published yet."""


def knows_decisions(viewer: Viewer) -> bool:
    """Whether a decision is this person's business before it is published."""
    return viewer.can(Permission.DECISION_READ)


def decision_shown(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Initiative`: its decision, if any, may be told to this person."""
    if knows_decisions(viewer):
        return true()
    silent = exists().where(col(Call.id) == col(Initiative.call_id), col(Call.embargo_until) > now)
    call_is_silent = silent.correlate(Initiative)  # a query may join the call itself
    return not_(and_(col(Initiative.state).in_(DECIDED_STATES), call_is_silent))
