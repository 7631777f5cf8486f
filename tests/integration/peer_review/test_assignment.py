"""Who may be given a case, and what happens when they are: facts from the record, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from factories import a_person, a_unit, an_institution
from portfolio.approvals import mandates
from portfolio.business_cases.models import BusinessCase, ParticipantLine
from portfolio.business_cases.terms import CaseStatus
from portfolio.errors import FieldRefused, Refused
from portfolio.notifications.models import Notice
from portfolio.packs.loader import load_pack
from portfolio.peer_review.assignment import assign, cases_to_assign, take_back
from portfolio.peer_review.models import Review
from portfolio.peer_review.terms import ConflictKind, ReviewState
from portfolio.peer_review.ties import conflicts_now
from portfolio.people.models import Duty, Institution, Membership
from portfolio.people.terms import DutyKind, Holding, Role
from review_stage import a_reviewer, a_stage

assert mandates
PACK = load_pack("eclac")


@pytest.fixture
def stage(session):
    return a_stage(session)


@pytest.fixture
def case(session, stage):
    return session.get_one(BusinessCase, stage.case_id)


def kinds(session, case, viewer):
    return [one.kind for one in conflicts_now(session, case, viewer.person_id, NOW.date())]


def worked(session, viewer, institution_id, ended):
    session.add(
        Membership(
            person_id=viewer.person_id,
            institution_id=institution_id,
            role=Role.CASE_LEAD,
            valid_from=date(2019, 1, 1),
            valid_to=ended,
        )
    )
    session.flush()


def test_a_stranger_has_no_conflict(session, stage, case):
    assert kinds(session, case, stage.reviewers[0]) == []


def test_the_tree_is_walked_up_and_down(session, stage, case):
    agency = session.get_one(Institution, stage.agency)
    ministry = an_institution(session, "Ministry")
    root = an_institution(session, "Root")
    ministry.parent_id, agency.parent_id = root.id, ministry.id
    child = an_institution(session, "Child", parent=an_institution(session, "Between", parent=agency))
    sister = an_institution(session, "Sister", parent=ministry)
    session.flush()
    assert kinds(session, case, a_reviewer(session, "R", root)) == [ConflictKind.ABOVE]
    assert kinds(session, case, a_reviewer(session, "C", child)) == [ConflictKind.BELOW]
    assert kinds(session, case, a_reviewer(session, "S", sister)) == []
    session.info.pop("audit_changed", None)


def test_a_participating_institution_is_a_conflict_in_any_version(session, stage, case):
    partner = an_institution(session, "Partner")
    session.add(ParticipantLine(case_id=case.id, institution_id=partner.id))
    session.flush()
    assert kinds(session, case, a_reviewer(session, "P", partner)) == [ConflictKind.PARTICIPANT]


@pytest.mark.parametrize(("ended", "found"), [("2024-08-03", [ConflictKind.PAST]), ("2024-08-02", [])])
def test_a_former_institution_counts_for_24_months_to_the_day(session, stage, case, ended, found):
    worked(session, stage.reviewers[0], stage.agency, date.fromisoformat(ended))
    assert kinds(session, case, stage.reviewers[0]) == found


def test_whoever_wrote_advised_or_signed_is_barred_even_after_the_duty_ended(session, stage, case):
    for kind, found in (
        (DutyKind.AUTHOR, ConflictKind.AUTHOR),
        (DutyKind.ADVISER, ConflictKind.ADVISER),
        (DutyKind.SIGNATORY, ConflictKind.SIGNATORY),
    ):
        viewer = a_reviewer(session, f"Hand {kind.value}")
        session.add(Duty(person_id=viewer.person_id, subject_id=case.id, kind=kind, began_at=NOW, ended_at=NOW))
        session.flush()
        assert kinds(session, case, viewer) == [found]


def test_a_substitute_is_bound_by_the_ties_of_whom_they_act_for(session, stage, case):
    principal = a_person(session, (Role.AGENCY_CIO, session.get_one(Institution, stage.agency)))
    house = an_institution(session, "Elsewhere")
    substitute = a_reviewer(session, "Sub", house)
    session.add(
        Membership(
            person_id=substitute.person_id,
            institution_id=house.id,
            role=Role.REVIEWER,
            holding=Holding.SUBSTITUTE,
            for_person_id=principal.person_id,
            valid_from=date(2026, 1, 1),
        )
    )
    session.flush()
    found = conflicts_now(session, case, substitute.person_id, NOW.date())
    assert [(one.kind, one.of_principal) for one in found] == [(ConflictKind.INSTITUTION, True)]


def test_the_unit_is_named_when_it_is_the_same(session, stage, case):
    agency = session.get_one(Institution, stage.agency)
    unit = a_unit(session, agency, "Digital")
    case.unit_id = unit.id
    viewer = a_person(session, (Role.REVIEWER, agency), unit=unit)
    assert kinds(session, case, viewer) == [ConflictKind.UNIT, ConflictKind.INSTITUTION]


def test_an_assignment_is_a_review_a_duty_a_due_date_and_a_notice(session, stage, case):
    review = assign(session, PACK, stage.secretary, case, stage.reviewers[0].person_id)
    assert (review.state, review.is_third) == (ReviewState.ASSIGNED, False)
    assert review.due_at > NOW + timedelta(days=5)
    duty = session.scalars(select(Duty).where(col(Duty.kind) == DutyKind.REVIEWER)).one()
    assert (duty.person_id, duty.subject_id, duty.ended_at) == (stage.reviewers[0].person_id, case.id, None)
    assert [n.kind for n in session.scalars(select(Notice).where(col(Notice.person_id) == duty.person_id))] == [
        "review_assigned"
    ]


def test_a_person_with_a_conflict_is_refused_with_the_reason_whoever_asks(session, stage, case):
    own = a_reviewer(session, "Own", session.get_one(Institution, stage.agency))
    with pytest.raises(FieldRefused) as refused:
        assign(session, PACK, stage.secretary, case, own.person_id)
    assert refused.value.reasons == ("Works in the institution that presents the case.",)
    with pytest.raises(FieldRefused):
        assign(session, PACK, stage.secretary, case, stage.analyst.person_id)


def test_only_the_body_that_assigns_may_assign(session, stage, case):
    with pytest.raises(Refused):
        assign(session, PACK, stage.budget, case, stage.reviewers[0].person_id)


def test_a_case_takes_as_many_reviewers_as_its_track_demands(session, stage, case):
    for viewer in stage.reviewers[:2]:
        assign(session, PACK, stage.secretary, case, viewer.person_id)
    with pytest.raises(Refused):
        assign(session, PACK, stage.secretary, case, stage.reviewers[2].person_id)
    assert cases_to_assign(session, PACK, stage.secretary) == []


def test_nobody_is_given_a_case_that_is_not_in_review(session, stage, case):
    case.status = CaseStatus.CHECKING
    session.flush()
    with pytest.raises(Refused):
        assign(session, PACK, stage.secretary, case, stage.reviewers[0].person_id)


def test_what_is_taken_back_ends_the_duty_and_opens_a_place_for_somebody_else(session, stage, case):
    review = assign(session, PACK, stage.secretary, case, stage.reviewers[0].person_id)
    take_back(session, PACK, stage.secretary, case, review, "On leave until March")
    assert review.state is ReviewState.REASSIGNED
    assert session.scalars(select(col(Duty.ended_at)).where(col(Duty.kind) == DutyKind.REVIEWER)).one() is not None
    found = cases_to_assign(session, PACK, stage.secretary)[0]
    assert stage.reviewers[0].person_id not in {one.person_id for one in found.candidates}
    assert len(found.proposed) == 2


def test_the_batch_proposes_only_people_without_conflicts_and_counts_the_barred(session, stage, case):
    a_reviewer(session, "Own", session.get_one(Institution, stage.agency))
    found = cases_to_assign(session, PACK, stage.secretary)
    assert [row.case.id for row in found] == [case.id]
    assert {one.name for one in found[0].candidates} == {"Reviewer 1", "Reviewer 2", "Reviewer 3"}
    assert found[0].barred == 1
    assert session.scalars(select(Review)).all() == []
