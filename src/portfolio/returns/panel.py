"""The newest return on the first page of its project."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists
from sqlmodel import col

from portfolio.monitoring.rating_words import period_words
from portfolio.people.permissions import Permission
from portfolio.projects.panels import PROJECT, Asking, Panel, register_panel
from portfolio.returns.models import ProgressReturn
from portfolio.returns.queries import returns_of
from portfolio.returns.terms import ReturnState


def returns_panel(asking: Asking) -> Mapping[str, Any] | None:
    """What is published last, and what is open now."""
    rows = returns_of(asking.session, asking.project.id)
    if not rows:
        return None
    published = next((row for row in rows if row.state is ReturnState.PUBLISHED), None)
    newest = rows[0]
    today = asking.now.astimezone(asking.pack.zone).date()
    return {
        "published": published,
        "period": period_words(published.period_on) if published else "",
        "published_href": asking.url_for("returns.return", return_id=published.id) if published else "",
        "newest": newest if newest is not published else None,
        "newest_period": period_words(newest.period_on),
        "newest_href": asking.url_for("returns.return", return_id=newest.id),
        "is_late": newest.submitted_on is None and newest.due_on < today,
        "href": asking.url_for("returns.list", project_id=asking.project.id),
    }


_ANY = exists().where(col(ProgressReturn.project_id) == PROJECT)

register_panel(Panel(12, "returns/_panel.html", Permission.PROJECT_READ, returns_panel, _ANY))
