"""Suspending a code (one person, at once), and lifting that or revoking it (two persons)."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_queries import decided_for_year, locked_code, taken_for_year
from portfolio.approvals.code_terms import CodeState
from portfolio.approvals.models import ApprovalCode, Countersign
from portfolio.approvals.terms import CountersignState
from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import money

REVOKE, RESUME = "code_revoke", "code_resume"
PURPOSES = {REVOKE: (CodeState.REVOKED, Tag.CODE_REVOKED), RESUME: (CodeState.ISSUED, Tag.CODE_RESUMED)}


def suspend_code(session: Session, actor: Viewer, code_id: uuid.UUID, reason: str) -> ApprovalCode:
    """Block new reservations, never what is reserved, committed or paid. One person, at once, with a reason."""
    code = locked_code(session, code_id)
    if code.state is not CodeState.ISSUED:
        raise Refused(_("Only a code in force can be suspended."))
    if not reason.strip():
        raise FieldRefused("reason", _("A reason is required."))
    code.state, code.state_reason = CodeState.SUSPENDED, reason.strip()
    record(session, actor, Tag.CODE_SUSPENDED, code, words=reason.strip(), case=code.case_id)
    return code


def propose_change(session: Session, actor: Viewer, code_id: uuid.UUID, purpose: str, reason: str) -> Countersign:
    """Ask a second person to revoke the code or to lift its suspension. Raises `Refused`, `FieldRefused`."""
    code = locked_code(session, code_id)
    if purpose not in PURPOSES:
        raise NotFound
    if not reason.strip():
        raise FieldRefused("reason", _("A reason is required."))
    _check_possible(session, code, purpose)
    if open_change(session, code_id) is not None:
        raise Refused(_("A change of this code already waits for a second person."))
    row = Countersign(
        purpose=purpose,
        subject_id=code.id,
        digest=change_digest(code, purpose, reason.strip()),
        proposed_by_id=actor.person_id,
        proposed_at=now(session),
        reason=reason.strip(),
    )
    session.add(row)
    record(session, actor, Tag.CODE_CHANGE_PROPOSED, row, words=reason.strip(), case=code.case_id, purpose=purpose)
    return row


def decide_change(
    session: Session, actor: Viewer, change: Countersign, shown_digest: str, *, agrees: bool
) -> ApprovalCode:
    """The second person's answer, bound to what was shown; never the proposer's own."""
    code = locked_code(session, change.subject_id)
    if change.state is not CountersignState.PROPOSED:
        raise Refused(_("This was decided already."))
    if actor.person_id == change.proposed_by_id:
        raise Refused(_("Whoever proposed this does not confirm it; a second person must."))
    if shown_digest != change_digest(code, change.purpose, change.reason):
        raise Refused(_("The code is no longer as you were shown it. Look at it again."))
    change.decided_by_id, change.decided_at = actor.person_id, now(session)
    if not agrees:
        change.state = CountersignState.REFUSED
        record(session, actor, Tag.CODE_CHANGE_REFUSED, change, case=code.case_id, purpose=change.purpose)
        return code
    _check_possible(session, code, change.purpose)
    target, tag = PURPOSES[change.purpose]
    change.state = CountersignState.CONFIRMED
    code.state, code.state_reason = target, change.reason if target is CodeState.REVOKED else ""
    record(session, actor, tag, code, words=change.reason, case=code.case_id, digest=shown_digest)
    return code


def lift_suspension(
    session: Session, actor: Viewer, code: ApprovalCode, reason: str, *, asked_by_id: uuid.UUID
) -> None:
    """Put a locked, suspended code in force again at the word of two persons: one asked with a reason, the actor grants.

    Raises `Refused` for a lone person, for a code in another state, and for one that what is decided no longer covers.
    """
    if actor.person_id == asked_by_id:
        raise Refused(_("Whoever asked for this does not grant it; a second person must."))
    _check_possible(session, code, RESUME)
    code.state, code.state_reason = CodeState.ISSUED, ""
    record(session, actor, Tag.CODE_RESUMED, code, words=reason, case=code.case_id, asked_by=asked_by_id)


def open_change(session: Session, code_id: uuid.UUID) -> Countersign | None:
    """The change of a code that waits for a second person, if any."""
    return session.scalar(
        select(Countersign).where(
            col(Countersign.subject_id) == code_id,
            col(Countersign.purpose).in_(PURPOSES),
            col(Countersign.state) == CountersignState.PROPOSED,
        )
    )


def change_digest(code: ApprovalCode, purpose: str, reason: str) -> str:
    """What the second person is shown: the code as it stands, and what would become of it."""
    return digest(
        {
            "code": code.code,
            "state": code.state,
            "reserved": str(code.reserved_minor),
            "committed": str(code.committed_minor),
            "purpose": purpose,
            "reason": reason,
        }
    )


def _check_possible(session: Session, code: ApprovalCode, purpose: str) -> None:
    if purpose == RESUME and code.state is not CodeState.SUSPENDED:
        raise Refused(_("This code is not suspended."))
    if purpose == RESUME:
        _check_covered(session, code)
    if purpose == REVOKE and code.state not in (CodeState.ISSUED, CodeState.SUSPENDED, CodeState.EXHAUSTED):
        raise Refused(_("This code is no longer in force."))


def _check_covered(session: Session, code: ApprovalCode) -> None:
    """A decision that was lowered since does not bear the ceilings any more: one code is revoked or replaced first."""
    decided = decided_for_year(session, code.case_id, code.fiscal_year)
    held = taken_for_year(session, code.case_id, code.fiscal_year)
    if held > decided:
        raise Refused(
            _(
                "The codes of %(year)s hold more than is decided: %(held)s against %(decided)s. Revoke one, or replace it "
                "by one with a lower ceiling, first."
            )
            % {
                "year": code.fiscal_year,
                "held": money(Money(code.currency, held)),
                "decided": money(Money(code.currency, decided)),
            }
        )
