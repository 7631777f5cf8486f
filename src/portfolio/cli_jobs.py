"""`portfolio jobs list | run NAME`: the timetable, and one of its jobs by hand."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from portfolio import (
    rooms,  # noqa: F401  importing the rooms puts their jobs on the timetable
    tables,
)
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.engine import open_database
from portfolio.jobs.claims import ByHand, run_slot
from portfolio.jobs.queries import timetable, unsettled
from portfolio.jobs.timetable import JobContext, job_named, jobs
from portfolio.packs.in_force import put_in_force
from portfolio.packs.loader import load_pack
from portfolio.people.viewer import SYSTEM
from portfolio.settings import read_settings

_FORM = "%Y-%m-%dT%H:%M:%SZ"


def add_parsers(verbs: Any) -> None:
    parser = verbs.add_parser("jobs", help="what the clock does: list it, or run one job now")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("list", help="every job, when it is due, how its last run ended").set_defaults(run=run_list)
    example = 'example: portfolio jobs run notices.deliver --reason "the mail server is back"'
    one = acts.add_parser("run", help="run one job now", epilog=example)
    one.add_argument("name", metavar="NAME")
    one.add_argument("--reason", required=True, metavar="WORDS", help="why; it stays with the run and in the trail")
    one.add_argument(
        "--slot", metavar="INSTANT", help="a run that is not done, as `jobs list` tells it; else an extra one"
    )
    one.set_defaults(run=run_one)


@contextmanager
def _context() -> Iterator[JobContext]:
    tables.load()
    settings = read_settings()
    pack = load_pack(settings.pack)
    put_in_force(pack)
    database = open_database(settings.database_url)
    try:
        yield JobContext(database, settings, pack)
    finally:
        database.engine.dispose()


def run_list(_arguments: argparse.Namespace) -> int:
    with _context() as context, context.database.reading() as session:
        for row in timetable(session, context, utc_now()):
            last = f"{row.last.slot:{_FORM}} {row.last.state} {row.last.words}" if row.last else "never"
            stands = f"{row.condition.word} {row.condition.why}".strip()
            print(f"{row.name:24} {row.when:24} {stands}; last {last}; next {row.next_at:{_FORM}}")
    return 0


def _slot(text: str | None, waiting: Sequence[datetime]) -> datetime | None:
    """The slot that is meant, which must wait for a run; an extra one at this instant; nothing for what is neither."""
    if text is None:
        return utc_now()
    return next((slot for slot in waiting if f"{slot:{_FORM}}" == text), None)


def run_one(arguments: argparse.Namespace) -> int:
    """0 when it was done, 1 when it failed or there is no such job."""
    with _context() as context:
        job = job_named(arguments.name)
        if job is None:
            print(f"portfolio: no job {arguments.name}; there are {', '.join(j.name for j in jobs())}", file=sys.stderr)
            return 1
        with context.database.reading() as session:
            waiting = unsettled(session, job, utc_now())
        slot = _slot(arguments.slot, waiting)
        if slot is None:
            known = ", ".join(f"{slot:{_FORM}}" for slot in waiting) or "none"
            print(f"portfolio: {arguments.slot} does not wait for a run; those that do: {known}", file=sys.stderr)
            return 1
        with context.database.writing() as session:
            record(session, SYSTEM, Tag.JOB_RUN_BY_HAND, None, words=arguments.reason, job=job.name, slot=slot)
        run = run_slot(context, job, slot, hand=ByHand(arguments.reason[:500]))
    print(run.said if run.is_ours else "another process has it", file=sys.stderr if run.failed else sys.stdout)
    return 1 if run.failed else 0
