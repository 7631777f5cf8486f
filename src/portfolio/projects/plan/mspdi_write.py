"""Writing a plan as Microsoft Project XML (MSPDI), so that it can be worked on there and come back to the same milestones.

Each task carries our key as its GUID; baseline 0 is the plan approved at present, baseline 1 the first, as Project has it.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.queries import Plan
from portfolio.projects.plan.terms import PlanItemKind

NAMESPACE = "http://schemas.microsoft.com/project"
DAY_BEGINS, DAY_ENDS = "T08:00:00", "T17:00:00"
FILE_KEY = "file:"
ELAPSED_DAYS_FORMAT = "8"
TENTHS_OF_ELAPSED_DAY = 14400


def uids_of(rows: Sequence[Milestone]) -> dict[uuid.UUID, int]:
    """The number of each in a file: the one that it came with, or the next free one after all of those."""
    own = {row.id: uid for row in rows if (uid := uid_in_file(row)) is not None}
    following = max(own.values(), default=0) + 1
    for row in rows:
        if row.id not in own:
            own[row.id] = following
            following += 1
    return own


def uid_in_file(row: Milestone) -> int | None:
    """The UID with which it came from a file, if it did."""
    key = row.source_key or ""
    return int(key.removeprefix(FILE_KEY)) if key.startswith(FILE_KEY) else None


def write_schedule(title: str, number: str, plan: Plan, as_at: date) -> bytes:
    """UTF-8. Milestones that left the plan, and what other projects have, are not in it."""
    rows = plan.standing
    uids = uids_of(plan.rows)
    days = [day for row in rows for day in (row.starts_on, row.actual_on or row.forecast_on) if day]
    root = Element("Project", xmlns=NAMESPACE)
    _add(
        root,
        SaveVersion="14",
        Name=f"{number}.xml",
        Title=title,
        Manager="",
        StartDate=_begin(min(days, default=as_at)),
        FinishDate=_end(max(days, default=as_at)),
        MinutesPerDay="480",
        MinutesPerWeek="2400",
        CurrentDate=_begin(as_at),
    )
    tasks = SubElement(root, "Tasks")
    for place, row in enumerate(rows, start=1):
        _task(tasks, row, place, uids, plan)
    indent(root)
    found: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return found


def _task(tasks: Element, row: Milestone, place: int, uids: Mapping[uuid.UUID, int], plan: Plan) -> None:
    end = row.actual_on or row.forecast_on
    begin = row.starts_on or end
    is_milestone = row.kind is PlanItemKind.MILESTONE
    task = SubElement(tasks, "Task")
    _add(
        task,
        UID=str(uids[row.id]),
        GUID=str(row.id).upper(),
        ID=str(place),
        Name=row.title,
        Active="1",
        Manual="1",
        Contact=row.owner,
        OutlineNumber=str(place),
        OutlineLevel="1",
        Start=_begin(begin),
        Finish=_end(end),
        Milestone="1" if is_milestone else "0",
        Summary="0",
        PercentComplete=str(row.percent),
        ActualFinish=_end(row.actual_on),
        Notes=row.deliverable,
    )
    for edge in plan.edges:
        if edge.milestone == row.id and edge.needs in plan.items and not plan.items[edge.needs].has_left:
            link = SubElement(task, "PredecessorLink")
            _add(
                link,
                PredecessorUID=str(uids[edge.needs]),
                Type="1",
                CrossProject="0",
                LinkLag=str(edge.lag * TENTHS_OF_ELAPSED_DAY),
                LagFormat=ELAPSED_DAYS_FORMAT,
            )
    for number, due in _baselines(row, plan):
        _add(SubElement(task, "Baseline"), Number=number, Finish=_end(due))


def _baselines(row: Milestone, plan: Plan) -> Iterator[tuple[str, date]]:
    item = plan.items[row.id]
    if item.current is not None:
        yield "0", item.current
    if item.first is not None:
        yield "1", item.first


def _add(element: Element, **texts: str) -> None:
    """Children in the order given; blank ones are left out."""
    for name, text in texts.items():
        if text:
            SubElement(element, name).text = text


def _begin(day: date | None) -> str:
    return f"{day.isoformat()}{DAY_BEGINS}" if day else ""


def _end(day: date | None) -> str:
    return f"{day.isoformat()}{DAY_ENDS}" if day else ""
