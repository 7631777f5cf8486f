"""The tier above answers: it takes note and says what is expected, or passes the risk on; the clock tells of what nobody answered."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Tier
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Project
from portfolio.risk.audience import on_history, path_of, project_people, tier_people, today_of
from portfolio.risk.models import Risk, RiskEscalation
from portfolio.risk.rules import above, may_keep
from portfolio.risk.standing import open_escalation, take_up
from portfolio.risk.terms import LIVE, EscalationState


def may_answer(pack: CountryPack, viewer: Viewer, tier: Tier) -> bool:
    """Whether a role of this person answers for the tier."""
    rule = pack.risk.escalation.get(tier)
    return rule is not None and bool({role.value for role in viewer.roles} & set(rule.answered_by))


def answer(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, risk: Risk, text: str, *, passes_on: bool
) -> RiskEscalation:
    """Close the open escalation with words; `passes_on` puts it before the next tier with a new deadline.

    Raises `Refused` with every reason: nothing waits, another tier's, or beyond what this tier may carry.
    """
    session.flush()
    session.refresh(risk, with_for_update=True)
    row = open_escalation(session, risk.id)
    if row is None:
        raise Refused(_("Nothing waits for an answer on this risk."))
    higher = above(row.tier)
    refusals = [] if may_answer(pack, actor, row.tier) else [_("This escalation is answered by another tier.")]
    kept = None if passes_on else may_keep(pack.risk, row.tier, risk.rating)
    refusals += [kept] if kept else []
    if passes_on and higher is None:
        refusals.append(_("There is no tier above this one."))
    if refusals:
        raise Refused(*refusals)
    row.state = EscalationState.PASSED_ON if passes_on else EscalationState.ANSWERED
    row.rating = row.rating if passes_on else risk.rating
    row.answer, row.answered_by_id, row.answered_at = text, actor.person_id, now(session)
    record(
        session,
        actor,
        Tag.RISK_ESCALATION_ANSWERED,
        row,
        words=text,
        risk=risk.id,
        tier=row.tier.value,
        passed_on=passes_on,
        **on_history(project),
    )
    owe(
        session,
        "risk_escalation_answered",
        project_people(session, project, risk, today_of(session, pack)) - {actor.person_id},
        subject_id=project.case_id,
        path=path_of(risk),
        event=risk.event,
        answer=text,
    )
    session.flush()
    if passes_on and higher is not None:
        take_up(session, actor, pack, project, risk, higher, text)
    return row


def mark_overdue(session: Session, pack: CountryPack, at: datetime) -> int:
    """Mark escalations whose day passed before the country's day of `at`, once each, and tell the tier, the one above it
    and the project; how many. The tier still answers: nothing moves by itself."""
    today = at.astimezone(pack.zone).date()
    rows = session.execute(
        select(RiskEscalation, Risk, Project)
        .join(Risk, col(Risk.id) == col(RiskEscalation.risk_id))
        .join(Project, col(Project.id) == col(Risk.project_id))
        .where(
            col(RiskEscalation.state) == EscalationState.OPEN,
            col(RiskEscalation.overdue_at).is_(None),
            col(RiskEscalation.due_on) < today,
            col(Risk.state).in_(LIVE),
        )
        .order_by(col(RiskEscalation.due_on), col(RiskEscalation.id))
    ).all()
    for row, risk, project in rows:
        row.overdue_at = at
        record(session, SYSTEM, Tag.RISK_ESCALATION_OVERDUE, row, risk=risk.id, due=row.due_on, **on_history(project))
        higher = above(row.tier)
        told = tier_people(session, pack, project, row.tier) | project_people(session, project, risk, today)
        told |= tier_people(session, pack, project, higher) if higher else set()
        owe(
            session,
            "risk_escalation_overdue",
            told,
            subject_id=project.case_id,
            path=path_of(risk),
            once_key=f"risk_escalation_overdue:{row.id}",
            event=risk.event,
            due=row.due_on,
        )
    session.flush()
    return len(rows)
