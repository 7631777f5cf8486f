"""`make clock`: six job processes with kills and pauses over seven simulated days, on SQLite and on PostgreSQL.

`CLOCK_DAYS` and `CLOCK_SECONDS` (real time for one database) change its length, `CLOCK_SEED` what happens to the processes.
"""

import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from bench.clock_trial import Found, run_trial
from bench.timing import table
from databases import BACKENDS, fresh_database

WORDS = {
    "slots": "slots of five jobs",
    "missing": "slots without an effect",
    "repeated": "slots with more than one effect",
    "unfinished": "claims that are not finished",
    "trail_events": "events in the audit trail, which verifies",
    "kills": "processes killed (SIGKILL)",
    "pauses": "processes made to stand still (SIGSTOP)",
    "outages": "of the kills, all processes at once",
    "tries_that_failed": "tries that failed and were made good",
    "taken_over": "of them, taken over from a process that did not come back",
    "calls_of_free": "calls of the free job (safe to do twice)",
    "longest_wait": "longest wait of a slot for its end, in seconds of real time",
    "seconds": "seconds of real time",
}


def shown(found: Found, name: str) -> str:
    value = asdict(found)[name]
    return f"{len(value) if isinstance(value, list) else value:,.0f}"


def main() -> None:
    days, seconds = float(os.environ.get("CLOCK_DAYS", "7")), float(os.environ.get("CLOCK_SECONDS", "180"))
    results = []
    for backend in BACKENDS:
        with fresh_database(backend) as database, tempfile.TemporaryDirectory() as var:
            seed = int(os.environ.get("CLOCK_SEED", "1"))
            results.append(run_trial(database, var, days=days, seconds=seconds, seed=seed))
    head = [f"{days:g} simulated days, 6 processes", *BACKENDS]
    print(table([head, *([words, *(shown(found, name) for found in results)] for name, words in WORDS.items())]))
    for found in results:
        if found.missing or found.repeated or found.unfinished or found.trail:
            raise SystemExit(f"not each slot exactly once: {found}")


if __name__ == "__main__":
    main()
