"""When a confirmed decision takes effect for everybody: at once, or when the embargo of its call ends."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import lawful_people
from portfolio.approvals.models import BudgetDecision
from portfolio.approvals.moves import TransitionRefused, move_case
from portfolio.approvals.terms import BudgetOutcome, CountersignState
from portfolio.business_cases.models import BusinessCase, MilestoneLine
from portfolio.db.clock import now
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.queries import load_viewer
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.beginning import create_project
from portfolio.strategy.models import Call

MOVES = {
    BudgetOutcome.FUNDED: "fund",
    BudgetOutcome.PARTLY: "fund",
    BudgetOutcome.DEFERRED: "defer",
    BudgetOutcome.NOT_FUNDED: "not_fund",
}


def is_embargoed(session: Session, case: BusinessCase) -> bool:
    until = session.get_one(Call, case.call_id).embargo_until
    return until is not None and now(session) < until


def publish(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, decision: BudgetDecision) -> None:
    """Move the case as the confirmed decision says, tell who is to be told, and begin the project of a funded one.

    `actor` is who confirmed. Raises `TransitionRefused`.
    """
    move = MOVES[decision.outcome]
    move_case(session, actor, pack, case, move, reason=decision.reasons, digest=decision.digest)
    decision.published_at = now(session)
    if move == "fund":
        create_project(
            session,
            actor,
            initiative_id=case.initiative_id,
            case_id=case.id,
            began_on=now(session).astimezone(pack.zone).date(),
            ends_on=session.scalar(
                select(col(MilestoneLine.due_on))
                .where(col(MilestoneLine.case_id) == case.id, col(MilestoneLine.due_on).is_not(None))
                .order_by(col(MilestoneLine.due_on).desc())
                .limit(1)
            ),
        )
    session.flush()


def publish_due(session: Session, pack: CountryPack, at: datetime) -> int:
    """Publish what was confirmed and whose embargo has ended by `at` (aware); how many were. For the timetable.

    Each is published in the name of who confirmed it. One that is refused by now (the case was withdrawn, the person left)
    stays, and the deciders are told once a day: a person decides what becomes of it.
    """
    due = session.execute(
        select(BudgetDecision, BusinessCase)
        .join(BusinessCase, col(BusinessCase.id) == col(BudgetDecision.case_id))
        .join(Call, col(Call.id) == col(BusinessCase.call_id))
        .where(
            col(BudgetDecision.state) == CountersignState.CONFIRMED,
            col(BudgetDecision.published_at).is_(None),
            or_(col(Call.embargo_until).is_(None), col(Call.embargo_until) <= at),
        )
        .order_by(col(BudgetDecision.confirmed_at), col(BudgetDecision.id))
    ).all()
    published = 0
    today = at.astimezone(pack.zone).date()
    for decision, case in due:
        if decision.confirmed_by_id is None:
            continue
        try:
            publish(session, load_viewer(session, decision.confirmed_by_id, today), pack, case, decision)
            published += 1
        except TransitionRefused as refused:
            owe(
                session,
                "decision_not_published",
                lawful_people(session, pack, case, Power.BUDGET_DECISION, (Role.BUDGET_DECIDER,)),
                subject_id=case.id,
                path=f"/cases/{case.id}/decision",
                once_key=f"decision_not_published:{decision.id}:{today}",
                title=case.title,
                reason=" ".join(refused.reasons),
            )
    return published
