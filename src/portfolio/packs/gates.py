"""The gates of a project's life: what must be shown before a project may enter the stage behind each."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from portfolio.packs.parts import Choice, Part


class GateCode(StrEnum):
    """One gate for each step that somebody other than the proposer decides; names of moves of `monitoring.life_workflow`."""

    BEGIN_DISCOVERY = "begin_discovery"
    BEGIN_PROOF_OF_CONCEPT = "begin_proof_of_concept"
    BEGIN_PILOT = "begin_pilot"
    REPEAT_PILOT = "repeat_pilot"
    SCALE = "scale"
    SCALE_WITHOUT_PILOT = "scale_without_pilot"
    LAUNCH = "launch"
    BEGIN_OPERATING = "begin_operating"
    CLOSE = "close"


class ClosingReading(StrEnum):
    """What of the record answers an item of the close-out by itself; functions of `closure.readings`."""

    MILESTONES = "milestones"
    CODES = "codes"
    CONTRACTS = "contracts"
    RISKS = "risks"
    FINDINGS = "findings"
    BENEFITS = "benefits"
    LESSONS = "lessons"
    REVIEWS = "reviews"
    SERVICE = "service"


class ClosingItem(Choice):
    """One thing to be settled before a project is closed. `reads`: the record answers it, and nobody types that it is done."""

    reads: ClosingReading | None = None
    may_not_apply: bool = True


class Gate(Part):
    """`criteria`: what the proposer answers, one text each; the decider judges the answers, not the machine."""

    code: GateCode
    criteria: dict[str, Choice] = Field(min_length=1, max_length=12)


class GateRules(Part):
    """Every gate of the workflow has its criteria: a gate that asks nothing would be a click."""

    gates: dict[GateCode, Gate]
    closing: dict[str, ClosingItem] = Field(min_length=1, max_length=30)
    pilot_notice_days: tuple[int, ...] = Field(min_length=1, max_length=4)

    @model_validator(mode="after")
    def gates_are_all_there(self) -> Self:
        if missing := [code.value for code in GateCode if code not in self.gates]:
            raise ValueError(f"gates are missing: {', '.join(missing)}")
        if any(days < 1 for days in self.pilot_notice_days):
            raise ValueError("pilot_notice_days are whole days before the end, 1 or more")
        return self

    def criteria(self, gate: GateCode | str) -> tuple[Choice, ...]:
        """In the order of the file."""
        return tuple(self.gates[GateCode(gate)].criteria.values())
