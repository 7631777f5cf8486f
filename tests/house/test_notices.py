"""Every notice that any room owes has words, and those words ask only for what the room gives."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from portfolio.notifications.words import KINDS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "portfolio"
OWN = {"subject_id", "path", "once_key", "by_mail"}


@dataclass(frozen=True)
class Owed:
    """One call of `owe`: its kind, or nothing when it is computed; its params, or nothing when they are."""

    place: str
    kind: str | None
    params: frozenset[str] | None


def calls() -> list[Owed]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "owe":
                kind = node.args[1] if len(node.args) > 1 else None
                names = [keyword.arg for keyword in node.keywords]
                found.append(
                    Owed(
                        f"{path.relative_to(SOURCE)}:{node.lineno}",
                        kind.value if isinstance(kind, ast.Constant) else None,
                        None if None in names else frozenset(str(name) for name in names) - OWN,
                    )
                )
    return found


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


CALLS = calls()


def test_some_room_owes_something() -> None:
    assert CALLS


@pytest.mark.parametrize("owed", [c for c in CALLS if c.kind is not None], ids=lambda owed: f"{owed.place}")
def test_a_kind_that_is_owed_has_words_and_all_that_they_ask_for(owed: Owed) -> None:
    assert owed.kind in KINDS, f"{owed.place}: notifications/words.py lacks {owed.kind!r}"
    subject, body = KINDS[owed.kind]
    if owed.params is not None:
        assert placeholders(subject + body) <= owed.params, f"{owed.place}: {owed.kind} needs more params"


@pytest.mark.parametrize("kind", KINDS)
def test_words_hold_nothing_but_named_placeholders(kind: str) -> None:
    for text in KINDS[kind]:
        bare = re.sub(r"%\(\w+\)s|%%", "", text)
        assert "%" not in bare, f"{kind}: {text}"
        assert text.strip() == text
