"""Plans of funded projects in the demonstration: brought in from the case, approved, drifting, re-baselined or waiting for it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import content_of, newest_snapshot
from portfolio.demo.road import Stage
from portfolio.demo.stories import Story, read
from portfolio.packs.terms import SectionCode
from portfolio.people.viewer import Viewer
from portfolio.projects.adoption import PromisedMilestone, adopt
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan import baselines, changes
from portfolio.projects.plan.forms import ChangeFields, MilestoneFields
from portfolio.projects.plan.milestones import add_dependency, add_milestone, change_milestone
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.queries import accepted_changes, changes_of, read_plan
from portfolio.projects.plan.terms import BaselineKind

if TYPE_CHECKING:
    from portfolio.demo.delivery import Told

ELSEWHERE = " / "
"""Stands between the title of another project and that of its milestone."""


def plans(stage: Stage, told: "Sequence[Told]") -> None:
    """In the order of the file: a plan may need what an earlier one has. Projects that are not there are left out."""
    known = {one.story.title: one for one in told}
    for row in read("delivery_plan"):
        one = known.get(row["title"])
        if one is not None:
            _Telling(stage, one.story, one.case_id, row).play()


class _Telling:
    """One project's plan, act by act, each on its day."""

    def __init__(self, stage: Stage, story: Story, case_id: uuid.UUID, row: Mapping[str, Any]) -> None:
        self.stage, self.story, self.case_id, self.row = stage, story, case_id, row

    def play(self) -> None:
        begun: date | None = self.row.get("approved_on")
        with self.stage.act(begun or date(2026, 11, 20), 9) as session:
            project = self._project(session)
            if project is None:
                return
            self._begin(session, project)
        if begun is not None:
            self._approve_first(begun)
        for change in self.row.get("changes", ()):
            self.change(change)
        self._ask()
        self._rebaseline()

    def _project(self, session: Session) -> Project | None:
        return session.scalar(select(Project).where(col(Project.case_id) == self.case_id))

    def _lead(self, session: Session) -> Viewer:
        return self.stage.team(session, self.story, "lead")

    def _decider(self, session: Session, key: str) -> Viewer:
        return self.stage.team(session, self.story, "cio") if key == "cio" else self.stage.viewer(session, key)

    def _begin(self, session: Session, project: Project) -> None:
        lead = self._lead(session)
        adopt(session, lead, project, self._promised(session))
        for fields in self.row["milestones"]:
            add_milestone(session, lead, project, MilestoneFields(**fields))
        rows = self._by_title(session, project)
        for title, weight in self.row.get("weights", {}).items():
            fields = MilestoneFields(**{**_typed(rows[title]), "weight": weight})
            change_milestone(session, lead, project, rows[title], fields)
        for milestone, needs, lag in self.row.get("needs", ()):
            needed = self._needed(session, rows, needs)
            if needed is not None:
                # What another institution's project has is tied in by somebody who may see both.
                actor = lead if ELSEWHERE not in needs else self.stage.viewer(session, "national_cio")
                add_dependency(session, actor, project, rows[milestone], needed.id, lag)

    def _promised(self, session: Session) -> list[PromisedMilestone]:
        snapshot = newest_snapshot(session, session.get_one(BusinessCase, self.case_id).id)
        if snapshot is None:
            return []
        lines = content_of(snapshot)["sections"][SectionCode.DELIVERY.value]["lines"]["milestones"]
        return [
            PromisedMilestone(
                line["id"],
                line["title"],
                date.fromisoformat(line["due_on"]) if line["due_on"] else None,
                line["deliverable"],
            )
            for line in lines
        ]

    def _by_title(self, session: Session, project: Project) -> dict[str, Milestone]:
        return {row.title: row for row in read_plan(session, project.id).rows}

    def _needed(self, session: Session, own: Mapping[str, Milestone], name: str) -> Milestone | None:
        if ELSEWHERE not in name:
            return own[name]
        title, milestone = name.split(ELSEWHERE)
        return session.scalar(
            select(Milestone)
            .join(Project, col(Project.id) == col(Milestone.project_id))
            .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
            .where(col(Initiative.title) == title, col(Milestone.title) == milestone)
        )

    def _approve_first(self, day: date) -> None:
        first = "Plan del expediente aprobado, con los hitos de contratación que faltaban."
        self._propose(day, BaselineKind.FIRST, first, {})
        self._decide(day, self.row["by"], "Coincide con lo que prometió el expediente.")

    def _propose(self, day: date, kind: BaselineKind, reasons: str, dates: Mapping[str, date]) -> None:
        with self.stage.act(day, 11) as session:
            project = self._project(session)
            if project is None:
                return
            plan = read_plan(session, project.id)
            wanted = baselines.suggested(plan) | {row.id: dates[row.title] for row in plan.rows if row.title in dates}
            if kind is not BaselineKind.FIRST:
                kept = {key: item.current for key, item in plan.items.items() if item.current is not None}
                wanted = wanted | {key: day_ for key, day_ in kept.items() if plan.items[key].title not in dates}
            carried = [one.id for one in accepted_changes(session, project.id)]
            baselines.propose_plan(
                session, self._lead(session), self.stage.pack, project, baselines.Asked(kind, reasons, wanted, carried)
            )

    def _decide(self, day: date, by: str, answer: str) -> None:
        with self.stage.act(day, 15) as session:
            project = self._project(session)
            row = None if project is None else read_plan(session, project.id).proposal
            if project is not None and row is not None:
                baselines.approve_plan(
                    session, self._decider(session, by), self.stage.secret, project, row, self.stage.password, row.digest,
                    answer,
                )  # fmt: skip

    def change(self, change: Mapping[str, Any]) -> None:
        with self.stage.act(change["day"], 10) as session:
            project = self._project(session)
            if project is None:
                return
            row = self._by_title(session, project)[change["title"]]
            told = {name: value for name, value in change.items() if name != "day"}
            change_milestone(session, self._lead(session), project, row, MilestoneFields(**{**_typed(row), **told}))

    def _ask(self) -> None:
        asked = self.row.get("request")
        if not asked:
            return
        with self.stage.act(asked["day"], 10) as session:
            project = self._project(session)
            if project is None:
                return
            fields = ChangeFields(**{name: asked[name] for name in ChangeFields.model_fields})
            changes.ask_change(session, self._lead(session), project, fields)
        with self.stage.act(asked["accepted_on"], 10) as session:
            project = self._project(session)
            if project is not None:
                row = changes_of(session, project.id)[0]
                decider = self._decider(session, "national_cio")
                changes.decide_change(session, decider, project, row, accept=True, answer=asked["answer"])

    def _rebaseline(self) -> None:
        asked = self.row.get("rebaseline")
        if not asked:
            return
        self._propose(asked["day"], BaselineKind(asked["kind"]), asked["reasons"], asked["dates"])
        if "decided_on" in asked:
            self._decide(asked["decided_on"], asked["by"], asked["answer"])


def change_plan(stage: Stage, one: "Told", change: Mapping[str, Any]) -> None:
    """One change of a milestone's forecast or day, by the lead: for whoever tells plan and returns in turn."""
    _Telling(stage, one.story, one.case_id, {}).change(change)


def _typed(row: Milestone) -> dict[str, Any]:
    """The row as its form would send it back."""
    return {name: getattr(row, name) for name in MilestoneFields.model_fields}
