"""The few lines about indicators on the first page of a project."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists
from sqlmodel import col

from portfolio.db.memo import row_of
from portfolio.kpis.models import Indicator
from portfolio.kpis.queries import due_count, scorecard
from portfolio.kpis.shown import shown_line
from portfolio.kpis.terms import IndicatorKind, Result
from portfolio.kpis.words import TONES
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.projects.models import Initiative
from portfolio.projects.panels import PROJECT, Asking, Panel, register_panel

MOST_SHOWN = 4
"""Indicators named on the first page: those that are not met or cannot be determined come first."""

_ORDER = (Result.NOT_MET, Result.CANNOT_TELL, Result.MET, Result.TOO_EARLY)


def provide(asking: Asking) -> Mapping[str, Any] | None:
    today = asking.now.astimezone(asking.pack.zone).date()
    lines = [line for line in scorecard(asking.session, asking.project, today) if line.indicator.stopped_on is None]
    if not lines:
        return None
    counted = [
        line for line in lines if line.indicator.kind is IndicatorKind.INDICATOR and not line.indicator.is_context
    ]
    worst = sorted(counted or lines, key=lambda line: _ORDER.index(line.judged.result))[:MOST_SHOWN]
    initiative = row_of(asking.session, Initiative, asking.project.initiative_id)
    may_write = asking.viewer.can_in(Permission.KPI_WRITE, initiative.institution_id)
    due = due_count(asking.session, asking.project, today) if may_write else None
    return {
        "counts": [
            (label(result), TONES[result], n)
            for result in Result
            if (n := sum(1 for line in counted if line.judged.result is result))
        ],
        "lines": [shown_line(line, asking.url_for) for line in worst],
        "href": asking.url_for("kpis.scorecard", project_id=asking.project.id),
        "due": due,
        "measure": asking.url_for("kpis.measure", project_id=asking.project.id),
    }


_MEASURED = exists().where(col(Indicator.project_id) == PROJECT, col(Indicator.stopped_on).is_(None))

register_panel(Panel(60, "kpis/_panel.html", Permission.PROJECT_READ, provide, _MEASURED, is_wide=True))
