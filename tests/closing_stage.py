"""Everything that a project needs before it may be closed, by the acts that people use; plain functions that commit nothing."""

from datetime import timedelta

from sqlalchemy.orm import Session

from modification_stage import SECRET
from portfolio.closure.checklist import answer_item, checklist, today_of
from portfolio.closure.evaluating import hand_in, review_evaluation
from portfolio.closure.forms import EvaluationFields, ServiceFields
from portfolio.closure.models import Evaluation, Service
from portfolio.closure.services import register_service
from portfolio.closure.terms import ItemState, Judged, Reached
from portfolio.lessons.actions import record_lesson
from portfolio.lessons.forms import LessonFields
from portfolio.lessons.models import Lesson
from portfolio.lessons.terms import Sharing
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from visitors import PASSWORD

WRITTEN = EvaluationFields(
    users="They finish alone",
    worked="Testing early",
    not_worked="The first tender",
    conclusion="It was worth it",
    reached=Reached.REACHED,
    act="hand_in",
)


def a_lesson(
    session: Session, lead: Viewer, project: Project, title: str = "Migrate the data before the screens", **more: object
) -> Lesson:
    fields: dict[str, object] = {
        "title": title,
        "category": "delivery",
        "context": "The registry had three copies of each citizen.",
        "happened": "The screens were ready four months before the records.",
        "advice": "Begin with the deduplication of the registry.",
        "sharing": Sharing.SHARED,
    }
    return record_lesson(session, lead, project, LessonFields(**{**fields, **more}))


def a_service(session: Session, pack: CountryPack, project: Project, lead: Viewer, days: int = 365) -> Service:
    due = today_of(session, pack) + timedelta(days=days)
    fields = ServiceFields(name="Licences online", owner_id=lead.person_id, next_review_on=due)
    return register_service(session, lead, pack, project, fields)


def settle_items(session: Session, pack: CountryPack, project: Project, lead: Viewer) -> None:
    """Everything that a person says; what the record answers is left to the record."""
    for line in checklist(session, pack, project):
        if line.item.reads is None:
            answer_item(session, lead, pack, project, line.item.code, ItemState.DONE, "Minutes of the 3rd")


def evaluate(session: Session, pack: CountryPack, project: Project, lead: Viewer, reviewer: Viewer) -> Evaluation:
    row = hand_in(session, lead, pack, project, WRITTEN)
    review_evaluation(
        session, reviewer, pack, SECRET, project, row, Judged.AGREED, "The figures bear it out", PASSWORD, row.digest
    )
    return row


def make_closable(session: Session, pack: CountryPack, project: Project, lead: Viewer, reviewer: Viewer) -> None:
    settle_items(session, pack, project, lead)
    a_lesson(session, lead, project)
    a_service(session, pack, project, lead)
    evaluate(session, pack, project, lead, reviewer)
