"""What every edit of a case's content has in common: may it be made, what is kept of it, who is now an author."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase, CaseRevision
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.packs.terms import SectionCode
from portfolio.people.models import Duty
from portfolio.people.terms import DutyKind
from portfolio.people.viewer import Viewer

QUIET = timedelta(minutes=10)
"""One event in the trail for each person, section and stretch of this length; every save has a revision of its own."""


def why_locked(case: BusinessCase, section: SectionCode | str | None = None) -> str:
    """Why nobody can change this section (or, without one, the head of the case) now; nothing when they can."""
    if case.status is CaseStatus.DRAFT:
        return ""
    if case.status is CaseStatus.INCOMPLETE:
        if section is not None and SectionCode(section).value in case.open_sections:
            return ""
        return _("The case was returned: only the sections that were named can be changed.")
    if case.status is CaseStatus.ALIGNING:
        return _(
            "The case is being signed off, so it cannot be changed. Reopen it to change it: sign-offs of what changes lapse."
        )
    return _("The case was submitted, so what it says is frozen.")


def lock_for_edit(session: Session, actor: Viewer, case: BusinessCase, section: SectionCode | str) -> None:
    """Hold the state of the case until this transaction ends, and refuse an edit that it does not allow.

    Several people may edit at once; nobody signs off, submits or changes the team meanwhile. Raises `Refused`.
    """
    session.refresh(case, attribute_names=["status", "open_sections", "version"], with_for_update={"read": True})
    if reason := why_locked(case, section) or why_off_team(session, case, actor.person_id):
        raise Refused(reason)


def why_off_team(session: Session, case: BusinessCase, person_id: uuid.UUID) -> str:
    """Whoever handed the case over, or was taken off its team, reads it; nothing for everybody else.

    Being off the team is an authorship that ended: what the person wrote stays theirs, for the separation of duties.
    """
    ends = session.scalars(
        select(col(Duty.ended_at)).where(
            col(Duty.person_id) == person_id, col(Duty.subject_id) == case.id, col(Duty.kind) == DutyKind.AUTHOR
        )
    ).all()
    if not ends or None in ends:
        return ""
    return _("You are no longer on the team of this case: you read it, and others write it.")


def lock_for_move(session: Session, case: BusinessCase) -> None:
    """Hold the case alone until this transaction ends: for whoever reads its content to bind it (sign, submit, freeze)."""
    session.refresh(case, with_for_update=True)


def note_edit(
    session: Session,
    actor: Viewer,
    case: BusinessCase,
    section: SectionCode | str,
    changes: list[tuple[str, str, str]],
) -> None:
    """Keep what was there before, make the editor an author of the case, and tell the trail once in a while.

    `changes`: (field, before, after) as texts; a field is a question, or `table:line:column`. Call it after
    `lock_for_edit`, in the transaction of the edit; it does nothing without changes.
    """
    if not changes:
        return
    code = SectionCode(section).value
    at = now(session)
    is_told = _has_edited_since(session, actor.person_id, case.id, code, _stretch(at))
    session.add_all(
        CaseRevision(
            case_id=case.id,
            section=code,
            field=field[:120],
            before=before,
            after=after,
            by_id=actor.person_id,
            created_at=at,
        )
        for field, before, after in changes
    )
    if make_author(session, case, actor) or not is_told:
        record(session, actor, Tag.CASE_EDITED, case, section=code)
    session.flush()


def make_author(session: Session, case: BusinessCase, actor: Viewer) -> bool:
    """A duty as author, once; the caller records the event when this is true."""
    has = session.scalar(
        select(
            exists().where(
                col(Duty.person_id) == actor.person_id,
                col(Duty.subject_id) == case.id,
                col(Duty.kind) == DutyKind.AUTHOR,
            )
        )
    )
    if has:
        return False
    session.add(Duty(person_id=actor.person_id, subject_id=case.id, kind=DutyKind.AUTHOR, began_at=now(session)))
    return True


def _stretch(at: datetime) -> datetime:
    """The beginning of the stretch that an instant lies in."""
    seconds = int(QUIET.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=at.tzinfo)


def _has_edited_since(
    session: Session, person_id: uuid.UUID, case_id: uuid.UUID, section: str, since: datetime
) -> bool:
    return bool(
        session.scalar(
            select(
                exists().where(
                    col(CaseRevision.case_id) == case_id,
                    col(CaseRevision.section) == section,
                    col(CaseRevision.created_at) >= since,
                    col(CaseRevision.by_id) == person_id,
                )
            )
        )
    )
