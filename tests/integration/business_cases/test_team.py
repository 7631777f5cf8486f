"""Lead and team: who may hand a case over, to whom; what the old lead loses at once; both told; with reasons."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_edit, why_off_team
from portfolio.business_cases.models import BusinessCase, CaseHandOver
from portfolio.business_cases.team import change_team, first_lead, hand_over, may_join, may_lead, members_of
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.errors import FieldRefused, Refused
from portfolio.identity.models import Account
from portfolio.notifications.models import Notice
from portfolio.people.models import Duty, Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from visitors import Visitors

from .conftest import Scene

WHY = "The lead moves to another institution."


class Cast:
    """An institution with two leads, a head, a user manager and a finance manager, and the first lead's draft."""

    def __init__(self, session: Session) -> None:
        self.agency: Institution = an_institution(session, "Health Institute")
        self.lead = a_person(session, (Role.CASE_LEAD, self.agency), name="Lea Lead")
        self.next = a_person(session, (Role.CASE_LEAD, self.agency), name="Nora Next")
        self.head = a_person(session, (Role.HEAD_OF_SERVICE, self.agency))
        self.manager = a_person(session, (Role.USER_MANAGER, self.agency))
        self.finance = a_person(session, (Role.FINANCE_MANAGER, self.agency), name="Fin Manager")
        self.elsewhere = a_person(session, (Role.CASE_LEAD, an_institution(session)))
        self.case: BusinessCase = a_case(session, self.agency, self.lead, a_call(session))


@pytest.fixture
def cast(session: Session) -> Cast:
    return Cast(session)


def notices(session: Session) -> dict[str, object]:
    session.flush()
    return {row.kind: row.person_id for row in session.scalars(select(Notice))}


@pytest.mark.parametrize("who", ["lead", "head", "manager"])
def test_lead_head_and_user_manager_hand_over_and_the_old_lead_writes_no_more(
    session: Session, cast: Cast, who: str
) -> None:
    actor: Viewer = getattr(cast, who)
    hand_over(session, actor, cast.case, cast.next.person_id, WHY)
    assert cast.case.lead_id == cast.next.person_id
    with pytest.raises(Refused, match="no longer on the team"):
        lock_for_edit(session, cast.lead, cast.case, "problem")
    lock_for_edit(session, cast.next, cast.case, "problem")
    assert notices(session) == {"case_received": cast.next.person_id, "case_given_away": cast.lead.person_id}
    assert [(one.name, one.is_lead, one.until is None) for one in members_of(session, cast.case)] == [
        ("Nora Next", True, True),
        ("Lea Lead", False, False),
    ]
    assert first_lead(session, cast.case) == cast.lead.person_id
    session.commit()
    event = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.CASE_HANDED_OVER.value)).one()
    assert str(cast.next.person_id) in event.canon
    assert WHY not in event.canon


def test_nobody_else_hands_a_case_over(session: Session, cast: Cast) -> None:
    for stranger in (cast.next, cast.finance, cast.elsewhere):
        with pytest.raises(Refused, match="user manager changes this"):
            hand_over(session, stranger, cast.case, cast.next.person_id, WHY)
    head_elsewhere = a_person(session, (Role.HEAD_OF_SERVICE, an_institution(session)))
    with pytest.raises(Refused):
        hand_over(session, head_elsewhere, cast.case, cast.next.person_id, WHY)
    assert cast.case.lead_id == cast.lead.person_id


def test_only_another_case_lead_of_the_institution_gets_it(session: Session, cast: Cast) -> None:
    for wrong in (cast.lead, cast.finance, cast.elsewhere):
        with pytest.raises(FieldRefused):
            hand_over(session, cast.head, cast.case, wrong.person_id, WHY)
    session.add(Account(person_id=cast.next.person_id, disabled_at=utc_now()))
    record(session, SYSTEM, Tag.ACCOUNT_DISABLED, cast.case)
    session.flush()
    assert may_lead(session, cast.case) == {}


def test_the_case_of_a_lead_whose_account_is_gone_is_handed_over(session: Session, cast: Cast) -> None:
    session.add(Account(person_id=cast.lead.person_id, disabled_at=utc_now()))
    record(session, SYSTEM, Tag.ACCOUNT_DISABLED, cast.case)
    session.flush()
    hand_over(session, cast.manager, cast.case, cast.next.person_id, WHY)
    assert cast.case.lead_id == cast.next.person_id


def test_a_closed_case_keeps_its_lead(session: Session, cast: Cast) -> None:
    cast.case.status = CaseStatus.WITHDRAWN
    record(session, SYSTEM, Tag.CASE_MOVED, cast.case)
    session.flush()
    with pytest.raises(Refused, match="nobody writes it any more"):
        hand_over(session, cast.head, cast.case, cast.next.person_id, WHY)


def test_who_was_handed_a_case_back_writes_it_again(session: Session, cast: Cast) -> None:
    hand_over(session, cast.lead, cast.case, cast.next.person_id, WHY)
    hand_over(session, cast.next, cast.case, cast.lead.person_id, WHY)
    lock_for_edit(session, cast.lead, cast.case, "problem")
    assert why_off_team(session, cast.case, cast.next.person_id)
    assert len(session.scalars(select(CaseHandOver)).all()) == 2


def test_taken_off_the_team_and_brought_back(session: Session, cast: Cast) -> None:
    assert cast.finance.person_id in may_join(session, cast.case)
    change_team(session, cast.lead, cast.case, cast.finance.person_id, "join", WHY)
    assert cast.finance.person_id not in may_join(session, cast.case)
    change_team(session, cast.lead, cast.case, cast.finance.person_id, "leave", WHY)
    with pytest.raises(Refused, match="no longer on the team"):
        lock_for_edit(session, cast.finance, cast.case, "costs")
    authored = session.scalars(select(Duty).where(col(Duty.person_id) == cast.finance.person_id)).all()
    assert [row.ended_at is None for row in authored] == [False]  # what was written stays an authorship
    change_team(session, cast.lead, cast.case, cast.finance.person_id, "join", WHY)
    lock_for_edit(session, cast.finance, cast.case, "costs")
    assert set(notices(session)) == {"team_joined", "team_left"}


def test_the_lead_is_not_taken_off_but_hands_over(session: Session, cast: Cast) -> None:
    with pytest.raises(FieldRefused):
        change_team(session, cast.head, cast.case, cast.lead.person_id, "leave", WHY)


@pytest.fixture
def manager(scene: Scene, database: Database) -> Viewer:
    with database.writing() as session:
        institution = session.get_one(Institution, scene.institution.id)
        return a_person(session, (Role.USER_MANAGER, institution))


def test_the_user_manager_hands_over_from_a_page_and_the_form_asks_why(
    scene: Scene, visitors: Visitors, database: Database, manager: Viewer
) -> None:
    with database.writing() as session:
        other = a_person(
            session, (Role.CASE_LEAD, session.get_one(Institution, scene.institution.id)), name="Nora Next"
        )
    visitor = visitors.of(manager.person_id)
    assert scene.case.title in visitor.get("/cases/by-lead").text
    page = visitor.get(scene.at("team"))
    assert "Nora Next" in page.text
    empty = visitor.post(scene.at("lead"), {"to_id": str(other.person_id), "reason": ""})
    assert empty.status == 422
    assert empty.error("reason")
    page = visitor.follow(visitor.post(scene.at("lead"), {"to_id": str(other.person_id), "reason": WHY}))
    assert "handed over, and both people were told" in page.text
    old = scene.visitor
    assert "no longer on the team" in old.get(scene.at("sections/problem")).text
    data = {"problem.statement": "Mine", "version.problem.statement": "v:0", "then": ""}
    assert old.post(scene.at("sections/problem"), data).status == 409
    assert old.post(scene.at("lead"), {"to_id": str(other.person_id), "reason": WHY}).status == 409
    assert visitors.of(other.person_id).post(scene.at("sections/problem"), data).status == 303


def test_a_stranger_finds_no_team(scene: Scene, visitors: Visitors) -> None:
    assert visitors.of(scene.stranger.person_id).get(scene.at("team")).status == 404


def test_the_sheet_of_a_case_names_its_lead(scene: Scene) -> None:
    page = scene.visitor.get(scene.at("formulation"))
    assert scene.lead.name in page.text
    assert scene.at("team") in page.text
