"""`python -m bench.health_tables [projects]`: the health of a whole portfolio, reckoned from the tables and kept, as the clock does.

A SQLite file is filled with rows of every room that the facts come from: two approved plans of five milestones, an indicator
with its curve, a risk, two computed ratings, four returns with their declared ratings and narratives, a year of execution by the
month. Values are hashes of numbers, so that runs can be compared. What is measured is `recompute_all`: reading, reckoning and
writing.
"""

import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from portfolio import tables
from portfolio.db.engine import open_database
from portfolio.db.migrate import upgrade
from portfolio.monitoring.rating_formula import FIVE, FORMULA
from portfolio.monitoring.recompute import recompute_all
from portfolio.packs.loader import load_pack

AS_AT = date(2026, 11, 25)
AT = "2026-11-01 12:00:00.000000"
BODIES = 300
MILESTONES = 5
STAGES = ("planned", "discovery", "pilot", "scaling", "production", "operating")
LEVELS = [level.value for level, _least in FIVE.levels]
PERIODS = (date(2026, 4, 1), date(2026, 7, 1))
RETURNED = (date(2025, 10, 1), date(2026, 1, 1), *PERIODS)


def key(kind: int, number: int) -> str:
    """An id as the database keeps it: of one kind in the order of their numbers."""
    return f"{kind:08x}0000700080000000{number:08x}"


def drawn(seed: int, number: int, many: int) -> int:
    """A number below `many`."""
    return (number * 2_654_435_761 + seed * 40_503) % 2**32 % many


class Filler:
    """Fills tables of the migrated file by the column's name; what is not given is empty in the column's way."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys = OFF")
        self.connection.execute("PRAGMA synchronous = OFF")

    def fill(self, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
        empty = {
            name: "[]"
            if kind == "JSON"
            else 0
            if kind in ("INTEGER", "BIGINT", "BOOLEAN")
            else AT
            if "DATE" in kind
            else ""
            for _n, name, kind, is_required, _default, _pk in self.connection.execute(f"PRAGMA table_info({table})")
            if is_required and name not in columns
        }
        names = (*columns, *empty)
        tail = tuple(empty.values())
        marks = ", ".join("?" * len(names))
        self.connection.execute("BEGIN")
        self.connection.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608  names of our own
            ((*row, *tail) for row in rows),
        )
        self.connection.execute("COMMIT")


def fill(path: Path, many: int) -> None:
    filler = Filler(path)
    filler.fill(
        "institution", ("id", "name", "sort_key"), ((key(1, n), f"Body {n}", f"body {n:04}") for n in range(BODIES))
    )
    filler.fill(
        "initiative",
        ("id", "institution_id", "title", "summary", "theme", "state", "currency", "requested_minor", "decided_minor",
         "source", "source_key", "reference", "sort_key"),
        (
            (key(2, n), key(1, n % BODIES), f"Servicio {n}", f"El equipo probó la migración de la provincia {n}", "health",
             "imported", "USD", 10**6 + n, 10**6 + n - n % 7, "bench", str(n), f"B-{n % (many - many // 100)}", f"s {n:06}")
            for n in range(many)
        ),
    )  # fmt: skip
    filler.fill(
        "project",
        ("id", "initiative_id", "stage", "starts_on", "ends_on", "began_on"),
        (
            (key(3, n), key(2, n), STAGES[n % len(STAGES)], "2026-01-05", "2027-06-30", "2026-01-05")
            for n in range(many)
        ),
    )
    _plans(filler, many)
    _indicators(filler, many)
    filler.fill(
        "risk",
        ("id", "project_id", "number", "event", "category", "proximity", "response", "state", "matrix", "rating", "rank",
         "next_review_on", "currency", "inherent_likelihood", "inherent_impact", "residual_likelihood", "residual_impact"),
        (
            (key(9, n), key(3, n), 1, "A risk", "delivery", "year", "reduce", "open", "five", "high", drawn(9, n, 4),
             "2026-12-01", "USD", 3, 3, 2, 2)
            for n in range(many)
        ),
    )  # fmt: skip
    _ratings(filler, many)
    _returns(filler, many)
    _execution(filler, many)
    filler.connection.close()


def _plans(filler: Filler, many: int) -> None:
    def day(number: int, place: int, slip: int) -> str:
        return (date(2026, 2, 1) + timedelta(days=70 * place + slip + drawn(place, number, 60))).isoformat()

    every = [(n, m) for n in range(many) for m in range(MILESTONES)]
    filler.fill(
        "milestone",
        ("id", "project_id", "position", "kind", "title", "starts_on", "forecast_on", "actual_on"),
        (
            (key(4, n * MILESTONES + m), key(3, n), m, "milestone", "Step", day(n, m, -30), day(n, m, 10),
             day(n, m, 5) if m < 3 and drawn(5, n, 4) else None)
            for n, m in every
        ),
    )  # fmt: skip
    both = [(n, number) for n in range(many) for number in (1, 2)]
    filler.fill(
        "plan_baseline",
        ("id", "project_id", "number", "kind", "approved_on", "approved_at"),
        ((key(5, n * 2 + number), key(3, n), number, "replan", f"2026-0{number * 3}-01", AT) for n, number in both),
    )
    filler.fill(
        "plan_baseline_item",
        ("id", "baseline_id", "milestone_id", "title", "starts_on", "due_on"),
        (
            (key(6, (n * 2 + number) * MILESTONES + m), key(5, n * 2 + number), key(4, n * MILESTONES + m), "Step",
             day(n, m, -30), day(n, m, number))
            for n, number in both
            for m in range(MILESTONES)
        ),
    )  # fmt: skip


def _indicators(filler: Filler, many: int) -> None:
    filler.fill(
        "kpi_indicator",
        ("id", "project_id", "kind", "family", "name", "unit_kind", "scale", "direction", "frequency", "baseline",
         "baseline_on", "revision", "measured_from"),
        (
            (key(7, n), key(3, n), "indicator", "operational", "Days", "duration", 4, "down", "monthly", 200_000,
             "2025-12-31", 1, "2026-01-01")
            for n in range(many)
        ),
    )  # fmt: skip
    filler.fill(
        "kpi_curve",
        ("id", "indicator_id", "revision", "curve"),
        ((key(7, n), key(7, n), 1, "linear") for n in range(many)),
    )
    filler.fill(
        "kpi_target",
        ("id", "indicator_id", "revision", "due_on", "value"),
        ((key(7, n), key(7, n), 1, "2026-12-31", 80_000) for n in range(many)),
    )
    filler.fill(
        "kpi_standing",
        ("indicator_id", "period_on", "value"),
        ((key(7, n), "2026-10-31", 60_000 + drawn(7, n, 80_000)) for n in range(many)),
    )


def _ratings(filler: Filler, many: int) -> None:
    facts = json.dumps({"planned_cost": 10**9, "cost_used": 10**9, "planned_finish": "2026-12-31", "currency": "USD"})

    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(many):
            for place, period in enumerate(PERIODS):
                scores = {part.dimension.value: 1 + drawn(part.weight, n + place, 5) for part in FORMULA}
                reckoned: dict[str, Any] = {
                    "scale": "five", "level": LEVELS[drawn(8, n, 5)], "score": 100 + drawn(8, n, 400), "coverage": 75,
                    "is_capped": False, "rating_missing": None,
                }  # fmt: skip
                for name, value in scores.items():
                    reckoned |= {f"{name}_measure": value * 100, f"{name}_score": value, f"{name}_missing": None}
                yield (
                    key(8, n * 2 + place), key(3, n), period.isoformat(), "computed", 0, "period_ended", period.isoformat(),
                    "five", reckoned["level"], reckoned["score"], json.dumps(reckoned), facts,
                    "2026-10-20" if place == 0 or n % 3 else "2026-12-20",
                )  # fmt: skip

    filler.fill(
        "rating",
        ("id", "project_id", "period_on", "kind", "ordinal", "occasion", "as_at", "scale", "level", "score", "reckoned",
         "facts", "comment_until"),
        rows(),
    )  # fmt: skip


def _execution(filler: Filler, many: int) -> None:
    """A year planned by the month, of which ten months are paid, every third with a correction."""
    columns = ("id", "project_id", "month", "flow", "ordinal", "amount_minor", "currency", "origin", "made_at")
    months = [date(2026, month, 1).isoformat() for month in range(1, 13)]

    def rows() -> Iterator[tuple[Any, ...]]:
        place = 0
        for n in range(many):
            for number, month in enumerate(months):
                yield key(11, place), key(3, n), month, "planned", 0, 80_000 + n, "USD", "system", AT
                place += 1
                for ordinal in range(0 if number >= 10 else 2 if number % 3 == 0 else 1):
                    yield key(11, place), key(3, n), month, "paid", ordinal, 70_000 + n, "USD", "system", AT
                    place += 1

    filler.fill("execution_entry", columns, rows())


STORY = "El equipo probó la migración de datos de la provincia y capacitó a quienes atienden en la oficina número "


def _returns(filler: Filler, many: int) -> None:
    """Four signed returns of each project, of which one in five came late; every third project repeats its narrative."""
    columns = (
        "id", "project_id", "period_on", "due_on", "edition", "state", "currency", "physical_bp", "forecast_cost_minor",
        "done", "scale", "level", "submitted_on",
    )  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(many):
            for place, period in enumerate(RETURNED):
                due = period + timedelta(days=104)
                handed = due + timedelta(days=drawn(11, n + place, 25) - 20)
                level = LEVELS[drawn(12, n + (place if n % 4 else 0), 5)]
                yield (
                    key(10, n * 4 + place), key(3, n), period.isoformat(), due.isoformat(), 1, "published", "USD",
                    2_000 * place + drawn(13, n, 2_000), 10**6 + n + drawn(14, n, 400_000),
                    f"{STORY}{place if n % 3 else 0}: {n}", "five", level, handed.isoformat(),
                )  # fmt: skip

    filler.fill("progress_return", columns, rows())


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    tables.load()
    with tempfile.TemporaryDirectory(prefix="portfolio-health-") as folder:
        path = Path(folder) / "portfolio.db"
        database = open_database(f"sqlite:///{path}")
        upgrade(database)
        began = time.perf_counter()
        fill(path, many)
        print(f"{many:,} projects filled in {time.perf_counter() - began:.1f} s, {path.stat().st_size / 1e6:,.0f} MB")
        before, began = peak(), time.perf_counter()
        done = recompute_all(database, load_pack("eclac"))
        took = time.perf_counter() - began
        print(
            f"health of {done:,} projects from the tables, kept: {took:.1f} s, peak {peak():.0f} MB ({before:.0f} before)"
        )
        database.engine.dispose()


if __name__ == "__main__":
    main()
