"""Calls: made, changed, extended in one act, and never closed in silence."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from case_factories import a_call, a_case, a_submitted_case
from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.notifications.models import Notice
from portfolio.packs.loader import load_pack
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.strategy.forms import typed_instant
from portfolio.strategy.models import Call, CallExtension, Envelope
from portfolio.strategy.queries import action_lines_of, stages_of
from portfolio.strategy.reminders import announce_closings, remind_of_closing
from visitors import Visitors

PACK = load_pack("eclac")


@pytest.fixture
def place(database: Database) -> Institution:
    with database.writing() as session:
        return an_institution(session, "Vehicle Registry")


@pytest.fixture
def secretary(database: Database) -> Viewer:
    with database.writing() as session:
        return a_person(session, (Role.REVIEW_SECRETARY, an_institution(session)))


@pytest.fixture
def lead(database: Database, place: Institution) -> Viewer:
    with database.writing() as session:
        return a_person(session, (Role.CASE_LEAD, place))


@pytest.fixture
def call(database: Database) -> Call:
    with database.writing() as session:
        return a_call(session, opens_at=utc_now() - timedelta(9), closes_at=utc_now() + timedelta(9))


def _new(**more: str) -> dict[str, str]:
    return {
        "title": "Budget process 2028",
        "kind": "annual",
        "fiscal_year": "2028",
        "opens_at": "2027-03-01T09:00:00",
        "closes_at": "2027-09-30T23:59:59",
    } | more


def notices(session: Session, kind: str) -> Sequence[uuid.UUID]:
    return session.scalars(
        select(col(Notice.person_id)).where(col(Notice.kind) == kind).order_by(col(Notice.person_id))
    ).all()


def test_a_call_is_made_with_the_pack_s_currency_and_version(
    visitors: Visitors, database: Database, secretary: Viewer
) -> None:
    visitor = visitors.of(secretary.person_id)
    page = visitor.follow(visitor.post("/calls/new", _new()))
    assert page.heading == "Budget process 2028"
    assert "30 Sep 2027, 23:59" in page.main or "Sep 30" in page.main
    assert "2027-09-30T23:59:59" in page.text  # to the second, for whoever asks
    with database.reading() as session:
        row = session.scalars(select(Call)).one()
        assert (row.currency, row.pack_code, row.pack_version) == (PACK.currency, PACK.code, PACK.version)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"fiscal_year": "twenty"}, "fiscal_year"),
        ({"fiscal_year": "99999999999999999999"}, "fiscal_year"),
        ({"opens_at": "soon"}, "opens_at"),
        ({"closes_at": "2027-02-01T00:00:00"}, "closes_at"),
        ({"kind": "secret"}, "kind"),
    ],
)
def test_a_bad_call_comes_back_with_what_was_typed(
    visitors: Visitors, secretary: Viewer, change: dict[str, str], field: str
) -> None:
    answer = visitors.of(secretary.person_id).post("/calls/new", _new(**change))
    assert answer.status == 422
    assert answer.error(field)
    if field != "title":
        assert answer.value("title") == "Budget process 2028"


def test_a_lead_reads_calls_and_cannot_change_them(visitors: Visitors, lead: Viewer, call: Call) -> None:
    visitor = visitors.of(lead.person_id)
    assert visitor.get("/calls").status == 200
    page = visitor.get(f"/calls/{call.id}")
    assert "Extend for everybody" not in page.main
    for path in ("new", f"{call.id}/change", f"{call.id}/extension", f"{call.id}/envelopes", f"{call.id}/stages"):
        assert visitor.get(f"/calls/{path}").status == 403


def test_the_dates_of_an_open_call_move_by_extension_only(
    visitors: Visitors, database: Database, secretary: Viewer, call: Call
) -> None:
    visitor = visitors.of(secretary.person_id)
    form = visitor.get(f"/calls/{call.id}/change")
    same = {name: form.value(name) or "" for name in ("title", "fiscal_year", "opens_at", "closes_at")}
    moved = {**same, "kind": "annual", "closes_at": typed_instant(utc_now() + timedelta(30))}
    answer = visitor.post(f"/calls/{call.id}/change", moved)
    assert answer.status == 422
    assert "moves by extension" in answer.error("closes_at")


def test_an_extension_is_one_act_with_its_reason_and_tells_whoever_is_writing(
    visitors: Visitors, database: Database, secretary: Viewer, lead: Viewer, place: Institution, call: Call
) -> None:
    with database.writing() as session:
        a_case(session, place, lead, call)
        a_case(session, place, lead, call)  # two drafts, one notice
        done = a_person(session, (Role.CASE_LEAD, place))
        a_submitted_case(session, place, done, call)
    until = utc_now() + timedelta(20)
    visitor = visitors.of(secretary.person_id)
    answer = visitor.post(
        f"/calls/{call.id}/extension",
        {"closes_at": typed_instant(until), "reason": "The network was down for two days."},
    )
    page = visitor.follow(answer)
    assert "The network was down for two days." in page.main
    with database.reading() as session:
        row = session.scalars(select(CallExtension)).one()
        assert row.closed_at == call.closes_at
        assert session.get_one(Call, call.id).closes_at == row.closes_at
        assert notices(session, "call_extended") == [lead.person_id]
        assert session.scalar(select(func.count()).where(col(AuditEvent.action) == Tag.CALL_EXTENDED.value)) == 1


@pytest.mark.parametrize(
    ("closes_at", "reason", "field"),
    [
        (utc_now() + timedelta(1), "A reason long enough", "closes_at"),
        (utc_now() + timedelta(30), "short", "reason"),
        (utc_now() + timedelta(30), "", "reason"),
    ],
)
def test_an_extension_goes_forward_and_has_a_reason(
    visitors: Visitors, secretary: Viewer, call: Call, closes_at: datetime, reason: str, field: str
) -> None:
    answer = visitors.of(secretary.person_id).post(
        f"/calls/{call.id}/extension", {"closes_at": typed_instant(closes_at), "reason": reason}
    )
    assert answer.status == 422
    assert answer.error(field)


def test_reminders_go_out_once_for_each_step_and_closing(
    session: Session, database: Database, place: Institution, lead: Viewer
) -> None:
    start = datetime.fromisoformat("2026-08-01T12:00:00+00:00")
    call = a_call(session, opens_at=start, closes_at=start + timedelta(days=30))
    a_case(session, place, lead, call)
    returned = a_person(session, (Role.CASE_LEAD, place))
    a_case(session, place, returned, call, CaseStatus.ALIGNING)

    def told(before: timedelta) -> int:
        return remind_of_closing(session, PACK, call.closes_at - before)

    assert told(timedelta(days=15)) == 0
    assert told(timedelta(days=13)) == 2
    assert told(timedelta(days=12)) == 0
    assert told(timedelta(hours=2)) == 2  # the steps between were missed: one notice, not four
    assert told(timedelta(seconds=0)) == 0
    call.closes_at += timedelta(days=1)
    assert told(timedelta(hours=20)) == 2
    session.rollback()


def test_a_closing_is_announced_once_and_again_after_an_extension(
    session: Session, place: Institution, lead: Viewer
) -> None:
    start = datetime.fromisoformat("2026-08-01T12:00:00+00:00")
    call = a_call(session, opens_at=start, closes_at=start + timedelta(days=1))
    a_case(session, place, lead, call)
    assert announce_closings(session, PACK, call.closes_at) == 0
    assert announce_closings(session, PACK, call.closes_at + timedelta(seconds=1)) == 1
    assert announce_closings(session, PACK, call.closes_at + timedelta(hours=1)) == 0
    assert list(notices(session, "call_closed")) == [lead.person_id]
    call.closes_at += timedelta(days=2)
    session.flush()
    assert announce_closings(session, PACK, call.closes_at + timedelta(seconds=1)) == 1
    session.rollback()


def test_stages_are_set_whole_and_in_order(
    visitors: Visitors, database: Database, secretary: Viewer, call: Call
) -> None:
    visitor = visitors.of(secretary.person_id)
    path = f"/calls/{call.id}/stages"
    half = visitor.post(path, {"review_begins": "2027-10-01T00:00:00"})
    assert half.error("review_ends") == "Give both dates of the stage, or none"
    backwards = {"review_begins": "2027-10-09T00:00:00", "review_ends": "2027-10-01T00:00:00"}
    assert visitor.post(path, backwards).error("review_ends") == "The stage must end after it begins"
    good = {"review_begins": "2027-10-01T00:00:00", "review_ends": "2027-10-09T23:59:59"}
    assert visitor.post(path, good).status == 303
    assert visitor.post(path, good).status == 303
    with database.reading() as session:
        assert [stage.code.value for stage in stages_of(session, call.id)] == ["review"]
    assert visitor.post(path, {}).status == 303
    with database.reading() as session:
        assert stages_of(session, call.id) == []


def test_action_lines_have_a_code_of_their_own(
    visitors: Visitors, database: Database, secretary: Viewer, call: Call
) -> None:
    visitor = visitors.of(secretary.person_id)
    path = f"/calls/{call.id}/action-lines"
    line = {"code": "1.1", "title": "Services online", "objective": "Services for people", "theme": "services"}
    assert visitor.post(path, line).status == 303
    assert visitor.post(path, line).error("code") == "The call already has an action line with this code"
    assert visitor.post(path, {**line, "code": "<b>"}).error("code")
    with database.reading() as session:
        [row] = action_lines_of(session, call.id)
    assert "Services for people" in visitor.get(f"/calls/{call.id}").main
    assert visitor.post(f"{path}/{row.id}/removal").status == 303
    assert visitor.post(f"{path}/{row.id}/removal").status == 409


def test_envelopes_are_set_in_one_grid_and_nothing_is_not_zero(
    visitors: Visitors, database: Database, secretary: Viewer, lead: Viewer, place: Institution, call: Call
) -> None:
    visitor = visitors.of(secretary.person_id)
    path, field, was = f"/calls/{call.id}/envelopes", f"amount.{place.id}", f"was.{place.id}"
    assert visitor.post(path, {field: "1,250,000.50", was: ""}).status == 303
    with database.reading() as session:
        row = session.scalars(select(Envelope)).one()
        assert (row.amount_minor, row.currency) == (125_000_050, "USD")
    assert "1,250,000.50" in visitors.of(lead.person_id).get(f"/calls/{call.id}").main
    assert visitor.post(path, {field: "", was: "1250000.50"}).status == 303
    with database.reading() as session:
        assert session.scalars(select(Envelope)).all() == []
    assert visitor.post(path, {field: "0", was: ""}).status == 303
    with database.reading() as session:
        assert session.scalars(select(Envelope)).one().amount_minor == 0


@pytest.mark.parametrize("typed", ["much", "-5", "1.001", "9" * 30, "1e9", "1.2.3", "NaN"])
def test_what_is_no_amount_comes_back_beside_its_field(
    visitors: Visitors, secretary: Viewer, place: Institution, call: Call, typed: str
) -> None:
    field = f"amount.{place.id}"
    answer = visitors.of(secretary.person_id).post(f"/calls/{call.id}/envelopes", {field: typed})
    assert answer.status == 422
    assert answer.error(field.replace(".", "-"))
    assert answer.value(field) == typed


def test_two_people_setting_envelopes_overwrite_nothing_unseen(
    visitors: Visitors, secretary: Viewer, place: Institution, call: Call
) -> None:
    visitor = visitors.of(secretary.person_id)
    path, field, was = f"/calls/{call.id}/envelopes", f"amount.{place.id}", f"was.{place.id}"
    visitor.post(path, {field: "100", was: ""})
    late = visitor.post(path, {field: "200", was: ""})
    assert late.status == 422
    assert late.error(field.replace(".", "-")).startswith("Someone else set 100")
    assert late.value(field) == "200"
    untouched = visitor.post(path, {field: "", was: ""})
    assert untouched.status == 303
    assert late.value(was) == "100.00"
    assert visitor.post(path, {field: "200", was: "100.00"}).status == 303


def test_envelopes_of_others_are_not_shown_to_an_agency(
    visitors: Visitors, database: Database, secretary: Viewer, lead: Viewer, call: Call
) -> None:
    with database.writing() as session:
        other = an_institution(session, "Somebody Else")
    visitors.of(secretary.person_id).post(
        f"/calls/{call.id}/envelopes", {f"amount.{other.id}": "77", f"was.{other.id}": ""}
    )
    assert "Somebody Else" in visitors.of(secretary.person_id).get(f"/calls/{call.id}").main
    assert "Somebody Else" not in visitors.of(lead.person_id).get(f"/calls/{call.id}").main
