"""Where each section of a case stands, for the task list."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.completeness import Missing, Standing, by_section, section_address
from portfolio.business_cases.content_registry import Line, tables_of
from portfolio.business_cases.editing import why_locked
from portfolio.business_cases.models import Attachment, BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.people.terms import Role

GIVEN = frozenset({"id", "solution", "position"})
"""Columns that a line has before anybody wrote in it."""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A line of the task list, as `macros/layout.html` shows it."""

    code: str
    title: str
    href: str
    owner: str
    hint: str
    status: str
    tone: str
    required: bool
    begun: bool


def section_rows(session: Session, pack: CountryPack, state: Standing, missing: list[Missing]) -> list[SectionRow]:
    """Sections that the track shows, in the order of the form."""
    lacking = by_section(missing)
    rows = []
    for code in state.shown:
        section = pack.section(code)
        begun = has_begun(session, pack, state, code)
        count = len(lacking.get(code.value, []))
        words, tone = _state(state.case, code, code in state.required, begun, count)
        rows.append(
            SectionRow(
                code=code.value,
                title=str(section.label),
                href=section_address(state.case.id, code.value),
                owner=label(Role(section.owner.value)),
                hint=ngettext("%(n)s thing is missing", "%(n)s things are missing", count) % {"n": count}
                if count and begun
                else "",
                status=words,
                tone=tone,
                required=code in state.required,
                begun=begun,
            )
        )
    return rows


def has_begun(session: Session, pack: CountryPack, state: Standing, code: SectionCode) -> bool:
    """Whether anything at all was written in a section."""
    if any(value.strip() for value in state.answers[code].values()):
        return True
    if code is SectionCode.ATTACHMENTS:
        return bool(
            session.scalar(
                select(exists().where(col(Attachment.case_id) == state.case.id, col(Attachment.removed_at).is_(None)))
            )
        )
    return any(_is_filled(line) for table in tables_of(code) for line in table.read(session, pack, state.case))


def _is_filled(line: Line) -> bool:
    """Whether somebody wrote something: lines that the form gives from the start have their key and subject only."""
    return any(value not in (None, "", False, [], {}) for name, value in line.items() if name not in GIVEN)


def _state(case: BusinessCase, code: SectionCode, required: bool, begun: bool, missing: int) -> tuple[str, str]:
    if why_locked(case, code):
        return (_("Frozen"), "quiet") if case.submitted_at else (_("Locked"), "quiet")
    if case.status is CaseStatus.INCOMPLETE:
        return _("To be corrected"), "caution"
    if not begun:
        return (_("Not started"), "quiet") if required else (_("Optional"), "quiet")
    if missing:
        return _("Started"), "active"
    return _("Complete"), "good"
