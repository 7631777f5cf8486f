"""The invented data, read and typed: bodies, people, and what each case tells."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml

from portfolio.business_cases.terms import CaseStatus
from portfolio.packs.terms import CaseKind


@dataclass(frozen=True, slots=True)
class Story:
    """One case: where, what, how much in whole dollars over its life, how far the demonstration takes it."""

    place: int
    at: str
    team: str
    title: str
    cost: int
    kind: CaseKind
    target: CaseStatus
    is_open_call: bool
    is_earlier: bool
    uses_ai: bool
    people: str
    problem: str
    change: str

    @property
    def first_year(self) -> int:
        """The fiscal year of its call, and the first that it asks money for."""
        return 2026 if self.is_earlier else 2027

    @property
    def shift(self) -> timedelta:
        """How far its days lie from those of the others: cases of the earlier call went the same road a year before."""
        return timedelta(days=-364) if self.is_earlier else timedelta()


@cache
def read(name: str) -> Any:
    """One file of the folder `data`, as plain values."""
    text = (resources.files("portfolio.demo") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def stories() -> tuple[Story, ...]:
    """Every case, in the order of the file."""
    return tuple(
        Story(
            place=place,
            at=row["at"],
            team=row.get("lead", row["at"].lower()),
            title=row["title"],
            cost=int(row["cost"]),
            kind=CaseKind(row.get("kind", "new")),
            target=CaseStatus(row["target"]),
            is_open_call=row.get("call") == "open",
            is_earlier=row.get("call") == "earlier",
            uses_ai=bool(row.get("ai")),
            people=row["people"],
            problem=row["problem"],
            change=row["change"],
        )
        for place, row in enumerate(read("cases"))
    )
