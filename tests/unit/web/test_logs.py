"""What the process writes about itself: canaries of what must never be written, and what must always be there."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from portfolio.web import trace
from portfolio.web.logs import JsonLines, redacted

TOKEN = "Zk3-aQ9_7cVbN2mXpL0wErTyUiOpAsDfGhJkLqWeRtY"


@pytest.fixture
def lines() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream, logger = io.StringIO(), logging.getLogger("portfolio.test")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (f"GET /choose-password/{TOKEN} failed", "GET /choose-password/… failed"),
        ("GET /people?text=Ana+Souza failed", "GET /people?… failed"),
        ("no account for ana.souza@salud.example here", "no account for …@… here"),
        (f"cookie {TOKEN}", "cookie …"),
        ("case 01890a5d-ac96-774b-bcce-b302099a8057 moved", "case 01890a5d-ac96-774b-bcce-b302099a8057 moved"),
    ],
)
def test_a_message_keeps_what_helps_and_nothing_of_anybody(said: str, written: str) -> None:
    assert redacted(said) == written


def test_an_error_is_told_by_kind_and_place_never_by_its_words(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = lines
    try:
        try:
            int("the secret that somebody typed")
        except ValueError as error:
            raise RuntimeError("ana@salud.example typed it") from error
    except RuntimeError:
        logger.exception("failed")
    line: dict[str, Any] = json.loads(stream.getvalue())
    assert line["error"] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert line["frames"][-1].endswith("never_by_its_words")
    assert "secret" not in stream.getvalue()
    assert "ana@" not in stream.getvalue()


def test_a_line_names_the_request_and_the_node(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = lines
    found = trace.begin("", trusted=False)
    logger.warning("slow")
    line = json.loads(stream.getvalue())
    assert (line["request"], line["node"], line["level"]) == (found, trace.NODE, "warning")
    assert stream.getvalue().count("\n") == 1, "one line, whatever the message"


@pytest.mark.parametrize(
    ("given", "trusted", "kept"),
    [
        ("a1b2c3d4-e5", True, True),
        ("a1b2c3d4-e5", False, False),
        ("short", True, False),
        ("two words and\nanother line", True, False),
        ("x" * 65, True, False),
    ],
)
def test_only_the_trusted_proxy_gives_an_id(given: str, trusted: bool, kept: bool) -> None:
    assert (trace.begin(given, trusted=trusted) == given) is kept
