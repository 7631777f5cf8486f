"""Writing a lesson down, answering it in a case, saying where something comes from. Each act and its event are one transaction."""

import uuid

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused
from portfolio.i18n import gettext as _
from portfolio.lessons.categories import categories
from portfolio.lessons.forms import LessonFields, OriginFields
from portfolio.lessons.models import DerivedLink, Lesson, LessonTerm, LessonUse
from portfolio.lessons.terms import Sharing
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.words import terms_of
from portfolio.strategy.models import Call


def record_lesson(session: Session, actor: Viewer, project: Project, fields: LessonFields) -> Lesson:
    """Raises `FieldRefused` for an unknown category, and for a sharing that would tell a decision before its day."""
    _check(session, project, fields)
    row = Lesson(project_id=project.id, written_by_id=actor.person_id, written_at=now(session), **fields.model_dump())
    session.add(row)
    session.flush()
    _index(session, row)
    record(
        session, actor, Tag.LESSON_RECORDED, row, words=_text_of(row), case=project.case_id, project=project.id,
        category=row.category, sharing=row.sharing.value,
    )  # fmt: skip
    return row


def change_lesson(session: Session, actor: Viewer, project: Project, row: Lesson, fields: LessonFields) -> None:
    """As `record_lesson`; what stood before stays in the trail as its digest."""
    _check(session, project, fields)
    for name, value in fields.model_dump().items():
        setattr(row, name, value)
    session.flush()
    _index(session, row)
    record(
        session, actor, Tag.LESSON_CHANGED, row, words=_text_of(row), case=project.case_id, project=project.id,
        category=row.category, sharing=row.sharing.value,
    )  # fmt: skip


def _check(session: Session, project: Project, fields: LessonFields) -> None:
    if fields.category not in categories():
        raise FieldRefused("category", _("Choose one of the options"))
    if fields.sharing is Sharing.OWN:
        return
    initiative = session.get_one(Initiative, project.initiative_id)
    call = None if initiative.call_id is None else session.get(Call, initiative.call_id)
    if call is not None and call.embargo_until is not None and call.embargo_until > now(session):
        raise FieldRefused("sharing", _("The decisions of this call are not published yet: the lesson would tell one."))


def _text_of(row: Lesson) -> str:
    return "\n".join((row.title, row.context, row.happened, row.advice))


def _index(session: Session, row: Lesson) -> None:
    session.execute(delete(LessonTerm).where(col(LessonTerm.lesson_id) == row.id))
    terms = sorted(terms_of(_text_of(row)))
    if terms:
        session.execute(insert(LessonTerm), [{"lesson_id": row.id, "term": term} for term in terms])


def answer_lesson(session: Session, actor: Viewer, case_id: uuid.UUID, lesson: Lesson, answer: str) -> LessonUse:
    """How a case answers a lesson that its writer may read: the caller found both."""
    row = LessonUse(case_id=case_id, lesson_id=lesson.id, answer=answer, by_id=actor.person_id, at=now(session))
    session.add(row)
    session.flush()
    record(session, actor, Tag.LESSON_ANSWERED, row, words=answer, case=case_id, lesson=lesson.id)
    return row


def derive(session: Session, actor: Viewer, initiative: Initiative, fields: OriginFields) -> DerivedLink:
    """Say where an initiative comes from. Raises `FieldRefused` for a number that nothing has, itself, or what was said before."""
    typed = fields.number.strip()
    origin = session.scalar(
        select(Initiative)
        .where(col(Initiative.reference).in_((typed, typed.upper())))
        .order_by(col(Initiative.id))
        .limit(1)
    )
    if origin is None:
        raise FieldRefused("number", _("Nothing has this number. It is written at the top of every page of a project."))
    if origin.id == initiative.id:
        raise FieldRefused("number", _("Nothing is derived from itself."))
    if _is_said(session, initiative.id, origin.id, fields):
        raise FieldRefused("number", _("This is on record already."))
    row = DerivedLink(
        initiative_id=initiative.id,
        origin_id=origin.id,
        kind=fields.kind,
        note=fields.note or "",
        by_id=actor.person_id,
        at=now(session),
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.ORIGIN_NAMED, row, initiative=initiative.id, origin=origin.id, link=fields.kind.value)
    return row


def _is_said(session: Session, initiative_id: uuid.UUID, origin_id: uuid.UUID, fields: OriginFields) -> bool:
    """The same link, or the way back: two that come from each other come from nowhere."""
    found = session.scalars(
        select(DerivedLink).where(
            col(DerivedLink.initiative_id).in_((initiative_id, origin_id)),
            col(DerivedLink.origin_id).in_((initiative_id, origin_id)),
        )
    ).all()
    return any(row.kind is fields.kind or row.initiative_id == origin_id for row in found)
