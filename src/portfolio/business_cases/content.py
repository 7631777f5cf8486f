"""The whole content of a case as one plain value: what is shown, signed, frozen, compared and counted as missing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.business_cases.content_registry import tables_of
from portfolio.business_cases.lines import content as _lines  # noqa: F401  its tables are part of every content
from portfolio.business_cases.models import Attachment, BusinessCase, CaseAnswer
from portfolio.packs.answers import asked_questions
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.people.models import Institution, Unit
from portfolio.strategy.models import Call
from portfolio.strategy.queries import action_line_question

FORMAT = 1
"""Version of this shape; a snapshot says which one it has."""

Content = dict[str, Any]
Answers = dict[SectionCode, dict[str, str]]


def read_answers(session: Session, case: BusinessCase) -> Answers:
    """Stored answers by section and question, those of questions that are not asked any more included."""
    rows = session.execute(
        select(col(CaseAnswer.section), col(CaseAnswer.question), col(CaseAnswer.value))
        .where(col(CaseAnswer.case_id) == case.id)
        .order_by(col(CaseAnswer.section), col(CaseAnswer.question))
    )
    answers: Answers = {code: {} for code in SectionCode}
    for section, question, value in rows:
        answers[SectionCode(section)][question] = value
    return answers


def read_content(session: Session, pack: CountryPack, case: BusinessCase) -> Content:
    """`{"format", "case": {...}, "sections": {code: {"answers": {}, "lines": {name: [...]}}}, "attachments": [...]}`.

    Every section of the form is there, in its order, empty or not; answers are those of questions that are asked, without
    the blank ones. Amounts are minor units of the case's currency. Names are those of today: the content stands alone.
    """
    answers = read_answers(session, case)
    return {
        "format": FORMAT,
        "case": _head(session, case),
        "sections": {
            code.value: {
                "answers": _asked(session, pack, case, code, answers[code]),
                "lines": {table.name: list(table.read(session, pack, case)) for table in tables_of(code)},
            }
            for code in SectionCode
        },
        "attachments": _attachments(session, case),
    }


def section_digest(content: Mapping[str, Any], section: SectionCode | str) -> str:
    """SHA-256 of one section's part of the content, with title, kind and currency of the case; attachments with theirs.

    The priority is not in it: an institution may reorder its cases without asking everybody to sign again.
    """
    code = SectionCode(section).value
    head = {name: content["case"][name] for name in ("title", "kind", "currency")}
    part = {"section": code, "case": head, "content": content["sections"][code]}
    if code == SectionCode.ATTACHMENTS.value:
        part["attachments"] = content["attachments"]
    return digest(part)


def content_digest(content: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the content's RFC 8785 JSON: what submission shows and prints."""
    return digest(content)


def _head(session: Session, case: BusinessCase) -> dict[str, Any]:
    institution = session.get_one(Institution, case.institution_id)
    unit = session.get(Unit, case.unit_id) if case.unit_id else None
    call = session.get_one(Call, case.call_id)
    return {
        "title": case.title,
        "kind": case.kind,
        "case_version": case.case_version,
        "currency": case.currency,
        "language": case.language,
        "priority": case.priority,
        "institution": {"id": str(institution.id), "name": institution.name},
        "unit": None if unit is None else {"id": str(unit.id), "name": unit.name},
        "call": {"id": str(call.id), "title": call.title, "fiscal_year": call.fiscal_year},
    }


def _asked(
    session: Session, pack: CountryPack, case: BusinessCase, code: SectionCode, answers: Mapping[str, str]
) -> dict[str, str]:
    asked = [question.code for question in asked_questions(pack.section(code), answers)]
    extra = action_line_question(session, case.call_id) if code is SectionCode.STRATEGY else None
    codes = [*([extra.code] if extra else []), *asked]
    return {name: answers[name] for name in codes if answers.get(name, "").strip()}


def _attachments(session: Session, case: BusinessCase) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Attachment)
        .where(col(Attachment.case_id) == case.id, col(Attachment.removed_at).is_(None))
        .order_by(col(Attachment.created_at), col(Attachment.id))
    )
    return [
        {
            "id": str(row.id),
            "name": row.file_name,
            "title": row.title,
            "section": row.section,
            "media_type": row.media_type,
            "sha256": row.sha256,
            "size": row.size,
        }
        for row in rows
    ]
