"""The pages of a project's life, as people with their roles see and use them; and what the clock and the waiting list say."""

import re

import pytest
from sqlalchemy import select
from sqlmodel import col

from accounts import field
from factories import a_person, an_institution
from life_stage import a_code, a_scene, another_project, decide, later, pass_gate, propose, walk_to
from portfolio.approvals.models import ApprovalCode
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.jobs.timetable import JobContext
from portfolio.monitoring import bounds, suspension
from portfolio.monitoring.life_jobs import watch_pilots
from portfolio.monitoring.life_queries import life_facts
from portfolio.monitoring.life_terms import GateOutcome
from portfolio.monitoring.models import GateProposal
from portfolio.notifications.models import Notice
from portfolio.people.terms import Role
from portfolio.projects.models import Project
from portfolio.projects.terms import ProjectStage as S
from visitors import PASSWORD


@pytest.fixture
def scene(database):
    with database.writing() as session:
        return a_scene(session)


def again(session, scene):
    """The scene's rows in this session."""
    scene.project = session.get_one(Project, scene.project.id)
    return scene


def answers(scene, gate):
    return {f"answers.{c.code}": "Shown in the report." for c in scene.pack.life.criteria(gate)}


def today(database, scene):
    with database.reading() as session:
        return life_facts(session, scene.pack, session.get_one(Project, scene.project.id)).today


def stage(database, scene):
    with database.reading() as session:
        return session.get_one(Project, scene.project.id).stage


def test_a_gate_from_its_proposal_to_its_decision(database, visitors, scene):
    lead, cio = visitors.of(scene.stage.lead.person_id), visitors.of(scene.stage.cio.person_id)
    life = f"/projects/{scene.project.id}/life"
    shown = lead.get(life)
    assert shown.status == 200
    assert "Begin discovery" in shown.main
    path = f"/projects/{scene.project.id}/gates/begin_discovery"
    assert lead.get(path).status == 200
    bad = lead.post(path, {**answers(scene, "begin_discovery"), "answers.team": "", "held_on": "2020-01-01"})
    assert bad.status == 422
    assert bad.error("answers-team") == "Say what shows it."
    assert bad.value("answers.legal") == "Shown in the report."
    held_on = today(database, scene).isoformat()
    assert lead.post(path, {**answers(scene, "begin_discovery"), "held_on": held_on}).status == 303
    with database.reading() as session:
        proposal = session.scalars(select(GateProposal)).one()
    gate = f"/gates/{proposal.id}"
    assert "Decide a gate" in cio.get("/").main
    assert 'name="outcome"' not in lead.get(gate).text
    form = cio.get(gate)
    assert "Shown in the report." in form.main
    digest = field(form, "digest")
    empty = cio.post(gate, {"digest": digest, "outcome": "passed"})
    assert (empty.status, empty.error("reasons")) == (422, "Fill in this field")
    wrong = cio.post(gate, {"digest": digest, "outcome": "passed", "reasons": "Well done", "password": "wrong"})
    assert wrong.status == 422
    assert stage(database, scene) is S.PLANNED
    done = cio.post(gate, {"digest": digest, "outcome": "passed", "reasons": "Well done", "password": PASSWORD})
    assert done.status == 303
    assert stage(database, scene) is S.DISCOVERY
    assert "Well done" in lead.get(life).main
    assert "Well done" in lead.get(gate).main


def test_a_lead_decides_no_gate_and_a_stranger_finds_none(database, visitors, scene):
    with database.writing() as session:
        proposal = propose(session, again(session, scene), "begin_discovery")
        elsewhere = an_institution(session, "Elsewhere")
        stranger = a_person(session, (Role.CASE_LEAD, elsewhere), (Role.AGENCY_CIO, elsewhere))
    fields = {"digest": "0" * 64, "outcome": "passed", "reasons": "x", "password": PASSWORD}
    assert visitors.of(scene.stage.lead.person_id).post(f"/gates/{proposal.id}", fields).status == 403
    for path in (f"/gates/{proposal.id}", f"/projects/{scene.project.id}/life"):
        assert visitors.of(stranger.person_id).get(path).status == 404
    for path in ("pilot-terms", "hand-over-terms", "moves/end_pilot", "gates/begin_discovery", "standing"):
        assert visitors.of(stranger.person_id).get(f"/projects/{scene.project.id}/{path}").status == 404
    lead = visitors.of(scene.stage.lead.person_id)
    assert lead.get(f"/projects/{scene.project.id}/gates/no_such_gate").status == 404
    assert lead.get(f"/projects/{scene.project.id}/moves/scale").status == 404
    assert lead.get(f"/projects/{scene.project.id}/suspension").status == 403


def test_the_terms_of_a_pilot_come_back_with_their_errors_and_are_kept(database, visitors, scene):
    lead, path = visitors.of(scene.stage.lead.person_id), f"/projects/{scene.project.id}/pilot-terms"
    bad = lead.post(path, {"exit_criteria": "", "cap": "much", "ends_on": "2027-01-31"})
    assert bad.status == 422
    assert bad.error("exit_criteria") == "Fill in this field"
    assert "Enter a number" in bad.error("cap")
    assert bad.value("cap") == "much"
    past = lead.post(path, {"exit_criteria": "x", "cap": "10", "ends_on": "2020-01-31"})
    assert past.error("ends_on") == "A pilot ends on a day to come."
    good = lead.post(path, {"exit_criteria": "Nine of ten", "cap": "1,000.50", "ends_on": "2031-01-31"})
    assert good.status == 303
    assert "Nine of ten" in lead.get(f"/projects/{scene.project.id}/life").main
    assert lead.get(path).value("cap") == "1000.50"


def test_a_pilot_ends_by_its_report_and_a_hand_over_needs_its_terms(database, visitors, scene):
    with database.writing() as session:
        walk_to(session, again(session, scene), "begin_pilot")
    lead, path = visitors.of(scene.stage.lead.person_id), f"/projects/{scene.project.id}/moves/end_pilot"
    assert lead.post(path, {"reason": "Done"}).error("end") == "Choose one of the options"
    early = lead.post(path, {"reason": "Stopped", "end": "end_date"})
    assert early.status == 409
    assert "has not come" in early.main
    assert lead.post(path, {"reason": "Done", "end": "criteria_met"}).status == 303
    assert stage(database, scene) is S.EVALUATION
    with database.writing() as session:
        for gate in ("scale", "launch"):
            pass_gate(session, again(session, scene), gate)
    assert lead.post(f"/projects/{scene.project.id}/moves/begin_hand_over", {"reason": "Stable"}).status == 303
    proposing = lead.get(f"/projects/{scene.project.id}/gates/begin_operating")
    assert "needs an operating budget" in proposing.main
    terms = {"budget": "1000", "budget_line": "nonsense", "team": "Two", "service_levels": "99 %", "owner": "Chief"}
    path = f"/projects/{scene.project.id}/hand-over-terms"
    assert lead.post(path, terms).error("budget_line") == "Choose one of the options"
    line = scene.pack.usable_budget_lines()[0].code
    assert lead.post(path, {**terms, "budget_line": line}).status == 303
    assert 'name="answers.knowledge"' in lead.get(f"/projects/{scene.project.id}/gates/begin_operating").text


def test_a_suspension_lists_what_it_affects_and_two_people_resume(database, visitors, scene):
    with database.writing() as session:
        code = a_code(session, again(session, scene))
        other = another_project(session, scene)
        bounds.add_dependency(session, scene.stage.lead, other, scene.project, "Its register")
    head, chair, lead = (visitors.of(p.person_id) for p in (scene.stage.head, scene.stage.chair, scene.stage.lead))
    path, life = f"/projects/{scene.project.id}/suspension", f"/projects/{scene.project.id}/life"
    shown = head.get(path)
    assert code.code in shown.main
    assert "Its register" in shown.main
    digest = field(shown, "digest")
    assert head.post(path, {"digest": digest, "password": PASSWORD}).status == 422
    assert head.post(path, {"digest": digest, "reason": "Under audit", "password": PASSWORD}).status == 303
    assert "Under audit" in lead.get(life).main
    resume = f"/projects/{scene.project.id}/resumption"
    assert lead.post(resume, {"reason": ""}).status == 422
    assert lead.post(resume, {"reason": "The audit is over"}).status == 303
    assert 'name="grants"' not in lead.get(resume).text
    assert "Answer an asked resumption" in chair.get("/").main
    form = chair.get(resume)
    assert "The audit is over" in form.main
    answer = {"digest": field(form, "digest"), "answer": "Agreed", "password": PASSWORD, "grants": "yes"}
    assert lead.post(f"{resume}/answer", answer).status == 403
    assert chair.post(f"{resume}/answer", answer).status == 303
    with database.reading() as session:
        assert session.get_one(ApprovalCode, code.id).state.value == "issued"
    assert "On course" in lead.get(life).main


def test_an_end_before_the_time_asks_for_the_successor(database, visitors, scene):
    with database.writing() as session:
        other = another_project(session, again(session, scene))
    head, path = visitors.of(scene.stage.head.person_id), f"/projects/{scene.project.id}/ending/absorb"
    form = head.get(path)
    fields = {"digest": field(form, "digest"), "reason": "One is enough", "password": PASSWORD}
    assert head.post(path, fields).error("successor_id") == "Choose the project that absorbs this one."
    assert head.post(path, {**fields, "successor_id": str(other.id)}).status == 303
    shown = visitors.of(scene.stage.lead.person_id).get(f"/projects/{scene.project.id}/life")
    assert "Successor" in shown.main
    assert "One is enough" in shown.main


def test_at_risk_and_dependencies_from_their_pages(database, visitors, scene):
    with database.writing() as session:
        other = another_project(session, again(session, scene))
    lead = visitors.of(scene.stage.lead.person_id)
    base = f"/projects/{scene.project.id}"
    assert lead.post(f"{base}/standing", {"reason": ""}).status == 422
    assert lead.post(f"{base}/standing", {"reason": "The supplier is late"}).status == 303
    assert "The supplier is late" in lead.get(f"{base}/life").main
    assert "on course again" in lead.get(f"{base}/standing").main
    assert lead.post(f"{base}/dependencies", {"needs_id": str(scene.case.id), "what": "x"}).status == 422
    assert lead.post(f"{base}/dependencies", {"needs_id": str(other.id), "what": "Its key"}).status == 303
    shown = lead.get(f"{base}/life")
    assert "Its key" in shown.main
    end = re.search(r"/projects/dependencies/[0-9a-f-]+/end", shown.text).group()
    assert lead.post(end, {}).status == 303
    assert "Its key" not in lead.get(f"{base}/life").main


def test_an_overdue_pilot_is_listed_waits_for_its_lead_and_is_told_once(database, visitors, scene):
    with database.writing() as session:
        walk_to(session, again(session, scene), "begin_pilot")
    context = JobContext(database, visitors.app.state.runtime.settings, scene.pack)

    def run(days):
        with database.writing() as session:
            later(session, days=days)
            watch_pilots(session, context)
            record(session, None, Tag.JOB_RUN_BY_HAND, None)
        with database.reading() as session:
            rows = session.scalars(
                select(Notice).where(
                    col(Notice.person_id) == scene.stage.lead.person_id, col(Notice.kind).like("pilot%")
                )
            )
            return sorted(row.kind for row in rows)

    assert run(1) == ["pilot_ends_soon"]
    assert run(2) == ["pilot_ends_soon"]
    assert run(25) == ["pilot_ends_soon", "pilot_ends_soon"]
    assert run(30) == ["pilot_ends_soon", "pilot_ends_soon"]
    assert run(32) == ["pilot_ends_soon", "pilot_ends_soon", "pilot_overdue"]
    assert run(40).count("pilot_overdue") == 1
    assert run(47).count("pilot_overdue") == 2
    assert "No pilot is overdue" in visitors.of(scene.stage.head.person_id).get("/projects/overdue-pilots").main


def test_the_first_page_of_the_project_says_where_it_stands(database, visitors, scene):
    with database.writing() as session:
        walk_to(session, again(session, scene), "begin_pilot")
        suspension.set_at_risk(
            session, scene.stage.lead, scene.pack, scene.project, is_at_risk=True, reason="The supplier is late"
        )
    shown = visitors.of(scene.stage.lead.person_id).get(f"/projects/{scene.project.id}")
    assert "Pilot" in shown.main
    assert "At risk" in shown.main


def test_conditions_of_a_gate_stand_on_the_first_page(database, visitors, scene):
    with database.writing() as session:
        walk_to(session, again(session, scene), "end_pilot")
        decide(session, scene, propose(session, scene, "scale"), GateOutcome.WITH_CONDITIONS)
    shown = visitors.of(scene.stage.lead.person_id).get(f"/projects/{scene.project.id}")
    assert "Close the findings" in shown.main
    assert "Condition of a gate" in shown.main
