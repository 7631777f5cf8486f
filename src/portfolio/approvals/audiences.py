"""Who is told of a move: each audience of the workflow's table as a query, without the recused and without the mover."""

import uuid
from collections.abc import Callable, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import lawful_people
from portfolio.approvals.models import SignOffRequest
from portfolio.approvals.workflow import SIGNATORIES
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.peer_review.models import Review
from portfolio.peer_review.terms import ReviewState
from portfolio.people.models import Recusal
from portfolio.people.queries import holders
from portfolio.people.terms import Role

Finder = Callable[[Session, CountryPack, BusinessCase], Iterable[uuid.UUID]]


def people_to_notify(
    session: Session, pack: CountryPack, case: BusinessCase, audience: str, but: uuid.UUID | None = None
) -> list[uuid.UUID]:
    """Persons of one audience, ordered, each once. Raises `KeyError` for an audience that nobody defined."""
    recused = set(session.scalars(select(col(Recusal.person_id)).where(col(Recusal.subject_id) == case.id)))
    found = set(AUDIENCE[audience](session, pack, case)) - recused - {but}
    return sorted(person for person in found if person is not None)


def _in_institution(session: Session, pack: CountryPack, case: BusinessCase, roles: Iterable[Role]) -> set[uuid.UUID]:
    today = now(session).astimezone(pack.zone).date()
    return {person for role in roles for person in holders(session, role, today, case.institution_id)}


def _signatories(session: Session, pack: CountryPack, case: BusinessCase) -> set[uuid.UUID]:
    return _in_institution(session, pack, case, SIGNATORIES)


def _unasked(session: Session, pack: CountryPack, case: BusinessCase) -> set[uuid.UUID]:
    """Who may sign and was not asked for this very content: one request, one notice."""
    asked = session.scalars(
        select(col(SignOffRequest.person_id)).where(
            col(SignOffRequest.case_id) == case.id,
            col(SignOffRequest.digest) == content_digest(read_content(session, pack, case)),
        )
    )
    return _signatories(session, pack, case) - set(asked)


def _agency(session: Session, pack: CountryPack, case: BusinessCase) -> set[uuid.UUID]:
    return _signatories(session, pack, case) | {case.lead_id}


def _buyers(session: Session, pack: CountryPack, case: BusinessCase) -> set[uuid.UUID]:
    return _in_institution(session, pack, case, (Role.BUYER,)) | {case.lead_id}


def _admitters(session: Session, pack: CountryPack, case: BusinessCase) -> list[uuid.UUID]:
    roles = (Role.DIRECTIVE_ANALYST, Role.REVIEW_SECRETARY)
    return lawful_people(session, pack, case, Power.ADMISSIBILITY, roles)


def _secretaries(session: Session, pack: CountryPack, case: BusinessCase) -> list[uuid.UUID]:
    return lawful_people(session, pack, case, Power.REVIEW_ASSIGNMENT, (Role.REVIEW_SECRETARY,))


def _reviewing(session: Session, pack: CountryPack, case: BusinessCase) -> list[uuid.UUID]:
    at_work = session.scalars(
        select(col(Review.reviewer_id)).where(
            col(Review.case_id) == case.id, col(Review.state).in_((ReviewState.ASSIGNED, ReviewState.ACCEPTED))
        )
    )
    return [*_secretaries(session, pack, case), *at_work]


def _directive(session: Session, pack: CountryPack, case: BusinessCase) -> list[uuid.UUID]:
    return lawful_people(session, pack, case, Power.OPINION, (Role.DIRECTIVE_ANALYST, Role.DIRECTIVE_HEAD))


def _checking(session: Session, pack: CountryPack, case: BusinessCase) -> list[uuid.UUID]:
    officers = lawful_people(session, pack, case, Power.STANDARDS_CHECK, (Role.STANDARDS_OFFICER,))
    return [*officers, *_directive(session, pack, case)]


def _budget(session: Session, pack: CountryPack, case: BusinessCase) -> list[uuid.UUID]:
    return lawful_people(session, pack, case, Power.BUDGET_DECISION, (Role.BUDGET_ANALYST, Role.BUDGET_DECIDER))


def _involved(session: Session, pack: CountryPack, case: BusinessCase) -> list[uuid.UUID]:
    """The oversight side of a case that was submitted; nobody there knows of a draft."""
    if case.submitted_at is None:
        return []
    return [*_admitters(session, pack, case), *_reviewing(session, pack, case), *_checking(session, pack, case)]


AUDIENCE: dict[str, Finder] = {
    "agency": _agency,
    "signatories": _unasked,
    "buyers": _buyers,
    "admitters": _admitters,
    "secretaries": _secretaries,
    "reviewing": _reviewing,
    "checking": _checking,
    "directive": _directive,
    "budget": _budget,
    "involved": _involved,
}
