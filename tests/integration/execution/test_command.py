"""`portfolio import execution`: what it records, prints and returns; as the system, and idempotent."""

import pytest
from sqlalchemy import select

from decision_stage import NOW
from life_stage import a_scene
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.cli import main
from portfolio.db.engine import open_database
from portfolio.db.memo import row_of
from portfolio.db.migrate import upgrade
from portfolio.execution.models import ExecutionDifference, ExecutionEntry
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """A project with a code in a database of its own, as the command finds it; closed when it is made."""
    url = f"sqlite:///{tmp_path / 'p.db'}"
    monkeypatch.setenv("PORTFOLIO_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", url)
    database = open_database(url)
    upgrade(database)
    with database.writing() as session:
        session.info["now"] = NOW
        found = a_scene(session)
        found.number = row_of(session, Initiative, found.project.initiative_id).reference
    database.engine.dispose()
    found.url, found.file = url, tmp_path / "siga.csv"
    return found


def run(capsys, *words):
    code = main(["import", "execution", *(str(word) for word in words)])
    return code, capsys.readouterr()


def test_a_file_is_recorded_once_its_doubts_wait_and_its_wrong_rows_are_told(scene, capsys):
    scene.file.write_text(
        f"proyecto,mes,pagado\n{scene.number},2026-07,100.50\nPF-2026-999999,2026-07,7\n{scene.number},2026-08,much\n"
    )
    words = (scene.file, "--as-at", "2026-08-31")
    code, said = run(capsys, *words)
    assert code == 3
    assert said.out == "read 3\nrecorded 1\ncorrected 0\nunchanged 0\ndifferences 1\nrejected 1\n"
    assert "row 4, Paid" in said.err
    code, said = run(capsys, *words)
    assert code == 3
    assert "recorded 0\ncorrected 0\nunchanged 2\n" in said.out
    database = open_database(scene.url)
    with database.reading() as session:
        assert [row.amount_minor for row in session.scalars(select(ExecutionEntry))] == [10_050]
        assert len(session.scalars(select(ExecutionDifference)).all()) == 1
        tags = session.scalars(select(AuditEvent).where(AuditEvent.action == Tag.EXECUTION_RECORDED.value)).all()
        assert [event.actor_id for event in tags] == [SYSTEM.person_id]
    database.engine.dispose()


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), ("proyecto,pagado\nx,1\n", "lacks a column"), ("", "empty")]
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line_of_words(scene, capsys, content, reason):
    if content is not None:
        scene.file.write_text(content)
    code, said = run(capsys, scene.file, "--as-at", "2026-08-31")
    assert code == 1
    assert reason in said.err
    assert "Traceback" not in said.err
