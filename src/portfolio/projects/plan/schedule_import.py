"""A schedule file: kept, looked at, and brought into the plan once somebody confirms what they saw. No approved date moves."""

import uuid
from datetime import date
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.text import storable
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.files.store import FileStore
from portfolio.i18n import gettext as _
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.forecasts import keep_forecast
from portfolio.projects.plan.milestones import limits, next_position, refuse_if_fixed
from portfolio.projects.plan.models import Dependency, Milestone, PlanFile
from portfolio.projects.plan.mspdi_read import MAX_BYTES, read_schedule
from portfolio.projects.plan.mspdi_write import FILE_KEY
from portfolio.projects.plan.queries import read_plan
from portfolio.projects.plan.schedule_plan import TAKEN, SchedulePlan, plan_import
from portfolio.projects.plan.terms import MOST_ITEMS, PlanFileState, TaskAct


def receive_schedule(store: FileStore, stream: BinaryIO) -> str:
    """Read it through once and keep it; its digest. Raises `FieldRefused` for the field `file`. Writes no row."""
    data = stream.read(MAX_BYTES + 1)
    if not data:
        raise FieldRefused("file", _("Choose a file"))
    read_schedule(data)
    return store.put(data)


def prepare_schedule(session: Session, actor: Viewer, project: Project, sha256: str, name: str) -> PlanFile:
    """A file that waits for somebody to look at what it would do."""
    refuse_if_fixed(project)
    row = PlanFile(
        project_id=project.id,
        file_name=(storable(name) or "")[-200:] or "schedule.xml",
        file_sha256=sha256,
        by_id=actor.person_id,
        uploaded_at=now(session),
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.SCHEDULE_PREPARED, row, project=project.id, case=project.case_id, file=sha256)
    return row


def get_file(session: Session, project: Project, file_id: uuid.UUID) -> PlanFile:
    row = session.get(PlanFile, file_id)
    if row is None or row.project_id != project.id:
        raise NotFound
    return row


def discard_schedule(session: Session, actor: Viewer, project: Project, row: PlanFile) -> None:
    """Raises `Refused` for one that was imported or put away."""
    _refuse_if_done(row)
    row.state = PlanFileState.DISCARDED
    session.flush()
    record(session, actor, Tag.SCHEDULE_PREPARED, row, project=project.id, case=project.case_id, discarded=True)


def import_schedule(
    session: Session,
    actor: Viewer,
    project: Project,
    store: FileStore,
    row: PlanFile,
    today: date,
    *,
    confirmed: bool = False,
) -> SchedulePlan:
    """What the preview showed, in one transaction; the same file again changes nothing.

    Raises `Refused`, and `FieldRefused` for dates that have passed without a person who `confirmed` that they are right.
    """
    refuse_if_fixed(project)
    session.execute(select(col(Project.id)).where(col(Project.id) == project.id).with_for_update())
    session.refresh(row)
    _refuse_if_done(row)
    with store.open(row.file_sha256) as stream:
        schedule = read_schedule(stream.read())
    plan = read_plan(session, project.id)
    wanted = plan_import(schedule, plan, today, limits(session, project))
    if len(plan.rows) + wanted.count(TaskAct.CREATE) > MOST_ITEMS:
        raise Refused(_("A plan has at most %(n)s milestones and activities.") % {"n": MOST_ITEMS})
    if wanted.passed and not confirmed:
        raise FieldRefused(
            "confirmed", _("Days that have passed are in this file for what is not reached: tick that they are right")
        )
    _write(session, actor, project, wanted)
    row.state, row.imported_at = PlanFileState.IMPORTED, now(session)
    row.created, row.updated = wanted.count(TaskAct.CREATE), wanted.count(TaskAct.UPDATE)
    row.unchanged, row.skipped = wanted.count(TaskAct.SAME), wanted.count(TaskAct.SKIP)
    session.flush()
    record(
        session, actor, Tag.SCHEDULE_IMPORTED, row, project=project.id, case=project.case_id, file=row.file_sha256,
        created=row.created, updated=row.updated, unchanged=row.unchanged, skipped=row.skipped,
    )  # fmt: skip
    return wanted


def _refuse_if_done(row: PlanFile) -> None:
    if row.state is not PlanFileState.PREVIEWED:
        raise Refused(_("This file was imported or put away already."))


def _write(session: Session, actor: Viewer, project: Project, wanted: SchedulePlan) -> None:
    keys: dict[int, uuid.UUID] = {}
    moved: list[tuple[Milestone, date | None]] = []
    position = next_position(session, project.id)
    for line in wanted.lines:
        if line.act is TaskAct.SKIP:
            continue
        if line.milestone is not None:
            row = session.get_one(Milestone, line.milestone)
        else:
            row = Milestone(project_id=project.id, position=position, title=line.task.name)
            row.source_key, row.promised_on = f"{FILE_KEY}{line.task.uid}", line.task.baseline_finish
            position += 1
            session.add(row)
        before = row.forecast_on
        for name in TAKEN:
            setattr(row, name, line.values[name])
        keys[line.task.uid] = row.id
        moved.append((row, before))
    session.flush()
    for row, before in moved:
        keep_forecast(session, actor, row, before)
    for edge in wanted.removed_links:
        link = session.scalar(
            select(Dependency).where(
                col(Dependency.milestone_id) == edge.milestone, col(Dependency.needs_id) == edge.needs
            )
        )
        session.delete(link)
    session.flush()
    for uid, need in wanted.added_links:
        session.add(Dependency(milestone_id=keys[uid], needs_id=keys[need.needs], lag_days=need.lag_days))
    session.flush()
