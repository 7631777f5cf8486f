"""Reading YAML safely: every scalar stays a string, and every value remembers the file and line it was written on.

No tags, aliases, duplicate keys or empty values: what a person wrote is what is read (`NO` is a country, not false).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

_loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Value = str | list["Value"] | dict[str, "Value"]
Place = tuple[str | int, ...]
"""Where a value stands in a file: keys and positions from the top, `("tracks", "full", "sign_offs")`."""

MAX_BYTES = 2_000_000
MAX_DEPTH = 40


@dataclass(frozen=True)
class Mark:
    """File and line (from 1) of a value; for a value of a mapping, of its key."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file."""

    mark: Mark
    reason: str

    def __str__(self) -> str:
        return f"{self.mark}: {self.reason}"


@dataclass
class Marked:
    """A tree of strings, lists and mappings, with the mark of each place and the problems met while reading."""

    value: Value
    marks: dict[Place, Mark]
    problems: list[Problem] = field(default_factory=list)

    def mark(self, place: Place) -> Mark:
        """The mark of a place, or of the nearest enclosing place that was written."""
        for length in range(len(place), -1, -1):
            found = self.marks.get(place[:length])
            if found is not None:
                return found
        return Mark("?", 1)

    def own_mark(self, place: Place) -> Mark:
        """The mark of the nearest enclosing place that the uppermost file itself wrote, below its top; else `mark`.

        Whoever overrides one field of what a base file says is told the line of their own file.
        """
        own = self.mark(()).file
        for length in range(len(place), 0, -1):
            found = self.marks.get(place[:length])
            if found is not None and found.file == own:
                return found
        return self.mark(place)


def read_marked(path: Path, shown: str) -> Marked:
    """Read one file; `shown` is how messages name it. Unreadable files and broken YAML come back as problems."""
    top = Mark(shown, 1)
    try:
        raw = path.read_bytes()
    except OSError as error:
        return Marked({}, {(): top}, [Problem(top, f"cannot be read: {error.strerror or error}")])
    if len(raw) > MAX_BYTES:
        return Marked({}, {(): top}, [Problem(top, f"is larger than {MAX_BYTES} bytes")])
    return parse_marked(raw, shown)


def parse_marked(raw: bytes | str, shown: str) -> Marked:
    """Read YAML text; see `read_marked`."""
    top = Mark(shown, 1)
    reader = _Reader(shown)
    try:
        root = yaml.compose(raw, Loader=_loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Marked(
            {}, {(): top}, [Problem(Mark(shown, line), f"is not valid YAML: {error.problem or error.context}")]
        )
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        return Marked({}, {(): top}, [Problem(top, f"is not valid YAML: {str(error).splitlines()[0]}")])
    if not isinstance(root, yaml.MappingNode):
        return Marked({}, {(): top}, [Problem(top, "must be a mapping of names to values")])
    reader.marks[()] = top
    value = reader.read(root, ())
    return Marked(value, reader.marks, reader.problems)


class _Reader:
    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.marks: dict[Place, Mark] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def read(self, node: yaml.Node, place: Place) -> Value:
        if id(node) in self._seen or len(place) > MAX_DEPTH:
            self._refuse(node, "aliases and very deep nesting are not allowed: write the value out")
            return ""
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, place)
        if node.value == "" and not getattr(node, "style", None):
            self._refuse(node, f"{_named(place)} has no value")
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Value]:
        result: dict[str, Value] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, "a name must be plain text")
                continue
            key = str(key_node.value)
            if key in result:
                first = self.marks[(*place, key)].line
                self._refuse(key_node, f"{_named((*place, key))} is written twice (first on line {first})")
                continue
            self.marks[(*place, key)] = Mark(self.shown, key_node.start_mark.line + 1)
            result[key] = self.read(value_node, (*place, key))
        return result

    def _sequence(self, node: yaml.SequenceNode, place: Place) -> list[Value]:
        result: list[Value] = []
        for position, item in enumerate(node.value):
            self.marks[(*place, position)] = Mark(self.shown, item.start_mark.line + 1)
            result.append(self.read(item, (*place, position)))
        return result

    def _refuse(self, node: yaml.Node, reason: str) -> None:
        self.problems.append(Problem(Mark(self.shown, node.start_mark.line + 1), reason))


def _named(place: Place) -> str:
    return ".".join(str(part) for part in place) or "the file"


def overlay(under: Marked, over: Marked) -> Marked:
    """Lay one tree on another: mappings are joined key by key, anything else is replaced; marks follow the values."""
    marks = dict(under.marks)
    value = _joined(under.value, over.value, (), marks, over.marks)
    return Marked(value, marks, [*under.problems, *over.problems])


def _joined(
    under: Value, over: Value, place: Place, marks: dict[Place, Mark], over_marks: Mapping[Place, Mark]
) -> Value:
    if place in over_marks:
        marks[place] = over_marks[place]
    if isinstance(under, dict) and isinstance(over, dict):
        result = dict(under)
        for key, value in over.items():
            inner = (*place, key)
            if key in under:
                result[key] = _joined(under[key], value, inner, marks, over_marks)
            else:
                result[key] = value
                _copy_marks(value, inner, marks, over_marks)
        return result
    for old in _places(under, place):
        marks.pop(old, None)
    _copy_marks(over, place, marks, over_marks)
    return over


def _places(value: Value, place: Place) -> Iterator[Place]:
    yield place
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(inner, (*place, key))


def _copy_marks(value: Value, place: Place, marks: dict[Place, Mark], source: Mapping[Place, Mark]) -> None:
    marks.update({inner: source[inner] for inner in _places(value, place) if inner in source})


def name_entries(tree: Marked, pattern: tuple[str, ...]) -> None:
    """Give every entry of a mapping its own key as `code`, so that files need not repeat it; `*` stands for any key.

    An entry that writes another `code` than its key is a problem.
    """
    for place, mapping in _matching(tree.value, pattern, ()):
        for key, entry in mapping.items():
            if isinstance(entry, dict):
                if entry.setdefault("code", key) != key:
                    tree.problems.append(
                        Problem(tree.mark((*place, key, "code")), f"{key} calls itself {entry['code']}")
                    )
                tree.marks.setdefault((*place, key, "code"), tree.mark((*place, key)))


def _matching(value: Value, pattern: tuple[str, ...], place: Place) -> list[tuple[Place, dict[str, Value]]]:
    if not isinstance(value, dict):
        return []
    if not pattern:
        return [(place, value)]
    keys = list(value) if pattern[0] == "*" else [pattern[0]]
    return [found for key in keys if key in value for found in _matching(value[key], pattern[1:], (*place, key))]
