"""Requests in turn over kept connections, so that drift of the machine meets every page alike."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Timed:
    """Median and fastest seconds of one address, and the size of its body."""

    median: float
    best: float
    size: int


def time_pages(client: httpx.Client, paths: Mapping[str, str], rounds: int = 60) -> dict[str, Timed]:
    """Each path `rounds` times, one after another in turn, after three that are not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in paths}
    sizes: dict[str, int] = {}
    for number in range(rounds + 3):
        for name, path in paths.items():
            began = time.perf_counter()
            answer = client.get(path)
            took = time.perf_counter() - began
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")
            sizes[name] = len(answer.content)
            if number >= 3:
                seconds[name].append(took)
    return {name: Timed(statistics.median(s), min(s), sizes[name]) for name, s in seconds.items()}


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = rows
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in body)])
