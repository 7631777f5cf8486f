"""YAML as plain data with line marks: only mappings, lists and text, no tags, no aliases, no types guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from portfolio.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Marked:
    """`data` has dicts, lists and strings only (`no` and `2012-08-31` stay text); `lines` gives the line of a path."""

    name: str
    data: Any
    lines: dict[tuple[str | int, ...], int]

    def line(self, path: Sequence[str | int]) -> int:
        """Line of the deepest part of a path that stands in the file."""
        for length in range(len(path), 0, -1):
            if tuple(path[:length]) in self.lines:
                return self.lines[tuple(path[:length])]
        return 1

    def error(self, path: Sequence[str | int], reason: str) -> ConfigurationError:
        where = ".".join(str(part) for part in path) + ": " if path else ""
        return ConfigurationError(f"{self.name}, line {self.line(path)}: {where}{reason}")


def read_marked(text: str, name: str) -> Marked:
    """Raises `ConfigurationError` with file, line and reason for anything but plain data without repeated keys."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{name}, line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{name}: {error}") from error
    if root is None:
        raise ConfigurationError(f"{name}, line 1: the file is empty")
    lines: dict[tuple[str | int, ...], int] = {}
    seen: set[int] = set()
    return Marked(name, _plain(root, (), lines, seen, name), lines)


def _plain(
    node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], seen: set[int], name: str
) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if id(node) in seen:
        raise ConfigurationError(f"{name}, line {line}: aliases are not used here")
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, at), lines, seen, name) for at, child in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key, child in node.value:
        key_line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.value in result:
            raise ConfigurationError(f"{name}, line {key_line}: a key must be a word and stand once")
        lines[(*path, key.value)] = key_line
        result[key.value] = _plain(child, (*path, key.value), lines, seen, name)
    return result
