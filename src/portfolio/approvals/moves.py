"""`move_case` fires one move of the gate's workflow. It is the only writer of a case's status.

The status, its event and the notices are one transaction; the row's version makes the second of two simultaneous movers
fail, and what they lose is nothing but a click.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.audiences import people_to_notify
from portfolio.approvals.authorities import authority_refusal
from portfolio.approvals.deadlines import due_at
from portfolio.approvals.facts import case_facts, newest_decision, open_return, present_opinion
from portfolio.approvals.guards import CaseFacts
from portfolio.approvals.models import BudgetEntry
from portfolio.approvals.routing import MOVE_ROUTES
from portfolio.approvals.separation import Act, conflicts
from portfolio.approvals.terms import EntryKind
from portfolio.approvals.ties import actor_facts, make_duty, ties_of
from portfolio.approvals.workflow import ADMISSIONS, CASE_WORKFLOW, CLOSINGS, POWERS, Move
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.actions import close_open_reviews
from portfolio.people.terms import DutyKind
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative

S = CaseStatus

TAGS: dict[str, Tag] = {
    "submit": Tag.CASE_SUBMITTED,
    "resubmit": Tag.CASE_SUBMITTED,
    "resubmit_to_review": Tag.CASE_SUBMITTED,
    "resubmit_to_check": Tag.CASE_SUBMITTED,
    "reopen": Tag.CASE_REOPENED,
    "close_reviews": Tag.REVIEWS_CLOSED,
    "close_reviews_early": Tag.REVIEWS_CLOSED,
}
"""Moves with an event of their own; all others are `CASE_MOVED`."""

ACTS: dict[str, Act] = {
    "return_for_completion": Act.ADMIT,
    "return_for_changes": Act.ADMIT,
    "admit": Act.ADMIT,
    "admit_to_check": Act.ADMIT,
    "register": Act.ADMIT,
    "close_reviews": Act.ASSIGN_REVIEWERS,
    "close_reviews_early": Act.ASSIGN_REVIEWERS,
    "recommend": Act.OPINION,
    "recommend_with_conditions": Act.OPINION,
    "recommend_against": Act.OPINION,
    "conclude": Act.OPINION,
    "reconsider": Act.RECONSIDER,
    "fund": Act.CONFIRM,
    "not_fund": Act.CONFIRM,
    "defer": Act.CONFIRM,
    "close": Act.ADMIT,
}
"""What a move is in the eyes of the separation of duties; the agency's own moves are not there."""

DUTIES: dict[Act | None, DutyKind] = {
    Act.ADMIT: DutyKind.ANALYST,
    Act.OPINION: DutyKind.ANALYST,
    Act.RECONSIDER: DutyKind.ANALYST,
    Act.CONFIRM: DutyKind.DECIDER,
}
"""What whoever makes a move is to the case from then on: they will not review it."""


class TransitionRefused(Refused):
    """A move that may not be made now; carries every reason. Shown with 409."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A move that one of the person's roles may make from the present state; `reasons` say what still stands against it.

    `route` is the page on which it is made (all of them take `case_id`).
    """

    name: str
    words: str
    reasons: tuple[str, ...]
    route: str
    needs_reason: bool
    binds: bool

    @property
    def is_open(self) -> bool:
        return not self.reasons


def move_case(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    name: str,
    reason: str = "",
    digest: str = "",
) -> None:
    """Check, change, record, and owe the notices, or none of it.

    `digest` is that of what the actor was shown and proved with their password, where the move binds. Flush the rows that
    the guards look at (a signed opinion, a confirmed decision, a return) before. Raises `TransitionRefused` with every
    reason, `KeyError` for an unknown move.
    """
    move, at = CASE_WORKFLOW.named(name), now(session)
    refusals = _refusals(session, actor, pack, case, move, case_facts(session, pack, case, at))
    if move.needs_reason and not reason.strip():
        refusals.append(_("A reason is required."))
    if refusals:
        raise TransitionRefused(*refusals)
    before = case.status
    _set_dates(session, pack, case, move, at)
    case.status, case.status_since = move.target, at
    if name in CLOSINGS:
        close_open_reviews(session, actor, case)
    if kind := DUTIES.get(ACTS.get(name)):
        make_duty(session, case, actor, kind)
    _keep_initiative_in_step(session, case, move)
    record(
        session,
        actor,
        TAGS.get(name, Tag.CASE_MOVED),
        case,
        words=reason.strip(),
        move=name,
        before=before.value,
        after=move.target.value,
        **({"digest": digest} if digest else {}),
    )
    _owe_notices(session, actor, pack, case, move, reason.strip())
    session.flush()


def offered_moves(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> list[Offered]:
    """The moves that the person's roles may try from the present state, each with what stands against it now."""
    tried = list(CASE_WORKFLOW.offered(case.status, actor.roles_in(case.institution_id)))
    if not tried:
        return []
    facts = case_facts(session, pack, case, now(session))
    return [
        Offered(
            name=move.name,
            words=_(move.words),
            reasons=tuple(_refusals(session, actor, pack, case, move, facts)),
            route=MOVE_ROUTES[move.name],
            needs_reason=move.needs_reason,
            binds=move.binds,
        )
        for move in tried
    ]


def _refusals(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, move: Move, facts: CaseFacts
) -> list[str]:
    """Reasons of the table, then the body's authority, then the person's separation of duties."""
    roles = actor.roles_in(case.institution_id)
    refusals = CASE_WORKFLOW.refusals(move.name, case.status, roles, facts)
    if case.status not in move.sources or not move.roles & roles:
        return refusals
    acting = replace(actor, grants=tuple(grant for grant in actor.grants if grant.role in move.roles))
    power = POWERS.get(move.name)
    if power is not None and (reason := authority_refusal(session, pack, acting, case, power)):
        refusals.append(reason)
    if act := ACTS.get(move.name):
        refusals += _conflicts(session, acting, pack, case, act)
    return refusals


def _conflicts(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, act: Act) -> list[str]:
    ties = ties_of(session, case)
    decision = newest_decision(session, case.id) if act is Act.CONFIRM else None
    if decision is not None:
        ties = replace(ties, proposers=frozenset({decision.proposed_by_id}))
    today = now(session).astimezone(pack.zone).date()
    return conflicts(actor_facts(session, actor, today), ties, act)


def _set_dates(session: Session, pack: CountryPack, case: BusinessCase, move: Move, at: datetime) -> None:
    """Terms of the new state; the clock stands while the case is with the institution."""
    if case.status is S.INCOMPLETE:
        case.clock_stopped_at, case.open_sections = None, []
        returned = open_return(session, case.id)
        if returned is not None:
            returned.came_back_at = at
            session.flush()
    if move.name in ADMISSIONS:
        case.admitted_at = at
    if move.target is S.INCOMPLETE:
        case.clock_stopped_at = at
    case.due_at = due_at(session, pack, case, move.target, at)


def _keep_initiative_in_step(session: Session, case: BusinessCase, move: Move) -> None:
    """Lists show the newest version of a case; an older one that is closed leaves the initiative as it is."""
    if not _is_newest(session, case):
        return
    initiative = session.get_one(Initiative, case.initiative_id)
    initiative.state = move.target.value
    if move.target in (S.RECOMMENDED, S.CONDITIONED, S.UNFAVOURABLE):
        opinion = present_opinion(session, case.id)
        initiative.recommended_minor = None if opinion is None else opinion.recommended_minor
    if move.target in (S.DECIDED, S.NOT_FUNDED):
        initiative.decided_minor = _decided_minor(session, case)


def _is_newest(session: Session, case: BusinessCase) -> bool:
    newest = session.scalar(
        select(col(BusinessCase.case_version))
        .where(col(BusinessCase.initiative_id) == case.initiative_id)
        .order_by(col(BusinessCase.case_version).desc())
        .limit(1)
    )
    return case.case_version == newest


def keep_decided_in_step(session: Session, case: BusinessCase) -> None:
    """The figure of lists follows the ledger when an amount is modified and no state changes. Flush the entries before."""
    if _is_newest(session, case):
        session.get_one(Initiative, case.initiative_id).decided_minor = _decided_minor(session, case)


def _decided_minor(session: Session, case: BusinessCase) -> int:
    """What the ledger says was decided for all years, firm and indicative; proposals do not count."""
    return sum(
        session.scalars(
            select(col(BudgetEntry.amount_minor)).where(
                col(BudgetEntry.case_id) == case.id,
                col(BudgetEntry.currency) == case.currency,
                col(BudgetEntry.kind) != EntryKind.PROPOSED,
            )
        )
    )


def _owe_notices(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, move: Move, reason: str
) -> None:
    """One notice a person, however many audiences they are in."""
    told = {
        person
        for audience in move.notify
        for person in people_to_notify(session, pack, case, audience, but=actor.person_id)
    }
    number = session.get_one(Initiative, case.initiative_id).number or ""
    owe(
        session,
        f"case_{move.name}",
        told,
        subject_id=case.id,
        path=f"/cases/{case.id}",
        title=case.title,
        number=number,
        reason=reason,
    )
