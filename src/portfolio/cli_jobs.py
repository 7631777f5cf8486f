"""`portfolio jobs list | run NAME`: the timetable, and one of its jobs by hand."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portfolio import (
    rooms,  # noqa: F401  importing the rooms puts their jobs on the timetable
    tables,
)
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.engine import open_database
from portfolio.jobs.claims import run_slot
from portfolio.jobs.queries import timetable
from portfolio.jobs.timetable import JobContext, job_named, jobs
from portfolio.packs.in_force import put_in_force
from portfolio.packs.loader import load_pack
from portfolio.people.viewer import SYSTEM
from portfolio.settings import read_settings


def add_parsers(verbs: Any) -> None:
    parser = verbs.add_parser("jobs", help="what the clock does: list it, or run one job now")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("list", help="every job, when it is due, how its last run ended").set_defaults(run=run_list)
    one = acts.add_parser("run", help="run one job now", epilog="example: portfolio jobs run notices.deliver")
    one.add_argument("name", metavar="NAME")
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
        for row in timetable(session, utc_now()):
            last = (
                f"{row.runs[0].slot:%Y-%m-%d %H:%M:%S}Z {row.runs[0].state} {row.runs[0].words}"
                if row.runs
                else "never"
            )
            print(f"{row.name:24} {row.when:24} last {last}; next {row.next_at:%Y-%m-%d %H:%M:%S}Z")
    return 0


def run_one(arguments: argparse.Namespace) -> int:
    """0 when it was done, 1 when it failed or there is no such job."""
    with _context() as context:
        job = job_named(arguments.name)
        if job is None:
            print(f"portfolio: no job {arguments.name}; there are {', '.join(j.name for j in jobs())}", file=sys.stderr)
            return 1
        with context.database.writing() as session:
            record(session, SYSTEM, Tag.JOB_RUN_BY_HAND, None, job=job.name)
        run = run_slot(context, job, utc_now(), "by hand, command line")
    print(run.said, file=sys.stderr if run.failed else sys.stdout)
    return 1 if run.failed else 0
