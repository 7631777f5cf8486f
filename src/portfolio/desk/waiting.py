"""What waits for a person: one line for each thing to do, from every room that has some, grouped by the act."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from litestar.exceptions import NoRouteMatchFoundException
from sqlalchemy.orm import Session

from portfolio.desk.next_step import days_left
from portfolio.i18n import gettext
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import short_day

MOST_SHOWN = 100
"""Lines of one group; the rest is behind its batch page or the portfolio's filter."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do. `group` is the code of a registered group; `route` takes `params`, its address `query`."""

    group: str
    title: str
    route: str
    params: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    institution: str = ""
    since: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """An act: its place on the page, its words marked with `N_`, and the route where many are done at once."""

    place: int
    words: str
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, by which rules, and when."""

    session: Session
    viewer: Viewer
    pack: CountryPack
    now: datetime


Provider = Callable[[Asking], Iterable[Waiting]]
"""Must start from what the viewer may find (`visible_to` of the viewer narrowed to the act's permission)."""

_groups: dict[str, Group] = {}
_providers: list[Provider] = []


def register_waiting(code: str, group: Group, provider: Provider | None = None) -> None:
    """A room adds a group and, unless another provider fills it, who finds its lines."""
    _groups[code] = group
    if provider is not None and provider not in _providers:
        _providers.append(provider)


@dataclass(frozen=True, slots=True)
class ShownWaiting:
    """A line as shown."""

    title: str
    href: str
    number: str
    institution: str
    since: str
    due: str
    left: str
    tone: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group as shown: what is due first comes first; `more` counts the lines that are not shown."""

    code: str
    title: str
    rows: Sequence[ShownWaiting]
    count: int
    more: int
    batch: str


FAR = datetime.max.replace(tzinfo=UTC)


def waiting_for(asking: Asking, url_for: Callable[..., str]) -> list[ShownGroup]:
    """Every group with something in it: those with something overdue first, the longest overdue on top; then each in its place.

    `asking.viewer` is the whole viewer.
    """
    lines: dict[str, list[Waiting]] = {}
    for provider in _providers:
        for line in provider(asking):
            lines.setdefault(line.group, []).append(line)
    shown = []
    for code, group in sorted(
        _groups.items(), key=lambda item: _first_overdue(asking, item[1], lines.get(item[0], ()))
    ):
        found = sorted(lines.get(code, ()), key=_first_due)
        rows = [row for line in found[:MOST_SHOWN] if (row := _shown(asking, line, url_for)) is not None]
        if rows:
            batch = _address(url_for, group.batch, {}) if group.batch and len(rows) > 1 else ""
            more = max(len(found) - MOST_SHOWN, 0)
            shown.append(ShownGroup(code, gettext(group.words), rows, len(rows) + more, more, batch))
    return shown


def _first_overdue(asking: Asking, group: Group, lines: Iterable[Waiting]) -> tuple[datetime, int]:
    """A group's place among the others: by its longest overdue line, if it has one."""
    overdue = [line.due for line in lines if line.due is not None and line.due < asking.now]
    return min(overdue, default=FAR), group.place


def _first_due(line: Waiting) -> tuple[datetime, datetime, str]:
    return line.due or FAR, line.since or FAR, line.title


def _shown(asking: Asking, line: Waiting, url_for: Callable[..., str]) -> ShownWaiting | None:
    href = _address(url_for, line.route, line.params)
    if not href:
        return None
    if line.query:
        href += f"?{urlencode(line.query)}"
    left, tone = days_left(asking.pack, line.due, asking.now)
    return ShownWaiting(
        title=line.title,
        href=href,
        number=line.number,
        institution=line.institution,
        since=_day(asking, line.since),
        due=_day(asking, line.due),
        left=left,
        tone=tone,
    )


def _day(asking: Asking, at: datetime | None) -> str:
    return "" if at is None else short_day(at.astimezone(asking.pack.zone).date())


def _address(url_for: Callable[..., str], route: str, params: Mapping[str, Any]) -> str:
    """Nothing for a page that this installation does not serve."""
    try:
        return url_for(route, **params)
    except NoRouteMatchFoundException:
        return ""


def case_params(case_id: uuid.UUID) -> dict[str, uuid.UUID]:
    return {"case_id": case_id}
