"""Differences between two contents of a case in words: where, what stood there, what stands there now."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from portfolio.business_cases.answers import said
from portfolio.business_cases.content_registry import LineTable, table_named
from portfolio.business_cases.differences import ATTACHMENTS, HEAD, Change
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.strategy.queries import ACTION_LINE


class ChangeKind(Enum):
    """Whether a text or line was added, taken away, or changed."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ShownChange:
    """`place`: section, table with the line's number, field, in words. `before`, `after`: as read, "" for nothing."""

    place: str
    before: str
    after: str
    kind: ChangeKind


HEAD_WORDS = {
    "title": N_("Title"),
    "kind": N_("Kind of case"),
    "priority": N_("Priority in the institution"),
    "unit": N_("Unit"),
    "currency": N_("Currency"),
    "language": N_("Language"),
    "institution": N_("Institution"),
    "call": N_("Call"),
}
NOT_SHOWN = frozenset({"case_version"})
"""Counts versions: it says nothing that the difference itself does not."""


def described(pack: CountryPack, currency: str, changes: Iterable[Change]) -> list[ShownChange]:
    """In the order given. Columns without words (keys, and what follows from others) are left out."""
    shown: list[ShownChange] = []
    for change in changes:
        if change.section == HEAD:
            shown += _of_head(pack, change)
        elif change.section == ATTACHMENTS:
            shown += _of_file(change)
        elif change.table:
            shown += _of_line(pack, currency, change)
        else:
            shown.append(_of_answer(pack, currency, change))
    return shown


def _change(place: list[str], before: str, after: str) -> ShownChange:
    kind = ChangeKind.CHANGED if before and after else ChangeKind.ADDED if after else ChangeKind.REMOVED
    return ShownChange(" · ".join(place), before, after, kind)


def _of_head(pack: CountryPack, change: Change) -> list[ShownChange]:
    if change.field in NOT_SHOWN:
        return []
    words = _(HEAD_WORDS[change.field]) if change.field in HEAD_WORDS else change.field

    def read(value: Any) -> str:
        if change.field == "kind" and value in pack.kinds:
            return str(pack.kinds[value].label)
        return "" if value is None else str(value)

    return [_change([words], read(change.before), read(change.after))]


def _of_answer(pack: CountryPack, currency: str, change: Change) -> ShownChange:
    section = pack.section(change.section)
    question = section.questions.get(change.field)
    if question is None:  # of the call, or of an older pack
        words = _("Action line that it serves most") if change.field == ACTION_LINE else change.field
        return _change([str(section.label), words], change.before or "", change.after or "")
    before, after = (said(question, value or "", currency) for value in (change.before, change.after))
    return _change([str(section.label), str(question.label)], before, after)


def _of_file(change: Change) -> list[ShownChange]:
    if change.field not in ("", "title", "name"):
        return []

    def read(value: Any) -> str:
        return "" if value is None else str(value["title"] or value["name"] if isinstance(value, dict) else value)

    return [_change([_("Files of the case")], read(change.before), read(change.after))]


def _of_line(pack: CountryPack, currency: str, change: Change) -> list[ShownChange]:
    table = table_named(change.section, change.table)
    if table is None:
        return []
    place = [
        str(pack.section(change.section).label),
        f"{_(table.title) if table.title else table.name}, {_('line %(n)s') % {'n': change.position}}",
    ]
    if not change.field:
        return [
            _change(place, _whole(pack, currency, table, change.before), _whole(pack, currency, table, change.after))
        ]
    if change.field not in table.columns:
        return []
    before, after = (
        "" if value is None else table.show(pack, currency, change.field, value)
        for value in (change.before, change.after)
    )
    return [_change([*place, _(table.columns[change.field])], before, after)]


def _whole(pack: CountryPack, currency: str, table: LineTable, line: Any) -> str:
    """A line that came or went: its filled columns, one below the other."""
    if line is None:
        return ""
    texts = {name: table.show(pack, currency, name, line[name]) for name in table.columns if line.get(name) is not None}
    return "\n".join(f"{_(table.columns[name])}: {text}" for name, text in texts.items() if text) or _("an empty line")
