"""A plan as people meet it: what is shown to whom, forms that keep what was typed, files in and out."""

import uuid
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlmodel import col

from plan_stage import PlanStage, a_milestone, a_plan_stage
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import move
from portfolio.db.engine import Database
from portfolio.projects.plan.milestones import add_dependency
from portfolio.projects.plan.models import Milestone, PlanProposal
from portfolio.projects.plan.mspdi_read import SPACE
from portfolio.projects.plan.queries import changes_of, read_plan
from portfolio.projects.plan.terms import BaselineKind, ChangeState
from visitors import PASSWORD, Page, Visitor, Visitors

from conftest import NOW  # isort: skip


@pytest.fixture
def stage(database: Database) -> PlanStage:
    with database.writing() as session:
        move(session, NOW)
        made = a_plan_stage(session)
        contract = a_milestone(session, made, "Contract signed", date(2026, 9, 1))
        launch = a_milestone(session, made, "First users", date(2026, 12, 1))
        add_dependency(session, made.lead, made.project, launch, contract.id, 30)
    return made


def place(stage: PlanStage, rest: str = "") -> str:
    return f"/projects/{stage.project.id}/plan{rest}"


def milestone(database: Database, title: str) -> Milestone:
    with database.reading() as session:
        return session.scalars(select(Milestone).where(col(Milestone.title) == title)).one()


def fields(row: Milestone, **more: str) -> dict[str, str]:
    shown = {"title": row.title, "kind": "milestone", "forecast_on": str(row.forecast_on), "percent": str(row.percent)}
    return {**shown, "version": str(row.version), **more}


def propose(lead: Visitor, stage: PlanStage, database: Database, **more: str) -> Page:
    with database.reading() as session:
        rows = read_plan(session, stage.project.id).standing
    dates = {f"after.{row.id}": str(row.forecast_on) for row in rows}
    return lead.post(place(stage, "/proposals/new"), {"reasons": "As agreed", **dates, **more})


def approve(visitor: Visitor, at: str, password: str = PASSWORD) -> Page:
    digest = visitor.get(at).value("digest") or ""
    told = {"digest": digest, "password": password, "approval": "As the committee agreed"}
    return visitor.post(f"{at}/approve", told)


def test_the_plan_is_read_by_whoever_finds_the_project_and_by_nobody_else(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    for viewer in (stage.lead, stage.cio, stage.director, stage.analyst):
        shown = visitors.of(viewer.person_id).get(place(stage))
        assert shown.status == 200
        assert "First users" in shown.main
        assert "Needs: Contract signed and 30 days" in shown.main
    with database.writing() as session:
        stranger = a_plan_stage(session, "PF-2027-000911").lead
    outside = visitors.of(stranger.person_id)
    for rest in ("", "/approved", "/changes", "/milestones/new", "/files", ".xml", ".ics"):
        assert outside.get(place(stage, rest)).status == 404, rest
    reader = visitors.of(stage.analyst.person_id)
    assert reader.get(place(stage, "/milestones/new")).status == 403
    contract = milestone(database, "Contract signed")
    shown = reader.get(place(stage, f"/milestones/{contract.id}"))
    assert "Sep 1, 2026" in shown.main
    assert shown.by_id("forecast_on") is None, "read, not written"
    assert reader.post(place(stage, f"/milestones/{contract.id}"), fields(contract)).status == 403
    assert outside.get(place(stage, f"/milestones/{contract.id}")).status == 404


def test_a_re_baseline_is_decided_by_another_person_with_their_password(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    lead, cio = visitors.of(stage.lead.person_id), visitors.of(stage.cio.person_id)
    led = propose(lead, stage, database)
    at = led.location.partition("?")[0]
    assert "It waits for another person" in lead.follow(led).main
    assert lead.get(f"{at}").by_id("password") is None
    waiting = cio.get("/").main
    assert "Decide on plans and re-baselines" in waiting
    assert approve(cio, at, "wrong").error("password") == "This is not your password. Nothing was done."
    assert approve(cio, at).status == 303
    assert "Decide on plans" not in cio.get("/").main
    launch = milestone(database, "First users")
    assert lead.post(place(stage, f"/milestones/{launch.id}"), fields(launch, forecast_on="2027-02-01")).status == 303
    shown = lead.get(place(stage)).main
    assert "62 days late" in shown
    assert "Forecast late" in shown
    nothing = propose(lead, stage, database)
    assert nothing.status == 422
    assert "Choose one of the options" in nothing.error("kind")
    second = propose(lead, stage, database, kind="funding").location.partition("?")[0]
    assert "62 days later 62 days later" in cio.get(second).main, "against what stood before, and against the first"
    assert approve(cio, second).status == 303
    again = lead.get(place(stage)).main
    assert "62 days late" in again, "against the first plan it stays late"
    assert "on the day" in again
    history = lead.get(place(stage, "/approved")).main
    assert "No. 2: Change of funding" in history
    assert "No. 1: First approved plan" in history
    assert "Dec 1, 2026" in history


def test_the_form_of_a_milestone_keeps_what_was_typed_and_shows_what_a_date_means(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    lead, contract = visitors.of(stage.lead.person_id), milestone(database, "Contract signed")
    at = place(stage, f"/milestones/{contract.id}")
    wrong = lead.post(at, fields(contract, percent="300", forecast_on="soon"))
    assert wrong.status == 422
    assert wrong.error("percent") == "Enter 100 or less"
    assert wrong.error("forecast_on") == "Enter a real date"
    assert wrong.value("forecast_on") == "soon"
    looked = lead.post(at, fields(contract, forecast_on="2026-12-15", act="look"))
    assert looked.status == 200
    assert (
        "«First users» is expected on Dec 1, 2026 and could not be reached before Jan 14, 2027: 44 days" in looked.main
    )
    assert milestone(database, "Contract signed").forecast_on == date(2026, 9, 1)
    assert lead.follow(lead.post(at, fields(contract, forecast_on="2026-12-15"))).main.count("44 days later")
    assert milestone(database, "First users").forecast_on == date(2026, 12, 1), "nothing moves by itself"
    stale = lead.post(at, fields(contract, forecast_on="2026-12-16"))
    assert stale.status == 409
    added = lead.post(place(stage, "/milestones/new"), {"title": "Training", "kind": "activity", "percent": "0"})
    assert added.error("forecast_on") == "Fill in this field"
    order = {"title": "T", "kind": "activity", "percent": "0", "forecast_on": "2026-10-01", "starts_on": "2026-10-02"}
    assert lead.post(place(stage, "/milestones/new"), order).status == 422
    assert lead.post(place(stage, "/milestones/new"), {**order, "starts_on": "2026-09-02"}).status == 303


def test_what_a_milestone_needs_is_added_and_taken_away_and_a_circle_is_named(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    lead = visitors.of(stage.lead.person_id)
    contract, launch = milestone(database, "Contract signed"), milestone(database, "First users")
    circle = lead.post(place(stage, f"/milestones/{contract.id}/needs"), {"needs": str(launch.id), "lag_days": "0"})
    assert circle.status == 422
    assert "«Contract signed» → «First users» → «Contract signed»" in circle.error("needs")
    at = place(stage, f"/milestones/{launch.id}")
    assert lead.post(f"{at}/needs", {"needs": "x", "lag_days": "y"}).status == 422
    assert lead.post(f"{at}/needs/removal", {"needs": str(contract.id)}).status == 303
    assert "It needs no other milestone." in lead.get(at).main
    with database.writing() as session:
        other = a_plan_stage(session, "PF-2027-000912", stage.agency)
        theirs = a_milestone(session, other, "Data of the others", date(2027, 1, 10))
        hidden = a_plan_stage(session, "PF-2027-000913")
        a_milestone(session, hidden, "Nobody's business", date(2027, 1, 10))
    found = lead.get(f"{at}?other=PF-2027-000912")
    assert "Data of the others" in found.main
    assert "Nobody's business" not in lead.get(f"{at}?other=PF-2027-000913").main
    assert lead.post(f"{at}/needs", {"needs": str(theirs.id), "lag_days": "0"}).status == 303
    shown = lead.get(place(stage)).main
    assert "Needs: Data of the others (PF-2027-000912)" in shown
    assert "not before Jan 10, 2027, 40 days later" in shown


def test_the_title_of_what_another_institution_has_is_shown_only_to_who_may_find_it(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    """The director ties them together; the lead learns that something is needed, and not what."""
    launch = milestone(database, "First users")
    with database.writing() as session:
        hidden = a_plan_stage(session, "PF-2027-000914")
        theirs = a_milestone(session, hidden, "Their confidential works", date(2027, 6, 1))
        add_dependency(session, stage.director, stage.project, session.merge(launch), theirs.id)
        add_dependency(session, stage.director, hidden.project, theirs, milestone(database, "Contract signed").id)
    lead, director = visitors.of(stage.lead.person_id), visitors.of(stage.director.person_id)
    for rest in ("", f"/milestones/{launch.id}", ".xml", ".ics"):
        assert "confidential" not in lead.raw(place(stage, rest)).text, rest
    assert "Needs: a milestone of another project" in lead.get(place(stage)).main
    assert "Needs: Their confidential works (PF-2027-000914)" in director.get(place(stage)).main
    contract = milestone(database, "Contract signed")
    looked = lead.post(
        place(stage, f"/milestones/{contract.id}"), fields(contract, forecast_on="2028-01-01", act="look")
    )
    assert "1 milestone of a project that you may not see needs this one too." in looked.main
    assert "confidential" not in looked.text


def test_a_change_is_asked_decided_by_another_and_carried_out(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    lead, director = visitors.of(stage.lead.person_id), visitors.of(stage.director.person_id)
    at = approve_first(visitors, stage, database)
    assert at
    assert lead.post(place(stage, "/changes"), {"title": "", "kind": "first", "reasons": ""}).status == 422
    asked = {"title": "Two more regions", "kind": "scope", "reasons": "Asked by the ministry"}
    led = lead.post(place(stage, "/changes"), asked).location.partition("?")[0]
    assert lead.post(led, {"answer": "Yes", "act": "accept"}).status == 403
    assert "Two more regions" in director.get("/").main
    assert director.post(led, {"answer": "", "act": "accept"}).status == 422
    assert director.post(led, {"answer": "Yes", "act": "perhaps"}).status == 422
    assert director.post(led, {"answer": "Agreed", "act": "accept"}).status == 303
    with database.reading() as session:
        change = changes_of(session, stage.project.id)[0]
    assert change.state is ChangeState.ACCEPTED
    launch = milestone(database, "First users")
    after = {f"after.{launch.id}": "2027-03-01"}
    second = propose(lead, stage, database, kind="scope", changes=str(change.id), **after)
    assert "1. Two more regions" in lead.follow(second).main
    assert "The proposed plan that carries it out" in lead.get(led).main


def approve_first(visitors: Visitors, stage: PlanStage, database: Database) -> str:
    at = propose(visitors.of(stage.lead.person_id), stage, database).location.partition("?")[0]
    assert approve(visitors.of(stage.cio.person_id), at).status == 303
    return at


def test_refusing_and_taking_back_want_a_reason(visitors: Visitors, stage: PlanStage, database: Database) -> None:
    lead, cio = visitors.of(stage.lead.person_id), visitors.of(stage.cio.person_id)
    bad = propose(lead, stage, database, **{f"after.{milestone(database, 'First users').id}": "soon"})
    assert bad.status == 422
    assert "Enter a real date" in bad.main
    at = propose(lead, stage, database).location.partition("?")[0]
    assert lead.post(f"{at}/back", {"answer": ""}).status == 422
    assert cio.post(f"{at}/refuse", {"answer": ""}).status == 422
    assert cio.post(f"{at}/refuse", {"answer": "The contract comes later"}).status == 303
    assert "The contract comes later" in lead.get(at).main
    assert cio.post(f"{at}/refuse", {"answer": "Again"}).status == 409
    assert "Proposals that were not approved" in lead.get(place(stage, "/approved")).main


FILE = f"""<?xml version="1.0"?><Project xmlns="{SPACE[1:-1]}"><Title>Works</Title><Tasks>
<Task><UID>0</UID><Name>Works</Name><Summary>1</Summary></Task>
<Task><UID>3</UID><Name>Servers</Name><Start>2026-09-01T08:00:00</Start><Finish>2026-10-01T17:00:00</Finish><Milestone>0</Milestone></Task>
<Task><UID>4</UID><Name>Accepted</Name><Finish>2026-11-01T17:00:00</Finish><Milestone>1</Milestone>
<PredecessorLink><PredecessorUID>3</PredecessorUID><Type>1</Type></PredecessorLink></Task></Tasks></Project>"""


def upload(lead: Visitor, stage: PlanStage, content: str | bytes, name: str = "plan.xml") -> Page:
    return lead.post(place(stage, "/files"), files={"file": (name, content, "text/xml")})


def test_a_schedule_is_looked_at_imported_once_and_the_same_file_again_changes_nothing(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    lead = visitors.of(stage.lead.person_id)
    at = upload(lead, stage, FILE).location
    preview = lead.get(at)
    assert "Would be added: 2" in preview.main
    assert "It sums up other tasks." in preview.main
    with database.reading() as session:
        assert len(read_plan(session, stage.project.id).rows) == 2, "nothing is written by looking"
    assert lead.post(at, {"act": "import"}).status == 303
    with database.reading() as session:
        plan = read_plan(session, stage.project.id)
    assert {row.title for row in plan.rows} == {"Contract signed", "First users", "Servers", "Accepted"}
    assert len(plan.edges) == 2
    assert lead.post(at, {"act": "import"}).status == 409
    again = lead.get(upload(lead, stage, FILE).location)
    assert "an import would change nothing" in again.main
    moved = upload(lead, stage, FILE.replace("2026-11-01", "2026-11-20")).location
    assert "Forecast: from «Nov 1, 2026» to «Nov 20, 2026»" in lead.get(moved).main
    assert lead.follow(lead.post(moved, {"act": "discard"})).status == 200
    assert milestone(database, "Accepted").forecast_on == date(2026, 11, 1)
    out = lead.raw(place(stage, ".xml"))
    back = lead.get(upload(lead, stage, out.content).location)
    assert "an import would change nothing" in back.main


def test_a_file_that_is_no_schedule_is_refused_beside_its_field(visitors: Visitors, stage: PlanStage) -> None:
    lead = visitors.of(stage.lead.person_id)
    assert lead.post(place(stage, "/files")).error("file") == "Choose a file"
    assert "not readable" in upload(lead, stage, "no").error("file")
    entity = FILE.replace("<Project ", '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/hostname">]><Project ', 1)
    assert "document type" in upload(lead, stage, entity).error("file")
    assert lead.get(place(stage, f"/files/{uuid.uuid4()}")).status == 404


def test_a_calendar_has_an_all_day_event_for_each_milestone(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    answer = visitors.of(stage.analyst.person_id).raw(place(stage, ".ics"))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    events = {str(one["summary"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}
    launch = events["First users (PF-2027-000901)"]
    assert launch.decoded("dtstart") == date(2026, 12, 1)
    assert launch.decoded("dtend") == date(2026, 12, 2)
    assert str(launch["uid"]) == f"{milestone(database, 'First users').id}@testserver.local"
    assert visitors.nobody.raw(place(stage, ".ics")).status_code == 401


def test_the_first_page_of_the_project_says_what_comes_next(visitors: Visitors, stage: PlanStage) -> None:
    shown = visitors.of(stage.director.person_id).get(f"/projects/{stage.project.id}").main
    assert "Next milestone Sep 1, 2026 Contract signed" in shown
    assert "All milestones and their dates" in shown


def test_two_presses_are_one_proposal(visitors: Visitors, stage: PlanStage, database: Database) -> None:
    lead = visitors.of(stage.lead.person_id)
    key = lead.get(place(stage, "/proposals/new")).value("form_key") or ""
    first = propose(lead, stage, database, form_key=key)
    assert propose(lead, stage, database, form_key=key).location == first.location
    with database.reading() as session:
        rows = session.scalars(select(PlanProposal)).all()
    assert [row.kind for row in rows] == [BaselineKind.FIRST]


@pytest.mark.parametrize("day", ["1999-01-01", "9999-12-31", "0001-01-01"])
def test_a_date_that_cannot_be_is_refused_beside_its_field(
    visitors: Visitors, stage: PlanStage, database: Database, day: str
) -> None:
    lead, launch = visitors.of(stage.lead.person_id), milestone(database, "First users")
    at = place(stage, f"/milestones/{launch.id}")
    refused = lead.post(at, fields(launch, forecast_on=day))
    assert refused.status == 422
    assert "Enter a day between" in refused.error("forecast_on")
    assert refused.value("forecast_on") == day
    assert "Enter a day between" in lead.post(at, fields(launch, starts_on="0001-01-01")).error("starts_on")
    added = {"title": "New", "kind": "milestone", "percent": "0", "forecast_on": day}
    assert lead.post(place(stage, "/milestones/new"), added).status == 422
    asked = propose(lead, stage, database, **{f"after.{launch.id}": day})
    assert asked.status == 422
    assert "Enter a day between" in asked.main
    with database.writing() as session:
        stored = session.get_one(Milestone, launch.id)
        stored.forecast_on = date.fromisoformat(day)
        record(session, stage.lead, Tag.MILESTONE_CHANGED, stored)
    for rest in ("", ".xml", ".ics", f"/milestones/{launch.id}", "/proposals/new"):
        assert lead.raw(place(stage, rest)).status_code == 200, "what is stored is shown, whatever it is"
    assert lead.post(at, fields(milestone(database, "First users"), forecast_on="2027-03-01")).status == 303


def test_a_forecast_that_has_passed_wants_a_tick_and_every_one_is_kept(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    lead, launch = visitors.of(stage.lead.person_id), milestone(database, "First users")
    at = place(stage, f"/milestones/{launch.id}")
    asked = lead.post(at, fields(launch, forecast_on="2026-07-01"))
    assert "has passed" in asked.error("confirmed")
    assert asked.value("forecast_on") == "2026-07-01"
    assert lead.post(at, fields(launch, forecast_on="2026-07-01", note="As seen", confirmed="yes")).status == 303
    shown = visitors.of(stage.analyst.person_id).get(place(stage)).main
    assert "expected on Jul 1, 2026, which has passed: it needs a new forecast" in shown
    assert lead.post(at, fields(milestone(database, "First users"), percent="30")).status == 303, "unchanged: no tick"
    kept = visitors.of(stage.analyst.person_id).get(at).main
    assert "Every forecast that was said" in kept
    assert "Jul 1, 2026 Dec 1, 2026" in kept
    assert stage.lead.name in kept
    assert "As seen" in kept


def test_a_proposal_that_contradicts_its_dependencies_is_shown_to_both_and_explained(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    lead, cio = visitors.of(stage.lead.person_id), visitors.of(stage.cio.person_id)
    odd = {f"after.{milestone(database, 'First users').id}": "2026-09-10"}
    words = (
        "«First users» would be approved for Sep 10, 2026, but needs «Contract signed» and 30 days: not before Oct 1"
    )
    first = propose(lead, stage, database, **odd)
    assert first.error("confirmed")
    assert words in first.main
    assert propose(lead, stage, database, confirmed="yes", **odd).error("because") == "Say why these dates are right"
    made = propose(lead, stage, database, confirmed="yes", because="Both run at once", **odd)
    at = made.location.partition("?")[0]
    seen = cio.get(at)
    assert words in seen.main
    assert "Both run at once" in seen.main
    digest = seen.value("digest") or ""
    mute = cio.post(f"{at}/approve", {"digest": digest, "password": PASSWORD})
    assert mute.error("approval") == "Fill in this field"
    assert approve(cio, at).status == 303
    again = approve_again(cio, at, digest)
    assert again.status == 409
    assert f"This plan was decided already by {stage.cio.name} on Aug 3, 2026." in again.main
    assert "meanwhile" not in again.main
    later = propose(
        lead, stage, database, kind="replan", **{f"after.{milestone(database, 'First users').id}": "2027-01-09"}
    )
    decided = cio.get(later.location.partition("?")[0])
    assert "Against the end approved before Sep 10, 2026: 121 days later" in decided.main
    assert "<strong>Sep 1, 2026</strong>" not in decided.text, "what does not change is not strong"
    assert "<strong>Jan 9, 2027</strong>" in decided.text


def approve_again(visitor: Visitor, at: str, digest: str) -> Page:
    return visitor.post(f"{at}/approve", {"digest": digest, "password": PASSWORD, "approval": "Twice"})


def test_a_schedule_file_obeys_the_same_limits(visitors: Visitors, stage: PlanStage, database: Database) -> None:
    lead = visitors.of(stage.lead.person_id)
    at = upload(lead, stage, FILE.replace("2026-10-01", "9999-12-31").replace("2026-11-01", "2026-08-02")).location
    shown = lead.get(at).main
    assert "Its date Dec 31, 9999 cannot be." in shown
    assert "It is expected on a day that has passed, and is not reached." in shown
    assert "tick that they are right" in lead.post(at, {"act": "import"}).error("confirmed")
    assert lead.post(at, {"act": "import", "confirmed": "yes"}).status == 303
    with database.reading() as session:
        rows = {row.title: row.forecast_on for row in read_plan(session, stage.project.id).rows}
    assert rows["Accepted"] == date(2026, 8, 2)
    assert "Servers" not in rows


def test_an_edit_that_nobody_approved_does_not_move_the_physical_progress(
    visitors: Visitors, stage: PlanStage, database: Database
) -> None:
    lead = visitors.of(stage.lead.person_id)
    for title, weight, percent in (("Contract signed", "52", "100"), ("First users", "48", "0")):
        row = milestone(database, title)
        assert (
            lead.post(place(stage, f"/milestones/{row.id}"), fields(row, weight=weight, percent=percent)).status == 303
        )
    approve_first(visitors, stage, database)
    assert "Physical progress 52%" in lead.get(place(stage)).main
    added = {"title": "Empty", "kind": "milestone", "percent": "40", "forecast_on": "2026-12-24"}
    assert lead.post(place(stage, "/milestones/new"), added).status == 303
    row = milestone(database, "First users")
    assert lead.post(place(stage, f"/milestones/{row.id}"), fields(row, weight="1")).status == 303
    shown = lead.get(place(stage)).main
    assert "Physical progress 52%" in shown
    assert "1 milestone is in no approved plan and does not count yet." in shown
