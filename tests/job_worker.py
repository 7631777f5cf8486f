"""What the processes of the multi-process test run: a job whose effect can be counted, at slots that all of them see."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portfolio import tables
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import open_database
from portfolio.jobs.claims import run_slot
from portfolio.jobs.timetable import Every, Job, JobContext
from portfolio.people.viewer import SYSTEM
from portfolio.settings import read_settings

SLOTS = 12


def slots(start: datetime) -> list[datetime]:
    return [start + timedelta(minutes=number) for number in range(SLOTS)]


def counted(session: Session, _context: JobContext) -> str:
    record(session, SYSTEM, Tag.CALL_OPENED)
    return "done"


def work(url: str, var: str, start: datetime, gate: object) -> None:
    """Try every slot, as a scheduler of one process would."""
    tables.load()
    settings = read_settings({"PORTFOLIO_VAR_DIR": var})
    context = JobContext(open_database(url, synchronous="NORMAL"), settings)
    job = Job("test.counted", "Counted", Every(minutes=1), counted)
    gate.wait()  # type: ignore[attr-defined]
    for slot in slots(start):
        run_slot(context, job, slot)
    context.database.engine.dispose()
