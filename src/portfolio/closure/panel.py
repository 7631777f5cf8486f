"""External reviews on the first page of a project: only those that are not closed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists
from sqlmodel import col

from portfolio.closure.external import reviews_of
from portfolio.closure.models import ExternalReview
from portfolio.closure.terms import ExternalState
from portfolio.people.permissions import Permission
from portfolio.projects.panels import PROJECT, Asking, Panel, register_panel


def provide(asking: Asking) -> Mapping[str, Any] | None:
    going = [row for row in reviews_of(asking.session, asking.project.id) if row.state is not ExternalState.CLOSED]
    if not going:
        return None
    return {"rows": [(row, asking.url_for("closure.review", review_id=row.id)) for row in going]}


_GOING = exists().where(col(ExternalReview.project_id) == PROJECT, col(ExternalReview.state) != ExternalState.CLOSED)

register_panel(Panel(16, "closure/_panel.html", Permission.PROJECT_READ, provide, _GOING))
