"""Gathers, from the record, what the rules of separation judge: who is tied to a case, and where a person works or worked."""

import calendar
import uuid
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Uuid,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import ApprovalCode, BudgetDecision, Opinion, SignOff
from portfolio.approvals.separation import MONTHS_OF_COOLING, Act, ActorFacts, CaseTies, Seat, conflicts
from portfolio.approvals.terms import CountersignState
from portfolio.business_cases.models import BusinessCase, CaseRevision, ParticipantLine
from portfolio.db.clock import now
from portfolio.db.memo import asked_once
from portfolio.identity.reset_queries import resetters_of
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
    return asked_once(session, ("ties of a case", case.id), lambda: _ties_of(session, case))


def _ties_of(session: Session, case: BusinessCase) -> CaseTies:
    asked = {"case": case.id, "initiative": case.initiative_id, "institution": case.institution_id}
    tied: dict[str, set[uuid.UUID]] = {chair: set() for chair in CHAIRS}
    for row in session.execute(_TIED, asked):
        if row.tied is not None:
            tied[row.chair].add(row.tied)
    return CaseTies(
        family=frozenset(tied["family"] | {case.institution_id}),
        authors=frozenset(tied["author"] | {case.lead_id}),
        signatories=frozenset(tied["signatory"]),
        reviewers=frozenset(tied["reviewer"]),
        opinion_signers=frozenset(tied["signer"]),
        deciders=frozenset(tied["decider"]),
        issuers=frozenset(tied["issuer"]),
        recused=frozenset(tied["recused"]),
        factor_resetters=resetters_of(session, tied["author"] | tied["signatory"] | tied["signer"] | {case.lead_id}),
        opinion_seats=_seats_of(session, tied["signer"], (Role.DIRECTIVE_HEAD,), now(session).date()),
    )


CHAIRS = ("family", "author", "signatory", "reviewer", "signer", "decider", "issuer", "recused")


def _tied() -> CompoundSelect[Any]:
    """Each row is a chair and a person in it (or, for the family, an institution): one round to the database for all.

    Family: parent, children and participating institutions. Authors: whoever wrote a word of any version, advised on it or
    led it. Signatories: whoever signed off or submitted any version, lapsed or not.
    """
    this_case, own = bindparam("case", type_=Uuid()), bindparam("institution", type_=Uuid())
    versions = select(col(BusinessCase.id)).where(
        col(BusinessCase.initiative_id) == bindparam("initiative", type_=Uuid())
    )
    on_any_version = col(Duty.subject_id).in_(versions)
    decided = and_(col(BudgetDecision.case_id) == this_case, col(BudgetDecision.state) == CountersignState.CONFIRMED)
    signed = and_(col(Opinion.case_id) == this_case, col(Opinion.signed_at).is_not(None))
    reviewed = and_(col(Review.case_id) == this_case, col(Review.state).in_(_AT_WORK))
    named = col(Duty.kind).in_((DutyKind.AUTHOR, DutyKind.ADVISER))
    found: tuple[tuple[str, Any, ColumnElement[bool]], ...] = (
        ("family", col(Institution.parent_id), col(Institution.id) == own),
        ("family", col(Institution.id), col(Institution.parent_id) == own),
        ("family", col(ParticipantLine.institution_id), col(ParticipantLine.case_id) == this_case),
        ("author", col(CaseRevision.by_id), col(CaseRevision.case_id).in_(versions)),
        ("author", col(Duty.person_id), and_(on_any_version, named)),
        ("author", col(BusinessCase.lead_id), col(BusinessCase.id).in_(versions)),
        ("signatory", col(SignOff.person_id), col(SignOff.case_id).in_(versions)),
        ("signatory", col(Duty.person_id), and_(on_any_version, col(Duty.kind) == DutyKind.SIGNATORY)),
        ("reviewer", col(Review.reviewer_id), reviewed),
        ("signer", col(Opinion.signed_by_id), signed),
        ("decider", col(BudgetDecision.proposed_by_id), decided),
        ("decider", col(BudgetDecision.confirmed_by_id), decided),
        ("issuer", col(ApprovalCode.proposed_by_id), col(ApprovalCode.case_id) == this_case),
        ("issuer", col(ApprovalCode.issued_by_id), col(ApprovalCode.case_id) == this_case),
        ("recused", col(Recusal.person_id), col(Recusal.subject_id).in_(versions)),
    )
    return union(*(select(literal(chair).label("chair"), tied.label("tied")).where(on) for chair, tied, on in found))


_TIED = _tied()


def _institutions_of(session: Session, person_id: uuid.UUID, today: date) -> frozenset[uuid.UUID]:
    question = ("institutions of a person", person_id, today)
    return asked_once(session, question, lambda: _ask_institutions(session, person_id, today))


def _ask_institutions(session: Session, person_id: uuid.UUID, today: date) -> frozenset[uuid.UUID]:
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


def _seats_of(session: Session, people: Collection[uuid.UUID], roles: Iterable[Role], today: date) -> frozenset[Seat]:
    if not people:
        return frozenset()
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
