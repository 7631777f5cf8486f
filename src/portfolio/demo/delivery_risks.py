"""Risks of funded projects in the demonstration: act by act, each on its day, by the people who would do it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.demo.road import Stage
from portfolio.demo.stories import read
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.risk.acceptances import decide, digest_of, propose, proposed_acceptance
from portfolio.risk.escalations import answer, mark_overdue
from portfolio.risk.issues import IssueWords, occur
from portfolio.risk.models import Risk, RiskEscalation
from portfolio.risk.register import Description, Point, assess, raise_risk
from portfolio.risk.terms import EscalationState, EvidenceKind, Proximity, Response, RiskCategory, Severity, Stance
from portfolio.risk.treatment import add_action, add_evidence

if TYPE_CHECKING:
    from portfolio.demo.delivery import Told

Row = Mapping[str, Any]
TEAM = frozenset({"lead", "exp", "cio"})


def risks(stage: Stage, told: "Sequence[Told]") -> None:
    """Every project of `data/delivery_risks.yaml` whose case was walked; then the clock tells of answers that are late."""
    known = {one.story.title: one for one in told}
    for row in read("delivery_risks")["projects"]:
        if row["title"] in known:
            _Telling(stage, known[row["title"]]).play(row)
    with stage.act(stage.today - timedelta(days=3)) as session:
        mark_overdue(session, stage.pack, now(session))


class _Telling:
    """The risks of one project."""

    def __init__(self, stage: Stage, one: "Told") -> None:
        self.stage, self.one = stage, one

    def play(self, row: Row) -> None:
        if not self._is_funded():
            return
        if "adopted_on" in row:
            self._answer_adopted(row["adopted_on"])
        for told in row["risks"]:
            with self.stage.act(told["day"], 11) as session:
                number = self._raise(session, told).number
            for act in told.get("acts", ()):
                with self.stage.act(act["day"], 15) as session:
                    project = self._project(session)
                    found = select(Risk).where(col(Risk.project_id) == project.id, col(Risk.number) == number)
                    ACTS[act["do"]](self, session, project, session.scalars(found).one(), act)

    def _is_funded(self) -> bool:
        with self.stage.database.reading() as session:
            found = session.scalar(select(col(Project.id)).where(col(Project.case_id) == self.one.case_id))
        return found is not None

    def _project(self, session: Session) -> Project:
        return session.scalars(select(Project).where(col(Project.case_id) == self.one.case_id)).one()

    def team(self, session: Session, part: str) -> Viewer:
        return self.stage.team(session, self.one.story, part)

    def _answer_adopted(self, day: date) -> None:
        """The directive body answers what came over from the case out of tolerance."""
        with self.stage.act(day, 12) as session:
            project = self._project(session)
            waiting = session.scalars(
                select(Risk)
                .join(RiskEscalation, col(RiskEscalation.risk_id) == col(Risk.id))
                .where(col(Risk.project_id) == project.id, col(RiskEscalation.state) == EscalationState.OPEN)
                .order_by(col(Risk.number))
            ).all()
            analyst = self.stage.official(session, self.one.story, "analyst")
            words = "De acuerdo con la respuesta del expediente; se revisa en la primera puerta."
            for risk in waiting:
                answer(session, analyst, self.stage.pack, project, risk, words, passes_on=False)

    def _raise(self, session: Session, told: Row) -> Risk:
        project = self._project(session)
        points = {Stance(name): Point(*told[name]) for name in ("inherent", "residual", "target") if name in told}
        currency = session.get_one(Initiative, project.initiative_id).currency
        return raise_risk(
            session, self.team(session, "lead"), self.stage.pack, project, self._said(session, told, currency), points
        )

    def _said(self, session: Session, told: Row, currency: str) -> Description:
        def minor(value: int | None) -> int | None:
            return None if value is None else Money.of(Decimal(value), currency).minor

        in_team = told["owner"] in TEAM
        cost, days = told.get("cost", (None,) * 3), told.get("days", (None,) * 3)
        return Description(
            event=told["event"],
            cause=told["cause"],
            effect=told["effect"],
            category=RiskCategory(told["category"]),
            catalogue=told["catalogue"],
            proximity=Proximity(told.get("proximity", "quarter")),
            response=Response(told.get("response", "reduce")),
            owner_id=self._owner(session, told["owner"]) if in_team else None,
            owner="" if in_team else told["owner"],
            supplier=told.get("supplier", ""),
            component=told.get("component", ""),
            early_sign=told.get("sign", ""),
            contingent_minor=minor(told.get("contingent")),
            contingent_basis=told.get("basis", ""),
            cost_low_minor=minor(cost[0]),
            cost_likely_minor=minor(cost[1]),
            cost_high_minor=minor(cost[2]),
            days_low=days[0],
            days_likely=days[1],
            days_high=days[2],
        )

    def _owner(self, session: Session, part: str) -> Any:
        return self.team(session, part).person_id

    def action(self, session: Session, project: Project, risk: Risk, act: Row) -> None:
        cost = Money.of(Decimal(act["cost"]), risk.currency).minor if "cost" in act else None
        add_action(
            session,
            self.team(session, "lead"),
            project,
            risk,
            text=act["text"],
            owner=act["owner"],
            cost_minor=cost,
            due_on=act["due"],
        )

    def evidence(self, session: Session, project: Project, risk: Risk, act: Row) -> None:
        lead, kind = self.team(session, "lead"), EvidenceKind(act["kind"])
        add_evidence(session, lead, project, risk, kind, act["reference"], act["text"])

    def assess(self, session: Session, project: Project, risk: Risk, act: Row) -> None:
        lead, point = self.team(session, "lead"), Point(*act["to"])
        assess(session, lead, self.stage.pack, project, risk, Stance.RESIDUAL, point, act["reason"])

    def propose(self, session: Session, project: Project, risk: Risk, act: Row) -> None:
        propose(session, self.team(session, "lead"), self.stage.pack, project, risk, act["reason"], act["until"])

    def accept(self, session: Session, project: Project, risk: Risk, act: Row) -> None:
        row, who = proposed_acceptance(session, risk.id), self.stage.viewer(session, act["by"])
        if row is None:
            raise AssertionError(f"{risk.event}: no acceptance was proposed")
        shown = digest_of(risk, row)
        decide(session, who, self.stage.pack, project, risk, digest=shown, accepts=True, note=act["text"])

    def answer(self, session: Session, project: Project, risk: Risk, act: Row) -> None:
        who = self.stage.official(session, self.one.story, act["by"])
        passes_on = act["do"] == "pass_on"
        answer(session, who, self.stage.pack, project, risk, act["text"], passes_on=passes_on)

    def occur(self, session: Session, project: Project, risk: Risk, act: Row) -> None:
        said = IssueWords(act["text"], Severity(act["severity"]), act["owner"], act["due"])
        occur(session, self.team(session, "lead"), self.stage.pack, project, risk, said)


Act = Callable[[_Telling, Session, Project, Risk, Row], None]

ACTS: Mapping[str, Act] = {
    "action": _Telling.action,
    "evidence": _Telling.evidence,
    "assess": _Telling.assess,
    "propose": _Telling.propose,
    "accept": _Telling.accept,
    "answer": _Telling.answer,
    "pass_on": _Telling.answer,
    "occur": _Telling.occur,
}
