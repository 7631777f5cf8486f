"""Changing what is expected: milestones, their forecasts and actual dates, and what they need. No approved date ever moves here."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.forecasts import keep_forecast
from portfolio.projects.plan.forms import MilestoneFields
from portfolio.projects.plan.limits import Limits, actual_fault, date_fault, has_passed, limits_of
from portfolio.projects.plan.models import Dependency, Milestone
from portfolio.projects.plan.queries import all_needed_by, elsewhere
from portfolio.projects.plan.rules import cycle_through
from portfolio.projects.plan.terms import MOST_ITEMS
from portfolio.projects.terms import ProjectStage
from portfolio.web.formatting import country_zone

ENDED = frozenset({ProjectStage.CLOSED})
"""Stages in which the plan is history."""
_ONE_AT_A_TIME = 7_226_104_381
"""Key of the lock under which dependencies are added, so that two of them never close a circle together."""


def why_fixed(project: Project) -> list[str]:
    """Why this project's plan does not change any more; empty while it may."""
    return [_("The project is closed: its plan is history.")] if project.stage in ENDED else []


def refuse_if_fixed(project: Project) -> None:
    if reasons := why_fixed(project):
        raise Refused(*reasons)


def today(session: Session) -> date:
    """The country's."""
    return now(session).astimezone(country_zone()).date()


def limits(session: Session, project: Project) -> Limits:
    """Within which the dates of this project's plan lie."""
    return limits_of(project.starts_on or project.began_on, project.ends_on, today(session))


def add_milestone(
    session: Session, actor: Viewer, project: Project, fields: MilestoneFields, *, confirmed: bool = False
) -> Milestone:
    """One more milestone; it enters the approved plan only with the next re-baseline. Raises `Refused`, `FieldRefused`.

    `confirmed`: a person looked at a forecast that has passed already.
    """
    refuse_if_fixed(project)
    _check_dates(session, project, fields, None, confirmed)
    count = session.scalar(select(func.count()).select_from(Milestone).where(col(Milestone.project_id) == project.id))
    if (count or 0) >= MOST_ITEMS:
        raise Refused(_("A plan has at most %(n)s milestones and activities.") % {"n": MOST_ITEMS})
    row = Milestone(project_id=project.id, position=next_position(session, project.id), title=fields.title)
    _write(row, fields)
    session.add(row)
    session.flush()
    keep_forecast(session, actor, row, None)
    record(
        session, actor, Tag.MILESTONE_ADDED, row, words=row.title, project=project.id, case=project.case_id,
        forecast=row.forecast_on,
    )  # fmt: skip
    return row


def next_position(session: Session, project_id: uuid.UUID) -> int:
    last = session.scalar(select(func.max(col(Milestone.position))).where(col(Milestone.project_id) == project_id))
    return (last or 0) + 1


def change_milestone(
    session: Session,
    actor: Viewer,
    project: Project,
    row: Milestone,
    fields: MilestoneFields,
    *,
    confirmed: bool = False,
) -> None:
    """What is expected now. A later forecast moves nothing else: the page shows what it means for those that need this one.

    `confirmed`: a person looked at a forecast that has passed already; one that stays as it was asks for nothing.
    """
    refuse_if_fixed(project)
    if row.left_on is not None:
        raise Refused(_("An approved plan left this milestone out: it does not change any more."))
    if fields.version != row.version:
        raise Refused(_("Someone else changed this while you were looking. Reload the page and try again."))
    _check_dates(session, project, fields, row, confirmed)
    before = (row.forecast_on, row.actual_on)
    if before[1] is not None and fields.actual_on is None and not fields.note:
        raise FieldRefused("note", _("Say why it is not reached after all"))
    _write(row, fields)
    session.flush()
    keep_forecast(session, actor, row, before[0])
    record(
        session, actor, Tag.MILESTONE_CHANGED, row, words=row.note, project=project.id, case=project.case_id,
        forecast_before=before[0], forecast=row.forecast_on, actual_before=before[1], actual=row.actual_on,
    )  # fmt: skip


def _check_dates(
    session: Session, project: Project, fields: MilestoneFields, row: Milestone | None, confirmed: bool
) -> None:
    """What is stored already and stays asks for nothing: a plan with an odd date can still be put right, date by date."""
    within, day = limits(session, project), today(session)
    there = {name: getattr(row, name, None) for name in ("starts_on", "forecast_on", "actual_on")}
    for name in ("starts_on", "forecast_on"):
        value = getattr(fields, name)
        if value != there[name] and (fault := date_fault(value, within)):
            raise FieldRefused(name, fault)
    if fields.actual_on != there["actual_on"] and (fault := actual_fault(fields.actual_on, within, day)):
        raise FieldRefused("actual_on", fault)
    is_new = fields.forecast_on != there["forecast_on"]
    if is_new and has_passed(fields.forecast_on, fields.actual_on, day) and not confirmed:
        raise FieldRefused(
            "confirmed",
            _("The forecast has passed and the milestone is not reached: correct it, or tick that it is right"),
        )


def _write(row: Milestone, fields: MilestoneFields) -> None:
    row.kind, row.title, row.deliverable, row.owner = fields.kind, fields.title, fields.deliverable, fields.owner
    row.weight, row.starts_on, row.note = fields.weight, fields.starts_on, fields.note
    row.forecast_on, row.actual_on = fields.forecast_on, fields.actual_on
    row.percent = 100 if fields.actual_on is not None else fields.percent


def add_dependency(
    session: Session, actor: Viewer, project: Project, row: Milestone, needs_id: uuid.UUID, lag_days: int = 0
) -> Dependency:
    """`actor` is the whole viewer: what they need may lie in any project that they may find.

    Raises `FieldRefused` for one that is there already, for one that they may not find, and for a circle, which it names.
    """
    refuse_if_fixed(project)
    _lock_dependencies(session)
    needs = session.get(Milestone, needs_id)
    seen = elsewhere(session, actor, [needs_id]) if needs is not None else {}
    if needs is None or needs_id not in seen or needs.left_on is not None:
        raise FieldRefused("needs", _("Choose one of the options"))
    known = select(Dependency).where(col(Dependency.milestone_id) == row.id, col(Dependency.needs_id) == needs_id)
    if session.scalar(known) is not None:
        raise FieldRefused("needs", _("It needs this one already"))
    circle = cycle_through(all_needed_by(session, needs_id), row.id, needs_id)
    if circle is not None:
        raise FieldRefused("needs", _circle_words(session, actor, circle))
    link = Dependency(milestone_id=row.id, needs_id=needs_id, lag_days=lag_days)
    session.add(link)
    session.flush()
    record(
        session,
        actor,
        Tag.DEPENDENCY_ADDED,
        row,
        project=project.id,
        case=project.case_id,
        needs=needs_id,
        lag=lag_days,
    )
    return link


def _lock_dependencies(session: Session) -> None:
    """SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def _circle_words(session: Session, viewer: Viewer, circle: Sequence[uuid.UUID]) -> str:

    seen = elsewhere(session, viewer, set(circle))
    hidden = _("a milestone of another project")
    names = " → ".join(f"«{seen[one].title}»" if one in seen else hidden for one in circle)
    return _("That would be a circle, in which each waits for the next: %(names)s") % {"names": names}


def remove_dependency(session: Session, actor: Viewer, project: Project, row: Milestone, needs_id: uuid.UUID) -> None:
    """Raises `NotFound` for one that is not there (any more)."""
    refuse_if_fixed(project)
    link = session.scalar(
        select(Dependency).where(col(Dependency.milestone_id) == row.id, col(Dependency.needs_id) == needs_id)
    )
    if link is None:
        raise NotFound
    session.delete(link)
    session.flush()
    record(session, actor, Tag.DEPENDENCY_REMOVED, row, project=project.id, case=project.case_id, needs=needs_id)
