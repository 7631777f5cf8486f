"""Reading the answers of a section: which questions are asked, and what the answers declare about the case."""

from collections.abc import Mapping

from portfolio.packs.questions import YES, Question, Section
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseFact, CaseKind, SectionCode, TrackCode

Answers = Mapping[str, str]
"""Stored answers by question code; yes/no questions hold "yes" or "no"."""


def asked_questions(section: Section, answers: Answers) -> tuple[Question, ...]:
    """The questions to show, in order: neither hidden nor made pointless by an earlier answer."""
    asked: dict[str, Question] = {}
    for question in section.shown_questions:
        condition = question.asked_when
        if condition is None or (condition.question in asked and answers.get(condition.question) == condition.answer):
            asked[question.code] = question
    return tuple(asked.values())


def unanswered(section: Section, answers: Answers) -> tuple[Question, ...]:
    """Required questions that are asked and have no answer yet."""
    return tuple(
        question
        for question in asked_questions(section, answers)
        if question.required and not answers.get(question.code, "").strip()
    )


def declared_facts(
    pack: CountryPack, kind: CaseKind, track: TrackCode, answers: Mapping[SectionCode, Answers]
) -> frozenset[CaseFact]:
    """What a case declares, from its kind and from the yes/no questions of the sections that its track shows."""
    facts = {CaseFact.PILOT} if kind is CaseKind.PILOT else set()
    for section in pack.shown_sections(track):
        given = answers.get(section.code, {})
        for question in asked_questions(section, given):
            if question.fact is not None and given.get(question.code) == YES:
                facts.add(question.fact)
    return frozenset(facts)
