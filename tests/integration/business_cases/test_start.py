"""Starting a case, its list, its head, and leave to submit late."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from case_factories import a_call, a_case
from factories import a_person, a_unit, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.notifications.models import Notice
from portfolio.people.models import Duty, Recusal
from portfolio.people.terms import RecusalKind, Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Initiative
from portfolio.strategy.forms import typed_instant
from portfolio.strategy.models import Call, LateWaiver
from portfolio.strategy.queries import waivers_of
from portfolio.strategy.rules import may_submit

from .conftest import Scene


def _answers(scene: Scene, **more: str) -> dict[str, str]:
    return {
        "title": "One window for transport",
        "kind": "new",
        "call_id": str(scene.call.id),
        "institution_id": str(scene.institution.id),
    } | more


def test_a_started_case_has_an_initiative_an_author_and_an_event(scene: Scene, database: Database) -> None:
    visitor = scene.visitor
    page = visitor.follow(visitor.post("/cases/new", _answers(scene)))
    assert page.heading == "One window for transport"
    with database.reading() as session:
        case = session.scalars(select(BusinessCase).where(col(BusinessCase.title) == "One window for transport")).one()
        initiative = session.get_one(Initiative, case.initiative_id)
        assert (initiative.state, initiative.number, initiative.currency) == ("draft", None, "USD")
        assert case.lead_id == scene.lead.person_id
        assert session.scalars(select(Duty).where(col(Duty.subject_id) == case.id)).one().kind.value == "author"
        events = session.scalars(select(AuditEvent).where(col(AuditEvent.object_id) == case.id)).all()
        assert [event.action for event in events] == [Tag.CASE_STARTED.value]
    assert "One window for transport" in visitor.get("/cases").main


def test_a_double_click_starts_one_case(scene: Scene, database: Database) -> None:
    visitor = scene.visitor
    data = _answers(scene, form_key="the same key")
    first, second = visitor.post("/cases/new", data), visitor.post("/cases/new", data)
    assert first.status == second.status == 303
    assert first.location.split("?")[0] == second.location.split("?")[0]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(BusinessCase)) == 2  # with the scene's own


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"title": ""}, "title", "Fill in this field"),
        ({"title": "x" * 201}, "title", "Enter 200 characters or fewer: there are 201"),
        ({"kind": "miracle"}, "kind", "Choose one of the options"),
        ({"call_id": "nonsense"}, "call_id", "Choose one of the options"),
        ({"call_id": "018f0000-0000-7000-8000-000000000000"}, "call_id", "This call has closed. Choose another one"),
        ({"unit_id": "018f0000-0000-7000-8000-000000000000"}, "unit_id", "Choose a unit of the institution"),
    ],
)
def test_bad_answers_come_back_beside_their_field(
    scene: Scene, database: Database, change: dict[str, str], field: str, sentence: str
) -> None:
    with database.writing() as session:
        a_unit(session, scene.institution)
    answer = scene.visitor.post("/cases/new", _answers(scene, **change))
    assert answer.status == 422
    assert answer.error(field) == sentence
    if field != "title":
        assert answer.value("title") == "One window for transport"


def test_nobody_starts_a_case_for_another_institution(scene: Scene, database: Database) -> None:
    stranger = scene.visitors.of(scene.stranger.person_id)
    assert stranger.post("/cases/new", _answers(scene)).status == 422
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(BusinessCase)) == 1


def test_a_closed_call_takes_no_new_case(scene: Scene, database: Database) -> None:
    with database.writing() as session:
        closed = a_call(session, opens_at=utc_now() - timedelta(9), closes_at=utc_now() - timedelta(seconds=2))
    assert scene.visitor.post("/cases/new", _answers(scene, call_id=str(closed.id))).status == 422
    assert closed.title not in scene.visitor.get("/cases/new").text


def test_the_page_to_start_says_which_track_each_kind_takes(scene: Scene) -> None:
    text = scene.visitor.get("/cases/new").main
    assert "Its whole-life cost is below USD" in text
    assert "Full evaluation" in text or "Full" in text


def test_the_head_is_changed_by_one_and_the_other_is_told(scene: Scene, database: Database) -> None:
    mine, theirs = scene.visitor, scene.visitors.of(scene.colleague.person_id)
    seen = mine.get(scene.at("head")).value("seen") or ""
    data = {"title": "Certificates, quickly", "kind": "pilot", "priority": "2", "seen": seen}
    assert mine.post(scene.at("head"), data).status == 303
    late = theirs.post(scene.at("head"), {**data, "title": "Another title altogether"})
    assert late.status == 409
    assert late.value("title") == "Another title altogether"
    with database.reading() as session:
        case = session.get_one(BusinessCase, scene.case.id)
        assert (case.title, case.kind, case.priority) == ("Certificates, quickly", "pilot", 2)
        assert session.get_one(Initiative, case.initiative_id).title == "Certificates, quickly"
    assert theirs.post(scene.at("head"), {**data, "seen": late.value("seen") or ""}).status == 303


@pytest.mark.parametrize("priority", ["0", "-1", "1000", "first", "1.5"])
def test_a_priority_is_a_small_whole_number(scene: Scene, priority: str) -> None:
    data = {"title": "Certificates, quickly", "kind": "new", "priority": priority, "seen": "1"}
    answer = scene.visitor.post(scene.at("head"), data)
    assert answer.status == 422
    assert answer.error("priority")
    assert answer.value("priority") == priority


def _late(database: Database, scene: Scene) -> tuple[Viewer, BusinessCase, Call]:
    with database.writing() as session:
        head = a_person(session, (Role.DIRECTIVE_HEAD, an_institution(session)), name="Pablo Soto")
        call = a_call(session, opens_at=utc_now() - timedelta(9), closes_at=utc_now() - timedelta(hours=1))
        case = a_case(session, scene.institution, scene.lead, call, title="Too late by an hour")
    return head, case, call


def test_late_submission_is_asked_for_granted_and_on_record(scene: Scene, database: Database) -> None:
    head, case, call = _late(database, scene)
    page = scene.visitor.get(f"/cases/{case.id}/formulation")
    assert "The call has closed" in page.main
    asked = scene.visitor.post(f"/cases/{case.id}/late-submission", {"reason": "The power was out for a day."})
    assert asked.status == 303, asked.main
    with database.reading() as session:
        notice = session.scalars(select(Notice).where(col(Notice.kind) == "late_submission_asked")).one()
        assert notice.person_id == head.person_id
    grant = scene.visitors.of(head.person_id)
    form = grant.get(notice.path)
    assert "Too late by an hour" in form.main
    until = utc_now() + timedelta(days=1)
    data = {"case_id": str(case.id), "until": typed_instant(until), "reason": "Power cut confirmed."}
    assert grant.post(f"/calls/{call.id}/late-submissions", data).status == 303
    with database.reading() as session:
        waivers = waivers_of(session, case.id)
        assert may_submit(session.get_one(Call, call.id), waivers, utc_now()) is None
        assert may_submit(session.get_one(Call, call.id), waivers_of(session, scene.case.id), utc_now()) is not None
        assert (
            session.scalar(select(func.count()).where(col(AuditEvent.action) == Tag.LATE_SUBMISSION_WAIVED.value)) == 1
        )
        told = session.scalars(select(Notice).where(col(Notice.kind) == "late_submission_granted")).one()
        assert told.person_id == scene.lead.person_id


def test_leave_is_not_granted_into_the_past_nor_for_an_unknown_case(scene: Scene, database: Database) -> None:
    head, case, call = _late(database, scene)
    grant = scene.visitors.of(head.person_id)
    path = f"/calls/{call.id}/late-submissions"
    past = {"case_id": str(case.id), "until": "2026-01-01T00:00:00", "reason": "A reason long enough"}
    assert grant.post(path, past).error("until")
    unknown = {**past, "case_id": str(scene.case.id)}  # of another call
    assert grant.post(path, unknown).error("case_id") == "No unsubmitted case of this call has this reference"
    assert grant.post(path, {**past, "case_id": "nonsense"}).error("case_id")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LateWaiver)) == 0


def test_a_recused_head_does_not_find_the_case_by_its_reference(scene: Scene, database: Database) -> None:
    head, case, call = _late(database, scene)
    with database.writing() as session:
        row = Recusal(person_id=head.person_id, subject_id=case.id, kind=RecusalKind.DECLARED)
        session.add(row)
        record(session, SYSTEM, Tag.CONFLICT_DECLARED, case)
    page = scene.visitors.of(head.person_id).get(f"/calls/{call.id}/late-submissions?case={case.id}")
    assert "Too late by an hour" not in page.text


def test_a_case_in_time_needs_no_leave(scene: Scene) -> None:
    answer = scene.visitor.post(scene.at("late-submission"), {"reason": "A reason that is long enough"})
    assert answer.status == 409
