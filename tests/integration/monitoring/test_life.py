"""The life of a project by its acts: what is written together, who may, what a failed gate and a suspension leave behind."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from life_stage import (
    MILLION,
    a_code,
    a_scene,
    another_project,
    decide,
    end_pilot,
    pass_gate,
    propose,
    set_pilot,
    walk_to,
)
from modification_stage import SECRET
from portfolio.approvals.code_states import suspend_code
from portfolio.approvals.code_terms import CodeState
from portfolio.approvals.models import Countersign
from portfolio.audit.models import AuditEvent
from portfolio.errors import FieldRefused, Refused
from portfolio.monitoring import bounds, gates, life, suspension
from portfolio.monitoring.effects import effects_of
from portfolio.monitoring.life_forms import PilotFields
from portfolio.monitoring.life_queries import life_facts, moves_of, open_proposal, proposals_of, running_pilots
from portfolio.monitoring.life_terms import GateOutcome, PilotEnd, RequestState
from portfolio.monitoring.models import GateDecision, StageMove
from portfolio.notifications.models import Notice
from portfolio.projects.models import Initiative
from portfolio.projects.standing import is_suspended, standing_of, standings_of
from portfolio.projects.terms import ProjectStage as S
from portfolio.projects.terms import Standing
from visitors import PASSWORD


@pytest.fixture
def scene(session):
    return a_scene(session)


def kinds_owed(session, person):
    rows = session.scalars(select(Notice).where(col(Notice.person_id) == person.person_id))
    return {row.kind for row in rows}


def suspend(session, scene, reason="The supplier is under investigation", by=None):
    shown = suspension.suspension_digest(session, scene.project)
    return suspension.suspend_project(
        session, by or scene.stage.head, scene.pack, SECRET, scene.project, reason, PASSWORD, shown
    )


def resume(session, scene, *, grants=True, asker=None, by=None):
    request = suspension.ask_resumption(session, asker or scene.stage.lead, scene.pack, scene.project, "It is cleared")
    shown = suspension.resumption_digest(session, scene.project, request)
    session.info["now"] += timedelta(hours=1)
    return suspension.decide_resumption(
        session, by or scene.stage.head, scene.pack, SECRET, scene.project, request, "Agreed", PASSWORD, shown,
        grants=grants,
    )  # fmt: skip


def test_a_project_walks_from_its_plan_to_its_closing(session, scene):
    walk_to(session, scene, "close")
    stages = [move.after for move in moves_of(session, scene.project.id)]
    assert stages == [
        S.DISCOVERY, S.PILOT, S.EVALUATION, S.SCALING, S.PRODUCTION, S.HAND_OVER, S.OPERATING, S.CLOSED,
    ]  # fmt: skip
    assert scene.project.stage is S.CLOSED
    assert session.get_one(Initiative, scene.project.initiative_id).stage is S.CLOSED
    session.commit()
    acts = set(session.scalars(select(col(AuditEvent.action))))
    assert {"gate.proposed", "gate.decided", "project.moved", "project.pilot_terms_set"} <= acts


def test_a_failed_gate_is_kept_and_leaves_the_project_where_it_was_and_it_may_try_again(session, scene):
    walk_to(session, scene, "end_pilot")
    failed = decide(session, scene, propose(session, scene, "scale"), GateOutcome.FAILED)
    assert scene.project.stage is S.EVALUATION
    assert open_proposal(session, scene.project.id) is None
    with pytest.raises(Refused, match="no longer possible"):
        propose(session, scene, "launch")
    session.info["now"] += timedelta(days=3)
    decide(session, scene, propose(session, scene, "scale"), GateOutcome.WITH_CONDITIONS)
    assert scene.project.stage is S.SCALING
    outcomes = [decision.outcome for _proposal, decision in proposals_of(session, scene.project.id)[:2]]
    assert outcomes == [GateOutcome.WITH_CONDITIONS, GateOutcome.FAILED]
    assert session.get_one(GateDecision, failed.id).reasons == "It holds."
    assert "gate_decided" in kinds_owed(session, scene.stage.lead)


def test_what_was_decided_cannot_be_changed_in_the_database(session, scene):
    decision = decide(session, scene, propose(session, scene, "begin_discovery"))
    decision.reasons = "Other reasons"
    with pytest.raises(DatabaseError, match="append-only"):
        session.flush()
    session.rollback()


def test_whoever_proposes_a_gate_does_not_decide_it(session, scene):
    proposal = propose(session, scene, "begin_discovery", by=scene.stage.cio)
    with pytest.raises(Refused, match="Whoever proposed"):
        decide(session, scene, proposal, by=scene.stage.cio)
    with pytest.raises(Refused, match="Whoever proposed"):
        decide(session, scene, proposal, GateOutcome.FAILED, by=scene.stage.cio)
    decide(session, scene, proposal, by=scene.second_cio)
    assert scene.project.stage is S.DISCOVERY


@pytest.mark.parametrize("outcome", [GateOutcome.PASSED, GateOutcome.FAILED])
def test_only_the_role_of_the_table_decides(session, scene, outcome):
    walk_to(session, scene, "end_pilot")
    proposal = propose(session, scene, "scale")
    for wrong in (scene.stage.cio, scene.service_head, scene.stage.chair, scene.stage.judge):
        with pytest.raises((Refused, FieldRefused)):
            decide(session, scene, proposal, outcome, by=wrong)
        assert scene.project.stage is S.EVALUATION


def test_a_gate_wants_every_answer_a_coming_day_and_one_at_a_time(session, scene):
    today = life_facts(session, scene.pack, scene.project).today
    lead, pack, project = scene.stage.lead, scene.pack, scene.project
    full = {criterion.code: "Yes" for criterion in pack.life.criteria("begin_discovery")}
    with pytest.raises(FieldRefused) as lacking:
        gates.propose_gate(session, lead, pack, project, "begin_discovery", today, {**full, "legal": " "})
    assert lacking.value.field == "answers.legal"
    with pytest.raises(FieldRefused) as late:
        gates.propose_gate(session, lead, pack, project, "begin_discovery", today - timedelta(days=1), full)
    assert late.value.field == "held_on"
    propose(session, scene, "begin_discovery")
    with pytest.raises(Refused, match="waits for its decision"):
        propose(session, scene, "begin_discovery")


def test_a_decision_is_bound_to_what_was_shown(session, scene):
    pass_gate(session, scene, "begin_discovery")
    set_pilot(session, scene)
    proposal = propose(session, scene, "begin_pilot")
    with pytest.raises(Refused, match="changed while you were looking"):
        gates.decide_gate(
            session, scene.stage.cio, scene.pack, SECRET, scene.project, proposal, GateOutcome.PASSED, "Yes", "",
            PASSWORD, "0" * 64,
        )  # fmt: skip
    with pytest.raises(Refused, match="waits for its decision"):
        set_pilot(session, scene)  # terms stand still while somebody judges them


def test_a_pilot_needs_its_terms_and_a_repeated_one_new_ones(session, scene):
    pass_gate(session, scene, "begin_discovery")
    with pytest.raises(Refused, match="exit criteria, a cap and an end date"):
        propose(session, scene, "begin_pilot")
    set_pilot(session, scene)
    pass_gate(session, scene, "begin_pilot")
    end_pilot(session, scene)
    with pytest.raises(Refused, match="terms of its own"):
        propose(session, scene, "repeat_pilot")
    set_pilot(session, scene, 50)
    pass_gate(session, scene, "repeat_pilot")
    assert scene.project.stage is S.PILOT


def test_a_pilots_cap_stays_within_what_was_decided_and_a_running_ones_terms_change_with_a_reason(session, scene):
    lead, pack, project = scene.stage.lead, scene.pack, scene.project
    ends = life_facts(session, pack, project).today + timedelta(days=40)
    over = PilotFields(exit_criteria="x", cap=Decimal(MILLION) / 100 + 1, ends_on=ends)
    with pytest.raises(FieldRefused) as above:
        bounds.set_pilot_terms(session, lead, pack, project, over)
    assert above.value.field == "cap"
    walk_to(session, scene, "begin_pilot")
    silent = PilotFields(exit_criteria="x", cap=Decimal(10), ends_on=ends)
    with pytest.raises(FieldRefused) as unsaid:
        bounds.set_pilot_terms(session, lead, pack, project, silent)
    assert unsaid.value.field == "reason"


def test_a_pilot_past_its_date_is_overdue_in_the_scope_of_whoever_asks(session, scene):
    walk_to(session, scene, "begin_pilot")
    today = life_facts(session, scene.pack, scene.project).today
    later = today + timedelta(days=31)
    assert running_pilots(session, scene.stage.head, today) == []
    found = running_pilots(session, scene.stage.head, later)
    assert [pilot.project.id for pilot in found] == [scene.project.id]
    assert running_pilots(session, None, later)[0].ends_on == today + timedelta(days=30)
    stranger = scene.stage.lead.__class__(uuid.uuid4(), "Nobody", "en", ())
    assert running_pilots(session, stranger, later) == []
    with pytest.raises(Refused, match="has not come"):
        life.make_plain_move(
            session, scene.stage.lead, scene.pack, scene.project, "end_pilot", "Stopped", PilotEnd.END_DATE
        )


def test_a_suspension_stops_codes_and_nothing_else_and_its_end_lifts_exactly_that(session, scene):
    free = a_code(session, scene)
    exhausted = a_code(session, scene, state=CodeState.EXHAUSTED, ceiling=MILLION // 4)
    other = a_code(session, scene, ceiling=MILLION // 10)
    suspend_code(session, scene.stage.head, other.id, "Its lot is being redrawn")
    before = {code.id: (code.reserved_minor, code.committed_minor) for code in (free, exhausted, other)}
    listed = effects_of(session, scene.project)
    assert [(effect.code.id, effect.is_stopped) for effect in listed.codes if effect.is_stopped] == [(free.id, True)]
    suspend(session, scene)
    assert standing_of(session, scene.project.id) is Standing.SUSPENDED
    assert is_suspended(session, scene.project.initiative_id)
    assert (free.state, exhausted.state, other.state) == (
        CodeState.SUSPENDED, CodeState.EXHAUSTED, CodeState.SUSPENDED,
    )  # fmt: skip
    assert scene.project.stage is S.PLANNED
    assert {code.id: (code.reserved_minor, code.committed_minor) for code in (free, exhausted, other)} == before
    session.info["now"] += timedelta(hours=1)
    done = resume(session, scene)
    assert done.left == ()
    assert (free.state, other.state) == (CodeState.ISSUED, CodeState.SUSPENDED)
    assert standing_of(session, scene.project.id) is Standing.ON_COURSE
    session.commit()


def test_a_code_suspended_again_for_another_reason_is_not_this_suspensions_any_more(session, scene):
    code = a_code(session, scene)
    suspend(session, scene)
    code.state, code.state_reason = CodeState.ISSUED, ""
    session.flush()
    suspend_code(session, scene.stage.head, code.id, "A finding of the auditor")
    session.info["now"] += timedelta(hours=1)
    resume(session, scene)
    assert code.state is CodeState.SUSPENDED


def test_a_code_that_the_decision_no_longer_bears_stays_stopped_and_is_named(session, scene):
    first, second = a_code(session, scene, ceiling=MILLION), a_code(session, scene, ceiling=MILLION // 2)
    suspend(session, scene)
    session.info["now"] += timedelta(hours=1)
    done = resume(session, scene)
    assert set(done.left) == {first.code, second.code}
    assert first.state is CodeState.SUSPENDED


def test_whoever_asks_for_a_resumption_does_not_grant_it(session, scene):
    suspend(session, scene)
    session.info["now"] += timedelta(hours=1)
    with pytest.raises(Refused, match="Whoever asked"):
        resume(session, scene, asker=scene.stage.head)
    assert standing_of(session, scene.project.id) is Standing.SUSPENDED


def test_a_refused_resumption_leaves_it_suspended_and_can_be_asked_again(session, scene):
    code = a_code(session, scene)
    suspend(session, scene)
    session.info["now"] += timedelta(hours=1)
    first = resume(session, scene, grants=False)
    assert first.request.state is RequestState.REFUSED
    assert code.state is CodeState.SUSPENDED
    resume(session, scene, by=scene.stage.chair)
    assert code.state is CodeState.ISSUED


def test_a_project_that_was_at_risk_is_at_risk_again_after_its_suspension(session, scene):
    suspension.set_at_risk(
        session, scene.stage.lead, scene.pack, scene.project, is_at_risk=True, reason="The supplier is late"
    )
    assert {"project_at_risk"} <= kinds_owed(session, scene.stage.head)
    session.info["now"] += timedelta(hours=1)
    suspend(session, scene)
    session.info["now"] += timedelta(hours=1)
    resume(session, scene)
    assert standings_of(session, [scene.project.id]) == {scene.project.id: Standing.AT_RISK}


def test_a_suspended_project_passes_no_gate_but_a_gate_may_still_be_failed(session, scene):
    proposal = propose(session, scene, "begin_discovery")
    suspend(session, scene)
    with pytest.raises(Refused, match="only after it is resumed"):
        decide(session, scene, proposal)
    decide(session, scene, proposal, GateOutcome.FAILED)
    assert scene.project.stage is S.PLANNED


def test_what_changed_since_the_list_was_shown_stops_the_suspension(session, scene):
    shown = suspension.suspension_digest(session, scene.project)
    a_code(session, scene)
    with pytest.raises(Refused, match="changed while you were looking"):
        suspension.suspend_project(
            session, scene.stage.head, scene.pack, SECRET, scene.project, "Reason", PASSWORD, shown
        )


def test_dependants_are_listed_and_their_leads_are_warned(session, scene):
    other = another_project(session, scene)
    bounds.add_dependency(session, scene.stage.lead, other, scene.project, "Its register of people")
    assert [d.project_id for d in effects_of(session, scene.project).dependants] == [other.id]
    suspend(session, scene)
    assert {"project_suspended", "needed_project_suspended"} <= kinds_owed(session, scene.stage.lead)
    with pytest.raises(FieldRefused):
        bounds.add_dependency(session, scene.stage.lead, other, scene.project, "Again")
    with pytest.raises(FieldRefused):
        bounds.add_dependency(session, scene.stage.lead, other, other, "Itself")
    bounds.end_dependency(session, scene.stage.lead, other, bounds.needs_of(session, other)[0])
    assert effects_of(session, scene.project).dependants == []


def test_an_absorbed_project_names_its_successor_and_its_sunk_cost_and_its_codes_go(session, scene):
    code, other = a_code(session, scene), another_project(session, scene)
    session.get_one(Initiative, scene.project.initiative_id).committed_minor = 12_500_00
    shown = life.ending_digest(session, scene.project, "absorb")

    def end(successor, by=scene.stage.head):
        return life.end_project(
            session, by, scene.pack, SECRET, scene.project, "absorb", "One register is enough", successor, PASSWORD,
            shown,
        )  # fmt: skip

    with pytest.raises(FieldRefused, match="absorbs this one"):
        end(None)
    with pytest.raises(FieldRefused, match="itself"):
        end(scene.project)
    with pytest.raises(Refused, match="None of your roles"):
        end(other, by=scene.stage.cio)
    move = end(other)
    assert (scene.project.stage, move.successor_id, move.sunk_minor, move.currency) == (
        S.ABSORBED, other.id, 12_500_00, "USD",
    )  # fmt: skip
    assert code.state is CodeState.SUSPENDED
    asked = session.scalars(select(Countersign).where(col(Countersign.subject_id) == code.id)).one()
    assert asked.purpose == "code_revoke"
    with pytest.raises(Refused, match="no longer possible"):
        propose(session, scene, "begin_discovery")
    with pytest.raises(Refused, match="has ended"):
        suspend(session, scene)
    session.commit()


def test_what_changed_since_the_list_was_shown_stops_the_end(session, scene):
    shown = life.ending_digest(session, scene.project, "withdraw")
    a_code(session, scene)
    with pytest.raises(Refused, match="changed while you were looking"):
        life.end_project(
            session, scene.stage.chair, scene.pack, SECRET, scene.project, "withdraw", "No longer needed", None,
            PASSWORD, shown,
        )  # fmt: skip
    assert scene.project.stage is S.PLANNED


def test_the_move_and_its_event_are_one(session, scene):
    session.commit()
    pass_gate(session, scene, "begin_discovery")
    session.rollback()
    assert session.scalars(select(StageMove)).all() == []
    assert scene.project.stage is S.PLANNED
