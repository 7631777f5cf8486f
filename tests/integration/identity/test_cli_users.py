"""`portfolio users`: an installation from nothing to two administrators, and no third."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.cli import main
from portfolio.db.engine import Database, open_database
from portfolio.db.migrate import upgrade
from portfolio.people.models import Membership, RoleProposal
from portfolio.people.terms import ProposalState, Role


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A fresh installation on SQLite, with the environment of its commands."""
    url = f"sqlite:///{tmp_path / 'portfolio.db'}"
    for name, value in {
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": url,
        "SECRET_KEY": "a secret for tests only, 32 characters",
        "BASE_URL": "https://portfolio.example",
        "SQLITE_SYNCHRONOUS": "NORMAL",
    }.items():
        monkeypatch.setenv(f"PORTFOLIO_{name}", value)
    database = open_database(url, synchronous="NORMAL")
    upgrade(database)
    return database


def first_admin(number: int) -> int:
    named = ["--email", f"a{number}@cabinet.example", "--name", f"Admin {number}"]
    return main(["users", "create", "--first-admin", *named, "--institution", "Cabinet Office"])


def test_the_first_administrators_are_made_exactly_twice(
    installation: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert first_admin(1) == 0
    assert "https://portfolio.example/choose-password/" in capsys.readouterr().out
    assert first_admin(2) == 0
    assert first_admin(3) == 1
    assert "two administrators already" in capsys.readouterr().err
    with installation.reading() as session:
        assert len(session.scalars(select(Membership)).all()) == 2
        canons = session.scalars(
            select(col(AuditEvent.canon))
            .where(col(AuditEvent.action) == Tag.ROLE_GRANTED.value)
            .order_by(AuditEvent.seq)  # type: ignore[arg-type]
        ).all()
    assert ['"first_admin":1' in canons[0], '"first_admin":2' in canons[1]] == [True, True]


def test_a_person_is_registered_with_a_role_that_waits(
    installation: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    first_admin(1)
    arguments = ["users", "create", "--email", "Rosa@cabinet.example", "--name", "Rosa Pardo", "--role", "user_manager"]
    assert main([*arguments, "--institution", "Cabinet Office"]) == 0
    assert main([*arguments, "--institution", "Cabinet Office"]) == 1
    with installation.reading() as session:
        waiting = session.scalars(select(RoleProposal)).one()
    assert (waiting.role, waiting.state, waiting.proposed_by_id) == (Role.USER_MANAGER, ProposalState.PROPOSED, None)
    capsys.readouterr()
    assert main(["users", "list"]) == 0
    assert "Rosa@cabinet.example\tinvited\t\n" in capsys.readouterr().out


def test_roles_are_proposed_and_rules_hold_here_too(installation: Database, capsys: pytest.CaptureFixture[str]) -> None:
    first_admin(1)
    refused = main(["users", "grant", "a1@cabinet.example", "--role", "case_lead", "--institution", "Cabinet Office"])
    assert refused == 1
    assert "held alone" in capsys.readouterr().err
    assert main(["users", "grant", "x@cabinet.example", "--role", "case_lead", "--institution", "Cabinet Office"]) == 1
    assert main(["users", "grant", "a1@cabinet.example", "--role", "case_lead", "--institution", "Nowhere"]) == 1


def test_the_last_administrators_are_not_deactivated(
    installation: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    first_admin(1)
    main(["users", "create", "--email", "r@cabinet.example", "--name", "Rosa Pardo", "--institution", "Cabinet Office"])
    assert main(["users", "deactivate", "a1@cabinet.example", "--reason", "left"]) == 1
    assert main(["users", "deactivate", "nobody@cabinet.example", "--reason", "left"]) == 1
    assert main(["users", "deactivate", "r@cabinet.example", "--reason", "left"]) == 0
    capsys.readouterr()
    main(["users", "list"])
    assert "r@cabinet.example\tdisabled" in capsys.readouterr().out


def test_an_unknown_role_is_a_wrong_call(installation: Database) -> None:
    with pytest.raises(SystemExit) as left:
        main(["users", "grant", "a@cabinet.example", "--role", "king", "--institution", "x"])
    assert left.value.code == 2
