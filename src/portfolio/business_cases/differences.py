"""What changed between two contents of a case, field by field; pure, so that any two snapshots can be compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEAD = "case"
ATTACHMENTS = "attachments"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs.

    `section`: a section's code, or `case` for the head. `table`: a structured table, `attachments`, or nothing for an
    answer. `line`: id of the line, `position` its place from 1 (in the newer content, or in the older for a removed one).
    `field`: question or column; nothing when a whole line came or went. `before`, `after`: plain values, None for nothing.
    """

    section: str
    field: str
    before: Any
    after: Any
    table: str = ""
    line: str = ""
    position: int = 0

    @property
    def is_new_line(self) -> bool:
        return bool(self.table) and self.before is None and not self.field

    @property
    def is_removed_line(self) -> bool:
        return bool(self.table) and self.after is None and not self.field


def difference(older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[Change]:
    """Changes in the order of the newer form: head, sections with answers before tables, attachments.

    Empty exactly when nothing in them differs but the order of lines or a name of an institution.
    """
    changes = list(_fields(HEAD, _flat_head(older), _flat_head(newer)))
    old_sections, new_sections = older["sections"], newer["sections"]
    for code in [*new_sections, *(code for code in old_sections if code not in new_sections)]:
        before, after = old_sections.get(code, {}), new_sections.get(code, {})
        changes += _fields(code, before.get("answers", {}), after.get("answers", {}))
        old_tables, new_tables = before.get("lines", {}), after.get("lines", {})
        for name in [*new_tables, *(name for name in old_tables if name not in new_tables)]:
            changes += _lines(code, name, old_tables.get(name, []), new_tables.get(name, []))
    changes += _lines(ATTACHMENTS, ATTACHMENTS, older.get(ATTACHMENTS, []), newer.get(ATTACHMENTS, []))
    return changes


def _flat_head(content: Mapping[str, Any]) -> dict[str, Any]:
    """The head with bodies by id: a renamed institution is not a change of the case."""
    return {name: value["id"] if isinstance(value, Mapping) else value for name, value in content["case"].items()}


def _fields(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in [*after, *(name for name in before if name not in after)]:
        if before.get(name) != after.get(name):
            yield Change(section, name, before.get(name), after.get(name))


def _lines(
    section: str, table: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    old = {line["id"]: (place, line) for place, line in enumerate(before, start=1)}
    new = {line["id"] for line in after}
    for place, line in enumerate(after, start=1):
        if line["id"] not in old:
            yield Change(section, "", None, dict(line), table, line["id"], place)
            continue
        for found in _fields(section, old[line["id"]][1], line):
            yield Change(section, found.field, found.before, found.after, table, line["id"], place)
    for place, line in enumerate(before, start=1):
        if line["id"] not in new:
            yield Change(section, "", dict(line), None, table, line["id"], place)
