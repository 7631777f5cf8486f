"""`portfolio audit` and `portfolio jobs` as an operator runs them: exit codes, what is printed, and where."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from factories import an_institution
from portfolio.audit.ddl import unprotect
from portfolio.cli import main
from portfolio.db.engine import Database


@pytest.fixture
def var(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of an installation whose database is the test's."""
    url = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", url.replace("postgresql+psycopg://", "postgresql://"))
    monkeypatch.setenv("PORTFOLIO_VAR_DIR", str(tmp_path / "var"))
    with database.writing() as session:
        an_institution(session, "Ministry of Works")
    return tmp_path


def test_a_trail_that_holds_exits_with_nothing_and_its_heads(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "checkpoint"]) == 0
    assert main(["audit", "verify"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "decision 1 " in printed.out
    assert "the trail holds: 1 events, 1 business rows, 1 checkpoints" in printed.out


def test_a_trail_that_does_not_hold_exits_with_one_and_the_first_bad_thing(
    var: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.engine.begin() as connection:
        unprotect(connection)
        connection.execute(text("UPDATE institution SET name = 'Ministry of Favours'"))
    assert main(["audit", "verify", "--json"]) == 1
    printed = capsys.readouterr()
    assert "portfolio: state: institution" in printed.err
    assert json.loads(printed.out)["finding"]["kind"] == "state"
    assert main(["audit", "verify", "--no-state"]) == 0


def test_an_exported_trail_is_verified_elsewhere_with_copies_of_checkpoints_and_keys(
    var: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["audit", "checkpoint"]) == 0
    assert main(["audit", "export", str(var / "trail.jsonl")]) == 0
    capsys.readouterr()
    assert main(["audit", "keys"]) == 0
    (var / "keys.json").write_text(capsys.readouterr().out)
    monkeypatch.setenv("PORTFOLIO_VAR_DIR", str(var / "another computer"))
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    elsewhere = ["audit", "verify", "--from", str(var / "trail.jsonl")]
    assert main([*elsewhere, "--checkpoints", str(var / "var/checkpoints"), "--keys", str(var / "keys.json")]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "1 checkpoints" in printed.out
    assert main(elsewhere) == 0
    assert "a cut tail cannot be told" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "", "not json\n", "[]\n", '{"format": "else"}\n', "\x00\n"])
def test_what_is_no_trail_is_refused_in_one_line(
    var: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    path = var / "trail.jsonl"
    if content is not None:
        path.write_text(content)
    assert main(["audit", "verify", "--from", str(path)]) == 1
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == 1
    assert printed[0].startswith("portfolio: input: ")


def test_bytes_that_are_no_text_are_refused_too(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = var / "trail.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    assert main(["audit", "verify", "--from", str(path)]) == 1
    assert main(["audit", "verify", "--keys", str(path)]) == 2


def test_jobs_are_listed_and_run_by_hand(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "run", "house.purge", "--reason", "A test"]) == 0
    assert "Sessions removed: 0" in capsys.readouterr().out
    assert main(["jobs", "run", "no.such", "--reason", "A test"]) == 1
    assert "no job no.such" in capsys.readouterr().err
    assert main(["jobs", "list"]) == 0
    listed = capsys.readouterr().out
    for name in ("audit.checkpoint", "notices.deliver", "calls.announce", "reviews.remind", "decisions.publish"):
        assert name in listed
    assert "Done Sessions removed: 0" in listed
