"""The end of a project of the demonstration: lessons, evaluation, close-out and gate; the service that stays; an external review."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.closure.checklist import answer_item
from portfolio.closure.evaluating import evaluation_of, hand_in, review_evaluation
from portfolio.closure.external import add_finding, move_review, order_review
from portfolio.closure.forms import EvaluationFields, JudgementFields, OrderFields, ServiceFields, YearReviewFields
from portfolio.closure.models import ExternalReview
from portfolio.closure.services import judge_year, register_service, review_year, reviews_of, service_of
from portfolio.closure.terms import ItemState, Judged, Reached, ServiceConclusion
from portfolio.demo.road import Stage
from portfolio.demo.stories import Story, read
from portfolio.lessons.actions import derive, record_lesson
from portfolio.lessons.forms import LessonFields, OriginFields
from portfolio.lessons.terms import LinkKind, Sharing
from portfolio.monitoring import gates
from portfolio.monitoring.life_queries import open_proposal
from portfolio.monitoring.life_terms import GateOutcome
from portfolio.packs.gates import GateCode
from portfolio.projects.models import Initiative, Project

if TYPE_CHECKING:
    from portfolio.demo.delivery import Told

Row = Mapping[str, Any]


def closing(stage: Stage, told: "Sequence[Told]") -> None:
    """Nothing where the story that brings the earlier project was not walked."""
    known = {one.story.title: one for one in told}
    data = read("delivery_closing")
    one = known.get(data["title"])
    if one is None:
        return
    project_id = _earlier(stage, data["source_key"])
    if project_id is not None:
        _learn(stage, one.story, project_id, data)
        _operate(stage, one.story, project_id, data)
        _evaluate(stage, one.story, project_id, data["evaluation"])
        _close(stage, one.story, project_id, data)
        _derive(stage, one, project_id, data["origin"])
    _review(stage, one, data["external"])


def _earlier(stage: Stage, source_key: str) -> uuid.UUID | None:
    with stage.database.reading() as session:
        return session.scalar(
            select(col(Project.id))
            .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
            .where(col(Initiative.source_key) == source_key)
        )


def _learn(stage: Stage, story: Story, project_id: uuid.UUID, data: Row) -> None:
    for row in data["lessons"]:
        with stage.act(row["day"]) as session:
            fields = {name: value for name, value in row.items() if name not in ("day", "sharing")}
            written = LessonFields(**fields, sharing=Sharing(row["sharing"]))
            project = session.get_one(Project, project_id)
            record_lesson(session, stage.team(session, story, "lead"), project, written)


def _operate(stage: Stage, story: Story, project_id: uuid.UUID, data: Row) -> None:
    """Registered, reviewed by its owner, agreed by the directive body."""
    told, year = data["service"], data["review"]
    with stage.act(told["day"], 11) as session:
        lead, project = stage.team(session, story, "lead"), session.get_one(Project, project_id)
        fields = ServiceFields(name=told["name"], owner_id=lead.person_id, next_review_on=told["first_review"])
        register_service(session, lead, stage.pack, project, fields)
    with stage.act(year["day"], 11) as session:
        lead, project = stage.team(session, story, "lead"), session.get_one(Project, project_id)
        service = service_of(session, project_id)
        if service is None:
            raise AssertionError(f"{told['name']}: it was not registered")
        written = YearReviewFields(
            conclusion=ServiceConclusion(year["conclusion"]), reasons=year["reasons"], cost=Decimal(year["cost"])
        )
        review_year(session, lead, stage.pack, project, service, written)
    with stage.act(year["agreed"], 11) as session:
        project, service = session.get_one(Project, project_id), service_of(session, project_id)
        if service is None:
            raise AssertionError(f"{told['name']}: it was not registered")
        analyst = stage.official(session, story, "analyst")
        agreed = JudgementFields(judged=Judged.AGREED, judgement=year["judgement"])
        judge_year(session, analyst, stage.pack, project, service, reviews_of(session, service.id)[0], agreed)


def _evaluate(stage: Stage, story: Story, project_id: uuid.UUID, row: Row) -> None:
    with stage.act(row["day"], 15) as session:
        texts = {name: row[name] for name in ("users", "worked", "not_worked", "conclusion")}
        fields = EvaluationFields(**texts, reached=Reached(row["reached"]), act="hand_in")
        lead, project = stage.team(session, story, "lead"), session.get_one(Project, project_id)
        hand_in(session, lead, stage.pack, project, fields)
    with stage.act(row["reviewed"], 15) as session:
        project, evaluation = session.get_one(Project, project_id), evaluation_of(session, project_id)
        if evaluation is None:
            raise AssertionError("the evaluation was not handed in")
        review_evaluation(
            session, stage.official(session, story, "analyst"), stage.pack, stage.secret, project, evaluation,
            Judged.AGREED, row["review"], stage.password, evaluation.digest,
        )  # fmt: skip


def _close(stage: Stage, story: Story, project_id: uuid.UUID, data: Row) -> None:
    """What people say of the checklist, then the gate; what the record answers is left to the record."""
    items, gate = data["items"], data["gate"]
    with stage.act(items["day"], 16) as session:
        lead, project = stage.team(session, story, "lead"), session.get_one(Project, project_id)
        for code, words in items.items():
            if code != "day":
                answer_item(session, lead, stage.pack, project, code, ItemState.DONE, words)
    with stage.act(gate["day"], 16) as session:
        lead, project = stage.team(session, story, "lead"), session.get_one(Project, project_id)
        name = GateCode.CLOSE.value
        gates.propose_gate(session, lead, stage.pack, project, name, gate["decided"], gate["answers"])
    with stage.act(gate["decided"], 9) as session:
        project = session.get_one(Project, project_id)
        proposal = open_proposal(session, project_id)
        if proposal is None:
            raise AssertionError("the project was not put to the gate")
        gates.decide_gate(
            session, stage.official(session, story, "national_cio"), stage.pack, stage.secret, project, proposal,
            GateOutcome.PASSED, gate["reasons"], "", stage.password, gates.decision_digest(session, project, proposal),
        )  # fmt: skip


def _derive(stage: Stage, one: "Told", origin_id: uuid.UUID, row: Row) -> None:
    with stage.act(row["day"], 17) as session:
        initiative = session.get_one(Initiative, _project(session, one).initiative_id)
        origin = session.get_one(Initiative, session.get_one(Project, origin_id).initiative_id)
        fields = OriginFields(number=origin.reference, kind=LinkKind(row["kind"]), note=row["note"])
        derive(session, stage.team(session, one.story, "lead"), initiative, fields)


def _review(stage: Stage, one: "Told", row: Row) -> None:
    """Ordered, begun, and with one finding that the institution has to answer."""
    with stage.act(row["day"], 12) as session:
        head, project = stage.official(session, one.story, "national_cio"), _project(session, one)
        fields = OrderFields(title=row["name"], scope=row["scope"], reviewer=row["reviewer"], due_on=row["due"])
        review_id = order_review(session, head, stage.pack, project, fields).id
    with stage.act(row["begins"], 12) as session:
        head, project = stage.official(session, one.story, "national_cio"), _project(session, one)
        review = session.get_one(ExternalReview, review_id)
        move_review(session, head, stage.pack, project, review, "begin", row["begin"])
        add_finding(session, head, stage.pack, project, review, row["finding"], row["answer_by"])


def _project(session: Session, one: "Told") -> Project:
    return session.scalars(select(Project).where(col(Project.case_id) == one.case_id)).one()
