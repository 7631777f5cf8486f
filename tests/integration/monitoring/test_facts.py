"""The facts of health come from the tables of every room, alike on both databases, for all projects or one."""

from datetime import date, timedelta

import polars as pl
from sqlalchemy.orm import Session

from health_stage import PACK, TODAY, HealthStage, a_health_stage, expect, with_indicator, with_plan, with_risk
from life_stage import a_code, a_scene
from plan_stage import approved, proposed
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.execution.models import Contract, ContractAmendment, ExecutionEntry, ExecutionRun, Invoice
from portfolio.execution.terms import Flow, Origin, RunState
from portfolio.monitoring import facts_checks, facts_plan
from portfolio.monitoring.data_quality import Checked
from portfolio.monitoring.facts import check_portion, counts_of, quality_rows, rating_facts, read_facts
from portfolio.monitoring.facts_money import DECIDED, SPENT, at_the_end
from portfolio.monitoring.portion import ALL, only, portions
from portfolio.monitoring.told import PROGRESS, WORKED
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.terms import BaselineKind


def facts_of(session: Session, stage: HealthStage, as_at: date = TODAY) -> dict[str, object]:
    mine = only(stage.project.id)
    read = read_facts(session, PACK, mine, as_at)
    return rating_facts(read, check_portion(session, PACK, mine, read).summary).row(0, named=True)


def checked_of(session: Session, stage: HealthStage, as_at: date = TODAY) -> Checked:
    mine = only(stage.project.id)
    return check_portion(session, PACK, mine, read_facts(session, PACK, mine, as_at))


def test_a_project_of_which_nothing_is_known_has_no_zeros(session: Session) -> None:
    found = facts_of(session, a_health_stage(session))
    assert (found["cost_variance_bp"], found["cost_missing"]) == (None, "no_planned_cost")
    assert (found["schedule_variance_bp"], found["schedule_share_missing"]) == (None, "no_planned_finish")
    assert (found["milestones_due"], found["indicators_determined"]) == (0, 0)
    assert found["severe_risks"] is None


def test_every_room_is_asked(session: Session) -> None:
    stage = a_health_stage(session)
    _first, second = with_plan(session, stage)
    with_indicator(session, stage, 9)
    with_indicator(session, stage, 30, "Days to answer")
    with_risk(session, stage)
    with_risk(session, stage, (1, 1))
    expect(session, stage, second, date(2026, 11, 14))
    found = facts_of(session, stage)
    assert (found["milestones_due"], found["milestones_reached"]) == (1, 1)
    assert (found["indicators_determined"], found["indicators_met"]) == (2, 1)
    assert found["severe_risks"] == 1
    # 15 of 151 days late: from 1 June to 30 October
    assert found["schedule_variance_bp"] == -993
    assert found["rules_checked"] > found["rules_passed"] > 0


def test_what_was_reached_later_was_not_reached_then(session: Session) -> None:
    stage = a_health_stage(session)
    with_plan(session, stage)
    found = facts_plan.read_milestones(session, only(stage.project.id), date(2026, 7, 1)).row(0, named=True)
    assert (found["milestones_due"], found["milestones_reached"], found["reached"]) == (1, 0, 0)


def test_a_plan_that_is_approved_again_moves_the_second_pair_of_dates_only(session: Session) -> None:
    stage = a_health_stage(session)
    _first, second = with_plan(session, stage)
    expect(session, stage, second, date(2026, 12, 15))
    approved(session, stage.plan, proposed(session, stage.plan, BaselineKind.REPLAN))
    plans = read_facts(session, PACK, only(stage.project.id), TODAY).plans.row(0, named=True)
    assert plans["first_planned_finish"] == date(2026, 10, 30)
    assert plans["planned_finish"] == date(2026, 12, 15)
    replans = facts_plan.read_replans(session, ALL)
    assert replans["on"].to_list() == [TODAY]


def test_the_money_of_the_first_decision_and_of_now(session: Session) -> None:
    stage = a_health_stage(session)
    initiative = session.get_one(Initiative, stage.project.initiative_id)
    initiative.decided_minor = 5_000_000
    record(session, SYSTEM, Tag.CASE_EDITED, initiative)
    session.flush()
    plans = read_facts(session, PACK, only(stage.project.id), TODAY).plans.row(0, named=True)
    assert (plans["planned_cost"], plans["first_planned_cost"]) == (5_000_000, 5_000_000)
    assert plans["projected_cost"] is None


def an_amount(
    session: Session, stage: HealthStage, flow: Flow, month: date, amount: int, ordinal: int = 0, currency: str = "USD"
) -> None:
    row = ExecutionEntry(
        project_id=stage.project.id, month=month, flow=flow, amount_minor=amount, ordinal=ordinal, currency=currency,
        origin=Origin.SYSTEM, made_by_id=stage.lead.person_id, made_at=now(session),
    )  # fmt: skip
    session.add(row)
    record(session, SYSTEM, Tag.CASE_EDITED, row)
    session.flush()


def test_what_is_paid_and_planned_comes_from_execution(session: Session) -> None:
    stage = a_health_stage(session)
    assert read_facts(session, PACK, only(stage.project.id), TODAY).spent.is_empty()
    july, august, september = (date(2026, month, 1) for month in (7, 8, 9))
    an_amount(session, stage, Flow.PLANNED, july, 500)
    an_amount(session, stage, Flow.PLANNED, september, 700)
    spent = read_facts(session, PACK, only(stage.project.id), TODAY).spent.row(0, named=True)
    assert (spent["paid"], spent["programmed_budget"], spent["planned_rest"]) == (None, 1200, 700)
    an_amount(session, stage, Flow.PAID, july, 400)
    an_amount(session, stage, Flow.PAID, july, 450, ordinal=1)  # the newest of a key counts
    an_amount(session, stage, Flow.PAID, september, 90)  # not yet
    an_amount(session, stage, Flow.ACCRUED, august, 33)
    an_amount(session, stage, Flow.PAID, august, 5, currency="CLP")
    read = read_facts(session, PACK, only(stage.project.id), TODAY)
    assert read.spent.row(0, named=True)["paid"] == 450
    plans = read.plans.row(0, named=True)
    assert (plans["projected_cost"], plans["actual_cost"]) == (1150, 450)
    checked = checked_of(session, stage)
    lacking = {one.rule.code for one in checked.not_checked}
    assert not lacking & {"R16", "R25", "R26", "P02", "P07"}
    assert "R16" not in checked.findings["rule"].to_list()


def test_the_cost_that_the_newest_return_expects_comes_first() -> None:
    end, next_year = date(2026, 12, 1), date(2027, 1, 1)
    rows = [("a", 10, 30, 20, None, end), ("b", None, 30, 20, None, end), ("c", 5, None, None, None, None)]
    rows.append(("e", 10, 30, 20, None, end))
    spent = pl.DataFrame(rows, schema=SPENT, orient="row")
    progress = pl.DataFrame(
        [("a", TODAY, 100, 77), ("c", TODAY, 100, None), ("d", TODAY, 100, 9)], schema=PROGRESS, orient="row"
    )
    decided = pl.DataFrame(
        [("a", 30, next_year), ("b", 30, date(2026, 1, 1)), ("e", 99, next_year)], schema=DECIDED, orient="row"
    )
    found = {row[0]: row[1:] for row in at_the_end(spent, progress, decided).iter_rows()}
    assert found == {"a": (77, 10), "b": (20, None), "c": (None, 5), "e": (None, 10), "d": (9, None)}, (
        "a plan of one year of two"
    )


def test_portions_together_say_what_all_at_once_say(session: Session) -> None:
    stages = [a_health_stage(session, f"PF-2027-00{n}") for n in range(5)]
    for stage in stages[:3]:
        with_plan(session, stage)
        with_indicator(session, stage, 8)
    with_risk(session, stages[4])
    together = counts_of(read_facts(session, PACK, ALL, TODAY))
    parts = [counts_of(read_facts(session, PACK, portion, TODAY)) for portion in portions(session, 2)]
    assert len(parts) == 3
    assert pl.concat(parts).equals(together)


def test_a_code_is_held_against_those_of_every_portion(session: Session) -> None:
    stages = [a_health_stage(session, f"PF-2027-00{n}") for n in range(3)]
    twin = session.get_one(Initiative, stages[2].project.initiative_id)
    twin.number = None
    twin.source_key, twin.source = "PF-2027-000", "elsewhere"
    session.flush()
    twin.reference = "PF-2027-000"
    record(session, SYSTEM, Tag.CASE_EDITED, twin)
    session.flush()
    failed = {}
    for stage in stages:
        checked = checked_of(session, stage)
        assert checked.summary.height == 1
        failed[stage.project.id] = "R01" in checked.findings["rule"].to_list()
    assert list(failed.values()) == [True, False, True]


def test_the_newest_of_all_records_says_how_old_the_data_are(session: Session) -> None:
    stage = a_health_stage(session)
    before = checked_of(session, stage).summary["stale_days"].item()
    assert before == (TODAY - date(2026, 6, 1)).days  # the day it began
    with_plan(session, stage)
    assert checked_of(session, stage).summary["stale_days"].item() == 0
    later = TODAY + timedelta(days=120)
    checked = checked_of(session, stage, later)
    assert checked.summary["stale_days"].item() == 120
    assert "P01" in checked.findings["rule"].to_list()


def test_all_projects_are_there(session: Session) -> None:
    stages = [a_health_stage(session, f"PF-2027-00{n}") for n in range(3)]
    lives = facts_plan.read_lives(session, ALL)
    assert lives.height == len(stages)
    assert session.get_one(Project, stages[0].project.id).stage.value in lives["stage"].to_list()


def test_figures_of_several_rooms_are_held_against_each_other(session: Session) -> None:
    """A forecast of 1999, contracts above the decision, an invoice before its contract, a payment above what was bound."""
    scene = a_scene(session)
    a_code(session, scene)
    mine = only(scene.project.id)

    def failed() -> set[str]:
        return set(check_portion(session, PACK, mine, read_facts(session, PACK, mine, TODAY)).findings["rule"])

    ours = {f"P{number:02}" for number in range(8, 18)}
    assert not failed() & ours, "of what is not there nothing is wrong"
    decided = session.get_one(Initiative, scene.project.initiative_id).decided_minor or 0
    scene.project.starts_on, scene.project.ends_on = date(2026, 1, 1), date(2027, 12, 31)
    session.add(Milestone(project_id=scene.project.id, position=1, title="Tender", forecast_on=date(1999, 1, 1)))
    contract = Contract(
        project_id=scene.project.id, reference="C-1", title="Build", supplier="Acme", signed_on=date(2026, 5, 1),
        amount_minor=decided - 1, currency="USD",
    )  # fmt: skip
    session.add(contract)
    session.flush()
    session.add(Invoice(contract_id=contract.id, number="1", issued_on=date(2026, 4, 30), amount_minor=5))
    session.add(
        ContractAmendment(
            contract_id=contract.id, number=1, signed_on=date(2026, 6, 1), change_minor=2, reason="More",
            made_by_id=scene.stage.lead.person_id, made_at=now(session),
        )
    )  # fmt: skip
    for flow, minor, line in ((Flow.COMMITTED, 5, "2.2"), (Flow.ACCRUED, 6, "2.2"), (Flow.PAID, 10**15, "9.9")):
        session.add(
            ExecutionEntry(
                project_id=scene.project.id, month=date(2026, 6, 1), line=line, flow=flow, amount_minor=minor,
                currency="USD", origin=Origin.SYSTEM, made_by_id=scene.stage.lead.person_id, made_at=now(session),
            )
        )  # fmt: skip
    record(session, SYSTEM, Tag.CASE_EDITED, scene.project)
    session.flush()
    assert {"P08", "P09", "P10", "P11", "P12", "P13", "P15"} <= failed()
    row = quality_rows(session, PACK, mine, read_facts(session, PACK, mine, TODAY)).row(0, named=True)
    assert row["live_processes"] == 1, "a contract came from a process that was not cancelled"
    assert row["in_treasury_budget"] is None, "no file was ever loaded here: nobody knows"
    run = ExecutionRun(file_name="s.csv", file_sha256="0" * 64, as_at=TODAY, state=RunState.RECORDED)
    session.add(run)
    record(session, SYSTEM, Tag.EXECUTION_RECORDED, run)
    session.flush()
    row = quality_rows(session, PACK, mine, read_facts(session, PACK, mine, TODAY)).row(0, named=True)
    assert row["in_treasury_budget"] is True


def test_progress_that_goes_down_is_counted() -> None:
    rows = [("a", date(2026, 1, 1), 500), ("a", date(2026, 4, 1), 400), ("b", date(2026, 1, 1), 1), ("c", TODAY, 5)]
    rows += [("b", date(2026, 4, 1), 1)]
    worked = pl.DataFrame(rows, schema=WORKED, orient="row").sort("project", "period")
    assert facts_checks.drops(worked).rows() == [("a", 1), ("b", 0)]
