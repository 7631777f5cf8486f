"""Admissibility and returns: the analyst admits a case or names what must be completed; only that is unlocked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.deadlines import answer_due_at
from portfolio.approvals.facts import case_facts
from portfolio.approvals.moves import move_case
from portfolio.approvals.routing import admission_move, return_move
from portfolio.business_cases.completeness import Missing, missing
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.peer_review.models import CaseReturn
from portfolio.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Examination:
    """What the analyst looks at: the frozen file, what is missing in it, and where it would go."""

    snapshot: Snapshot
    missing: tuple[Missing, ...]
    move: str


def examine(session: Session, pack: CountryPack, case: BusinessCase) -> Examination:
    """Completeness of a submitted case on its track, which a lot may have made a longer one. Changes nothing.

    The rows are what the snapshot holds, because a submitted case cannot be edited. Raises `Refused` before submission.
    """
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        raise Refused(_("The case was not submitted yet."))
    facts = case_facts(session, pack, case, now(session))
    return Examination(snapshot, tuple(missing(session, pack, case)), admission_move(facts))


def admit(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, digest: str) -> str:
    """Admit the snapshot that was shown, and return the move's name. Raises `Refused` when there is a newer one."""
    lock_for_move(session, case)
    found = examine(session, pack, case)
    if found.snapshot.digest != digest:
        raise Refused(_("The case was submitted again since you opened the page. Read the new version first."))
    move_case(session, actor, pack, case, found.move, digest=digest)
    return found.move


def return_case(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    sections: Sequence[SectionCode | str],
    reason: str,
) -> CaseReturn:
    """Give the case back with only the named sections open; the clock stands until it comes back.

    Before admission for completion, afterwards for changes. Raises `FieldRefused("sections", …)` for none or a section that
    the track does not show, `TransitionRefused` otherwise.
    """
    lock_for_move(session, case)
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        raise Refused(_("The case was not submitted yet."))
    named = _named_sections(pack, case, sections)
    before, at = case.status, now(session)
    move_case(session, actor, pack, case, return_move(before), reason)
    case.open_sections = [code.value for code in named]
    row = CaseReturn(
        case_id=case.id,
        snapshot_id=snapshot.id,
        sections=" ".join(code.value for code in named),
        reason=reason.strip(),
        from_status=before.value,
        returned_at=at,
        returned_by_id=actor.person_id,
        due_at=answer_due_at(pack, at),
    )
    session.add(row)
    session.flush()
    return row


def sections_to_return(pack: CountryPack, case: BusinessCase) -> tuple[SectionCode, ...]:
    """What a return may open: the sections that the track of the case shows, in the order of the form."""
    return tuple(section.code for section in pack.shown_sections(case.track)) if case.track else ()


def _named_sections(
    pack: CountryPack, case: BusinessCase, sections: Sequence[SectionCode | str]
) -> tuple[SectionCode, ...]:
    wanted, shown = {str(getattr(code, "value", code)) for code in sections}, sections_to_return(pack, case)
    if not wanted:
        raise FieldRefused("sections", _("Name at least one section."))
    if wanted - {code.value for code in shown}:
        raise FieldRefused("sections", _("Choose sections of this case only."))
    return tuple(code for code in shown if code.value in wanted)


def returns_of(session: Session, case: BusinessCase) -> Sequence[CaseReturn]:
    """Newest first."""
    return session.scalars(
        select(CaseReturn)
        .where(col(CaseReturn.case_id) == case.id)
        .order_by(col(CaseReturn.returned_at).desc(), col(CaseReturn.id))
    ).all()


@dataclass(frozen=True, slots=True)
class AwaitedAnswer:
    """A case that is with its institution, and until when an answer was asked."""

    case: BusinessCase
    returned: CaseReturn
    is_overdue: bool


def awaited_answers(session: Session, viewer: Viewer, at: datetime) -> list[AwaitedAnswer]:
    """Cases with their institution, the most overdue first."""
    rows = session.execute(
        select(BusinessCase, CaseReturn)
        .join(CaseReturn, col(CaseReturn.case_id) == col(BusinessCase.id))
        .where(
            visible_to(viewer),
            col(BusinessCase.status) == CaseStatus.INCOMPLETE,
            col(CaseReturn.came_back_at).is_(None),
        )
        .order_by(col(CaseReturn.due_at), col(BusinessCase.id))
    ).all()
    return [
        AwaitedAnswer(case, returned, returned.due_at is not None and returned.due_at < at) for case, returned in rows
    ]


def awaiting_admission(session: Session, viewer: Viewer) -> Sequence[BusinessCase]:
    """Submitted cases whose admissibility nobody has decided, those due first."""
    return session.scalars(
        select(BusinessCase)
        .where(visible_to(viewer), col(BusinessCase.status) == CaseStatus.SUBMITTED)
        .order_by(col(BusinessCase.due_at).nulls_last(), col(BusinessCase.id))
    ).all()
