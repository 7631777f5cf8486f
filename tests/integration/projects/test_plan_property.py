"""Whatever is done to a plan, no plan that was approved ever changes, and every date is compared with the first one."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from modification_stage import give_password
from plan_stage import PlanStage, a_milestone, a_plan_stage, approved, proposed
from portfolio.errors import Refused
from portfolio.projects.plan import baselines
from portfolio.projects.plan.forms import MilestoneFields
from portfolio.projects.plan.milestones import change_milestone
from portfolio.projects.plan.queries import baseline_items, read_plan
from portfolio.projects.plan.terms import BaselineKind

START = date(2026, 9, 1)
ACTS = st.lists(
    st.tuples(st.sampled_from(["move", "reach", "add", "approve", "refuse", "drop"]), st.integers(0, 4), st.integers(-60, 400)),
    min_size=1,
    max_size=8,
)  # fmt: skip
_numbers = iter(range(100_000, 999_999))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_approved_plan_ever_changes(session: Session, acts: list[tuple[str, int, int]]) -> None:
    stage = a_plan_stage(session, f"PF-2027-{next(_numbers)}")
    give_password(session, stage.cio)
    for number in range(3):
        a_milestone(session, stage, f"M{number}", START + timedelta(days=30 * number))
    approved(session, stage, proposed(session, stage, BaselineKind.FIRST))
    seen = snapshot(session, stage)
    for act, which, days in acts:
        try:
            with session.begin_nested():
                play(session, stage, act, which, START + timedelta(days=days))
        except Refused:
            session.expire_all()
        now = snapshot(session, stage)
        assert {key: now[key] for key in seen} == seen, act
        seen = now
        plan = read_plan(session, stage.project.id)
        assert {item.title: item.first for item in plan.items.values() if item.title in seen[1]} == seen[1]


def snapshot(session: Session, stage: PlanStage) -> dict[int, dict[str, date]]:
    """Every approved plan by its number: the date of each milestone."""
    plan = read_plan(session, stage.project.id)
    return {
        row.number: {item.title: item.due_on for item in baseline_items(session, [row.id])} for row in plan.baselines
    }


def play(session: Session, stage: PlanStage, act: str, which: int, day: date) -> None:
    rows = read_plan(session, stage.project.id).standing
    row = rows[which % len(rows)]
    if act == "add":
        a_milestone(session, stage, f"New {day} {which}", day)
    elif act in ("move", "reach"):
        now = {name: getattr(row, name) for name in MilestoneFields.model_fields}
        moved = {"forecast_on": day} if act == "move" else {"actual_on": min(day, date(2026, 8, 3))}
        change_milestone(session, stage.lead, stage.project, row, MilestoneFields(**{**now, **moved}))
    elif act == "refuse":
        proposal = proposed(session, stage, BaselineKind.REPLAN, **{row.title: day})
        baselines.refuse_plan(session, stage.cio, stage.project, proposal, "No")
    else:
        proposal = proposed(session, stage, BaselineKind.REPLAN, **{row.title: None if act == "drop" else day})
        approved(session, stage, proposal)


@pytest.mark.parametrize("days", [1, 400])
def test_the_first_date_stays_the_measure_after_many_re_baselines(session: Session, days: int) -> None:
    stage = a_plan_stage(session, f"PF-2027-{next(_numbers)}")
    give_password(session, stage.cio)
    row = a_milestone(session, stage, "Launch", START)
    approved(session, stage, proposed(session, stage, BaselineKind.FIRST))
    for turn in range(1, 4):
        approved(session, stage, proposed(session, stage, BaselineKind.REPLAN, Launch=START + timedelta(days * turn)))
    item = read_plan(session, stage.project.id).items[row.id]
    assert (item.first, item.current) == (START, START + timedelta(days * 3))
