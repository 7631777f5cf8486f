"""The history of a case: what each kind of reader sees of it, and what nobody learns from it too early."""

from datetime import timedelta

import pytest

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.people.models import Duty, Recusal
from portfolio.people.terms import DutyKind, RecusalKind, Role
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call
from visitors import Visitors


class Scene:
    """A case with a lead, a reviewer, an analyst, a secretary and an auditor, and events of every delicate kind."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as session:
            here, body = an_institution(session, "Ministry of Works"), an_institution(session, "Directive body")
            self.lead = a_person(session, (Role.CASE_LEAD, here), name="Lena Lead")
            self.reviewer = a_person(session, (Role.REVIEWER, an_institution(session)), name="Rita Reviewer")
            self.analyst = a_person(session, (Role.DIRECTIVE_ANALYST, body), name="Ana Analyst")
            self.secretary = a_person(session, (Role.REVIEW_SECRETARY, body), name="Sara Secretary")
            self.auditor = a_person(session, (Role.AUDITOR, an_institution(session)), name="Olga Auditor")
            self.call = a_call(session)
            self.case = a_case(session, here, self.lead, self.call, CaseStatus.DECIDED, title="Land registry")
            session.add(
                Duty(
                    person_id=self.reviewer.person_id,
                    subject_id=self.case.id,
                    kind=DutyKind.REVIEWER,
                    began_at=utc_now(),
                )
            )
            record(session, self.secretary, Tag.REVIEWER_ASSIGNED, self.case)
        self.tell(self.lead, Tag.CASE_SUBMITTED, before="aligning", after="submitted")
        self.tell(self.reviewer, Tag.OBSERVATION_MADE)
        self.tell(self.reviewer, Tag.REVIEW_FILED, words="Weak plan")
        self.tell(self.analyst, Tag.CASE_MOVED, words="Costs are missing", before="submitted", after="incomplete")
        self.tell(self.lead, Tag.ACT_REFUSED, words="A review is outstanding")
        self.tell(self.secretary, Tag.DECISION_CONFIRMED, outcome="funded", amount=250_000_00)
        self.tell(self.secretary, Tag.CASE_MOVED, before="recommended", after="decided")

    def tell(self, actor: Viewer, tag: Tag, **detail: object) -> None:
        with self.database.writing() as session:
            case = session.get_one(BusinessCase, self.case.id)
            record(session, actor, tag, None, case=case.id, **detail)  # type: ignore[arg-type]

    def embargo(self) -> None:
        with self.database.writing() as session:
            call = session.get_one(Call, self.call.id)
            call.embargo_until = utc_now() + timedelta(days=9)
            record(session, self.secretary, Tag.CALL_CHANGED, call)


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def history(visitors: Visitors, scene: Scene, person: Viewer) -> str:
    page = visitors.of(person.person_id).get(f"/cases/{scene.case.id}/history")
    assert page.status == 200
    return page.main


def test_the_institution_reads_the_road_and_not_who_reviews(visitors: Visitors, scene: Scene) -> None:
    shown = history(visitors, scene, scene.lead)
    for there in (
        "Business case submitted",
        "Lena Lead",
        "Costs are missing",
        "Budget decision confirmed",
        "250,000.00 USD",
    ):
        assert there in shown, there
    for hidden in ("Rita", "Weak plan", "Review filed", "Reviewer assigned", "Observation made", "outstanding"):
        assert hidden not in shown, hidden


def test_a_reviewer_sees_no_more_than_the_institution(visitors: Visitors, scene: Scene) -> None:
    shown = history(visitors, scene, scene.reviewer)
    assert "Business case submitted" in shown
    assert "Review filed" not in shown
    assert "Reviewer assigned" not in shown


def test_an_analyst_sees_that_there_was_an_observation_not_whose(visitors: Visitors, scene: Scene) -> None:
    shown = history(visitors, scene, scene.analyst)
    assert "Observation made" in shown
    assert "Name not shown" in shown
    assert "Rita" not in shown
    assert "Review filed" not in shown


def test_who_assigns_the_reviews_sees_them(visitors: Visitors, scene: Scene) -> None:
    shown = history(visitors, scene, scene.secretary)
    assert "Review filed" in shown
    assert "Rita Reviewer" in shown
    assert "Weak plan" not in shown, "what a review says is read where reviews are read"
    assert "Act refused" not in shown


def test_the_auditor_sees_every_act(visitors: Visitors, scene: Scene) -> None:
    shown = history(visitors, scene, scene.auditor)
    for there in ("Act refused", "Review filed", "Observation made", "Budget decision confirmed"):
        assert there in shown, there


def test_a_decision_under_embargo_is_not_told_to_the_institution(visitors: Visitors, scene: Scene) -> None:
    scene.embargo()
    shown = history(visitors, scene, scene.lead)
    assert "Budget decision confirmed" not in shown
    assert shown.count("From «") == 2, "nor the move that follows from it"
    assert "Budget decision confirmed" in history(visitors, scene, scene.secretary)


def test_a_recused_person_and_a_stranger_find_nothing(visitors: Visitors, scene: Scene) -> None:
    with scene.database.writing() as session:
        recusal = Recusal(
            person_id=scene.analyst.person_id, subject_id=scene.case.id, kind=RecusalKind.DECLARED, reason="A cousin"
        )
        session.add(recusal)
        record(session, scene.analyst, Tag.CONFLICT_DECLARED, recusal, case=scene.case.id)
        stranger = a_person(session, (Role.CASE_LEAD, an_institution(session)))
    for person in (scene.analyst, stranger):
        assert visitors.of(person.person_id).get(f"/cases/{scene.case.id}/history").status == 404
