"""Progress returns of the demonstration: opened by the clock, written, signed, verified and published, each on its day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.demo.delivery_plan import change_plan
from portfolio.demo.road import Stage
from portfolio.demo.stories import read
from portfolio.findings.actions import answer_finding, judge_answer
from portfolio.findings.queries import findings_of
from portfolio.findings.terms import Judgement
from portfolio.i18n import language
from portfolio.monitoring.health_terms import Confidence
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.returns import acts
from portfolio.returns.forms import ReturnFields
from portfolio.returns.making import make_due
from portfolio.returns.models import ProgressReturn
from portfolio.returns.terms import ProcurementState
from portfolio.returns.watching import open_findings, publish_verified

if TYPE_CHECKING:
    from portfolio.demo.delivery import Told

Row = Mapping[str, Any]


def returns(stage: Stage, told: "Sequence[Told]") -> None:
    """Period by period: the clock opens what is due, then each project hands in."""
    known = {one.story.title: one for one in told}
    plan = read("delivery_returns")
    rows = [(known[row["title"]], row) for row in plan["projects"] if row["title"] in known]
    if not rows:
        return
    for opened, period in plan["opened"].items():
        with stage.act(opened, 6) as session:
            make_due(session, stage.pack, opened)
        for one, row in rows:
            for told_of in row["returns"]:
                if told_of["period"] == period:
                    _Telling(stage, one, row["sponsor"]).hand_in(told_of)
    for row in plan["findings"]:
        if row["title"] in known:
            _find(stage, known[row["title"]], row)


class _Telling:
    """The returns of one project."""

    def __init__(self, stage: Stage, one: "Told", sponsor: str) -> None:
        self.stage, self.one, self.sponsor = stage, one, sponsor

    def hand_in(self, row: Row) -> None:
        for change in row.get("plan", ()):
            change_plan(self.stage, self.one, change)
        with self.stage.act(row["filled"], 11) as session:
            found, project = self._row(session, row["period"])
            lead = self.stage.team(session, self.one.story, "lead")
            acts.save(session, lead, project, found, _fields(found, row))
            acts.put_up(session, lead, self.stage.pack, project, found)
        with self.stage.act(row["signed"], 16) as session:
            found, project = self._row(session, row["period"])
            stage, shown = self.stage, acts.digest_of(found)
            acts.sign(session, self._signer(session), stage.pack, stage.secret, project, found, stage.password, shown)
        if "verified" in row:
            with self.stage.act(row["verified"], 12) as session:
                found, project = self._row(session, row["period"])
                official = self.stage.official(session, self.one.story, "analyst")
                stage = self.stage
                acts.verify(
                    session, official, stage.pack, stage.secret, project, found, stage.password, found.digest
                )  # fmt: skip
            with self.stage.act(row["verified"], 13) as session:
                publish_verified(session)

    def _signer(self, session: Session) -> Viewer:
        """The head of the service where the demonstration has one, else the CIO of the agency."""
        if self.sponsor == "head":
            return self.stage.viewer(session, "head")
        return self.stage.team(session, self.one.story, self.sponsor)

    def _row(self, session: Session, period: date) -> tuple[ProgressReturn, Project]:
        project = _project(session, self.one)
        query = select(ProgressReturn).where(
            col(ProgressReturn.project_id) == project.id, col(ProgressReturn.period_on) == period
        )
        return session.scalars(query).one(), project


def _project(session: Session, one: "Told") -> Project:
    return session.scalars(select(Project).where(col(Project.case_id) == one.case_id)).one()


def _fields(row: ProgressReturn, told: Row) -> ReturnFields:
    return ReturnFields(
        physical=told["physical"],
        paid=told["paid"],
        forecast_finish=told["finish"],
        forecast_cost=told["cost"],
        procurement=ProcurementState(told["procurement"]),
        done=told["done"],
        blocked=told.get("blocked", ""),
        next_steps=told["next_steps"],
        level=Confidence(told["level"]),
        evidence_cost=told["evidence"]["cost"],
        evidence_schedule=told["evidence"]["schedule"],
        evidence_results=told["evidence"]["results"],
        version=row.version,
    )


def _find(stage: Stage, one: "Told", row: Row) -> None:
    """The clock finds what was late twice; the institution answers, the directive body judges."""
    with stage.act(row["opened"], 6) as session, language("es"):
        open_findings(session, stage.pack, row["opened"])
    with stage.act(row["answered"], 10) as session:
        project = _project(session, one)
        finding = findings_of(session, project.id)[0]
        lead = stage.team(session, one.story, "lead")
        answer = answer_finding(session, lead, project, finding, row["answer"], row["answered"])
    with stage.act(row["judged"], 10) as session:
        project = _project(session, one)
        finding = findings_of(session, project.id)[0]
        official = stage.official(session, one.story, "analyst")
        judge_answer(
            session, official, project, finding, session.merge(answer), Judgement.SETTLED, "", None, row["judged"]
        )  # fmt: skip
