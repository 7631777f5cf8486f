"""The questions of a section as fields: what each shows, at which version, and what is wrong with what was sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.business_cases.answer_actions import Conflict, Outcome, Typed, seen_digest
from portfolio.business_cases.answers import said, typed
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.queries import answers_of
from portfolio.i18n import gettext as _
from portfolio.packs.answers import asked_questions
from portfolio.packs.questions import NO, YES, Question
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import QuestionType, SectionCode
from portfolio.people.queries import names
from portfolio.strategy.queries import action_line_question
from portfolio.web.forms import Form, Submitted


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """Both texts of a field that two people changed."""

    theirs: str
    yours: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Field:
    """A question as the page shows it. `name` is `section.question`; `asked` is false while an earlier answer rules it out."""

    question: Question
    name: str
    version: int
    seen: str
    stored: str
    said: str
    options: tuple[tuple[str, str, str], ...]
    asked: bool
    optional: bool
    asked_when_field: str
    asked_when_value: str
    conflict: ShownConflict | None = None

    @property
    def anchor(self) -> str:
        return self.name.replace(".", "-")

    @property
    def kind(self) -> str:
        return self.question.type.value

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Options of a list to choose from, without their help."""
        return [(value, words) for value, words, _help in self.options]


def questions_of(session: Session, pack: CountryPack, case: BusinessCase, section: SectionCode) -> tuple[Question, ...]:
    """Every question of a section that a pack shows, and the call's own one about action lines."""
    extra = action_line_question(session, case.call_id) if section is SectionCode.STRATEGY else None
    return ((extra,) if extra else ()) + pack.section(section).shown_questions


def question_named(
    session: Session, pack: CountryPack, case: BusinessCase, name: str
) -> tuple[SectionCode, Question] | None:
    """The question behind a field's name, or nothing."""
    section, _dot, code = name.partition(".")
    if section not in {member.value for member in SectionCode}:
        return None
    found = [question for question in questions_of(session, pack, case, SectionCode(section)) if question.code == code]
    return (SectionCode(section), found[0]) if found else None


def read_fields(submitted: Submitted, section: SectionCode, questions: Sequence[Question]) -> dict[str, Typed]:
    """What was sent of a section's fields. An unchecked radio group sends nothing: it counts as blank when its version came."""
    sent: dict[str, Typed] = {}
    for question in questions:
        name = f"{section.value}.{question.code}"
        if submitted.has(name) or submitted.has(f"version.{name}"):
            version = submitted.text(f"version.{name}").rpartition(":")[2]  # "v:3", which autosave keeps up to date
            sent[question.code] = Typed(submitted.text(name), whole_number(version), submitted.text(f"seen.{name}"))
    return sent


def whole_number(text: str) -> int:
    """A version as it was sent; -1, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def section_fields(
    session: Session,
    pack: CountryPack,
    case: BusinessCase,
    section: SectionCode,
    *,
    sent: Mapping[str, Typed] | None = None,
    outcome: Outcome | None = None,
) -> tuple[list[Field], Form[Any]]:
    """Fields in the order of the form, and the form with what is stored or, where it was not accepted, what was typed."""
    questions = questions_of(session, pack, case, section)
    rows = answers_of(session, case.id, section.value)
    stored = {code: row.value for code, row in rows.items()}
    result, kept = outcome or Outcome(), sent or {}
    people = names(session, [conflict.by_id for conflict in result.conflicts.values()])
    asked = {question.code for question in asked_questions(pack.section(section), stored)}
    raw: dict[str, str] = {}
    errors: dict[str, str] = {}
    fields = []
    for question in questions:
        code, name = question.code, f"{section.value}.{question.code}"
        value = stored.get(code, "")
        shown = typed(question, value)
        refused = code in result.errors or code in result.conflicts
        raw[name] = kept[code].text if refused and code in kept else shown
        conflict = result.conflicts.get(code)
        if code in result.errors:
            errors[name] = result.errors[code]
        elif conflict:
            errors[name] = _(
                "This was changed meanwhile, by someone else or in another window. "
                "Both texts are shown below; saving again keeps yours."
            )
        condition = question.asked_when
        fields.append(
            Field(
                question=question,
                name=name,
                version=rows[code].version if code in rows else 0,
                seen=seen_digest(shown),
                stored=value,
                said=said(question, value, case.currency),
                options=options_of(question),
                asked=code in asked or code not in pack.section(section).questions,
                optional=not question.required,
                asked_when_field=f"{section.value}.{condition.question}" if condition else "",
                asked_when_value=condition.answer if condition else "",
                conflict=_shown_conflict(question, conflict, raw[name], case.currency, people) if conflict else None,
            )
        )
    return fields, Form(raw, errors)


def options_of(question: Question) -> tuple[tuple[str, str, str], ...]:
    """(value, words, help) of a question to choose from."""
    if question.type is QuestionType.YES_NO:
        return ((YES, _("Yes"), ""), (NO, _("No"), ""))
    return tuple((code, str(choice.label), str(choice.help or "")) for code, choice in question.choices.items())


def _shown_conflict(
    question: Question, conflict: Conflict, yours: str, currency: str, people: Mapping[uuid.UUID, str]
) -> ShownConflict:
    return ShownConflict(
        said(question, conflict.theirs, currency) or _("(nothing)"),
        said(question, yours, currency) or _("(nothing)"),
        people.get(conflict.by_id, ""),
        conflict.at,
    )
