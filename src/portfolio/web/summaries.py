"""The summary of errors names each field: "Amount: enter a number", in the words that the page itself shows beside it.

`error_summary` stands above the fields and knows only their ids, so it leaves a mark in each entry; once the page is whole, the
mark becomes the field's label. Where a label stands more than once on a page (rows, groups), what the row or group is called
goes before it: "Organization · Reason: …".
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markupsafe import escape

MARK = re.compile(r"<!--label of ([^>]*?)-->(.*?)</a>", re.DOTALL)
LONGEST = 110
"""Characters of a label that an entry repeats; a question may be longer than that."""

_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_FIELDS = frozenset({"input", "select", "textarea"})
_GROUPS = frozenset({"fieldset", "section", "details", "tr", "article"})
_NAMES = frozenset({"legend", "summary", "h2", "h3", "h4"})
_ASIDE = frozenset({"app-optional", "app-table__sub", "app-muted", "app-small", "govuk-hint", "app-field-state"})
"""Classes of what stands in a label or heading and is not its name."""


def named(page: str) -> str:
    """The page with every mark of `error_summary` replaced by its field's label; any other page as it was."""
    if not MARK.search(page):
        return page
    reader = _Reader(page)

    def entry(found: re.Match[str]) -> str:
        label, message = reader.label(found[1]), found[2]
        if not label or _starts_with(message, str(escape(label))):
            return f"{message}</a>"
        return f'<span class="app-summary-label">{escape(label)}{"" if label[-1] in "?:" else ":"}</span> {message}</a>'

    return MARK.sub(entry, page)


def _starts_with(message: str, label: str) -> bool:
    return message.strip().casefold().startswith(label.casefold().rstrip(":"))


@dataclass(slots=True, eq=False)
class _Group:
    """An element whose heading names what it holds."""

    parent: "_Group | None"
    is_fieldset: bool = False
    labelled_by: str = ""
    name: str = ""


@dataclass(slots=True)
class _Field:
    """An element with an id that a summary may point to."""

    group: _Group | None
    tag: str
    kind: str
    name: str
    label: str
    labelled_by: str


@dataclass(slots=True)
class _Open:
    tag: str
    group: _Group | None
    text: list[str] | None = None
    names: _Group | None = None
    label_for: str = ""
    id: str = ""
    is_aside: bool = False


@dataclass(slots=True)
class _Found:
    fields: dict[str, _Field] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Reads a page once: which label, row and group each field has."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found = _Found()
        self._stack: list[_Open] = []
        self._referred = {name for found in re.findall(r'aria-labelledby="([^"]*)"', page) for name in found.split()}
        self.feed(page)
        self.close()
        members = Counter(one.name for one in self.found.fields.values() if one.kind == "checkbox")
        self._several = {name for name, count in members.items() if count > 1}
        fields = {(self._own(id)[0], one.name or id) for id, one in self.found.fields.items() if one.tag in _FIELDS}
        self._times = Counter(own for own, _name in fields)

    def label(self, id: str) -> str:
        """What the page calls the field with that id, its group before it where the label alone is not enough."""
        own, group = self._own(id)
        if own and self._times[own] > 1:
            while group is not None and (not self._name(group) or self._name(group) == own):
                group = group.parent
            if group is not None:
                return f"{_short(self._name(group))} · {_short(own)}"
        return _short(own)

    def _own(self, id: str) -> tuple[str, _Group | None]:
        one = self.found.fields.get(id)
        if one is None:
            return "", None
        if one.tag not in _FIELDS:
            return (self._name(one.group) if one.group else "", None)
        if one.kind == "radio" or (one.kind == "checkbox" and one.name in self._several):
            group = one.group
            while group is not None and not group.is_fieldset:
                group = group.parent
            if group is not None:
                return self._name(group), group.parent
        return one.label or self._texts(one.labelled_by) or self.found.labels.get(id, ""), one.group

    def _name(self, group: _Group) -> str:
        return group.name or self._texts(group.labelled_by)

    def _texts(self, ids: str) -> str:
        return " ".join(filter(None, (self.found.texts.get(id, "") for id in ids.split())))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        group = self._stack[-1].group if self._stack else None
        id, label, labelled_by = given.get("id", ""), given.get("aria-label", ""), given.get("aria-labelledby", "")
        if tag in _GROUPS or given.get("role") == "group":
            group = _Group(group, tag == "fieldset", labelled_by, label)
        if id:
            kind = given.get("type", "")
            self.found.fields[id] = _Field(group, tag, kind, given.get("name", ""), label, labelled_by)
        if tag in _VOID:
            return
        opened = _Open(tag, group, is_aside=not _ASIDE.isdisjoint(given.get("class", "").split()))
        if tag in _NAMES or (tag == "th" and given.get("scope") == "row"):
            opened.names = group
        opened.label_for = given.get("for", "") if tag == "label" else ""
        opened.id = id if id in self._referred else ""
        if opened.names or opened.label_for or opened.id:
            opened.text = []
        self._stack.append(opened)

    def handle_data(self, data: str) -> None:
        for one in reversed(self._stack):
            if one.text is not None:
                one.text.append(data)
            if one.is_aside:
                return

    def handle_endtag(self, tag: str) -> None:
        while self._stack:
            closed = self._stack.pop()
            if closed.text is not None:
                self._keep(closed, " ".join("".join(closed.text).split()))
            if closed.tag == tag:
                return

    def _keep(self, closed: _Open, text: str) -> None:
        if closed.names is not None and not closed.names.name and not closed.names.labelled_by:
            closed.names.name = text
        if closed.label_for:
            self.found.labels.setdefault(closed.label_for, text)
        if closed.id:
            self.found.texts[closed.id] = text


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
