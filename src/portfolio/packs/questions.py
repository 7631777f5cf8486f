"""Sections of the case form and their questions."""

from typing import Self

from pydantic import Field, model_validator

from portfolio.i18n import Phrase
from portfolio.packs.parts import Choice, Code, Origin, Part
from portfolio.packs.terms import CaseFact, QuestionType, SectionCode, SignOffRole, TrackCode

YES = "yes"
NO = "no"
"""The two stored answers of a yes/no question."""


class AskedWhen(Part):
    """A question that is only asked after a certain answer to an earlier one of the same section."""

    question: Code
    answer: str


class Question(Origin):
    """One field of a section. `required` counts where the section itself is required and the question is asked.

    `fact`: what a yes declares about the case. `max_length` counts characters. `hidden` takes an optional one away.
    """

    code: Code
    label: Phrase
    help: Phrase
    good_example: Phrase | None = None
    bad_example: Phrase | None = None
    type: QuestionType = QuestionType.LONG_TEXT
    max_length: int = Field(default=3000, ge=1, le=20000)
    required: bool = True
    hidden: bool = False
    choices: dict[str, Choice] = Field(default_factory=dict)
    asked_when: AskedWhen | None = None
    fact: CaseFact | None = None

    @model_validator(mode="after")
    def type_fits(self) -> Self:
        if (self.type is QuestionType.CHOICE) != bool(self.choices):
            raise ValueError("choices belong to questions of type choice, and to these only")
        if self.fact is not None and self.type is not QuestionType.YES_NO:
            raise ValueError("only a yes_no question can declare a fact")
        if self.hidden and self.required:
            raise ValueError("a required question cannot be hidden: write required: no as well")
        return self


class Section(Origin):
    """One section of the form; `required_in` and `optional_in` name tracks, in any other track it is not shown."""

    code: SectionCode
    label: Phrase
    help: Phrase
    owner: SignOffRole
    required_in: tuple[TrackCode, ...] = ()
    optional_in: tuple[TrackCode, ...] = ()
    questions: dict[str, Question] = Field(default_factory=dict)

    @property
    def shown_questions(self) -> tuple[Question, ...]:
        """Questions that are not hidden, in the order of the form."""
        return tuple(question for question in self.questions.values() if not question.hidden)

    @model_validator(mode="after")
    def conditions_look_back(self) -> Self:
        known: dict[str, Question] = {}
        for question in self.questions.values():
            if question.asked_when is not None:
                _refuse_impossible(question.code, question.asked_when, known)
            known[question.code] = question
        return self

    @model_validator(mode="after")
    def tracks_are_named_once(self) -> Self:
        both = [*self.required_in, *self.optional_in]
        if len(both) != len(set(both)):
            raise ValueError("a track is named twice in required_in and optional_in")
        return self


def _refuse_impossible(code: str, condition: AskedWhen, known: dict[str, Question]) -> None:
    asked = known.get(condition.question)
    if asked is None:
        raise ValueError(f"{code} depends on {condition.question}, which is not an earlier question of the section")
    possible = {YES, NO} if asked.type is QuestionType.YES_NO else set(asked.choices)
    if condition.answer not in possible:
        raise ValueError(f"{code} depends on the answer {condition.answer!r}, which {condition.question} cannot have")
