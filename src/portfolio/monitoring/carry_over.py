"""What the case promised, carried over to its project: milestones, risks, indicators and benefits of the frozen case.

An explicit act of the project's people, because the rooms that receive lie below the case and the case below this room. Each
room takes over what it has not yet; doing it twice adds nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.lines.specs import SPECS
from portfolio.business_cases.models import Snapshot
from portfolio.business_cases.snapshots import content_of, newest_snapshot
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.kpis.adoption import AdoptedBenefit, AdoptedIndicator
from portfolio.kpis.adoption import adopt as adopt_indicators
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.models import PromiseCarryOver
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.adoption import PromisedMilestone
from portfolio.projects.adoption import adopt as adopt_milestones
from portfolio.projects.models import Project
from portfolio.risk.adoption import PromisedRisk
from portfolio.risk.adoption import adopt as adopt_risks

Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Promised:
    """What the newest frozen version of the case holds, as the rooms take it."""

    milestones: Sequence[PromisedMilestone]
    risks: Sequence[PromisedRisk]
    indicators: Sequence[AdoptedIndicator]
    benefits: Sequence[AdoptedBenefit]

    @property
    def count(self) -> int:
        return len(self.milestones) + len(self.risks) + len(self.indicators) + len(self.benefits)


@dataclass(frozen=True, slots=True)
class Carried:
    """How many rows of each kind came in, 0 where all were there already."""

    milestones: int
    risks: int
    indicators: int

    @property
    def count(self) -> int:
        return self.milestones + self.risks + self.indicators


def carry_over(session: Session, actor: Viewer, pack: CountryPack, project: Project) -> Carried:
    """Bring what is not there yet. Raises `Refused` for a project without a frozen case, and for one that has ended."""
    if project.stage in ENDED:
        raise Refused(_("The project has ended."))
    snapshot = _snapshot(session, project)
    if snapshot is None:
        raise Refused(_("This project has no case whose promises could be carried over."))
    promised = promised_by(snapshot)
    found = Carried(
        milestones=adopt_milestones(session, actor, project, promised.milestones),
        risks=adopt_risks(session, actor, pack, project, promised.risks),
        indicators=adopt_indicators(session, actor, project, [*promised.indicators, *promised.benefits]),
    )
    if not is_carried_over(session, project, snapshot):
        row = PromiseCarryOver(
            project_id=project.id,
            snapshot_id=snapshot.id,
            milestones=found.milestones,
            risks=found.risks,
            indicators=found.indicators,
            carried_by_id=actor.person_id,
            carried_at=now(session),
        )
        session.add(row)
        session.flush()
        record(
            session, actor, Tag.PROMISES_CARRIED_OVER, row, case=project.case_id, snapshot=snapshot.digest,
            milestones=found.milestones, risks=found.risks, indicators=found.indicators,
        )  # fmt: skip
    return found


def promised_of(session: Session, project: Project) -> Promised | None:
    """What its case promised; nothing for a project without a frozen case."""
    snapshot = _snapshot(session, project)
    return None if snapshot is None else promised_by(snapshot)


def is_carried_over(session: Session, project: Project, snapshot: Snapshot | None = None) -> bool:
    """Whether the newest frozen version was brought over; a project without one has nothing to bring."""
    newest = snapshot or _snapshot(session, project)
    if newest is None:
        return True
    return bool(
        session.scalar(
            select(col(PromiseCarryOver.id)).where(
                col(PromiseCarryOver.project_id) == project.id, col(PromiseCarryOver.snapshot_id) == newest.id
            )
        )
    )


def _snapshot(session: Session, project: Project) -> Snapshot | None:
    return None if project.case_id is None else newest_snapshot(session, project.case_id)


def promised_by(snapshot: Snapshot) -> Promised:
    content = content_of(snapshot)
    return Promised(
        milestones=[_milestone(line) for line in _lines(content, "milestones")],
        risks=[_risk(line) for line in _lines(content, "risks")],
        indicators=[_indicator(line) for line in _lines(content, "indicators")],
        benefits=[_benefit(line) for line in _lines(content, "benefits")],
    )


def _lines(content: Mapping[str, Any], table: str) -> Lines:
    """The rows of one table, wherever its section is; a case of another form has none."""
    section = content["sections"].get(SPECS[table].section.value, {})
    found: Lines = section.get("lines", {}).get(table, ())
    return found


def _text(line: Mapping[str, Any], name: str) -> str:
    value = line.get(name)
    return "" if value is None else str(value)


def _day(line: Mapping[str, Any], name: str) -> date | None:
    value = line.get(name)
    return date.fromisoformat(value) if value else None


def _whole(line: Mapping[str, Any], name: str) -> int | None:
    value = line.get(name)
    return None if value in (None, "") else int(value)


def _milestone(line: Mapping[str, Any]) -> PromisedMilestone:
    return PromisedMilestone(
        key=line["id"], title=_text(line, "title"), due_on=_day(line, "due_on"), deliverable=_text(line, "deliverable")
    )


def _risk(line: Mapping[str, Any]) -> PromisedRisk:
    return PromisedRisk(
        key=line["id"],
        event=_text(line, "event"),
        cause=_text(line, "cause"),
        effect=_text(line, "effect"),
        category=_text(line, "category"),
        likelihood=_whole(line, "likelihood"),
        impact=_whole(line, "impact"),
        treatment=_text(line, "treatment"),
        response=_text(line, "response"),
        owner=_text(line, "owner"),
        contingent_minor=_whole(line, "contingent_minor"),
    )


def _indicator(line: Mapping[str, Any]) -> AdoptedIndicator:
    return AdoptedIndicator(
        key=line["id"],
        family=_text(line, "family"),
        name=_text(line, "name"),
        unit=_text(line, "unit"),
        direction=_text(line, "direction"),
        baseline=_text(line, "baseline"),
        baseline_on=_day(line, "baseline_on"),
        target=_text(line, "target"),
        target_on=_day(line, "target_on"),
        owner=_text(line, "owner"),
        method=_text(line, "method"),
    )


def _benefit(line: Mapping[str, Any]) -> AdoptedBenefit:
    return AdoptedBenefit(
        key=line["id"],
        description=_text(line, "description"),
        beneficiaries=_text(line, "beneficiaries"),
        amount_minor=_whole(line, "amount_minor"),
        starts_on=_day(line, "starts_on"),
        evidence=_text(line, "evidence"),
    )
