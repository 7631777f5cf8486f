"""A proof that an event is in a signed checkpoint: made by the command and the page, checked with the public key alone."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from accounts import an_account
from factories import an_institution
from portfolio.audit.checkpoints import write_checkpoints
from portfolio.audit.models import AuditEvent
from portfolio.audit.proofs import ProofFails, check_proof
from portfolio.audit.signing_keys import public_keys
from portfolio.audit.terms import Chain
from portfolio.cli import main
from portfolio.db.engine import Database
from portfolio.people.terms import Role
from portfolio.settings import Settings
from visitors import Visitors


@pytest.fixture
def var(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    url = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", url.replace("postgresql+psycopg://", "postgresql://"))
    monkeypatch.setenv("PORTFOLIO_VAR_DIR", str(tmp_path / "var"))
    for number in range(5):
        with database.writing() as session:
            an_institution(session, f"Ministry {number}")
    return tmp_path


def events(database: Database) -> list[AuditEvent]:
    with database.reading() as session:
        return list(
            session.scalars(
                select(AuditEvent).where(col(AuditEvent.chain) == Chain.DECISION).order_by(col(AuditEvent.seq))
            )
        )


def test_from_the_command_to_another_computer(
    var: Path, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    third = events(database)[2]
    assert main(["audit", "proof", str(third.id)]) == 1, "no checkpoint yet"
    assert "run portfolio audit checkpoint" in capsys.readouterr().err
    assert main(["audit", "checkpoint"]) == 0
    with database.writing() as session:
        an_institution(session, "A later one")
    assert main(["audit", "proof", str(third.id), "--out", str(var / "proof.json")]) == 0
    capsys.readouterr()
    assert main(["audit", "keys"]) == 0
    (var / "keys.json").write_text(capsys.readouterr().out)
    monkeypatch.setenv("PORTFOLIO_VAR_DIR", str(var / "another computer"))
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    check = ["audit", "proof", "--verify", str(var / "proof.json")]
    assert main([*check, "--keys", str(var / "keys.json")]) == 0
    said = capsys.readouterr().out
    assert "proven: institution.added" in said
    assert (
        f"event 3 of chain decision of {json.loads((var / 'proof.json').read_text())['checkpoint'].split('/')[1]}"
        in said
    )
    assert main(check) == 1, "without a key nothing is proven"
    assert "none of the keys" in capsys.readouterr().err


def test_whatever_is_altered_proves_nothing(var: Path, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "checkpoint"]) == 0
    second, third = events(database)[1:3]
    capsys.readouterr()
    assert main(["audit", "proof", str(second.id)]) == 0
    good = json.loads(capsys.readouterr().out)
    assert main(["audit", "proof", str(third.id)]) == 0
    other = json.loads(capsys.readouterr().out)
    keys = public_keys(var / "var/keys")
    assert check_proof(json.dumps(good), keys).seq == 2
    planted = [
        {**good, "event": {**good["event"], "canon": good["event"]["canon"].replace("added", "added ")}},
        {**good, "event": {**good["event"], "prev": "0" * 64}},
        {**good, "event": other["event"]},
        {**good, "path": other["path"]},
        {**good, "path": []},
        {**good, "checkpoint": good["checkpoint"].replace("\n5\n", "\n6\n")},
        {**good, "checkpoint": "nothing"},
        {**good, "format": "portfolio proof 9"},
        {"format": good["format"]},
        [],
    ]
    for number, bad in enumerate(planted):
        with pytest.raises(ProofFails):
            pytest.fail(f"{number}: {check_proof(json.dumps(bad), keys)}")


def test_the_auditor_takes_it_from_the_page(visitors: Visitors, database: Database, settings: Settings) -> None:
    with database.writing() as session:
        office = an_institution(session, "Contraloría")
    auditor, lead = an_account(database, (Role.AUDITOR, office)), an_account(database, (Role.CASE_LEAD, office))
    first = events(database)[0]
    path = f"/audit/events/{first.id}/proof"
    assert visitors.of(lead.person_id).get(path).status == 403
    visitor = visitors.of(auditor.person_id)
    assert path in visitor.get("/audit?chain=decision").text
    assert visitor.get(path).status == 409, "no checkpoint covers it yet"
    write_checkpoints(database, settings.checkpoints_dir, settings.keys_dir)
    answer = visitor.raw(path)
    assert "attachment" in answer.headers["content-disposition"]
    assert check_proof(answer.text, public_keys(settings.keys_dir)).hash == first.hash
    assert visitor.get("/audit/events/0199a000-0000-7000-8000-000000000000/proof").status == 404
