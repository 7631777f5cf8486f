"""`python -m bench.measurements`: six million values for the large portfolio, then what reads them.

Works on the database of the environment, which `demo --size large` has filled; values that are there already are not loaded
again. `BENCH_MEASURED` (projects) and `BENCH_MONTHS` make it smaller.
"""

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bench.__main__ import run, serving, sign_in
from bench.timing import table, time_pages
from portfolio import tables
from portfolio.db.clock import now
from portfolio.db.engine import Database, open_database
from portfolio.demo.large_kpis import load_measurements
from portfolio.kpis.models import Indicator, Measurement
from portfolio.kpis.portfolio import Tally, tallies
from portfolio.kpis.tally import count_all, portfolio_tallies
from portfolio.people.terms import Role
from portfolio.people.viewer import Grant, Viewer
from portfolio.projects.models import Initiative
from portfolio.settings import read_settings

AS_AT = date(2026, 11, 23)
NAME = "Indicador para mediciones"
"""What the loader calls its indicators."""
RUNS = 3
"""Each page is measured so many times with the floor of its own size beside it, because others may use the machine."""


def main() -> None:
    tables.load()
    database = open_database(read_settings(dict(os.environ)).database_url)
    rows = [["what", "seconds", "peak MB"]]
    with _timed(rows, "{} measurements with their trail") as done:
        done(f"{_load(database):,}")
    with database.reading() as session, _timed(rows, "scorecard of {} indicators, judged one by one") as done:
        done(f"{_indicators(tallies(session, _analyst(session), now(session), AS_AT)):,}")
    with _timed(rows, "the night's count of results, {} rows kept") as done:
        done(f"{count_all(database, AS_AT):,}")
    with database.reading() as session, _timed(rows, "scorecard of {} indicators, from the night's count") as done:
        done(f"{_indicators(portfolio_tallies(session, _analyst(session), now(session), AS_AT)):,}")
    reason = ("--reason", "measured")
    took, memory = run("portfolio", "jobs", "run", "health.recompute", *reason, env=dict(os.environ))
    rows.append(["health of every project from the tables, whole command", f"{took:.1f}", f"{memory:.0f}"])
    took, memory = run("portfolio", "audit", "verify", env=dict(os.environ))
    rows.append(["verification of the whole trail and its rows", f"{took:.1f}", f"{memory:.0f}"])
    print(table(rows), "\n")
    if database.is_sqlite and database.engine.url.database:
        print(f"database: {Path(database.engine.url.database).stat().st_size / 1e9:.2f} GB\n")
    with tempfile.TemporaryDirectory() as folder:
        print(table(_pages(database, Path(folder) / "page.html")))


def _load(database: Database) -> int:
    """How many values there are in the end."""
    with database.reading() as session:
        there = session.scalar(
            select(func.count())
            .select_from(Measurement)
            .join(Indicator, col(Indicator.id) == col(Measurement.indicator_id))
            .where(col(Indicator.name) == NAME)
        )
    if there:
        return there
    most, months = int(os.environ.get("BENCH_MEASURED", "100000")), int(os.environ.get("BENCH_MONTHS", "60"))
    return load_measurements(database, months, most)


def _analyst(session: Session) -> Viewer:
    """Somebody of the directive body, who sees every project."""
    body = session.scalars(select(col(Initiative.institution_id)).limit(1)).one()
    return Viewer(body, "bench", "es", (Grant(Role.DIRECTIVE_ANALYST, body),))


def _indicators(found: list[Tally]) -> int:
    return sum(tally.total for tally in found)


@contextmanager
def _timed(rows: list[list[str]], words: str) -> Iterator[Callable[[str], None]]:
    """Adds a row: what was done, in how many seconds, and the most memory that this process had so far."""
    said: list[str] = []
    began = time.perf_counter()
    yield said.append
    took, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append([words.format(*said), f"{took:.2f}", f"{peak:.0f}"])


def _pages(database: Database, sample: Path) -> list[list[str]]:
    """Pages of one project against a floor of the same bytes, in one run each, several times. `sample`: where those bytes are kept."""
    with database.reading() as session:
        one = session.scalars(select(Indicator).where(col(Indicator.name) == NAME).limit(1)).one()
    place = f"/projects/{one.project_id}"
    pages = {
        "project, first page": place,
        "project, indicators": f"{place}/indicators",
        "one indicator with its 60 values": f"{place}/indicators/{one.id}",
    }
    sample.write_bytes(b"<!DOCTYPE html>")
    env = dict(os.environ)
    rows = [["page", "median ms", "floor ms", "× floor, each run", "kB"]]
    for name, path in pages.items():
        with serving(env, sample) as client:
            sign_in(client, "budget_decider")
            sample.write_bytes(client.get(path).content)
        with serving(env, sample) as client:
            sign_in(client, "budget_decider")
            runs = [time_pages(client, {"floor": "/floor", "page": path}, rounds=40) for _run in range(RUNS)]
        ratios = [f"{found['page'].median / found['floor'].median:.2f}" for found in runs]
        best = min(runs, key=lambda found: found["page"].median)
        rows.append(
            [
                name,
                f"{best['page'].median * 1000:.1f}",
                f"{best['floor'].median * 1000:.1f}",
                " · ".join(ratios),
                f"{best['page'].size / 1000:.0f}",
            ]
        )
    return rows


if __name__ == "__main__":
    main()
