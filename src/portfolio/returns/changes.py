"""What changed since the last return: the record as it was then against the record as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy.orm import Session

from portfolio.kpis.numbers import shown as shown_value
from portfolio.kpis.queries import scorecard
from portfolio.projects.models import Project
from portfolio.projects.plan.queries import read_plan
from portfolio.projects.standing import standing_of
from portfolio.risk.queries import risks_of

State = Mapping[str, Any]
"""`stage`, `standing`, `plan` (number of the approved plan), and by id: `milestones` {title, expected, reached}, `indicators`
{name, value, period, result}, `risks` {event, rating, state}. All JSON values; days are ISO texts."""


class Part(Enum):
    """What changed."""

    STAGE = "stage"
    STANDING = "standing"
    PLAN = "plan"
    MILESTONE = "milestone"
    INDICATOR = "indicator"
    RISK = "risk"


class Kind(Enum):
    """How it changed."""

    NEW = "new"
    GONE = "gone"
    REACHED = "reached"
    LATER = "later"
    EARLIER = "earlier"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `before` and `after` are values of `State`, `what` the name of the thing."""

    part: Part
    kind: Kind
    what: str
    before: str
    after: str


def state_of(session: Session, project: Project, as_at: date) -> dict[str, Any]:
    """The record of a project now, small enough to keep with its return."""
    plan = read_plan(session, project.id)
    return {
        "stage": project.stage.value,
        "standing": standing_of(session, project.id).value,
        "plan": plan.number,
        "milestones": {
            str(row.id): {"title": row.title, "expected": _iso(row.forecast_on), "reached": _iso(row.actual_on)}
            for row in plan.standing
        },
        "indicators": {
            str(line.indicator.id): {
                "name": line.indicator.name,
                "value": ""
                if line.standing is None or line.standing.value is None
                else shown_value(line.standing.value, line.indicator.scale, line.indicator.currency),
                "period": "" if line.standing is None else _iso(line.standing.period_on),
                "result": line.judged.result.value,
            }
            for line in scorecard(session, project, as_at)
            if line.indicator.stopped_on is None
        },
        "risks": {
            str(row.id): {"event": row.event, "rating": row.rating, "state": row.state.value}
            for row in risks_of(session, project.id)
        },
    }


def _iso(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def changed(before: State, after: State) -> list[Change]:
    """Every difference, in the order of `Part`; nothing for a first return, which has nothing before it. Pure."""
    if not before:
        return []
    found = [
        Change(part, Kind.CHANGED, "", str(before.get(name, "")), str(after.get(name, "")))
        for part, name in ((Part.STAGE, "stage"), (Part.STANDING, "standing"), (Part.PLAN, "plan"))
        if before.get(name) != after.get(name)
    ]
    found += _things(Part.MILESTONE, before.get("milestones", {}), after.get("milestones", {}), "title", _milestone)
    found += _things(Part.INDICATOR, before.get("indicators", {}), after.get("indicators", {}), "name", _indicator)
    return found + _things(Part.RISK, before.get("risks", {}), after.get("risks", {}), "event", _risk)


def _things(part: Part, before: Mapping[str, Any], after: Mapping[str, Any], name: str, differs: Any) -> list[Change]:
    found = []
    for key, thing in after.items():
        if key not in before:
            found.append(Change(part, Kind.NEW, thing[name], "", ""))
        elif (difference := differs(before[key], thing)) is not None:
            kind, was, is_now = difference
            found.append(Change(part, kind, thing[name], was, is_now))
    found += [Change(part, Kind.GONE, thing[name], "", "") for key, thing in before.items() if key not in after]
    return found


def _milestone(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Kind, str, str] | None:
    if after["reached"] and not before["reached"]:
        return Kind.REACHED, "", after["reached"]
    if before["expected"] == after["expected"]:
        return None
    kind = Kind.LATER if before["expected"] < after["expected"] else Kind.EARLIER
    return kind, before["expected"], after["expected"]


def _indicator(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Kind, str, str] | None:
    if (before["value"], before["period"]) == (after["value"], after["period"]):
        return None
    return Kind.CHANGED, before["value"], after["value"]


def _risk(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Kind, str, str] | None:
    if before["state"] != after["state"]:
        return Kind.CHANGED, before["state"], after["state"]
    if before["rating"] != after["rating"]:
        return Kind.CHANGED, before["rating"], after["rating"]
    return None
