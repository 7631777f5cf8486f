"""While a project is suspended it gets no new code and no more money; less, and what is reserved already, goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from life_stage import MILLION, a_code, a_scene, later
from modification_stage import SECRET
from portfolio.approvals.code_issue import Wanted, propose_code
from portfolio.approvals.code_queries import facts_of
from portfolio.approvals.code_terms import DrawKind
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.draw_rules import Draw, why_not_draw
from portfolio.approvals.modification_reads import standing_mark
from portfolio.approvals.modification_rules import Asked
from portfolio.approvals.modifications import propose_modification
from portfolio.approvals.terms import ActType, ModificationKind
from portfolio.errors import Refused
from portfolio.monitoring import suspension
from portfolio.monitoring.life_queries import life_facts
from visitors import PASSWORD


@pytest.fixture
def scene(session):
    found = a_scene(session)
    later(session)
    return found


def suspend(session, scene):
    shown = suspension.suspension_digest(session, scene.project)
    suspension.suspend_project(
        session, scene.stage.head, scene.pack, SECRET, scene.project, "Under audit", PASSWORD, shown
    )


def wanted(session, scene):
    today = life_facts(session, scene.pack, scene.project).today
    return Wanted(None, 2027, MILLION // 10, today, today + timedelta(days=90))


def ask(session, scene, minor, kind):
    today = life_facts(session, scene.pack, scene.project).today
    asked = Asked(
        kind, (Line(2027, minor),), firm_through=2027, act_type=ActType.DECREE, act_number="9", act_date=today,
        effective_on=today, reasons="The law changed",
    )  # fmt: skip
    mark = standing_mark(session, scene.case.id)
    return propose_modification(session, scene.stage.budget_analyst, scene.pack, scene.case, asked, mark)


def test_no_new_code_while_suspended(session, scene):
    assert propose_code(session, scene.stage.decider, scene.pack, scene.case, wanted(session, scene))
    suspend(session, scene)
    with pytest.raises(Refused, match="gets no new code until it is resumed"):
        propose_code(session, scene.stage.decider, scene.pack, scene.case, wanted(session, scene))


def test_what_is_decided_is_only_lowered_while_suspended(session, scene):
    suspend(session, scene)
    with pytest.raises(Refused, match="is only lowered until it is resumed"):
        ask(session, scene, MILLION + 100, ModificationKind.SUPPLEMENT)
    assert ask(session, scene, MILLION - 100, ModificationKind.CUT)


def test_a_suspended_code_reserves_nothing_and_still_commits_and_releases(session, scene):
    code = a_code(session, scene)
    suspend(session, scene)
    facts = replace(facts_of(session, code), draws=())
    reserved = Draw(DrawKind.RESERVE, 1000, "USD", "OC-1", str(code.institution_id), 2027, code.not_before)
    assert "suspended" in (why_not_draw(facts, reserved) or "")
    facts = replace(facts, draws=(reserved,))
    for kind in (DrawKind.COMMIT, DrawKind.RELEASE):
        assert why_not_draw(facts, replace(reserved, kind=kind)) is None
