"""What the clock does in this room: it finishes imports whose process died after a person had confirmed them."""

import uuid
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.exchange.models import ImportRun
from portfolio.exchange.terms import ImportState
from portfolio.exchange.uploads import GIVEN_UP, run_import
from portfolio.files.store import FileStore
from portfolio.i18n import N_, current_language
from portfolio.jobs.timetable import Every, FreeJob, JobContext, Said, register_job
from portfolio.people.viewer import SYSTEM

FINISH = "imports.finish"


def _left(at: datetime) -> Select[uuid.UUID]:
    """Runs that began so long ago that the process which ran them is gone."""
    is_old = or_(col(ImportRun.started_at).is_(None), col(ImportRun.started_at) < at - GIVEN_UP)
    return (
        select(col(ImportRun.id)).where(col(ImportRun.state) == ImportState.RUNNING, is_old).order_by(col(ImportRun.id))
    )


def is_left(context: JobContext) -> bool:
    with context.database.reading() as session:
        return session.scalar(_left(now(session)).limit(1)) is not None


def finish(context: JobContext) -> Said:
    """An import is one transaction and looks at its own state first: begun by two, it is written by one."""
    with context.database.writing() as session:
        taken = _take(session)
    store = FileStore(context.settings.files_dir)
    for run_id in taken:
        run_import(context.database, store, run_id, SYSTEM, current_language())
    return Said(N_("Imports taken up again: %(count)s"), {"count": len(taken)})


def _take(session: Session) -> list[uuid.UUID]:
    """From now on these are ours; another process leaves them alone until they are given up again."""
    at = now(session)
    runs = session.scalars(select(ImportRun).where(col(ImportRun.id).in_(_left(at))).with_for_update()).all()
    for run in runs:
        run.started_at = at
    return [run.id for run in runs]


register_job(
    FreeJob(
        FINISH,
        N_("Finish imports whose process died"),
        Every(minutes=5),
        finish,
        is_left,
        does=N_(
            "Takes up imports that a person confirmed and that no process has ended; each is written once, or not at all."
        ),
    )
)
