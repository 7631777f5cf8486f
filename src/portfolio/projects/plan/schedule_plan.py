"""What an import of a schedule would do with each of its tasks, against the plan as it is. Pure: rows in, lines out."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from portfolio.i18n import gettext as _
from portfolio.projects.plan.limits import Limits, date_fault, has_passed
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.mspdi_read import Link, Schedule, Task
from portfolio.projects.plan.mspdi_write import FILE_KEY
from portfolio.projects.plan.queries import Plan
from portfolio.projects.plan.rules import Edge, cycle_through
from portfolio.projects.plan.terms import PlanItemKind, TaskAct
from portfolio.web.formatting import short_day

TAKEN = ("kind", "title", "deliverable", "owner", "starts_on", "forecast_on", "actual_on", "percent")
"""Fields of a milestone that a file may say; the rest is ours."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that would change."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task: what becomes of it, as which milestone, with what values, what changes and what was found.

    `has_passed`: it would be expected on a day that has passed, which somebody has to confirm.
    """

    task: Task
    act: TaskAct
    milestone: uuid.UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    findings: Sequence[str] = ()
    has_passed: bool = False


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """The whole import. Links are (UID that needs, UID needed, days); `untouched` are milestones that the file does not have."""

    lines: Sequence[TaskLine]
    added_links: Sequence[tuple[int, Link]]
    removed_links: Sequence[Edge]
    untouched: Sequence[str]

    def count(self, act: TaskAct) -> int:
        return sum(line.act is act for line in self.lines)

    @property
    def passed(self) -> int:
        """Tasks that would be expected on a day that has passed."""
        return sum(line.has_passed for line in self.lines)

    @property
    def is_empty(self) -> bool:
        busy = self.count(TaskAct.CREATE) + self.count(TaskAct.UPDATE)
        return not (busy or self.added_links or self.removed_links)


def plan_import(schedule: Schedule, plan: Plan, today: date, limits: Limits) -> SchedulePlan:
    """A task is the milestone whose key it carries as GUID, else the one that came with its UID from a file before.

    One whose dates lie outside `limits` is left out, like in the form.
    """
    by_guid = {str(row.id): row for row in plan.rows}
    by_uid = {row.source_key: row for row in plan.rows if row.source_key}
    seen: set[int] = set()
    lines = []
    for task in schedule.tasks:
        row = by_guid.get(task.guid) or by_uid.get(f"{FILE_KEY}{task.uid}")
        reason = _why_skipped(task, seen, row) or _why_impossible(task, row, limits)
        seen.add(task.uid)
        if reason:
            lines.append(TaskLine(task, TaskAct.SKIP, findings=[reason, *task.findings]))
        else:
            lines.append(_line(task, row, plan, today))
    taken = [line for line in lines if line.act is not TaskAct.SKIP]
    added, removed, circles = _links(taken, plan)
    lines = [_with_findings(line, circles.get(line.task.uid, ())) for line in lines]
    known = {line.milestone for line in taken}
    return SchedulePlan(lines, added, removed, [row.title for row in plan.standing if row.id not in known])


def _why_skipped(task: Task, seen: set[int], row: Milestone | None) -> str:
    if task.is_summary:
        return _("It sums up other tasks.")
    if not task.is_active:
        return _("It is inactive in the file.")
    if task.uid < 0 or task.uid in seen:
        return _("Its UID is missing or stands twice in the file.")
    if not task.name:
        return _("It has no name.")
    if row is not None and row.left_on is not None:
        return _("An approved plan left this milestone out.")
    return ""


def _why_impossible(task: Task, row: Milestone | None, limits: Limits) -> str:
    """A date that the plan has already passes: a file that went out comes back."""
    there = [] if row is None else [row.starts_on, row.forecast_on, row.actual_on, row.promised_on]
    days = [task.start, task.finish, task.actual_finish, task.baseline_finish if row is None else None]
    for day in days:
        if day not in there and (fault := date_fault(day, limits)):
            return _("Its date %(day)s cannot be. %(fault)s") % {"day": short_day(day), "fault": fault}
    return ""


def _line(task: Task, row: Milestone | None, plan: Plan, today: date) -> TaskLine:
    values, findings = _values(task, row, today)
    is_new = row is None or row.forecast_on != values["forecast_on"]
    passed = is_new and has_passed(values["forecast_on"], values["actual_on"], today)
    if passed:
        findings.append(_("It is expected on a day that has passed, and is not reached."))
    if row is None:
        return TaskLine(task, TaskAct.CREATE, None, values, (), findings, passed)
    approved = plan.items[row.id].current
    if approved and task.baseline_finish and task.baseline_finish != approved:
        findings.append(_("The file has another baseline than the approved plan, which stays as it is."))
    changes = [Change(name, getattr(row, name), values[name]) for name in TAKEN if getattr(row, name) != values[name]]
    return TaskLine(task, TaskAct.UPDATE if changes else TaskAct.SAME, row.id, values, changes, findings, passed)


def _values(task: Task, row: Milestone | None, today: date) -> tuple[dict[str, Any], list[str]]:
    findings = list(task.findings)
    actual = task.actual_finish
    if actual is not None and actual > today:
        findings.append(_("Its actual finish is still to come: it is taken as a forecast."))
        actual = None
    if actual is None and task.percent == 100:
        findings.append(_("It is wholly done without an actual finish: it counts as not reached."))
    forecast = task.actual_finish if task.actual_finish and not actual else task.finish
    if actual is not None and row is not None:
        forecast = row.forecast_on  # a file says only one finish of what is done; what was expected stays
    start = task.start
    if start and start > (actual or forecast or start):
        findings.append(_("It starts after its finish: its start is left out."))
        start = None
    if forecast is None:
        findings.append(_("It has no finish: it comes in without a date."))
    kind = PlanItemKind.MILESTONE if task.is_milestone else PlanItemKind.ACTIVITY
    if kind is PlanItemKind.MILESTONE and (row is None or row.starts_on is None):
        start = None  # a file gives every milestone a start; only an activity's says something
    values = {
        "kind": kind,
        "title": task.name,
        "deliverable": task.notes,
        "owner": task.contact,
        "starts_on": start,
        "forecast_on": forecast,
        "actual_on": actual,
        "percent": 100 if actual is not None else task.percent,
    }
    return values, findings


def _links(
    lines: Sequence[TaskLine], plan: Plan
) -> tuple[list[tuple[int, Link]], list[Edge], dict[int, list[str]]]:  # fmt: skip
    """The file decides what its tasks need of each other; what they need of anything else stays."""
    keys = {line.task.uid: line.milestone or uuid.uuid4() for line in lines}
    ours = {line.milestone for line in lines if line.milestone}
    wanted = {
        (keys[line.task.uid], keys[link.needs]): (line.task.uid, link)
        for line in lines
        for link in line.task.links
        if link.needs in keys and link.needs != line.task.uid
    }
    there = {(edge.milestone, edge.needs): edge for edge in plan.edges if {edge.milestone, edge.needs} <= ours}
    kept = {ends for ends, edge in there.items() if ends in wanted and wanted[ends][1].lag_days == edge.lag}
    removed = [edge for ends, edge in there.items() if ends not in kept]
    standing = [edge for edge in plan.edges if edge not in removed]
    added: list[tuple[int, Link]] = []
    findings: dict[int, list[str]] = {}
    for (milestone, needs), (uid, link) in wanted.items():
        if (milestone, needs) in kept:
            continue
        if cycle_through(standing, milestone, needs) is not None:
            findings.setdefault(uid, []).append(_("What it needs would close a circle, so that is left out."))
            continue
        standing.append(Edge(milestone, needs, link.lag_days))
        added.append((uid, link))
    for line in lines:
        if any(link.needs not in keys for link in line.task.links):
            findings.setdefault(line.task.uid, []).append(_("It needs a task that the file does not have."))
    return added, removed, findings


def _with_findings(line: TaskLine, more: Sequence[str]) -> TaskLine:
    if not more:
        return line
    return replace(line, findings=[*line.findings, *more])
