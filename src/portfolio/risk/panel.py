"""The register on the first page of the project: figures and the three worst."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, or_
from sqlmodel import col

from portfolio.people.permissions import Permission
from portfolio.projects.panels import PROJECT, Asking, Panel, register_panel
from portfolio.risk.models import Issue, Risk
from portfolio.risk.queries import issues_of, risks_of
from portfolio.risk.register_page import figures_of, lines_of

WORST = 3


def provide(asking: Asking) -> Mapping[str, Any] | None:
    """Nothing where nothing was ever raised."""
    risks = risks_of(asking.session, asking.project.id)
    issues = issues_of(asking.session, asking.project.id)
    if not risks and not issues:
        return None
    live = [risk for risk in risks if risk.is_live][:WORST]
    return {
        "figures": figures_of(asking.session, asking.pack, risks, issues),
        "worst": lines_of(asking.session, asking.pack, live, asking.url_for),
        "href": asking.url_for("risk.register", project_id=asking.project.id),
    }


_RAISED = or_(exists().where(col(Risk.project_id) == PROJECT), exists().where(col(Issue.project_id) == PROJECT))

register_panel(Panel(50, "risk/_panel.html", Permission.PROJECT_READ, provide, _RAISED))
