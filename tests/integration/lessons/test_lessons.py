"""Lessons: who reads which with what name, how they are found, which cases answer them; and what comes from what."""

import pytest
from sqlalchemy.exc import DatabaseError

from closing_stage import a_lesson
from conftest import NOW
from factories import a_person, an_institution
from life_stage import Scene, a_scene, another_project
from portfolio.errors import FieldRefused, NotFound
from portfolio.lessons.actions import answer_lesson, change_lesson, derive
from portfolio.lessons.forms import LessonFields, OriginFields
from portfolio.lessons.queries import (
    answered_by,
    derived_from,
    get_lesson,
    library,
    origins_of,
    replicated,
    similar,
    uses_of_case,
)
from portfolio.lessons.terms import LinkKind, Sharing
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative


@pytest.fixture
def scene(session) -> Scene:
    return a_scene(session)


@pytest.fixture
def stranger(session):
    return a_person(session, (Role.CASE_LEAD, an_institution(session, name="Elsewhere")), name="Stranger")


def test_who_reads_a_lesson_and_whether_its_project_is_named_follows_what_its_writer_chose(session, scene, stranger):
    made = {
        sharing: a_lesson(session, scene.stage.lead, scene.project, f"Lesson {sharing.value}", sharing=sharing)
        for sharing in Sharing
    }
    own = {row.lesson.id: row for row in library(session, scene.stage.lead, NOW)}
    assert set(own) == {lesson.id for lesson in made.values()}
    assert all(row.number and row.project_id == scene.project.id for row in own.values())
    theirs = {row.lesson.sharing: row for row in library(session, stranger, NOW)}
    assert set(theirs) == {Sharing.SHARED, Sharing.NAMED}
    hidden, named = theirs[Sharing.SHARED], theirs[Sharing.NAMED]
    assert (hidden.title, hidden.number, hidden.institution, hidden.project_id) == ("", "", "", None)
    assert named.institution
    assert named.project_id is None
    with pytest.raises(NotFound):
        get_lesson(session, stranger, NOW, made[Sharing.OWN].id)


def test_a_lesson_is_found_by_the_beginnings_of_its_words_and_by_its_category(session, scene):
    lesson = a_lesson(session, scene.stage.lead, scene.project)
    assert [row.lesson.id for row in library(session, scene.stage.lead, NOW, "migr DATA")] == [lesson.id]
    assert library(session, scene.stage.lead, NOW, "migr tender") == []
    assert library(session, scene.stage.lead, NOW, category="procurement") == []
    fields = LessonFields(
        title="Tender in parts", category="procurement", context="c", happened="h", advice="a", sharing=Sharing.OWN
    )
    change_lesson(session, scene.stage.lead, scene.project, lesson, fields)
    assert library(session, scene.stage.lead, NOW, "migr") == []
    assert len(library(session, scene.stage.lead, NOW, "tender", "procurement")) == 1
    session.commit()


def test_an_unknown_category_is_refused_in_its_field(session, scene):
    with pytest.raises(FieldRefused) as refused:
        a_lesson(session, scene.stage.lead, scene.project, category="astrology")
    assert refused.value.field == "category"


def test_lessons_of_similar_projects_share_words_and_the_own_ones_do_not_count(session, scene, stranger):
    lesson = a_lesson(session, scene.stage.lead, scene.project)
    near = similar(session, stranger, NOW, "Deduplication of the civil registry")
    assert [row.lesson.id for row in near] == [lesson.id]
    assert similar(session, stranger, NOW, "Timetables of buses") == []
    assert similar(session, stranger, NOW, "Deduplication of the registry", but=scene.project.initiative_id) == []
    assert similar(session, stranger, NOW, "") == []


def test_a_case_says_how_it_answers_a_lesson_and_the_newest_answer_counts(session, scene):
    lesson = a_lesson(session, scene.stage.lead, scene.project)
    other = another_project(session, scene)
    first = answer_lesson(session, scene.stage.lead, other.case_id, lesson, "Later")
    session.info["now"] = NOW.replace(year=NOW.year + 1)
    answer_lesson(session, scene.stage.lead, other.case_id, lesson, "The data come first")
    ((use, answered),) = uses_of_case(session, other.case_id)
    assert (use.answer, answered.id) == ("The data come first", lesson.id)
    assert answered_by(session, [lesson.id]) == {lesson.id: 1}
    session.commit()
    first.answer = "Never"
    with pytest.raises(DatabaseError, match="append-only"):
        session.flush()
    session.rollback()


def test_replicated_cases_are_counted_by_institution_from_the_links(session, scene, stranger):
    origin = session.get_one(Initiative, scene.project.initiative_id)
    same_house = session.get_one(Initiative, another_project(session, scene).initiative_id)
    fields = OriginFields(number=f" {origin.reference.lower()} ", kind=LinkKind.REPLICATES)
    derive(session, scene.stage.lead, same_house, fields)
    assert replicated(session, origin.id) == 0, "the own institution repeats, it does not replicate"
    same_house.institution_id = next(iter(stranger.own_institutions))
    session.flush()
    assert replicated(session, origin.id) == 1
    ((link),) = derived_from(session, scene.stage.head, NOW, origin.id)
    assert link.number == same_house.reference
    (back,) = origins_of(session, scene.stage.lead, NOW, same_house.id)
    assert back.title == origin.title
    for number, words in (
        ("PF-1999-999999", "Nothing has this number"),
        (same_house.reference, "derived from itself"),
        (origin.reference, "on record already"),
    ):
        with pytest.raises(FieldRefused, match=words):
            derive(session, scene.stage.lead, same_house, fields.model_copy(update={"number": number}))
    with pytest.raises(FieldRefused, match="on record already"):
        derive(
            session, scene.stage.lead, origin, OriginFields(number=same_house.reference, kind=LinkKind.CONTINUES)
        )  # fmt: skip
