"""What lives on: yearly reviews and the sunset list, reminders by the clock, and external reviews on their way."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from closing_stage import a_service
from conftest import NOW
from life_stage import Scene, a_scene, later
from portfolio.closure import external
from portfolio.closure.audience import institution_of
from portfolio.closure.checklist import today_of
from portfolio.closure.forms import JudgementFields, OrderFields, ServiceFields, YearReviewFields
from portfolio.closure.jobs import remind_of_external, remind_of_services
from portfolio.closure.services import (
    a_year_after,
    judge_year,
    listed,
    register_service,
    review_year,
    service_of,
)
from portfolio.closure.terms import ExternalState, Judged, ServiceConclusion, YearReviewState
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.findings.actions import answer_finding, judge_answer
from portfolio.findings.terms import FindingRule, FindingState, Judgement
from portfolio.notifications.models import Notice
from portfolio.people.models import Institution

YEAR = YearReviewFields(conclusion=ServiceConclusion.CONTINUE, reasons="Used every day", cost=Decimal(1200))


@pytest.fixture
def scene(session) -> Scene:
    return a_scene(session)


def owed(session, kind):
    return session.scalar(select(func.count()).select_from(Notice).where(col(Notice.kind) == kind))


def test_a_service_is_registered_once_by_its_own_people_for_a_day_to_come(session, scene):
    today = today_of(session, scene.pack)
    lead = scene.stage.lead
    fields = ServiceFields(name="Licences", owner_id=scene.stage.head.person_id, next_review_on=today)
    with pytest.raises(FieldRefused) as refused:
        register_service(session, lead, scene.pack, scene.project, fields)
    assert refused.value.field == "owner_id"
    with pytest.raises(FieldRefused, match="day to come"):
        register_service(
            session, lead, scene.pack, scene.project, fields.model_copy(update={"owner_id": lead.person_id})
        )
    a_service(session, scene.pack, scene.project, lead)
    with pytest.raises(Refused, match="registered already"):
        a_service(session, scene.pack, scene.project, lead)


def test_a_yearly_review_is_made_by_the_owner_near_its_day_and_agreed_by_the_directive_body(session, scene):
    service = a_service(session, scene.pack, scene.project, scene.stage.lead, days=31)
    due = service.next_review_on
    with pytest.raises(Refused, match="thirty days"):
        review_year(session, scene.stage.lead, scene.pack, scene.project, service, YEAR)
    later(session, days=2)
    with pytest.raises(Refused, match="Only the owner"):
        review_year(session, scene.stage.cio, scene.pack, scene.project, service, YEAR)
    row = review_year(session, scene.stage.lead, scene.pack, scene.project, service, YEAR)
    assert (row.cost_minor, row.due_on) == (120_000, due)
    with pytest.raises(Refused, match="waits for the directive body"):
        review_year(session, scene.stage.lead, scene.pack, scene.project, service, YEAR)
    agreed = JudgementFields(judged=Judged.AGREED)
    with pytest.raises(Refused, match="does not agree"):
        judge_year(session, scene.stage.lead, scene.pack, scene.project, service, row, agreed)
    with pytest.raises(FieldRefused, match="reason"):
        judge_year(
            session, scene.stage.analyst, scene.pack, scene.project, service, row,
            JudgementFields(judged=Judged.SENT_BACK),
        )  # fmt: skip
    sent_back = JudgementFields(judged=Judged.SENT_BACK, judgement="What did users say?")
    judge_year(session, scene.stage.analyst, scene.pack, scene.project, service, row, sent_back)
    assert (row.state, service.next_review_on) == (YearReviewState.SENT_BACK, due)
    later(session)
    row = review_year(session, scene.stage.lead, scene.pack, scene.project, service, YEAR)
    judge_year(session, scene.stage.analyst, scene.pack, scene.project, service, row, agreed)
    assert row.state is YearReviewState.AGREED
    assert service.next_review_on == a_year_after(due)
    session.commit()


def test_a_retirement_says_when_and_what_instead_and_comes_first_on_the_list(session, scene):
    service = a_service(session, scene.pack, scene.project, scene.stage.lead, days=10)
    today = today_of(session, scene.pack)
    ending = YEAR.model_copy(update={"conclusion": ServiceConclusion.RETIRE})
    for lacking, field in (({}, "retires_on"), ({"retires_on": today + timedelta(days=90)}, "successor")):
        with pytest.raises(FieldRefused) as refused:
            review_year(
                session, scene.stage.lead, scene.pack, scene.project, service, ending.model_copy(update=lacking)
            )
        assert refused.value.field == field
    whole = {"retires_on": today + timedelta(days=90), "successor": "The common portal", "avoided": Decimal(500)}
    row = review_year(session, scene.stage.lead, scene.pack, scene.project, service, ending.model_copy(update=whole))
    assert service.retires_on is None, "nothing is retired before the directive body agrees"
    judge_year(
        session, scene.stage.analyst, scene.pack, scene.project, service, row, JudgementFields(judged=Judged.AGREED)
    )
    shown = listed(session, scene.stage.head, NOW)
    assert [(one.service.successor, one.service.avoided_minor) for one in shown] == [("The common portal", 50_000)]
    later(session, days=91)
    with pytest.raises(Refused, match="retired"):
        review_year(session, scene.stage.lead, scene.pack, scene.project, service, YEAR)


def test_the_clock_tells_once_before_the_day_and_once_after_it(session, scene):
    service = a_service(session, scene.pack, scene.project, scene.stage.lead, days=40)
    today = today_of(session, scene.pack)
    assert remind_of_services(session, today) == 0
    assert remind_of_services(session, today + timedelta(days=10)) == 1
    assert remind_of_services(session, today + timedelta(days=20)) == 0
    assert remind_of_services(session, service.next_review_on + timedelta(days=1)) > 1
    assert remind_of_services(session, service.next_review_on + timedelta(days=5)) == 0
    assert owed(session, "service_review_due") == 1


def an_order(session, scene, days=60):
    fields = OrderFields(
        title="Security of the registry", scope="Who can read it?", reviewer="University",
        due_on=today_of(session, scene.pack) + timedelta(days=days),
    )  # fmt: skip
    return external.order_review(session, scene.stage.head, scene.pack, scene.project, fields)


def step(session, scene, review, name, who):
    later(session)
    return external.move_review(session, who, scene.pack, scene.project, review, name, "As the report says")


def test_an_external_review_goes_its_way_and_is_verified_only_when_its_findings_are_settled(session, scene):
    head, cio = scene.stage.head, scene.stage.cio
    review = an_order(session, scene)
    assert owed(session, "external_review_ordered") > 0
    due = today_of(session, scene.pack) + timedelta(days=20)
    with pytest.raises(Refused, match="while the review is in progress"):
        external.add_finding(session, head, scene.pack, scene.project, review, "Open to all", due)
    step(session, scene, review, "begin", head)
    finding = external.add_finding(session, head, scene.pack, scene.project, review, "Open to all", due)
    assert finding.rule is FindingRule.REVIEW
    step(session, scene, review, "report", head)
    with pytest.raises(Refused, match="1 finding has no answer yet"):
        step(session, scene, review, "respond", cio)
    answer = answer_finding(session, cio, scene.project, finding, "Closed", today_of(session, scene.pack))
    step(session, scene, review, "respond", cio)
    with pytest.raises(Refused, match="1 finding is not settled yet"):
        step(session, scene, review, "verify", head)
    judge_answer(
        session, head, scene.project, finding, answer, Judgement.SETTLED, "", None, today_of(session, scene.pack)
    )
    assert finding.state is FindingState.SETTLED
    step(session, scene, review, "verify", head)
    step(session, scene, review, "close", head)
    assert review.state is ExternalState.CLOSED
    names = [move.name for move in external.moves_of(session, review.id)]
    assert names == ["begin", "report", "respond", "verify", "close"]
    session.commit()


def test_nobody_of_the_institution_conducts_its_review_and_unknown_steps_are_not_found(session, scene):
    review = an_order(session, scene)
    with pytest.raises(Refused, match="None of your roles"):
        step(session, scene, review, "begin", scene.stage.cio)
    with pytest.raises(NotFound):
        step(session, scene, review, "dissolve", scene.stage.head)
    with pytest.raises(FieldRefused):
        external.move_review(session, scene.stage.head, scene.pack, scene.project, review, "begin", " ")


def test_an_overdue_external_review_is_told_once(session, scene):
    review = an_order(session, scene, days=5)
    day = review.due_on + timedelta(days=1)
    assert remind_of_external(session, review.due_on) == 0
    assert remind_of_external(session, day) > 0
    assert remind_of_external(session, day) == 0
    assert service_of(session, scene.project.id) is None


@pytest.mark.parametrize("words", ["{name}", "Unit of audit, {upper}", " {name}. "])
def test_a_review_by_the_projects_own_institution_is_refused(session, scene, words):
    name = session.get_one(Institution, institution_of(session, scene.project)).name
    fields = OrderFields(
        title="Security", scope="Is it safe?", reviewer=words.format(name=name, upper=name.upper()),
        due_on=today_of(session, scene.pack) + timedelta(days=30),
    )  # fmt: skip
    with pytest.raises(FieldRefused) as refused:
        external.order_review(session, scene.stage.head, scene.pack, scene.project, fields)
    assert refused.value.field == "reviewer"
