"""Six processes with kills and pauses: each slot exactly one effect. `make clock` does seven simulated days of the same."""

from pathlib import Path

from bench.clock_trial import run_trial

from portfolio.db.engine import Database

DAYS, SECONDS = 1.0, 12.0
"""A slow machine needs the time: processes that start late would meet a day that is over."""


def test_each_slot_is_one_effect_whatever_happens_to_the_processes(database: Database, tmp_path: Path) -> None:
    found = run_trial(database, str(tmp_path), days=DAYS, seconds=SECONDS, synchronous="NORMAL")
    assert (found.missing, found.repeated, found.unfinished) == ([], [], 0)
    assert found.trail == "", "the chain of the trail survives the kills"
    assert found.slots > 850
    assert found.kills >= 12, "all six, twice"
    assert found.pauses >= 2
    assert found.outages == 2
    assert found.tries_that_failed >= 3, "every seventh slot of one job fails at first"
