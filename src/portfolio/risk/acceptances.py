"""Living with a risk: proposed by the project, decided by the authority that its rating asks for, and never for ever."""

import hashlib
import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Project
from portfolio.risk.audience import authorities, institution_of, on_history, path_of, project_people, today_of
from portfolio.risk.models import Risk, RiskAcceptance
from portfolio.risk.rules import acceptance_refusals, expiry_refusals
from portfolio.risk.standing import acceptance_in_force, end_acceptance, lift, open_escalation, settle
from portfolio.risk.terms import LIVE, AcceptanceState, RiskState


def proposed_acceptance(session: Session, risk_id: uuid.UUID) -> RiskAcceptance | None:
    return session.scalar(
        select(RiskAcceptance).where(
            col(RiskAcceptance.risk_id) == risk_id, col(RiskAcceptance.state) == AcceptanceState.PROPOSED
        )
    )


def propose(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, risk: Risk, reason: str, expires_on: date
) -> RiskAcceptance:
    """Ask the authority to live with the risk as rated now. Raises `Refused`, or `FieldRefused("expires_on", …)`."""
    session.flush()
    session.refresh(risk, with_for_update=True)
    today = today_of(session, pack)
    refusals = [] if risk.is_live else [_("This risk is closed or has occurred.")]
    if acceptance_in_force(session, risk.id) is not None:
        refusals.append(_("This risk is accepted already."))
    if proposed_acceptance(session, risk.id) is not None:
        refusals.append(_("An acceptance of this risk waits for its decision."))
    if not pack.risk.ratings[risk.rating].accepted_by:
        refusals.append(_("Nobody may accept a risk rated so."))
    if refusals:
        raise Refused(*refusals)
    if wrong := expiry_refusals(pack.risk, risk.rating, today, expires_on):
        raise FieldRefused("expires_on", wrong[0])
    row = RiskAcceptance(
        risk_id=risk.id,
        rating=risk.rating,
        reason=reason,
        expires_on=expires_on,
        proposed_by_id=actor.person_id,
        proposed_at=now(session),
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        Tag.RISK_ACCEPTANCE_PROPOSED,
        row,
        words=reason,
        risk=risk.id,
        rating=risk.rating,
        until=expires_on,
        **on_history(project),
    )
    owe(
        session,
        "risk_acceptance_asked",
        authorities(session, pack, project, risk.rating, today) - {actor.person_id},
        subject_id=project.case_id,
        path=path_of(risk),
        event=risk.event,
        rating=pack.risk.ratings[risk.rating].label,
    )
    return row


def refusals_of(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, risk: Risk, row: RiskAcceptance
) -> list[str]:
    """Why this person may not accept it now; empty for the right authority."""
    roles = [role.value for role in actor.roles_in(institution_of(session, project))]
    found = acceptance_refusals(
        pack.risk,
        risk.rating,
        roles,
        today_of(session, pack),
        row.expires_on,
        is_proposer=row.proposed_by_id == actor.person_id,
    )
    if risk.rating != row.rating:
        found.append(_("The rating changed since the acceptance was proposed: propose it again."))
    return found if risk.is_live else [*found, _("This risk is closed or has occurred.")]


def digest_of(risk: Risk, row: RiskAcceptance) -> str:
    """SHA-256 in hex of what the decider is shown: the proposal, and the rating as it stands."""
    shown = f"{row.id}|{row.version}|{row.reason}|{row.expires_on}|{risk.rating}|{risk.event}"
    return hashlib.sha256(shown.encode()).hexdigest()


def decide(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    risk: Risk,
    *,
    digest: str,
    accepts: bool,
    note: str,
) -> RiskAcceptance:
    """Accept, or refuse with a note. The caller proved who it is. Raises `Refused` with every reason.

    A refusal needs the same authority as an acceptance, but not its dates: a proposal that came to nothing can be refused.
    """
    session.flush()
    session.refresh(risk, with_for_update=True)
    row = proposed_acceptance(session, risk.id)
    if row is None:
        raise Refused(_("No acceptance of this risk waits for a decision."))
    refusals = refusals_of(session, actor, pack, project, risk, row)
    if not accepts:
        kept = set(expiry_refusals(pack.risk, risk.rating, today_of(session, pack), row.expires_on))
        refusals = [reason for reason in refusals if reason not in kept]
        refusals += [] if note else [_("A reason is required.")]
    if digest != digest_of(risk, row):
        refusals.append(_("What was shown is no longer what would be decided: reload the page."))
    if refusals:
        raise Refused(*refusals)
    row.state = AcceptanceState.ACCEPTED if accepts else AcceptanceState.REFUSED
    row.decided_by_id, row.decided_at, row.note = actor.person_id, now(session), note
    if accepts:
        risk.state = RiskState.ACCEPTED
        _call_back(session, actor, project, risk, note or row.reason)
    tag = Tag.RISK_ACCEPTED if accepts else Tag.RISK_ACCEPTANCE_REFUSED
    record(
        session,
        actor,
        tag,
        row,
        words=note,
        risk=risk.id,
        rating=row.rating,
        until=row.expires_on,
        **on_history(project),
    )
    owe(
        session,
        "risk_acceptance_decided",
        project_people(session, project, risk, today_of(session, pack)) - {actor.person_id},
        subject_id=project.case_id,
        path=path_of(risk),
        event=risk.event,
        outcome=row.state,
    )
    session.flush()
    return row


def _call_back(session: Session, actor: Viewer, project: Project, risk: Risk, text: str) -> None:
    """Nobody is asked any more while the acceptance holds; when it ends, the risk climbs again."""
    waits = open_escalation(session, risk.id)
    if waits is not None:
        waits.answer, waits.answered_by_id = text, actor.person_id
        lift(session, actor, project, risk, waits)


def expire_due(session: Session, pack: CountryPack, at: datetime) -> int:
    """End acceptances whose last day is before the country's day of `at`; what is out of tolerance then climbs again."""
    today = at.astimezone(pack.zone).date()
    rows = session.execute(
        select(RiskAcceptance, Risk, Project)
        .join(Risk, col(Risk.id) == col(RiskAcceptance.risk_id))
        .join(Project, col(Project.id) == col(Risk.project_id))
        .where(
            col(RiskAcceptance.state) == AcceptanceState.ACCEPTED,
            col(RiskAcceptance.expires_on) < today,
            col(Risk.state).in_(LIVE),
        )
        .order_by(col(RiskAcceptance.expires_on), col(RiskAcceptance.id))
    ).all()
    for row, risk, project in rows:
        end_acceptance(session, SYSTEM, project, risk, row)
        settle(session, SYSTEM, pack, project, risk)
    return len(rows)
