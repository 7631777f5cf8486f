"""Saving the institution's own word, criterion by criterion, so that two people in one section lose nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.answer_actions import seen_digest
from portfolio.business_cases.editing import lock_for_edit, note_edit
from portfolio.business_cases.models import BusinessCase
from portfolio.checks.assessment import standards_for
from portfolio.checks.models import SelfAssessment
from portfolio.checks.rules import OWN_RESULTS
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.people.viewer import Viewer
from portfolio.web.lengths import too_long

MAX_EVIDENCE = 2000
RESULTS = tuple(result.value for result in OWN_RESULTS)


@dataclass(frozen=True, slots=True)
class TypedField:
    """One field as sent. `version`: of the criterion's row when the page was read; `seen`: digest of what it showed."""

    text: str
    version: int
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of the fields by name (`result.T01.1`, `evidence.T01.1`): errors, what others wrote, new versions by criterion."""

    errors: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)


def split_field(name: str) -> tuple[str, str]:
    """("result" or "evidence", criterion); ("", "") for any other name."""
    part, _dot, criterion = name.partition(".")
    return (part, criterion) if part in ("result", "evidence") else ("", "")


def save_assessment(
    session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, fields: Mapping[str, TypedField]
) -> Saved:
    """Store what can be stored; a field that nobody touched stays as it is. Raises `Refused` when the section is locked."""
    lock_for_edit(session, actor, case, SectionCode.STANDARDS)
    asked = {criterion.code for one in standards_for(session, pack, case) if one.applies for criterion in one.criteria}
    rows = _rows(session, case)
    errors: dict[str, str] = {}
    theirs: dict[str, str] = {}
    changes: list[tuple[str, str, str]] = []
    touched: set[str] = set()
    for name, sent in fields.items():
        part, criterion = split_field(name)
        if criterion not in asked or (sent.seen and sent.seen == seen_digest(sent.text)):
            continue
        if problem := _problem(part, sent.text):
            errors[name] = problem
            continue
        row = rows.get(criterion) or _inserted(session, actor, case, criterion, rows)
        before: str = getattr(row, part)
        touched.add(criterion)
        if before == sent.text:
            continue
        if row.version != sent.version and before and seen_digest(before) != sent.seen:
            theirs[name] = before
            continue
        setattr(row, part, sent.text)
        row.edited_by_id = actor.person_id
        changes.append((f"assessment:{criterion}:{part}", before, sent.text))
    session.flush()
    note_edit(session, actor, case, SectionCode.STANDARDS, changes)
    return Saved(errors, theirs, {code: rows[code].version for code in touched})


def _problem(part: str, text: str) -> str:
    if part == "result":
        return "" if not text or text in RESULTS else _("Choose one of the options")
    return "" if len(text) <= MAX_EVIDENCE else too_long(MAX_EVIDENCE, len(text))


def _rows(session: Session, case: BusinessCase) -> dict[str, SelfAssessment]:
    """Held until the transaction ends, in one order, so that no two writers wait for each other."""
    rows = session.scalars(
        select(SelfAssessment)
        .where(col(SelfAssessment.case_id) == case.id)
        .order_by(col(SelfAssessment.criterion))
        .with_for_update()
    )
    return {row.criterion: row for row in rows}


def _inserted(
    session: Session, actor: Viewer, case: BusinessCase, criterion: str, rows: dict[str, SelfAssessment]
) -> SelfAssessment:
    """A new row, or the one that somebody else was faster with."""
    row = SelfAssessment(case_id=case.id, criterion=criterion, edited_by_id=actor.person_id)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        rows.update(_rows(session, case))
        return rows[criterion]
    rows[criterion] = row
    return row
