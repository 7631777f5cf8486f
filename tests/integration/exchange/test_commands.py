"""`portfolio import projects` and `portfolio export portfolio`: what they print, write and return."""

import json

import pytest

from portfolio.cli import main
from portfolio.db.engine import open_database
from portfolio.db.migrate import upgrade

HEAD = "codigo_bip,nombre,etapa,costo_clp,rate,institucion_formuladora,sector\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTFOLIO_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", f"sqlite:///{tmp_path / 'p.db'}")
    database = open_database(f"sqlite:///{tmp_path / 'p.db'}")
    upgrade(database)
    database.engine.dispose()
    (tmp_path / "fichas.csv").write_text(HEAD + "1-1,Uno,PERFIL,1500,RS,A,\n,Sin clave,,,,,\n")
    return tmp_path


def run(capsys, *words):
    code = main([str(word) for word in words])
    return code, capsys.readouterr()


def test_a_dry_run_writes_nothing_the_run_does_and_a_second_changes_nothing(folder, capsys):
    file = folder / "fichas.csv"
    words = ("import", "projects", file, "--as-at", "2026-10-31")
    code, said = run(capsys, *words, "--dry-run")
    assert code == 3
    assert "read 2\ncreated 1\nupdated 0\nunchanged 0\nrejected 1\nnothing was written" in said.out
    code, said = run(capsys, *words)
    assert code == 3
    assert "read 2\ncreated 1\nupdated 0\nunchanged 0\nrejected 1\n" in said.out
    assert "identifies" in (folder / "fichas.rejects.csv").read_text("utf-8-sig")
    assert "1 of 1 rows" in said.err
    _code, said = run(capsys, *words)
    assert "created 0\nupdated 0\nunchanged 1\n" in said.out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("nowhere.csv",), "No such file"),
        (("fichas.csv",), "which date"),
        (("fichas.csv", "--mapping", "gmpp", "--as-at", "2026-10-31"), "missing"),
        (("fichas.csv", "--mapping", "nobody", "--as-at", "2026-10-31"), "There is no mapping nobody"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line_of_words(folder, capsys, words, reason):
    code, said = run(capsys, "import", "projects", folder / words[0], *words[1:])
    assert code == 1
    assert reason in said.err
    assert "Traceback" not in said.err


def test_an_export_stands_beside_its_card(folder, capsys):
    run(capsys, "import", "projects", folder / "fichas.csv", "--as-at", "2026-10-31")
    out = folder / "cartera.json"
    code, said = run(capsys, "export", "portfolio", "--format", "json", "--out", out)
    assert code == 0
    assert "rows 1\n" in said.out
    card = json.loads((folder / "cartera.json.meta.json").read_text())
    assert card["rows"] == 1
    assert json.loads(out.read_text())["projects"][0]["requested"] == "1500"
    code, said = run(capsys, "export", "portfolio", "--format", "csv", "--out", folder / "no" / "x.csv")
    assert code == 1
    assert "No such file" in said.err
