"""Waivers: proposed by the institution or the officer, decided by two authorities, and ended by their own last day."""

import hmac
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases import mandate
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.checks.forms import WaiverFields
from portfolio.checks.frozen import frozen_standards
from portfolio.checks.models import Waiver
from portfolio.checks.queries import OPEN_WAIVERS, today_of
from portfolio.checks.rules import WaiverActs, why_not_decide, why_not_until
from portfolio.checks.terms import WaiverState
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer

DECIDERS = frozenset({Role.DIRECTIVE_HEAD, Role.COMMISSION_CHAIR})
WAIVABLE = frozenset({CaseStatus.SUBMITTED, CaseStatus.INCOMPLETE, CaseStatus.IN_REVIEW, CaseStatus.CHECKING})


def propose_waiver(
    session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, fields: WaiverFields
) -> Waiver:
    """Ask for leave not to meet one standard. The two authorities are told.

    `FieldRefused` for a standard that does not apply or has a waiver waiting, and for a last day out of bounds.
    """
    if case.status not in WAIVABLE:
        raise Refused(_("Waivers are proposed between submission and opinion."))
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None or frozen_standards(pack, snapshot).named(fields.standard) is None:
        raise FieldRefused("standard", _("This standard does not apply to the case."))
    at = now(session)
    if problem := why_not_until(fields.expires_on, today_of(pack, at)):
        raise FieldRefused("expires_on", problem)
    waiting = select(col(Waiver.id)).where(
        col(Waiver.case_id) == case.id,
        col(Waiver.standard) == fields.standard,
        col(Waiver.state).in_(OPEN_WAIVERS),
    )
    if session.scalar(waiting) is not None:
        raise FieldRefused("standard", _("A waiver from this standard waits for its decision already."))
    waiver = Waiver(
        case_id=case.id,
        standard=fields.standard,
        reason=fields.waiver_reason,
        compensation=fields.compensation,
        expires_on=fields.expires_on,
        proposed_by_id=actor.person_id,
        proposed_at=at,
    )
    session.add(waiver)
    record(session, actor, Tag.WAIVER_PROPOSED, waiver, case=str(case.id), standard=fields.standard)
    _tell_deciders(session, pack, case, waiver, "waiver_proposed")
    session.flush()
    return waiver


def waiver_digest(waiver: Waiver) -> str:
    """SHA-256, in hex, of what a decider is shown: the waiver and who has agreed so far."""
    return digest(
        {
            "waiver": waiver.id,
            "standard": waiver.standard,
            "reason": waiver.reason,
            "compensation": waiver.compensation,
            "expires_on": waiver.expires_on,
            "state": waiver.state,
            "first_by": waiver.first_by_id,
        }
    )


def why_not(session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, waiver: Waiver) -> list[str]:
    """Every reason why this person may not decide on the waiver now; empty when they may."""
    body = mandate.acting_body(session, pack, actor, case, Power.WAIVER)
    people = [actor.person_id, *(g.acting_for_id for g in actor.grants if g.acting_for_id is not None)]
    acts = WaiverActs(waiver.state, waiver.proposed_by_id, waiver.first_by_id, waiver.first_body)
    return mandate.refusals(session, pack, actor, case, Power.WAIVER) + why_not_decide(acts, people, body)


def decide_waiver(
    session: Session,
    pack: CountryPack,
    secret: str,
    actor: Viewer,
    case: BusinessCase,
    waiver: Waiver,
    *,
    agrees: bool,
    reason: str,
    password: str,
    shown_digest: str,
) -> None:
    """Agree, as the first or the second authority, or refuse, which ends it. Asks the password first (`FieldRefused`).

    Raises `Refused` with every reason, also when the waiver is not any more what the page had shown.
    """
    prove(session, secret, actor, password, shown_digest)
    session.refresh(waiver, with_for_update=True)
    if not hmac.compare_digest(waiver_digest(waiver), shown_digest):
        raise Refused(_("The waiver changed after this page was shown. Look at it again."))
    if reasons := why_not(session, pack, actor, case, waiver):
        raise Refused(*reasons)
    at = now(session)
    today = today_of(pack, at)
    if agrees and waiver.expires_on <= today:
        raise Refused(_("The waiver would have ended already: a new one must be proposed."))
    body = mandate.acting_body(session, pack, actor, case, Power.WAIVER) or ""
    is_second = waiver.state is WaiverState.FIRST_AGREED
    if is_second:
        waiver.second_by_id, waiver.second_at, waiver.second_body = actor.person_id, at, body
    else:
        waiver.first_by_id, waiver.first_at, waiver.first_body = actor.person_id, at, body
    if not agrees:
        waiver.state = WaiverState.REFUSED
    else:
        waiver.state = WaiverState.GRANTED if is_second else WaiverState.FIRST_AGREED
    waiver.decision_reason = "\n\n".join(part for part in (waiver.decision_reason, reason) if part)[:4000]
    record(
        session,
        actor,
        Tag.WAIVER_DECIDED,
        waiver,
        case=str(case.id),
        standard=waiver.standard,
        state=waiver.state.value,
        body=body,
        digest=shown_digest,
        words=reason,
    )
    _tell_of_decision(session, pack, case, waiver)
    session.flush()


def announce_expiry(session: Session, pack: CountryPack, at: datetime) -> int:
    """Tell proposer, case lead and officers, once, that a granted waiver has ended; returns the new notices."""
    ended = session.execute(
        select(Waiver, BusinessCase)
        .join(BusinessCase, col(BusinessCase.id) == col(Waiver.case_id))
        .where(col(Waiver.state) == WaiverState.GRANTED, col(Waiver.expires_on) < today_of(pack, at))
        .order_by(col(Waiver.expires_on), col(Waiver.id))
    ).all()
    owed = 0
    for waiver, case in ended:
        officers = mandate.people(session, pack, case, Power.STANDARDS_CHECK, {Role.STANDARDS_OFFICER})
        owed += owe(
            session,
            "waiver_expired",
            {*officers, waiver.proposed_by_id, case.lead_id},
            subject_id=case.id,
            path=f"/cases/{case.id}/check",
            once_key=f"waiver-ended:{waiver.id}",
            title=case.title,
            standard=waiver.standard,
            until=waiver.expires_on,
        )
    return owed


def _tell_of_decision(session: Session, pack: CountryPack, case: BusinessCase, waiver: Waiver) -> None:
    if waiver.state is WaiverState.FIRST_AGREED:
        _tell_deciders(session, pack, case, waiver, "waiver_agreed")
        return
    owe(
        session,
        "waiver_granted" if waiver.state is WaiverState.GRANTED else "waiver_refused",
        {waiver.proposed_by_id, case.lead_id},
        subject_id=case.id,
        path=f"/cases/{case.id}/check",
        title=case.title,
        standard=waiver.standard,
        until=waiver.expires_on,
    )


def _tell_deciders(session: Session, pack: CountryPack, case: BusinessCase, waiver: Waiver, kind: str) -> None:
    people = mandate.people(session, pack, case, Power.WAIVER, DECIDERS)
    owe(
        session,
        kind,
        [person for person in people if person not in (waiver.proposed_by_id, waiver.first_by_id)],
        subject_id=case.id,
        path=f"/waivers/{waiver.id}",
        title=case.title,
        standard=waiver.standard,
    )
