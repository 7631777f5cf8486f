"""`python -m bench.indicators`: the scorecard of 100,000 projects, counted at once and added up from the counts of the night.

Makes its own database in a scratch folder: one indicator a project with its curve and newest value. `BENCH_PROJECTS` makes it smaller.
"""

import os
import random
import tempfile
import time
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portfolio import tables
from portfolio.db.base import new_id
from portfolio.db.engine import Database, open_database
from portfolio.db.migrate import upgrade
from portfolio.kpis.models import CurveRevision, Indicator, Standing, TargetPoint
from portfolio.kpis.portfolio import tallies
from portfolio.kpis.tally import count_all, portfolio_tallies
from portfolio.kpis.terms import Curve, Direction, Family, Frequency, IndicatorKind, UnitKind
from portfolio.people.models import Institution
from portfolio.people.terms import InstitutionKind, Role
from portfolio.people.viewer import Grant, Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage

AS_AT = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
BODIES = 200


def _rows(model: type[Any], values: list[dict[str, Any]], session: Session) -> None:
    """Defaults of the model and these values, without the session's own work: the trail is not what is measured here."""
    full = [{**model(**row).model_dump(), **row} for row in values]
    session.connection().execute(insert(model.__table__), full)


def fill(database: Database, count: int) -> Viewer:
    dice = random.Random(3)
    with database.write() as session:
        bodies = [new_id() for _ in range(BODIES)]
        _rows(
            Institution,
            [
                {"id": b, "name": f"Body {n}", "kind": InstitutionKind.CENTRAL, "sort_key": f"{n}", "search_text": ""}
                for n, b in enumerate(bodies)
            ],
            session,
        )
        for start in range(0, count, 10_000):
            _fill_some(session, dice, bodies, range(start, min(start + 10_000, count)))
        session.connection().commit()
    return Viewer(bodies[0], "bench", "es", (Grant(Role.DIRECTIVE_ANALYST, bodies[0]),))


def _fill_some(session: Session, dice: random.Random, bodies: list[uuid.UUID], numbers: range) -> None:
    keys = [(n, new_id(), new_id(), new_id()) for n in numbers]
    _rows(
        Initiative,
        [
            {"id": i, "institution_id": dice.choice(bodies), "title": f"Initiative {n}", "state": "decided",
             "currency": "CLP", "source_key": str(n), "sort_key": str(n)}
            for n, i, _p, _k in keys
        ],
        session,
    )  # fmt: skip
    _rows(
        Project,
        [{"id": p, "initiative_id": i, "stage": ProjectStage.PRODUCTION} for _n, i, p, _k in keys],
        session,
    )
    _rows(
        Indicator,
        [
            {"id": k, "project_id": p, "kind": IndicatorKind.INDICATOR, "family": dice.choice(list(Family)),
             "name": "Days", "unit_kind": UnitKind.DURATION, "unit": "days", "direction": Direction.DOWN, "scale": 4,
             "frequency": Frequency.MONTHLY, "measured_from": date(2026, 1, 1), "revision": 1}
            for _n, _i, p, k in keys
        ],
        session,
    )  # fmt: skip
    _rows(
        CurveRevision,
        [{"indicator_id": k, "revision": 1, "curve": Curve.LINEAR, "tolerance": 0} for *_, k in keys],
        session,
    )
    for due, value in ((date(2026, 6, 30), 100_000), (date(2026, 12, 31), 80_000)):
        _rows(
            TargetPoint, [{"indicator_id": k, "revision": 1, "due_on": due, "value": value} for *_, k in keys], session
        )
    _rows(
        Standing,
        [
            {"indicator_id": k, "period_on": date(2026, 10, 31), "value": dice.randrange(60_000, 120_000)}
            for *_, k in keys
        ],
        session,
    )


def main() -> None:
    tables.load()
    count = int(os.environ.get("BENCH_PROJECTS", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'bench.db'}", synchronous="NORMAL")
        upgrade(database)
        viewer = fill(database, count)
        began = time.perf_counter()
        with database.reading() as session:
            fresh = tallies(session, viewer, AT, AS_AT)
        print(f"counted at once: {time.perf_counter() - began:.2f} s, {sum(t.total for t in fresh):,} indicators")
        began = time.perf_counter()
        counted = count_all(database, AS_AT)
        print(f"counted by the clock: {time.perf_counter() - began:.2f} s, {counted:,} projects")
        for _round in range(3):
            began = time.perf_counter()
            with database.reading() as session:
                kept = portfolio_tallies(session, viewer, AT, AS_AT)
            print(f"added up for the page: {(time.perf_counter() - began) * 1000:.0f} ms")
        if {(t.institution_id, t.family): t.counts for t in kept} != {
            (t.institution_id, t.family): t.counts for t in fresh
        }:
            raise SystemExit("the two disagree")
        database.engine.dispose()


if __name__ == "__main__":
    main()
