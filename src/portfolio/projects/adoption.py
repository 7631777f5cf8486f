"""What the case promised, brought into the plan: milestones as plain values, so that this room need not know cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.forecasts import keep_forecast
from portfolio.projects.plan.milestones import next_position, refuse_if_fixed
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.terms import DELIVERABLE, TITLE

CASE = "case:"


@dataclass(frozen=True, slots=True)
class PromisedMilestone:
    """One milestone line of a case's frozen content. `key` tells it from the others of its case: its line's id or position."""

    key: str
    title: str
    due_on: date | None
    deliverable: str = ""


def adopt(session: Session, actor: Viewer, project: Project, rows: Sequence[PromisedMilestone]) -> int:
    """Milestones that are not in the plan yet; how many came in, so 0 the second time.

    Each is promised and, until somebody says otherwise, expected on the day that the case gave. Nothing is approved by this.
    A later version of the case brings in what differs from the earlier one: a line of the same title and date is known.
    Lines without a title are left out. Raises `Refused` for a project whose plan is history.
    """
    refuse_if_fixed(project)
    rows_there = session.scalars(select(Milestone).where(col(Milestone.project_id) == project.id)).all()
    known = {row.source_key for row in rows_there}
    alike = {(row.title, row.promised_on) for row in rows_there if (row.source_key or "").startswith(CASE)}
    position = next_position(session, project.id)
    added: list[Milestone] = []
    for promised in rows:
        source_key, title = f"{CASE}{promised.key}"[:80], promised.title.strip()[:TITLE]
        if source_key in known or not title or (title, promised.due_on) in alike:
            continue
        known.add(source_key)
        row = Milestone(
            project_id=project.id,
            position=position + len(added),
            title=title,
            deliverable=promised.deliverable.strip()[:DELIVERABLE],
            promised_on=promised.due_on,
            forecast_on=promised.due_on,
            source_key=source_key,
        )
        session.add(row)
        added.append(row)
    if added:
        session.flush()
        for row in added:
            keep_forecast(session, actor, row, None)
        record(
            session,
            actor,
            Tag.MILESTONES_ADOPTED,
            project,
            case=project.case_id,
            milestones=[str(row.id) for row in added],
        )
    return len(added)
