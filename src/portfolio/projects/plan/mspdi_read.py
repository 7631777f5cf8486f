"""Reading a schedule in Microsoft Project XML (MSPDI): about twenty-five of its elements, and what is wrong with each task.

No library on the package index reads it without Java. The parser is defusedxml's: a document type, an entity or a reference
to elsewhere ends it. Nothing is guessed: what cannot be read is a finding.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from portfolio.db.text import storable
from portfolio.errors import FieldRefused
from portfolio.i18n import gettext as _
from portfolio.projects.plan.terms import DELIVERABLE, MOST_ITEMS, OWNER, TITLE

MAX_BYTES = 10 * 1024 * 1024
SPACE = "{http://schemas.microsoft.com/project}"
FINISH_TO_START = "1"
ELAPSED_DAYS = ("8", "40")
"""Formats of a lag that counts every day; the others count working days of eight hours."""
TENTHS_OF_DAY = {True: 14400, False: 4800}
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2})?)?$")
_NUMBER = re.compile(r"-?\d{1,9}$")


@dataclass(frozen=True, slots=True)
class Link:
    """What a task needs: another task's UID, and days after it."""

    needs: int
    lag_days: int


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the file; `cost` in the file's own units; `findings` are sentences about what could not be taken as it is."""

    uid: int
    guid: str
    name: str
    is_summary: bool
    is_milestone: bool
    is_active: bool
    start: date | None
    finish: date | None
    actual_finish: date | None
    percent: int
    cost: Decimal
    baseline_start: date | None
    baseline_finish: date | None
    notes: str
    contact: str
    links: Sequence[Link] = ()
    findings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole schedule adds up to, for whoever knows the file."""

    activities: int
    milestones: int
    completed: int
    cost: Decimal
    start: date | None
    finish: date | None
    baseline_start: date | None
    baseline_finish: date | None
    finishing_after_baseline: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A file that was read. `tasks` are in its order, summaries among them."""

    title: str
    currency: str
    tasks: Sequence[Task] = field(default_factory=tuple)

    @property
    def totals(self) -> Totals:
        """Of its tasks that are active and no summary of others."""
        own = [task for task in self.tasks if task.is_active and not task.is_summary]
        return Totals(
            activities=sum(not task.is_milestone for task in own),
            milestones=sum(task.is_milestone for task in own),
            completed=sum(task.percent == 100 for task in own),
            cost=sum((task.cost for task in own), Decimal()),
            start=min((task.start for task in own if task.start), default=None),
            finish=max((task.finish for task in own if task.finish), default=None),
            baseline_start=min((task.baseline_start for task in own if task.baseline_start), default=None),
            baseline_finish=max((task.baseline_finish for task in own if task.baseline_finish), default=None),
            finishing_after_baseline=sum(
                1 for task in own if task.finish and task.baseline_finish and task.finish > task.baseline_finish
            ),
        )


def read_schedule(data: bytes) -> Schedule:
    """Raises `FieldRefused` for the field `file`: too large, no XML, not this format, a document type, too many tasks."""
    if len(data) > MAX_BYTES:
        raise FieldRefused("file", _("The file is too large."))
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise FieldRefused(
            "file", _("The file declares a document type or entities, which no schedule needs.")
        ) from None
    except (ParseError, ValueError, LookupError):
        raise FieldRefused(
            "file", _("This is not readable XML. Save the schedule as XML in Microsoft Project.")
        ) from None
    if root.tag != f"{SPACE}Project":
        raise FieldRefused("file", _("This is XML, but not a schedule of Microsoft Project."))
    tasks = root.findall(f"{SPACE}Tasks/{SPACE}Task")
    if len(tasks) > MOST_ITEMS:
        raise FieldRefused("file", _("A plan has at most %(n)s milestones and activities.") % {"n": MOST_ITEMS})
    return Schedule(
        title=_text(root, "Title", TITLE) or _text(root, "Name", TITLE),
        currency=_text(root, "CurrencyCode", 3),
        tasks=tuple(_task(element) for element in tasks),
    )


def _task(element: Element) -> Task:
    findings: list[str] = []
    dates = {name: _date(_text(element, name), name, findings) for name in ("Start", "Finish", "ActualFinish")}
    baseline = next((one for one in element.findall(f"{SPACE}Baseline") if _text(one, "Number") in ("", "0")), None)
    planned = {
        name: None if baseline is None else _date(_text(baseline, name), name, findings) for name in ("Start", "Finish")
    }
    return Task(
        uid=_number(_text(element, "UID"), -1),
        guid=_text(element, "GUID").strip("{}").lower(),
        name=_name(element, findings),
        is_summary=_text(element, "Summary") == "1" or _text(element, "UID") == "0",
        is_milestone=_text(element, "Milestone") == "1",
        is_active=_text(element, "Active") != "0",
        start=dates["Start"],
        finish=dates["Finish"],
        actual_finish=dates["ActualFinish"],
        percent=_percent(_text(element, "PercentComplete"), findings),
        cost=_cost(_text(element, "Cost")),
        baseline_start=planned["Start"],
        baseline_finish=planned["Finish"],
        notes=_text(element, "Notes", DELIVERABLE),
        contact=_text(element, "Contact", OWNER),
        links=tuple(_links(element, findings)),
        findings=tuple(findings),
    )


def _text(element: Element, name: str, limit: int = 80) -> str:
    """A child's text, without what no column holds; blank where there is none."""
    return (storable((element.findtext(f"{SPACE}{name}") or "").strip()) or "")[:limit].strip()


def _name(element: Element, findings: list[str]) -> str:
    whole = _text(element, "Name", 10_000)
    if len(whole) > TITLE:
        findings.append(_("Its name is longer than %(n)s characters: the rest is cut off.") % {"n": TITLE})
    return whole[:TITLE].strip()


def _date(text: str, name: str, findings: list[str]) -> date | None:
    """The day of an instant on the file's own clock, which has no zone."""
    if text in ("", "NA"):
        return None
    found = _DATE.match(text)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass  # told as any other text that is no date
    findings.append(_("%(name)s is no date: %(text)s") % {"name": name, "text": text[:40]})
    return None


def _number(text: str, otherwise: int) -> int:
    return int(text) if _NUMBER.match(text) else otherwise


def _percent(text: str, findings: list[str]) -> int:
    found = _number(text or "0", -1)
    if 0 <= found <= 100:
        return found
    findings.append(_("Its percentage is not between 0 and 100: %(text)s") % {"text": text[:20]})
    return 0


def _cost(text: str) -> Decimal:
    try:
        found = Decimal(text or "0")
    except InvalidOperation:
        return Decimal()
    return found if found.is_finite() else Decimal()


def _links(element: Element, findings: list[str]) -> Iterator[Link]:
    for link in element.findall(f"{SPACE}PredecessorLink"):
        needs = _number(_text(link, "PredecessorUID"), -1)
        if _text(link, "CrossProject") == "1" or needs < 0:
            findings.append(_("It needs a task of another file, which is left out."))
            continue
        if _text(link, "Type") not in ("", FINISH_TO_START):
            findings.append(
                _("It needs the start of another task; here only a finish can be needed, so it is left out.")
            )
            continue
        tenths = _number(_text(link, "LinkLag") or "0", 0)
        is_elapsed = _text(link, "LagFormat") in ELAPSED_DAYS
        yield Link(needs, round(tenths / TENTHS_OF_DAY[is_elapsed]))
