"""Giving reviews to people: the batch that the secretary sees, with proposals, and the act itself."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases import mandate
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.calendar import deadline_at
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import DeadlineCode, Power
from portfolio.peer_review.conflicts import conflicts, words
from portfolio.peer_review.matching import Candidate, Need, propose, ranked
from portfolio.peer_review.models import Review
from portfolio.peer_review.queries import facts_of, open_reviews, review_facts
from portfolio.peer_review.rules import ReviewFacts
from portfolio.peer_review.terms import WORKING_STATES, ReviewState
from portfolio.peer_review.ties import conflicts_now, read_tree, ties_of_cases, ties_of_people
from portfolio.people.models import Duty, Institution, Membership, Person
from portfolio.people.queries import in_force
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative

BATCH = 20
"""Cases on one page of the batch; the rest follow once these are assigned."""


@dataclass(frozen=True, slots=True)
class CaseToAssign:
    """A case that lacks reviewers, with everybody who may review it and those proposed."""

    case: BusinessCase
    number: str
    institution: str
    facts: ReviewFacts
    candidates: tuple[Candidate, ...]
    proposed: tuple[Candidate, ...]
    barred: int


def cases_to_assign(
    session: Session, pack: CountryPack, viewer: Viewer, only: BusinessCase | None = None
) -> Sequence[CaseToAssign]:
    """Cases in review that lack reviewers and that the viewer's body may assign; the one due first comes first.

    At most `BATCH`. `only` restricts it to one case, which the caller has fetched for this viewer.
    """
    query = (
        select(BusinessCase)
        .where(col(BusinessCase.status) == CaseStatus.IN_REVIEW, visible_to(viewer))
        .order_by(col(BusinessCase.due_at).is_(None), col(BusinessCase.due_at), col(BusinessCase.id))
    )
    if only is not None:
        query = query.where(col(BusinessCase.id) == only.id)
    cases = session.scalars(query).all()
    facts = facts_of(session, pack, cases)
    lacking = [case for case in cases if facts[case.id].lacking]
    mine = [case for case in lacking if not mandate.refusals(session, pack, viewer, case, Power.REVIEW_ASSIGNMENT)][
        :BATCH
    ]
    return _with_proposals(session, mine, facts, now(session).astimezone(pack.zone).date())


def _with_proposals(
    session: Session, cases: Sequence[BusinessCase], facts: Mapping[uuid.UUID, ReviewFacts], today: date
) -> list[CaseToAssign]:
    if not cases:
        return []
    initiatives = {
        row.id: row
        for row in session.scalars(
            select(Initiative).where(col(Initiative.id).in_([case.initiative_id for case in cases]))
        )
    }
    institutions = {row.id: row for row in session.scalars(select(Institution))}
    people = _reviewers(session, today)
    tree = read_tree(session)
    person_ties = ties_of_people(session, tree, people, today)
    case_ties = ties_of_cases(session, tree, cases)
    load, filed = open_reviews(session, list(people)), _filed_by_theme(session, list(people))
    taken = _taken(session, cases)
    needs, barred = {}, {}
    for case in cases:
        theme, kind = initiatives[case.initiative_id].theme, institutions[case.institution_id].kind
        free = [
            Candidate(
                person,
                name,
                institution_id,
                institutions[institution_id].name,
                open_reviews=load.get(person, 0),
                on_theme=filed[person, theme] if theme else 0,
                same_kind=institutions[institution_id].kind is kind,
            )
            for person, (name, institution_id) in people.items()
            if (case.id, person) not in taken and not conflicts(person_ties[person], case_ties[case.id])
        ]
        houses = frozenset(house for (of, _person), house in taken.items() if of == case.id)
        needs[case.id] = Need(case.id, facts[case.id].lacking, tuple(ranked(free)), houses)
        barred[case.id] = len(people) - len(free) - sum(of == case.id for of, _person in taken)
    proposed = propose(list(needs.values()))
    return [
        CaseToAssign(
            case,
            initiatives[case.initiative_id].number or "",
            institutions[case.institution_id].name,
            facts[case.id],
            needs[case.id].candidates,
            proposed[case.id],
            max(0, barred[case.id]),
        )
        for case in cases
    ]


def _reviewers(session: Session, today: date) -> dict[uuid.UUID, tuple[str, uuid.UUID]]:
    """Everybody who holds the role today: name and institution, in the order of names."""
    rows = session.execute(
        select(col(Person.id), col(Person.name), col(Membership.institution_id))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(col(Membership.role) == Role.REVIEWER, in_force(today))
        .order_by(col(Person.name), col(Person.id), col(Membership.id))
    )
    found: dict[uuid.UUID, tuple[str, uuid.UUID]] = {}
    for row in rows:
        found.setdefault(row.id, (row.name, row.institution_id))
    return found


def _filed_by_theme(session: Session, people: Sequence[uuid.UUID]) -> Counter[tuple[uuid.UUID, str]]:
    rows = session.execute(
        select(col(Review.reviewer_id), col(Initiative.theme), func.count())
        .join(BusinessCase, col(BusinessCase.id) == col(Review.case_id))
        .join(Initiative, col(Initiative.id) == col(BusinessCase.initiative_id))
        .where(col(Review.reviewer_id).in_(people), col(Review.state) == ReviewState.FILED)
        .group_by(col(Review.reviewer_id), col(Initiative.theme))
    )
    return Counter({(person, theme): count for person, theme, count in rows})


def _taken(session: Session, cases: Sequence[BusinessCase]) -> dict[tuple[uuid.UUID, uuid.UUID], uuid.UUID]:
    """(case, person) → institution, for everybody who has or had a review of the present version of the case."""
    rows = session.execute(
        select(col(Review.case_id), col(Review.reviewer_id), col(Review.institution_id)).where(
            col(Review.case_id).in_([case.id for case in cases]), col(Review.state) != ReviewState.SUPERSEDED
        )
    )
    return {(row.case_id, row.reviewer_id): row.institution_id for row in rows}


def assign(session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, person_id: uuid.UUID) -> Review:
    """Give the case to one more reviewer.

    Refused (`Refused`) when the case is not in review, has enough reviewers, or is not for the actor's body; `FieldRefused`
    on `reviewer` for a person who is no reviewer, had it before, or has a conflict. A review beyond the track's number is the
    third one that a gap calls.
    """
    session.refresh(case, with_for_update=True)
    if case.status is not CaseStatus.IN_REVIEW:
        raise Refused(_("The case is not in review."))
    if reasons := mandate.refusals(session, pack, actor, case, Power.REVIEW_ASSIGNMENT):
        raise Refused(*reasons)
    facts = review_facts(session, pack, case)
    if not facts.lacking:
        raise Refused(_("The case has the reviewers that its track demands."))
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        raise Refused(_("The case has not been submitted."))
    at = now(session)
    today = at.astimezone(pack.zone).date()
    people = _reviewers(session, today)
    if person_id not in people:
        raise FieldRefused("reviewer", _("This person is not a reviewer today."))
    if session.scalar(
        select(col(Review.id)).where(col(Review.snapshot_id) == snapshot.id, col(Review.reviewer_id) == person_id)
    ):
        raise FieldRefused("reviewer", _("This person has, or had, a review of this case."))
    if found := conflicts_now(session, case, person_id, today):
        raise FieldRefused("reviewer", " ".join(words(one) for one in found))
    review = Review(
        case_id=case.id,
        snapshot_id=snapshot.id,
        reviewer_id=person_id,
        institution_id=people[person_id][1],
        is_third=facts.filed + facts.outstanding >= facts.demanded,
        assigned_at=at,
        assigned_by_id=actor.person_id,
        due_at=deadline_at(pack, at, pack.deadline_days(DeadlineCode.REVIEW)),
    )
    session.add(review)
    session.add(Duty(person_id=person_id, subject_id=case.id, kind=DutyKind.REVIEWER, began_at=at))
    record(session, actor, Tag.REVIEWER_ASSIGNED, review, case=str(case.id), reviewer=str(person_id))
    owe(
        session,
        "review_assigned",
        [person_id],
        subject_id=case.id,
        path=f"/cases/{case.id}/review",
        title=case.title,
        due=review.due_at,
    )
    session.flush()
    return review


def take_back(
    session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, review: Review, reason: str
) -> None:
    """Take an open review from its reviewer, so that somebody else can be chosen. Nobody learns what was drafted."""
    if reasons := mandate.refusals(session, pack, actor, case, Power.REVIEW_ASSIGNMENT):
        raise Refused(*reasons)
    session.refresh(review, with_for_update=True)
    if review.state not in (ReviewState.ASSIGNED, ReviewState.ACCEPTED):
        raise Refused(_("This review is not open any more."))
    review.state = ReviewState.REASSIGNED
    end_duty(session, case.id, review.reviewer_id)
    record(session, actor, Tag.REVIEWER_REPLACED, review, case=str(case.id), words=reason)
    owe(session, "review_taken_back", [review.reviewer_id], subject_id=case.id, title=case.title)
    session.flush()


def end_duty(session: Session, case_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """From now on the person does not see the case as its reviewer."""
    at = now(session)
    for duty in session.scalars(
        select(Duty).where(
            col(Duty.subject_id) == case_id,
            col(Duty.person_id) == person_id,
            col(Duty.kind) == DutyKind.REVIEWER,
            col(Duty.ended_at).is_(None),
        )
    ):
        duty.ended_at = at


def active_reviewers(session: Session, case_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Who has a review of the case now; ordered."""
    return session.scalars(
        select(col(Review.reviewer_id))
        .where(col(Review.case_id) == case_id, col(Review.state).in_(WORKING_STATES))
        .order_by(col(Review.reviewer_id))
    ).all()
