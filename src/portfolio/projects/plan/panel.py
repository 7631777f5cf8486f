"""The plan in a few lines, on the first page of its project."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists
from sqlmodel import col

from portfolio.people.permissions import Permission
from portfolio.projects.panels import PROJECT, Asking, Panel, register_panel
from portfolio.projects.plan.access import TAB
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.queries import read_plan
from portfolio.projects.plan.shown import plan_figures


def plan_panel(asking: Asking) -> Mapping[str, Any] | None:
    """Nothing for a project without milestones: its tab says how to begin."""
    plan = read_plan(asking.session, asking.project.id)
    if not plan.rows:
        return None
    as_at = asking.now.astimezone(asking.pack.zone).date()
    return {"figures": plan_figures(plan, as_at), "href": asking.url_for(TAB, project_id=asking.project.id)}


_ANY = exists().where(col(Milestone.project_id) == PROJECT)

register_panel(Panel(20, "projects/_plan_panel.html", Permission.PROJECT_READ, plan_panel, _ANY))
