"""Findings on the first page of a project: only where there are some that are not settled."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists
from sqlmodel import col

from portfolio.findings.models import Finding
from portfolio.findings.queries import findings_of
from portfolio.findings.terms import FindingState
from portfolio.people.permissions import Permission
from portfolio.projects.panels import PROJECT, Asking, Panel, register_panel


def findings_panel(asking: Asking) -> Mapping[str, Any] | None:
    unsettled = [row for row in findings_of(asking.session, asking.project.id) if row.state is not FindingState.SETTLED]
    if not unsettled:
        return None
    return {"rows": [(row, asking.url_for("findings.finding", finding_id=row.id)) for row in unsettled]}


_UNSETTLED = exists().where(col(Finding.project_id) == PROJECT, col(Finding.state) != FindingState.SETTLED)

register_panel(Panel(15, "findings/_panel.html", Permission.PROJECT_READ, findings_panel, _UNSETTLED))
