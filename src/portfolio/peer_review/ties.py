"""Gathers, in a few queries, the facts that conflicts of interest are computed from."""

import calendar
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase, ParticipantLine
from portfolio.peer_review.conflicts import MONTHS_REMEMBERED, CaseTies, Conflict, PersonTies, conflicts
from portfolio.people.models import Duty, Institution, Membership, Recusal
from portfolio.people.terms import DutyKind

_OFFICIAL = (DutyKind.ANALYST, DutyKind.DECIDER, DutyKind.ISSUER)
_DUTIES = {
    "authors": (DutyKind.AUTHOR,),
    "advisers": (DutyKind.ADVISER,),
    "signatories": (DutyKind.SIGNATORY,),
    "officials": _OFFICIAL,
}


@dataclass(frozen=True, slots=True)
class Tree:
    """Institutions by parent; bodies that were renamed or merged stand for the one they became."""

    parents: Mapping[uuid.UUID, uuid.UUID | None]
    successors: Mapping[uuid.UUID, uuid.UUID]

    def present(self, institution: uuid.UUID) -> uuid.UUID:
        """What the institution is today."""
        seen = {institution}
        while (after := self.successors.get(institution)) is not None and after not in seen:
            institution = after
            seen.add(after)
        return institution

    def above(self, institution: uuid.UUID) -> frozenset[uuid.UUID]:
        """Parent, its parent, and so on."""
        start = self.present(institution)
        found: list[uuid.UUID] = []
        current = self.parents.get(start)
        while current is not None and (here := self.present(current)) not in (*found, start):
            found.append(here)
            current = self.parents.get(here)
        return frozenset(found)

    def below(self, institution: uuid.UUID) -> frozenset[uuid.UUID]:
        """Children, their children, and so on."""
        here = self.present(institution)
        return frozenset(self.present(one) for one in self.parents if here in self.above(one)) - {here}


def read_tree(session: Session) -> Tree:
    rows = session.execute(select(col(Institution.id), col(Institution.parent_id), col(Institution.successor_id))).all()
    return Tree(
        {row.id: row.parent_id for row in rows},
        {row.id: row.successor_id for row in rows if row.successor_id is not None},
    )


def ties_of_people(
    session: Session, tree: Tree, people: Iterable[uuid.UUID], today: date
) -> dict[uuid.UUID, PersonTies]:
    """For each person; whoever they act for today is in `acting_for`."""
    wanted = set(people)
    own = _memberships(session, wanted, today)
    principals = {row.for_person_id for rows in own.values() for row in rows if _acts_today(row, today)} - {None}
    theirs = _memberships(session, {found for found in principals if found is not None}, today)

    def bare(person: uuid.UUID, rows: Sequence[Membership]) -> PersonTies:
        current = [row for row in rows if _in_force(row, today)]
        return PersonTies(
            person,
            institutions=frozenset(tree.present(row.institution_id) for row in current),
            units=frozenset(row.unit_id for row in current if row.unit_id is not None),
            past=frozenset(tree.present(row.institution_id) for row in rows if not _in_force(row, today)),
        )

    found = {}
    for person in wanted:
        mine = bare(person, own[person])
        acted_for = sorted({row.for_person_id for row in own[person] if _acts_today(row, today)} - {None}, key=str)
        found[person] = PersonTies(
            person,
            mine.institutions,
            mine.units,
            mine.past,
            tuple(bare(one, theirs[one]) for one in acted_for if one is not None),
        )
    return found


def ties_of_cases(session: Session, tree: Tree, cases: Sequence[BusinessCase]) -> dict[uuid.UUID, CaseTies]:
    """By case. People tied to any version of the initiative count, and so do the participants of any version."""
    initiatives = {case.initiative_id for case in cases}
    versions = session.execute(
        select(col(BusinessCase.id), col(BusinessCase.initiative_id), col(BusinessCase.lead_id)).where(
            col(BusinessCase.initiative_id).in_(initiatives)
        )
    ).all()
    initiative_of = {row.id: row.initiative_id for row in versions}
    people = _people_tied(session, initiative_of)
    for row in versions:
        people["authors", row.initiative_id].add(row.lead_id)
    partners = _participants(session, tree, initiative_of)
    return {
        case.id: CaseTies(
            institution=tree.present(case.institution_id),
            unit=case.unit_id,
            above=tree.above(case.institution_id),
            below=tree.below(case.institution_id),
            participants=frozenset(partners[case.initiative_id]) - {tree.present(case.institution_id)},
            recused=frozenset(people["recused", case.initiative_id]),
            **{chair: frozenset(people[chair, case.initiative_id]) for chair in _DUTIES},
        )
        for case in cases
    }


def conflicts_now(session: Session, case: BusinessCase, person_id: uuid.UUID, today: date) -> tuple[Conflict, ...]:
    """The conflicts of one person with one case: what assignment and every act of a reviewer ask."""
    tree = read_tree(session)
    person = ties_of_people(session, tree, [person_id], today)[person_id]
    return conflicts(person, ties_of_cases(session, tree, [case])[case.id])


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _memberships(session: Session, people: set[uuid.UUID], today: date) -> dict[uuid.UUID, list[Membership]]:
    """Memberships that began, and have not ended more than 24 months ago."""
    since = months_before(today, MONTHS_REMEMBERED)
    rows = session.scalars(
        select(Membership)
        .where(
            col(Membership.person_id).in_(people),
            col(Membership.valid_from) <= today,
            or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) >= since),
        )
        .order_by(col(Membership.id))
    )
    found: dict[uuid.UUID, list[Membership]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


def _in_force(row: Membership, today: date) -> bool:
    return row.valid_to is None or row.valid_to >= today


def _acts_today(row: Membership, today: date) -> bool:
    return row.for_person_id is not None and _in_force(row, today)


def _people_tied(
    session: Session, initiative_of: Mapping[uuid.UUID, uuid.UUID]
) -> dict[tuple[str, uuid.UUID], set[uuid.UUID]]:
    """(chair, initiative) → people. Duties count after they ended: what was written stays written."""
    found: dict[tuple[str, uuid.UUID], set[uuid.UUID]] = defaultdict(set)
    chair_of = {kind: chair for chair, kinds in _DUTIES.items() for kind in kinds}
    duties = session.execute(
        select(col(Duty.person_id), col(Duty.subject_id), col(Duty.kind)).where(
            col(Duty.subject_id).in_(initiative_of), col(Duty.kind).in_(chair_of)
        )
    )
    for row in duties:
        found[chair_of[row.kind], initiative_of[row.subject_id]].add(row.person_id)
    recusals = session.execute(
        select(col(Recusal.person_id), col(Recusal.subject_id)).where(col(Recusal.subject_id).in_(initiative_of))
    )
    for person_id, subject_id in recusals:
        found["recused", initiative_of[subject_id]].add(person_id)
    return found


def _participants(
    session: Session, tree: Tree, initiative_of: Mapping[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    rows = session.execute(
        select(col(ParticipantLine.case_id), col(ParticipantLine.institution_id)).where(
            col(ParticipantLine.case_id).in_(initiative_of), col(ParticipantLine.institution_id).is_not(None)
        )
    )
    for row in rows:
        found[initiative_of[row.case_id]].add(tree.present(row.institution_id))
    return found
