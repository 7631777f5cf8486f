"""Schedules of Microsoft Project: a real file's totals, hostile files, what an import would do, and the way out and back."""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from icalendar import Calendar

from portfolio.errors import FieldRefused
from portfolio.projects.plan.calendar_out import write_calendar
from portfolio.projects.plan.limits import Limits
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.mspdi_read import SPACE, read_schedule
from portfolio.projects.plan.mspdi_write import write_schedule
from portfolio.projects.plan.queries import Plan, item_of
from portfolio.projects.plan.rules import Edge
from portfolio.projects.plan.schedule_plan import plan_import
from portfolio.projects.plan.terms import MOST_ITEMS, PlanItemKind, TaskAct

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "mspdi_derived"
TODAY = date(2026, 11, 23)
LIMITS = Limits(date(1990, 1, 1), date(2046, 11, 23))
PROJECT = uuid.uuid4()


def a_file(*tasks: str, before: str = "") -> bytes:
    return (
        f'{before}<Project xmlns="{SPACE[1:-1]}"><Title>A plan</Title><Tasks>{"".join(tasks)}</Tasks></Project>'
    ).encode()


def a_task(uid: int, name: str = "", finish: str = "2026-12-01T17:00:00", more: str = "") -> str:
    end = f"<Finish>{finish}</Finish>" if finish else ""
    return f"<Task><UID>{uid}</UID><Name>{name or f'Task {uid}'}</Name>{end}{more}</Task>"


def needs(uid: int, more: str = "<Type>1</Type>") -> str:
    return f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID>{more}</PredecessorLink>"


def a_plan(*rows: Milestone, edges: Sequence[Edge] = (), due: date | None = None) -> Plan:
    return Plan(rows, {row.id: item_of(row, due, due) for row in rows}, edges, [], None)


def a_row(title: str, **more: object) -> Milestone:
    return Milestone(project_id=PROJECT, position=1, title=title, **more)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not here")
def test_a_real_schedule_has_the_totals_that_were_published() -> None:
    for name, expected in json.loads((SHARED / "expected.json").read_text()).items():
        found = read_schedule((SHARED / name).read_bytes())
        totals = found.totals
        assert found.title == expected["title"]
        assert found.currency == "USD"
        assert (totals.activities, totals.milestones) == (expected["activities"], expected["milestones"])
        assert totals.completed == expected["completed"]
        assert totals.cost == Decimal(expected["planned_cost_usd"])
        assert (str(totals.start), str(totals.finish)) == (expected["start"], expected["finish"])
        assert (str(totals.baseline_start), str(totals.baseline_finish)) == (
            expected["baseline_start"],
            expected["baseline_finish"],
        )
        assert totals.finishing_after_baseline == expected["activities_finishing_after_baseline"]
        wanted = plan_import(found, a_plan(), TODAY, LIMITS)
        assert wanted.count(TaskAct.CREATE) == expected["activities"] + expected["milestones"]
        assert wanted.count(TaskAct.SKIP) == 1, "the summary of the whole"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not readable"),
        (b"<Project", "not readable"),
        (b"\x00\x01\x02", "not readable"),
        (b'<?xml version="1.0" encoding="nonsense"?><Project/>', "not readable"),
        (b"<Project/>", "not a schedule"),
        (a_file(before='<!DOCTYPE Project [<!ENTITY a "b">]>'), "document type"),
        (a_file(before='<!DOCTYPE Project SYSTEM "http://127.0.0.1/x.dtd">'), "document type"),
        (a_file(*(a_task(uid) for uid in range(MOST_ITEMS + 1))), "at most"),
        (b" " * (10 * 1024 * 1024 + 1), "too large"),
    ],
)
def test_a_hostile_file_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(FieldRefused, match=words) as refused:
        read_schedule(data)
    assert refused.value.field == "file"


def test_each_task_says_what_is_wrong_with_it() -> None:
    tasks = [
        a_task(0, "Whole"),
        a_task(1, more="<Active>0</Active>"),
        a_task(2, finish="2026-13-45T00:00:00"),
        a_task(3, more="<PercentComplete>100</PercentComplete>"),
        a_task(4, more="<ActualFinish>2027-01-01T17:00:00</ActualFinish>"),
        a_task(5, more="<Start>2027-06-01T08:00:00</Start>"),
        a_task(5),
        a_task(6, "N" * 300),
        a_task(7).replace("Task 7", " "),
        a_task(8, more="<PercentComplete>140</PercentComplete>"),
        a_task(9, more=needs(99)),
        a_task(10, more=needs(1000, "<Type>3</Type>")),
    ]
    lines = plan_import(read_schedule(a_file(*tasks)), a_plan(), TODAY, LIMITS).lines
    said = {(line.task.uid, line.act): " ".join(line.findings) for line in lines}
    assert "sums up" in said[0, TaskAct.SKIP]
    assert "inactive" in said[1, TaskAct.SKIP]
    assert "is no date: 2026-13-45" in said[2, TaskAct.CREATE]
    assert "without a date" in said[2, TaskAct.CREATE]
    assert "without an actual finish" in said[3, TaskAct.CREATE]
    assert "taken as a forecast" in said[4, TaskAct.CREATE]
    assert "starts after" in said[5, TaskAct.CREATE]
    assert "stands twice" in said[5, TaskAct.SKIP]
    assert "cut off" in said[6, TaskAct.CREATE]
    assert "has no name" in said[7, TaskAct.SKIP]
    assert "between 0 and 100" in said[8, TaskAct.CREATE]
    assert "does not have" in said[9, TaskAct.CREATE]
    assert "start of another task" in said[10, TaskAct.CREATE]
    values = {line.task.uid: line.values for line in lines if line.act is TaskAct.CREATE}
    assert values[4]["actual_on"] is None
    assert values[4]["forecast_on"] == date(2027, 1, 1)
    assert values[5]["starts_on"] is None


def test_a_circle_in_the_file_is_left_out_and_told() -> None:
    found = plan_import(
        read_schedule(a_file(a_task(1, more=needs(2)), a_task(2, more=needs(1)))), a_plan(), TODAY, LIMITS
    )
    assert [(uid, link.needs) for uid, link in found.added_links] == [(1, 2)]
    assert "circle" in found.lines[1].findings[0]


def test_a_lag_is_read_in_days_that_pass_or_that_are_worked() -> None:
    elapsed = "<Type>1</Type><LinkLag>43200</LinkLag><LagFormat>8</LagFormat>"
    worked = "<Type>1</Type><LinkLag>-9600</LinkLag><LagFormat>7</LagFormat>"
    read = read_schedule(a_file(a_task(1), a_task(2, more=needs(1, elapsed)), a_task(3, more=needs(1, worked))))
    assert [task.links[0].lag_days for task in read.tasks[1:]] == [3, -2]


def test_a_plan_that_goes_out_and_comes_back_changes_nothing() -> None:
    contract = a_row("Contract & terms", deliverable="Signed «contract»", owner="Ana", weight=40, percent=100)
    contract.forecast_on, contract.actual_on = date(2026, 9, 1), date(2026, 9, 2)
    build = a_row(
        "Build", kind=PlanItemKind.ACTIVITY, starts_on=date(2026, 9, 3), forecast_on=date(2027, 1, 15), percent=30
    )
    launch = a_row("Launch", forecast_on=date(2027, 2, 1), source_key="file:7", promised_on=date(2026, 12, 1))
    undated = a_row("Lessons")
    gone = a_row("Dropped", forecast_on=date(2027, 3, 1), left_on=date(2026, 10, 1))
    edges = [Edge(build.id, contract.id, 1), Edge(launch.id, build.id, -3), Edge(launch.id, uuid.uuid4())]
    plan = a_plan(contract, build, launch, undated, gone, edges=edges, due=date(2026, 12, 31))
    read = read_schedule(write_schedule("A plan", "PF-2027-000001", plan, TODAY))
    assert [task.uid for task in read.tasks] == [8, 9, 7, 10], "its own number, and the next free ones"
    assert read.totals.baseline_finish == date(2026, 12, 31)
    wanted = plan_import(read, plan, TODAY, LIMITS)
    assert wanted.is_empty, [(line.task.name, line.changes) for line in wanted.lines]
    assert wanted.count(TaskAct.SAME) == 4
    assert not any(line.findings for line in wanted.lines if line.task.name != "Lessons")
    assert wanted.untouched == []


def test_a_file_decides_what_its_tasks_need_of_each_other_and_nothing_else() -> None:
    first, second = a_row("One", source_key="file:1"), a_row("Two", source_key="file:2")
    other = a_row("Ours")
    edges = [Edge(second.id, first.id, 5), Edge(second.id, other.id)]
    plan = a_plan(first, second, other, edges=edges)
    wanted = plan_import(read_schedule(a_file(a_task(1, "One"), a_task(2, "Two"))), plan, TODAY, LIMITS)
    assert wanted.removed_links == [edges[0]]
    assert wanted.untouched == ["Ours"]
    assert [line.act for line in wanted.lines] == [TaskAct.UPDATE, TaskAct.UPDATE]
    assert {change.name for change in wanted.lines[0].changes} == {"kind", "forecast_on"}


def test_another_baseline_in_the_file_is_told_and_never_taken() -> None:
    row = a_row("One", kind=PlanItemKind.ACTIVITY, source_key="file:1", forecast_on=date(2026, 12, 1))
    base = "<Baseline><Number>0</Number><Finish>2026-10-01T17:00:00</Finish></Baseline>"
    wanted = plan_import(
        read_schedule(a_file(a_task(1, "One", more=base))), a_plan(row, due=date(2026, 11, 1)), TODAY, LIMITS
    )
    assert wanted.lines[0].act is TaskAct.SAME
    assert "stays as it is" in wanted.lines[0].findings[0]


def test_a_task_that_cannot_be_is_left_out_and_the_others_come_in() -> None:
    tasks = (
        a_task(1, finish="1989-12-31T17:00:00"),
        a_task(2, finish="9999-12-31T17:00:00"),
        a_task(3, more="<Start>0001-01-01T08:00:00</Start>"),
        a_task(4, finish="2026-11-22T17:00:00"),
        a_task(5),
    )
    wanted = plan_import(read_schedule(a_file(*tasks)), a_plan(), TODAY, LIMITS)
    assert [line.act for line in wanted.lines] == [TaskAct.SKIP] * 3 + [TaskAct.CREATE] * 2
    assert all("cannot be" in line.findings[0] for line in wanted.lines[:3])
    assert wanted.passed == 1, "what has passed and is not reached comes in once somebody confirms it"


def test_what_is_stored_goes_out_whatever_its_dates() -> None:
    rows = [
        Milestone(project_id=PROJECT, position=place, title=f"At {day}", forecast_on=day, starts_on=date.min)
        for place, day in enumerate((date.min, date.max), start=1)
    ]
    plan = a_plan(*rows, due=date.max)
    assert b"9999-12-31" in write_schedule("A plan", "PF-2027-000001", plan, TODAY)
    at = datetime(2026, 11, 23, tzinfo=UTC)
    out = write_calendar("A plan", "PF-2027-000001", plan, at, TODAY, "https://example.org/plan", "example.org")
    ends = {str(one["summary"])[:13]: one.get("dtend") for one in Calendar.from_ical(out).walk("VEVENT")}
    assert ends["At 9999-12-31"] is None
