"""Reading lessons: those of a project, the library, those of similar projects; and who derives from whom."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import NotFound
from portfolio.lessons.models import DerivedLink, Lesson, LessonTerm, LessonUse
from portfolio.lessons.terms import LinkKind, Sharing
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to
from portfolio.projects.words import after_prefix, terms_of, typed_terms

MOST = 100
"""Lessons that one page of the library shows: the newest; a search narrows."""
SIMILAR = 5
SHORTEST_WORD = 5
"""Letters from which a word says something of what a project is about."""
LEAST_SHARED = 2
"""Words, or the theme and one word, from which two projects are alike."""
THEME_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """A lesson as this reader may see it: `title`, `number` and `institution` are blank where the project is not theirs to know.

    `project_id` is nothing where the reader cannot open the project.
    """

    lesson: Lesson
    project_id: uuid.UUID | None
    title: str
    number: str
    institution: str


def lessons_of(session: Session, project_id: uuid.UUID) -> Sequence[Lesson]:
    """Of a project that the reader may find, the newest first."""
    return session.scalars(
        select(Lesson)
        .where(col(Lesson.project_id) == project_id)
        .order_by(col(Lesson.written_at).desc(), col(Lesson.id).desc())
    ).all()


def library(
    session: Session, viewer: Viewer, at: datetime, text: str = "", category: str = ""
) -> list[Listed]:  # fmt: skip
    """What this reader may read, the newest first, at most `MOST`; every typed word must begin one of the lesson's."""
    query = _readable(viewer, at)
    for word in typed_terms(text):
        query = query.where(
            exists().where(
                col(LessonTerm.lesson_id) == col(Lesson.id),
                col(LessonTerm.term) >= word,
                col(LessonTerm.term) < after_prefix(word),
            )
        )
    if category:
        query = query.where(col(Lesson.category) == category)
    return _listed(session, query.order_by(col(Lesson.written_at).desc(), col(Lesson.id).desc()).limit(MOST))


def similar(
    session: Session, viewer: Viewer, at: datetime, text: str, theme: str = "", but: uuid.UUID | None = None
) -> list[Listed]:
    """Lessons that share words or the theme with a text, the nearest first. `but`: the initiative whose own do not count."""
    words = sorted(term for term in terms_of(text) if len(term) >= SHORTEST_WORD)[:200]
    if not words and not theme:
        return []
    shared = (
        select(func.count())
        .where(col(LessonTerm.lesson_id) == col(Lesson.id), col(LessonTerm.term).in_(words))
        .correlate(Lesson)
        .scalar_subquery()
    )
    of_theme = and_(col(Initiative.theme) == theme, col(Initiative.theme) != "")
    query = _readable(viewer, at).add_columns(shared.label("shared"), of_theme.label("of_theme"))
    if but is not None:
        query = query.where(col(Initiative.id) != but)
    rows = session.execute(
        query.where(or_(shared > 0, of_theme)).order_by(shared.desc(), col(Lesson.id)).limit(MOST)
    ).all()
    scored = [(row.shared + THEME_WEIGHT * bool(row.of_theme), row) for row in rows]
    near = sorted(
        (pair for pair in scored if pair[0] >= LEAST_SHARED), key=lambda pair: (-pair[0], str(pair[1].Lesson.id))
    )
    return [_shown(row) for _score, row in near[:SIMILAR]]


def get_lesson(session: Session, viewer: Viewer, at: datetime, lesson_id: uuid.UUID) -> Listed:
    """Raises `NotFound` for one that this reader may not read."""
    found = _listed(session, _readable(viewer, at).where(col(Lesson.id) == lesson_id))
    if not found:
        raise NotFound
    return found[0]


def _readable(viewer: Viewer, at: datetime) -> Select[*tuple[Any, ...]]:
    is_theirs = visible_to(viewer, at)
    return (
        select(Lesson, Initiative, col(Institution.name).label("institution"), is_theirs.label("is_theirs"))
        .join(Project, col(Project.id) == col(Lesson.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(or_(is_theirs, col(Lesson.sharing) != Sharing.OWN))
    )


def _listed(session: Session, query: Select[*tuple[Any, ...]]) -> list[Listed]:
    return [_shown(row) for row in session.execute(query)]


def _shown(row: Any) -> Listed:
    lesson, initiative = row.Lesson, row.Initiative
    if row.is_theirs or lesson.sharing is Sharing.NAMED:
        known = (initiative.title or "", initiative.reference, row.institution)
        return Listed(lesson, lesson.project_id if row.is_theirs else None, *known)
    return Listed(lesson, None, "", "", "")


def uses_of_case(session: Session, case_id: uuid.UUID) -> list[tuple[LessonUse, Lesson]]:
    """The lessons that a case says it answers, the newest answer of each, the newest first."""
    rows = session.execute(
        select(LessonUse, Lesson)
        .join(Lesson, col(Lesson.id) == col(LessonUse.lesson_id))
        .where(col(LessonUse.case_id) == case_id)
        .order_by(col(LessonUse.at).desc(), col(LessonUse.id).desc())
    )
    newest: dict[uuid.UUID, tuple[LessonUse, Lesson]] = {}
    for row in rows:
        newest.setdefault(row.Lesson.id, (row.LessonUse, row.Lesson))
    return list(newest.values())


def answered_by(session: Session, lessons: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many cases answer each lesson."""
    rows = session.execute(
        select(col(LessonUse.lesson_id), func.count(func.distinct(col(LessonUse.case_id))))
        .where(col(LessonUse.lesson_id).in_(list(lessons)))
        .group_by(col(LessonUse.lesson_id))
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Linked:
    """The other end of a link: its title, institution and project are blank where the reader may not find it."""

    link: DerivedLink
    number: str
    title: str
    institution: str
    project_id: uuid.UUID | None


def origins_of(session: Session, viewer: Viewer, at: datetime, initiative_id: uuid.UUID) -> list[Linked]:
    """What an initiative comes from, in the order in which it was said."""
    return _linked(session, viewer, at, col(DerivedLink.origin_id), col(DerivedLink.initiative_id) == initiative_id)


def derived_from(session: Session, viewer: Viewer, at: datetime, initiative_id: uuid.UUID) -> list[Linked]:
    """What comes from an initiative, in the order in which it was said."""
    return _linked(session, viewer, at, col(DerivedLink.initiative_id), col(DerivedLink.origin_id) == initiative_id)


def _linked(session: Session, viewer: Viewer, at: datetime, other: Any, condition: Any) -> list[Linked]:
    rows: Sequence[Any] = session.execute(
        select(
            DerivedLink,
            Initiative,
            col(Institution.name).label("institution"),
            col(Project.id).label("project_id"),
            and_(col(Project.id).is_not(None), visible_to(viewer, at)).label("is_theirs"),
        )
        .join(Initiative, col(Initiative.id) == other)
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .outerjoin(Project, col(Project.initiative_id) == col(Initiative.id))
        .where(condition)
        .order_by(col(DerivedLink.at), col(DerivedLink.id))
    ).all()
    return [
        Linked(row.DerivedLink, row.Initiative.reference, row.Initiative.title or "", row.institution, row.project_id)
        if row.is_theirs
        else Linked(row.DerivedLink, row.Initiative.reference if row.Initiative.number else "", "", "", None)
        for row in rows
    ]


def replicated(session: Session, initiative_id: uuid.UUID) -> int:
    """How many other institutions replicate an initiative (K91 of the catalogue): counted from the links, never typed."""
    origin = select(col(Initiative.institution_id)).where(col(Initiative.id) == initiative_id).scalar_subquery()
    found: int = (
        session.scalar(
            select(func.count(func.distinct(col(Initiative.institution_id))))
            .select_from(DerivedLink)
            .join(Initiative, col(Initiative.id) == col(DerivedLink.initiative_id))
            .where(
                col(DerivedLink.origin_id) == initiative_id,
                col(DerivedLink.kind) == LinkKind.REPLICATES,
                col(Initiative.institution_id) != origin,
            )
        )
        or 0
    )
    return found
