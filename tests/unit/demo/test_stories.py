"""The invented data hold together: people for every team, words for every question that a pack asks."""

import pytest

from portfolio.business_cases.terms import CaseStatus
from portfolio.demo.country import Country
from portfolio.demo.stories import read, stories
from portfolio.demo.writing import cost_amounts, facts_of
from portfolio.packs.loader import load_pack
from portfolio.people.terms import Role

PACK = load_pack("eclac")
KEYS = {row["key"] for row in read("country")["people"]}
CODES = {row["code"] for row in read("country")["institutions"]}


def test_about_sixty_cases_in_every_state_that_a_case_can_show() -> None:
    shown = {story.target for story in stories()}
    assert 55 <= len(stories()) <= 70
    assert shown == set(CaseStatus) - {CaseStatus.CLOSED}


def test_every_case_has_a_body_and_a_team() -> None:
    country = Country()
    for story in stories():
        assert story.at in CODES
        assert {country.member(story.team, part) for part in ("lead", "fin", "exp", "cio")} <= KEYS


def test_everybody_holds_real_roles_in_a_real_body() -> None:
    for person in read("country")["people"]:
        for held in person["roles"]:
            assert Role(held["role"])
            assert held["at"] in CODES


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.at + str(story.place))
def test_amounts_by_year_are_exactly_the_cost(story) -> None:  # type: ignore[no-untyped-def]
    assert sum(sum(amounts.values()) for amounts in cost_amounts(story)) == story.cost * 100


def test_every_required_question_has_words() -> None:
    texts, facts = read("narratives"), facts_of(next(story for story in stories() if story.uses_ai))
    silent = [
        f"{section.code.value}.{question.code}"
        for section in PACK.sections.values()
        for question in section.shown_questions
        if question.required
        and not texts.get(section.code.value, {}).get(question.code)
        and f"{section.code.value}.{question.code}" not in facts
    ]
    assert not silent, silent


def test_the_first_bodies_are_the_hosts_of_the_neutral_pack() -> None:
    assert set(PACK.institutions) <= CODES
