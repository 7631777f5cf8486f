"""What waits for the people of an institution: drafts, sign-offs, submissions, returns, observations, conditions."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import col

from portfolio.approvals.models import Condition, Opinion, SignOff
from portfolio.approvals.terms import ConditionState
from portfolio.approvals.workflow import SIGNATORIES
from portfolio.business_cases.completeness import missing
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus as S
from portfolio.desk.waiting import Asking, Group, Waiting, register_waiting
from portfolio.desk.waiting_cases import cases_in, retitled, with_case
from portfolio.i18n import N_
from portfolio.peer_review.models import CaseReturn, Observation
from portfolio.peer_review.terms import ObservationState
from portfolio.people.permissions import Permission
from portfolio.people.terms import Role

CONDITIONS_AHEAD = timedelta(days=45)
"""From how long before its date a condition is shown as waiting."""


MOST_DRAFTS = 20
"""Drafts that are asked whether they lack something: each costs some milliseconds."""

JUDGED = (S.SUBMITTED, S.INCOMPLETE, S.IN_REVIEW, S.CHECKING)
"""While a case is judged its observations wait for an answer; afterwards they are history."""


def drafts(asking: Asking) -> Iterator[Waiting]:
    """Of their own lead: everybody else of the institution finds them in the list of cases."""
    mine = col(BusinessCase.lead_id) == asking.viewer.person_id
    for found in cases_in(asking, Permission.CASE_WRITE, (S.DRAFT,), mine):
        yield found.line("draft", "business_cases.sections", due=found.closes_at)


def sign_offs(asking: Asking) -> Iterator[Waiting]:
    """Cases being signed off, or complete and ready for it, without a standing sign-off in a role that this person holds;
    not those that have as many as they need.
    """
    ready = [
        found
        for found in cases_in(asking, Permission.CASE_SIGN_OFF, (S.DRAFT,))[:MOST_DRAFTS]
        if not missing(asking.session, asking.pack, found.case)
    ]
    for found in [*cases_in(asking, Permission.CASE_SIGN_OFF, (S.ALIGNING,)), *ready]:
        signed = _signed(asking, found.case)
        free = SIGNATORIES - {Role(role) for role, _person in signed}
        mine = asking.viewer.roles_in(found.case.institution_id) & free
        has_signed = any(person == asking.viewer.person_id for _role, person in signed)  # once, whatever their roles
        if mine and not has_signed and not _are_enough(asking, found.case, signed):
            yield found.line("sign_off", "approvals.sign_offs", due=found.closes_at)


Signed = Sequence[tuple[str, uuid.UUID]]


def _signed(asking: Asking, case: BusinessCase) -> Signed:
    """Role and person of each sign-off that has not lapsed."""
    rows = asking.session.execute(
        select(col(SignOff.role), col(SignOff.person_id)).where(
            col(SignOff.case_id) == case.id, col(SignOff.lapsed_at).is_(None)
        )
    )
    return [(row.role, row.person_id) for row in rows]


def _are_enough(asking: Asking, case: BusinessCase, signed: Signed) -> bool:
    demanded = asking.pack.track(case.track).sign_offs if case.track else None
    return demanded is not None and len({person for _role, person in signed}) >= demanded


def submissions(asking: Asking) -> Iterator[Waiting]:
    """Cases that this person may submit: those they have signed, and those that have every sign-off they need."""
    for found in cases_in(asking, Permission.CASE_SUBMIT, (S.ALIGNING,)):
        signed = _signed(asking, found.case)
        is_mine = any(person == asking.viewer.person_id for _role, person in signed)
        if is_mine or _are_enough(asking, found.case, signed):
            yield found.line("submit", "approvals.submit", due=found.closes_at)


def returned(asking: Asking) -> Iterator[Waiting]:
    """Returned cases, with the date by which the answer is due."""
    cases = with_case(cases_in(asking, Permission.CASE_WRITE, (S.INCOMPLETE,)))
    rows = asking.session.execute(
        select(col(CaseReturn.case_id), func.max(col(CaseReturn.due_at)).label("due"))
        .where(col(CaseReturn.case_id).in_(cases), col(CaseReturn.came_back_at).is_(None))
        .group_by(col(CaseReturn.case_id))
    )
    due = {row.case_id: _aware(row.due) for row in rows}
    for case_id, found in cases.items():
        yield found.line("returned", "business_cases.sections", due=due.get(case_id))


def observations(asking: Asking) -> Iterator[Waiting]:
    """Cases with open observations, each once, by the earliest date."""
    cases = with_case(cases_in(asking, Permission.OBSERVATION_ANSWER, JUDGED, _has_open_observation()))
    rows = asking.session.execute(
        select(
            col(Observation.case_id),
            func.min(col(Observation.due_at)).label("due"),
            func.min(col(Observation.made_at)).label("since"),
        )
        .where(col(Observation.case_id).in_(cases), col(Observation.state) == ObservationState.OPEN)
        .group_by(col(Observation.case_id))
    )
    for row in rows:
        line = cases[row.case_id].line(
            "observation", "peer_review.observations", due=_aware(row.due), since=_aware(row.since)
        )
        yield line


def _has_open_observation() -> ColumnElement[bool]:
    return exists().where(
        col(Observation.case_id) == col(BusinessCase.id), col(Observation.state) == ObservationState.OPEN
    )


def conditions(asking: Asking) -> Iterator[Waiting]:
    """Conditions of signed opinions that are open and due before long, or overdue."""
    cases = with_case(cases_in(asking, Permission.CASE_WRITE, (S.CONDITIONED, S.DECIDED), _has_open_condition()))
    until = (asking.now + CONDITIONS_AHEAD).astimezone(asking.pack.zone).date()
    rows = asking.session.scalars(
        select(Condition)
        .join(Opinion, col(Opinion.id) == col(Condition.opinion_id), isouter=True)
        .where(
            col(Condition.case_id).in_(cases),
            col(Condition.state).in_(OPEN_CONDITIONS),
            col(Condition.due_on) <= until,
            col(Condition.opinion_id).is_(None) | col(Opinion.signed_at).is_not(None),
        )
        .order_by(col(Condition.due_on), col(Condition.id))
    )
    for row in rows:
        end_of_day = datetime.combine(row.due_on, time(23, 59, 59), asking.pack.zone).astimezone(UTC)
        yield retitled(cases[row.case_id].line("condition", "desk.case", due=end_of_day), row.text[:160])


OPEN_CONDITIONS = (ConditionState.OPEN, ConditionState.OVERDUE)


def _has_open_condition() -> ColumnElement[bool]:
    return exists().where(col(Condition.case_id) == col(BusinessCase.id), col(Condition.state).in_(OPEN_CONDITIONS))


def _aware(at: datetime | str | None) -> datetime | None:
    """SQLite gives the least or greatest of instants as it stores them."""
    if at is None:
        return None
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return found if found.tzinfo else found.replace(tzinfo=UTC)


register_waiting("returned", Group(10, N_("Answer what was returned")), returned)
register_waiting("observation", Group(20, N_("Answer observations")), observations)
register_waiting("draft", Group(30, N_("Complete the formulation"), "business_cases.list"), drafts)
register_waiting("sign_off", Group(40, N_("Sign off"), "approvals.sign_off_queue"), sign_offs)
register_waiting("submit", Group(50, N_("Submit")), submissions)
register_waiting("condition", Group(140, N_("Meet conditions")), conditions)
