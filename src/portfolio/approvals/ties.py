"""Gathers, from the record, what the rules of separation judge: who is tied to a case, and where a person works or worked."""

import calendar
import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import ApprovalCode, BudgetDecision, Opinion, SignOff
from portfolio.approvals.separation import MONTHS_OF_COOLING, Act, ActorFacts, CaseTies, Seat, conflicts
from portfolio.approvals.terms import CountersignState
from portfolio.business_cases.models import BusinessCase, CaseRevision, ParticipantLine
from portfolio.db.clock import now
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.models import Review
from portfolio.peer_review.terms import WORKING_STATES, ReviewState
from portfolio.people.models import Duty, Institution, Membership, Recusal
from portfolio.people.queries import in_force
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import Viewer

_AT_WORK = (*WORKING_STATES, ReviewState.CLOSED, ReviewState.SUPERSEDED)


def separation_reasons(session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, act: Act) -> list[str]:
    """Why this person may not do this act on this case now; empty when they may."""
    today = now(session).astimezone(pack.zone).date()
    return conflicts(actor_facts(session, viewer, today), ties_of(session, case), act)


def actor_facts(session: Session, viewer: Viewer, today: date) -> ActorFacts:
    """The person with the institutions of the last 24 months and today's seats; so for whomever they act for."""
    principals = sorted({g.acting_for_id for g in viewer.grants if g.acting_for_id is not None})
    return ActorFacts(
        person_id=viewer.person_id,
        institutions=_institutions_of(session, viewer.person_id, today),
        seats=frozenset((g.institution_id, g.unit_id) for g in viewer.grants),
        acting_for=tuple(
            ActorFacts(
                principal,
                _institutions_of(session, principal, today),
                _seats_of(session, [principal], tuple(Role), today),
            )
            for principal in principals
        ),
    )


def ties_of(session: Session, case: BusinessCase) -> CaseTies:
    """Everybody tied to the case or to another version of its initiative, and the institutions around it."""
    versions = select(col(BusinessCase.id)).where(col(BusinessCase.initiative_id) == case.initiative_id)
    signers = _people(
        session,
        select(col(Opinion.signed_by_id)).where(col(Opinion.case_id) == case.id, col(Opinion.signed_at).is_not(None)),
    )
    decisions = session.execute(
        select(
            col(BudgetDecision.proposed_by_id), col(BudgetDecision.confirmed_by_id), col(BudgetDecision.state)
        ).where(col(BudgetDecision.case_id) == case.id)
    ).all()
    issued = session.execute(
        select(col(ApprovalCode.proposed_by_id), col(ApprovalCode.issued_by_id)).where(
            col(ApprovalCode.case_id) == case.id
        )
    ).all()
    return CaseTies(
        family=_family(session, case),
        authors=_authors(session, versions) | {case.lead_id},
        signatories=_signatories(session, versions),
        reviewers=_people(
            session,
            select(col(Review.reviewer_id)).where(col(Review.case_id) == case.id, col(Review.state).in_(_AT_WORK)),
        ),
        opinion_signers=signers,
        deciders=frozenset(
            person
            for row in decisions
            if row.state is CountersignState.CONFIRMED
            for person in (row.proposed_by_id, row.confirmed_by_id)
            if person is not None
        ),
        issuers=frozenset(person for row in issued for person in row),
        recused=_people(session, select(col(Recusal.person_id)).where(col(Recusal.subject_id).in_(versions))),
        opinion_seats=_seats_of(session, signers, (Role.DIRECTIVE_HEAD,), now(session).date()),
    )


def _authors(session: Session, versions: Select[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Whoever wrote a word of any version, or advised on it."""
    writers = select(col(CaseRevision.by_id)).where(col(CaseRevision.case_id).in_(versions)).distinct()
    named = select(col(Duty.person_id)).where(
        col(Duty.subject_id).in_(versions), col(Duty.kind).in_((DutyKind.AUTHOR, DutyKind.ADVISER))
    )
    leads = select(col(BusinessCase.lead_id)).where(col(BusinessCase.id).in_(versions))
    return _people(session, writers) | _people(session, named) | _people(session, leads)


def _signatories(session: Session, versions: Select[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Whoever signed off or submitted any version, lapsed or not."""
    signed = select(col(SignOff.person_id)).where(col(SignOff.case_id).in_(versions))
    named = select(col(Duty.person_id)).where(col(Duty.subject_id).in_(versions), col(Duty.kind) == DutyKind.SIGNATORY)
    return _people(session, signed) | _people(session, named)


def _family(session: Session, case: BusinessCase) -> frozenset[uuid.UUID]:
    """The institution, its parent, its children, and the participating institutions."""
    own = session.get_one(Institution, case.institution_id)
    children = session.scalars(select(col(Institution.id)).where(col(Institution.parent_id) == own.id)).all()
    partners = session.scalars(
        select(col(ParticipantLine.institution_id)).where(col(ParticipantLine.case_id) == case.id)
    ).all()
    near = (own.id, own.parent_id, *children, *partners)
    return frozenset(found for found in near if found is not None)


def _people(session: Session, query: Select[uuid.UUID] | Select[uuid.UUID | None]) -> frozenset[uuid.UUID]:
    return frozenset(person for person in session.scalars(query) if person is not None)


def _institutions_of(session: Session, person_id: uuid.UUID, today: date) -> frozenset[uuid.UUID]:
    since = months_before(today, MONTHS_OF_COOLING)
    return frozenset(
        session.scalars(
            select(col(Membership.institution_id)).where(
                col(Membership.person_id) == person_id,
                col(Membership.valid_from) <= today,
                or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) >= since),
            )
        )
    )


def _seats_of(session: Session, people: Iterable[uuid.UUID], roles: Iterable[Role], today: date) -> frozenset[Seat]:
    rows = session.execute(
        select(col(Membership.institution_id), col(Membership.unit_id)).where(
            col(Membership.person_id).in_(list(people)), col(Membership.role).in_(list(roles)), in_force(today)
        )
    )
    return frozenset((row.institution_id, row.unit_id) for row in rows)


def make_duty(session: Session, case: BusinessCase, actor: Viewer, kind: DutyKind) -> None:
    """Tie whoever acts to the case, once for each kind; the caller records the act itself."""
    has = session.scalar(
        select(
            exists().where(
                col(Duty.person_id) == actor.person_id, col(Duty.subject_id) == case.id, col(Duty.kind) == kind
            )
        )
    )
    if not has:
        session.add(Duty(person_id=actor.person_id, subject_id=case.id, kind=kind, began_at=now(session)))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
