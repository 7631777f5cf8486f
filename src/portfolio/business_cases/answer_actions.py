"""Saving answers: per field, so that two people in one section lose nothing (house.md section 4, security.md F15)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.business_cases.answers import accepted
from portfolio.business_cases.editing import lock_for_edit, note_edit
from portfolio.business_cases.models import BusinessCase, CaseAnswer
from portfolio.db.clock import now
from portfolio.packs.questions import Question
from portfolio.packs.terms import SectionCode
from portfolio.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Conflict:
    """What somebody else wrote since the page was read: saving again on top of `version` is a choice."""

    theirs: str
    by_id: uuid.UUID
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Typed:
    """A field as it was sent: its text, the version it was read at, and the digest of what it showed then (or nothing)."""

    text: str
    version: int
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the fields of a section, by question: new versions, sentences of refusal, conflicts."""

    saved: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)


def seen_digest(shown: str) -> str:
    """Short digest of what a field shows, by which an untouched one is told from a changed one."""
    return digest(shown.strip())[:16]


def save_answers(
    session: Session,
    actor: Viewer,
    case: BusinessCase,
    section: SectionCode,
    questions: Sequence[Question],
    fields: Mapping[str, Typed],
) -> Outcome:
    """Store what can be stored of one section; fields that nobody touched stay as they are, whoever changed them since.

    Raises `Refused` when the section is locked. Bad values and conflicts do not keep the others from being saved.
    """
    lock_for_edit(session, actor, case, section)
    wanted = [question for question in questions if question.code in fields]
    rows = _locked(session, case.id, section, [question.code for question in wanted])
    saved: dict[str, int] = {}
    errors: dict[str, str] = {}
    conflicts: dict[str, Conflict] = {}
    changes: list[tuple[str, str, str]] = []
    for question in wanted:
        sent = fields[question.code]
        if sent.seen and sent.seen == seen_digest(sent.text):
            continue
        try:
            value = accepted(question, sent.text, case.currency)
        except ValueError as error:
            errors[question.code] = str(error)
            continue
        written = _write(session, actor, case, section, question.code, value, sent.version, rows)
        if isinstance(written, Conflict):
            conflicts[question.code] = written
        else:
            saved[question.code] = written[1]
            if written[0] is not None:
                changes.append((question.code, written[0], value))
    note_edit(session, actor, case, section, changes)
    return Outcome(saved, errors, conflicts)


def _write(
    session: Session,
    actor: Viewer,
    case: BusinessCase,
    section: SectionCode,
    question: str,
    value: str,
    base: int,
    rows: dict[str, CaseAnswer],
) -> Conflict | tuple[str | None, int]:
    """(what stood before or nothing when it is the same, version now), or the conflict."""
    row = rows.get(question)
    if row is None and not value:
        return None, 0
    if row is None and base == 0:
        row = _inserted(session, actor, case, section, question, value)
        if row is not None:
            return "", row.version
        row = _locked(session, case.id, section, [question])[question]
    if row is None:
        return Conflict("", case.lead_id, now(session), 0)
    if row.value == value:
        return None, row.version
    if row.version != base:
        return Conflict(row.value, row.edited_by_id, row.edited_at, row.version)
    before = row.value
    row.value, row.edited_by_id, row.edited_at = value, actor.person_id, now(session)
    session.flush()
    return before, row.version


def _inserted(
    session: Session, actor: Viewer, case: BusinessCase, section: SectionCode, question: str, value: str
) -> CaseAnswer | None:
    """The new row, or nothing when somebody else was faster."""
    row = CaseAnswer(
        case_id=case.id,
        section=section.value,
        question=question,
        value=value,
        edited_by_id=actor.person_id,
        edited_at=now(session),
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return None
    return row


def _locked(
    session: Session, case_id: uuid.UUID, section: SectionCode, questions: Sequence[str]
) -> dict[str, CaseAnswer]:
    """The rows, held until the transaction ends, always in the same order so that no two wait for each other."""
    rows = session.scalars(
        select(CaseAnswer)
        .where(
            col(CaseAnswer.case_id) == case_id,
            col(CaseAnswer.section) == section.value,
            col(CaseAnswer.question).in_(questions),
        )
        .order_by(col(CaseAnswer.question))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.question: row for row in rows}
