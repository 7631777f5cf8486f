"""How a risk stands after each act, and what follows at once: it is taken to the next tier, called back, or no longer accepted."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.notifications.outbox import owe
from portfolio.packs.calendar import add_working_days
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Tier
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Project
from portfolio.risk.audience import on_history, path_of, project_people, tier_people, today_of
from portfolio.risk.models import Risk, RiskAcceptance, RiskAction, RiskEscalation
from portfolio.risk.rules import Standing, carrier, escalates_to
from portfolio.risk.terms import AcceptanceState, ActionState, EscalationState, RiskState


def open_escalation(session: Session, risk_id: uuid.UUID) -> RiskEscalation | None:
    return session.scalar(
        select(RiskEscalation).where(
            col(RiskEscalation.risk_id) == risk_id, col(RiskEscalation.state) == EscalationState.OPEN
        )
    )


def acceptance_in_force(session: Session, risk_id: uuid.UUID) -> RiskAcceptance | None:
    return session.scalar(
        select(RiskAcceptance).where(
            col(RiskAcceptance.risk_id) == risk_id, col(RiskAcceptance.state) == AcceptanceState.ACCEPTED
        )
    )


def has_actions(session: Session, risk_id: uuid.UUID) -> bool:
    """Whether anything is done about it, or was."""
    found = session.scalar(
        select(col(RiskAction.id))
        .where(col(RiskAction.risk_id) == risk_id, col(RiskAction.state) != ActionState.DROPPED)
        .limit(1)
    )
    return found is not None


def standing_of(session: Session, pack: CountryPack, risk: Risk) -> Standing:
    """Facts for the rule of escalation; a rating that the pack no longer knows covers nothing."""
    waits, accepted = open_escalation(session, risk.id), acceptance_in_force(session, risk.id)
    answered = session.scalars(
        select(col(RiskEscalation.rating)).where(
            col(RiskEscalation.risk_id) == risk.id, col(RiskEscalation.state) == EscalationState.ANSWERED
        )
    ).all()
    known = [code for code in answered if code in pack.risk.ratings]
    return Standing(
        rating=risk.rating,
        waits_at=waits.tier if waits else None,
        answered=max(known, key=pack.risk.rank) if known else None,
        accepted=accepted.rating if accepted and accepted.rating in pack.risk.ratings else None,
    )


def settle(session: Session, actor: Viewer, pack: CountryPack, project: Project, risk: Risk) -> None:
    """Draw the consequences of how a living risk is rated now; called after every act that may change it."""
    session.flush()
    if not risk.is_live:
        return
    accepted = acceptance_in_force(session, risk.id)
    if accepted is not None and pack.risk.rank(risk.rating) > pack.risk.rank(accepted.rating):
        end_acceptance(session, actor, project, risk, accepted)
    waits = open_escalation(session, risk.id)
    if waits is not None and carrier(pack.risk, risk.rating) is Tier.OPERATIONAL:
        lift(session, actor, project, risk, waits)
        return
    tier = escalates_to(pack.risk, standing_of(session, pack, risk))
    if tier is not None:
        take_up(session, actor, pack, project, risk, tier)


def take_up(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, risk: Risk, tier: Tier, reason: str = ""
) -> RiskEscalation:
    """Put a risk before a tier, with a day for its answer, and tell those who give it."""
    today = today_of(session, pack)
    row = RiskEscalation(
        risk_id=risk.id,
        tier=tier,
        rating=risk.rating,
        reason=reason,
        escalated_by_id=None if actor is SYSTEM else actor.person_id,
        escalated_at=now(session),
        due_on=add_working_days(pack, today, pack.risk.escalation[tier].working_days),
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        Tag.RISK_ESCALATED,
        row,
        words=reason,
        risk=risk.id,
        tier=tier.value,
        rating=risk.rating,
        due=row.due_on,
        **on_history(project),
    )
    owe(
        session,
        "risk_escalated",
        tier_people(session, pack, project, tier),
        subject_id=project.case_id,
        path=path_of(risk),
        event=risk.event,
        rating=pack.risk.ratings[risk.rating].label,
        due=row.due_on,
    )
    return row


def lift(session: Session, actor: Viewer, project: Project, risk: Risk, row: RiskEscalation) -> None:
    """The risk came back within what the project carries, or ended: nobody is asked any more."""
    row.state, row.answered_at = EscalationState.LIFTED, now(session)
    record(session, actor, Tag.RISK_ESCALATION_LIFTED, row, risk=risk.id, rating=risk.rating, **on_history(project))


def end_acceptance(session: Session, actor: Viewer, project: Project, risk: Risk, row: RiskAcceptance) -> None:
    """An acceptance ends by its day or because the risk got worse; the risk is open again, or under treatment."""
    row.state, row.ended_at = AcceptanceState.EXPIRED, now(session)
    if risk.state is RiskState.ACCEPTED:
        risk.state = RiskState.TREATED if has_actions(session, risk.id) else RiskState.OPEN
    record(session, actor, Tag.RISK_ACCEPTANCE_EXPIRED, row, risk=risk.id, rating=risk.rating, **on_history(project))
    owe(
        session,
        "risk_acceptance_ended",
        project_people(session, project, risk, row.expires_on),
        subject_id=project.case_id,
        path=path_of(risk),
        event=risk.event,
    )
    session.flush()
