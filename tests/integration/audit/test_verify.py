"""Planted faults: whatever is done to the trail, to a business row or to the checkpoint file is found and named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from factories import a_person, an_institution
from portfolio.audit.canon import GENESIS, chain_hash
from portfolio.audit.checkpoints import CheckpointConflict, write_checkpoints
from portfolio.audit.ddl import unprotect
from portfolio.audit.installation import chain_id_of
from portfolio.audit.signing_keys import KeyPurpose, PublicKey, load_or_make_key, public_keys
from portfolio.audit.sources import DatabaseSource, FileSource, export
from portfolio.audit.terms import Chain, Tag
from portfolio.audit.trail import record
from portfolio.audit.verdict import Kind, Verdict
from portfolio.audit.verify import verify, verify_source
from portfolio.db.engine import Database
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Where checkpoints and keys are kept."""
    return tmp_path / "checkpoints", tmp_path / "keys"


@pytest.fixture
def written(database: Database) -> Database:
    """A trail of six transactions in two chains."""
    for number in range(5):
        with database.writing() as session:
            an_institution(session, f"Ministry {number}")
    with database.writing() as session:
        a_person(session, (Role.CASE_LEAD, an_institution(session, "Registry")))
    return database


def checked(database: Database, folders: tuple[Path, Path]) -> Verdict:
    return verify(database, folders[0], _keys(folders[1]))


def _keys(folder: Path) -> dict[str, PublicKey]:
    return public_keys(folder)


def tamper(database: Database, *statements: str) -> None:
    """As somebody who owns the database would: triggers first."""
    with database.engine.begin() as connection:
        unprotect(connection)
        for statement in statements:
            connection.execute(text(statement))


def test_an_untouched_trail_holds_and_says_where_it_stands(written: Database, folders: tuple[Path, Path]) -> None:
    write_checkpoints(written, *folders)
    verdict = checked(written, folders)
    assert verdict.finding is None
    assert verdict.warnings == []
    assert verdict.heads[Chain.DECISION].size == 6
    assert verdict.heads[Chain.SECURITY].size == 1
    assert (verdict.events, verdict.checkpoints) == (7, 2)
    assert verdict.business_rows == verdict.rows == 8


def test_an_empty_trail_holds(database: Database, folders: tuple[Path, Path]) -> None:
    verdict = checked(database, folders)
    assert verdict.finding is None
    assert verdict.heads[Chain.DATA].hash == GENESIS
    assert "a cut tail cannot be told" in verdict.warnings[0]


def _with_new_hash(connection: Connection, seq: int) -> None:
    row = connection.execute(
        text("SELECT prev, canon FROM audit_event WHERE chain = 'decision' AND seq = :seq"), {"seq": seq}
    ).one()
    connection.execute(
        text("UPDATE audit_event SET hash = :hash WHERE chain = 'decision' AND seq = :seq"),
        {"hash": chain_hash(row.prev, row.canon), "seq": seq},
    )


FAULTS: list[tuple[str, list[str], Kind, int]] = [
    (
        "an edit",
        ["UPDATE audit_event SET canon = replace(canon, 'institution', 'Institution') WHERE seq = 3"],
        Kind.HASH,
        3,
    ),
    (
        "an edit of what is searched",
        ["UPDATE audit_event SET action = 'case.moved' WHERE chain = 'decision' AND seq = 2"],
        Kind.COLUMNS,
        2,
    ),
    (
        "a changed actor",
        ["UPDATE audit_event SET actor_id = object_id WHERE chain = 'decision' AND seq = 2"],
        Kind.COLUMNS,
        2,
    ),
    (
        "a changed instant",
        ["UPDATE audit_event SET at = '2020-01-01 00:00:00.000000+00:00' WHERE chain = 'decision' AND seq = 4"],
        Kind.COLUMNS,
        4,
    ),
    (
        "a case it is not about",
        ["UPDATE audit_event SET about_id = object_id WHERE chain = 'decision' AND seq = 4"],
        Kind.COLUMNS,
        4,
    ),
    ("a deletion", ["DELETE FROM audit_row WHERE seq = 3", "DELETE FROM audit_event WHERE seq = 3"], Kind.GAP, 3),
    ("a deletion that leaves digests", ["DELETE FROM audit_event WHERE chain = 'decision' AND seq = 3"], Kind.ROWS, 3),
    (
        "a deletion closed up",
        [
            "DELETE FROM audit_row WHERE seq = 3 AND chain = 'decision'",
            "DELETE FROM audit_event WHERE seq = 3 AND chain = 'decision'",
            "UPDATE audit_event SET seq = seq - 1 WHERE chain = 'decision' AND seq = 4",
            "UPDATE audit_row SET seq = seq - 1 WHERE chain = 'decision' AND seq = 4",
            "UPDATE audit_event SET seq = seq - 1 WHERE chain = 'decision' AND seq = 5",
            "UPDATE audit_row SET seq = seq - 1 WHERE chain = 'decision' AND seq = 5",
            "UPDATE audit_event SET seq = seq - 1 WHERE chain = 'decision' AND seq = 6",
            "UPDATE audit_row SET seq = seq - 1 WHERE chain = 'decision' AND seq = 6",
        ],
        Kind.PREVIOUS,
        3,
    ),
    (
        "a swap",
        [
            "UPDATE audit_event SET seq = 99 WHERE chain = 'decision' AND seq = 2",
            "UPDATE audit_event SET seq = 2 WHERE chain = 'decision' AND seq = 3",
            "UPDATE audit_event SET seq = 3 WHERE chain = 'decision' AND seq = 99",
        ],
        Kind.PREVIOUS,
        2,
    ),
    ("a head put back", ["UPDATE audit_head SET seq = 5 WHERE chain = 'decision'"], Kind.HEAD, 6),
    ("a head taken away", ["DELETE FROM audit_head WHERE chain = 'decision'"], Kind.HEAD, 6),
    (
        "a digest made to fit",
        [
            (
                "UPDATE audit_row SET digest = CASE substr(digest, 1, 1) WHEN 'f' THEN 'e' ELSE 'f' END "
                "|| substr(digest, 2) WHERE ordinal = 2"
            )
        ],
        Kind.ROWS,
        2,
    ),
    ("a digest taken away", ["DELETE FROM audit_row WHERE ordinal = 2"], Kind.ROWS, 2),
    (
        "a digest planted on the last event",
        [
            (
                "INSERT INTO audit_row (ordinal, chain, seq, table_name, row_id, digest) "
                "VALUES (900, 'decision', 7, 'institution', 'x', NULL)"
            )
        ],
        Kind.ROWS,
        7,
    ),
]


@pytest.mark.parametrize(
    ("statements", "kind", "seq"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_what_is_done_to_the_trail_is_found(
    written: Database, folders: tuple[Path, Path], statements: list[str], kind: Kind, seq: int
) -> None:
    tamper(written, *statements)
    finding = checked(written, folders).finding
    assert finding is not None
    assert (finding.kind, finding.chain, finding.seq) == (kind, Chain.DECISION, seq)


def test_an_edit_with_its_hash_made_to_fit_breaks_the_next_link(written: Database, folders: tuple[Path, Path]) -> None:
    tamper(
        written, "UPDATE audit_event SET canon = replace(canon, 'institution.added', 'institution.addes') WHERE seq = 3"
    )
    with written.engine.begin() as connection:
        _with_new_hash(connection, 3)
    finding = checked(written, folders).finding
    assert finding is not None
    assert finding.seq in (3, 4)
    tamper(written, "UPDATE audit_event SET action = 'institution.addes' WHERE chain = 'decision' AND seq = 3")
    finding = checked(written, folders).finding
    assert finding is not None
    assert (finding.kind, finding.seq) == (Kind.PREVIOUS, 4)


CUT = [
    "DELETE FROM audit_row WHERE chain = 'decision' AND seq > 4",
    "DELETE FROM audit_event WHERE chain = 'decision' AND seq > 4",
    (
        "UPDATE audit_head SET seq = 4, hash = "
        "(SELECT hash FROM audit_event WHERE chain = 'decision' AND seq = 4) WHERE chain = 'decision'"
    ),
]


def test_a_cut_tail_is_found_by_the_checkpoint_and_only_by_it(written: Database, folders: tuple[Path, Path]) -> None:
    made = write_checkpoints(written, *folders)
    assert {(c.chain, c.size) for c in made} == {(Chain.DECISION, 6), (Chain.SECURITY, 1)}
    tamper(written, *CUT)
    finding = checked(written, folders).finding
    assert finding is not None
    assert (finding.kind, finding.chain, finding.seq) == (Kind.ROLLBACK, Chain.DECISION, 5)
    with pytest.raises(CheckpointConflict, match="4 events; 6 were there"):
        write_checkpoints(written, *folders)


def test_a_trail_written_anew_after_the_cut_is_found_too(written: Database, folders: tuple[Path, Path]) -> None:
    write_checkpoints(written, *folders)
    tamper(written, *CUT)
    for number in range(4):
        with written.writing() as session:
            record(session, SYSTEM, Tag.CALL_OPENED, None, number=number)
    finding = checked(written, folders).finding
    assert finding is not None
    assert (finding.kind, finding.chain, finding.seq) == (Kind.CHECKPOINT, Chain.DECISION, 6)
    with pytest.raises(CheckpointConflict, match="not the one signed"):
        write_checkpoints(written, *folders)


def test_a_row_changed_behind_the_trail_is_found(written: Database, folders: tuple[Path, Path]) -> None:
    tamper(written, "UPDATE institution SET name = 'Ministry of Favours' WHERE name = 'Ministry 3'")
    finding = checked(written, folders).finding
    assert finding is not None
    assert (finding.kind, finding.table) == (Kind.STATE, "institution")
    assert verify(written, folders[0], {}, with_state=False).finding is None


def test_a_row_deleted_behind_the_trail_is_found(written: Database, folders: tuple[Path, Path]) -> None:
    tamper(written, "DELETE FROM institution WHERE name = 'Ministry 3'")
    finding = checked(written, folders).finding
    assert finding is not None
    assert (finding.kind, finding.table) == (Kind.VANISHED, "institution")


def test_a_row_planted_behind_the_trail_is_found(written: Database, folders: tuple[Path, Path]) -> None:
    with written.engine.begin() as connection:
        connection.execute(
            Institution.__table__.insert().values(name="Planted", sort_key="p", search_text="p", version=1)  # type: ignore[attr-defined]
        )
    finding = checked(written, folders).finding
    assert finding is not None
    assert finding.kind is Kind.UNRECORDED


def test_a_deleted_row_that_comes_back_is_found(written: Database, folders: tuple[Path, Path]) -> None:
    with written.writing() as session:
        row = an_institution(session, "Dissolved")
    copy = row.model_dump()
    with written.writing() as session:
        session.delete(session.get_one(Institution, row.id))
        record(session, SYSTEM, Tag.INSTITUTION_ADDED)
    assert checked(written, folders).finding is None
    with written.engine.begin() as connection:
        connection.execute(Institution.__table__.insert().values(**copy))  # type: ignore[attr-defined]
    finding = checked(written, folders).finding
    assert finding is not None
    assert "was deleted" in finding.words


def test_checkpoints_of_another_trail_are_left_aside(written: Database, folders: tuple[Path, Path]) -> None:
    write_checkpoints(written, *folders)
    tamper(
        written, "UPDATE installation_fact SET value = '00000000-0000-4000-8000-000000000000' WHERE key = 'chain_id'"
    )
    verdict = checked(written, folders)
    assert verdict.finding is None
    assert "left aside" in verdict.warnings[0]
    assert "a cut tail cannot be told" in verdict.warnings[1]


def _file(database: Database, folders: tuple[Path, Path]) -> Path:
    with database.reading() as session:
        return folders[0] / chain_id_of(session) / "checkpoints.jsonl"


def _edited(change: Callable[[str], str]) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[-1] = json.dumps({"note": change(json.loads(lines[-1])["note"])}, ensure_ascii=False)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (_edited(lambda note: note.replace("\n1\n", "\n9\n", 1)), Kind.SIGNATURE),
        (_edited(lambda note: note[:-6] + "AAAA=\n"), Kind.SIGNATURE),
        (_edited(lambda _note: "no note at all"), Kind.INPUT),
        (lambda path: path.write_text("{}\n"), Kind.INPUT),
    ],
)
def test_a_touched_checkpoint_file_is_found(
    written: Database, folders: tuple[Path, Path], edit: Callable[[Path], None], kind: Kind
) -> None:
    write_checkpoints(written, *folders)
    edit(_file(written, folders))
    finding = checked(written, folders).finding
    assert finding is not None
    assert finding.kind is kind


def test_a_checkpoint_signed_with_another_key_does_not_count(written: Database, folders: tuple[Path, Path]) -> None:
    write_checkpoints(written, folders[0], folders[1] / "stolen")
    load_or_make_key(folders[1], KeyPurpose.CHECKPOINT)
    finding = checked(written, folders).finding
    assert finding is not None
    assert finding.kind is Kind.SIGNATURE


def test_checkpoints_are_written_when_due_and_only_for_what_moved(
    written: Database, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(write_checkpoints(written, *folders, only_when_due=True)) == 2
    with written.writing() as session:
        record(session, SYSTEM, Tag.SIGNED_OUT)
    assert write_checkpoints(written, *folders, only_when_due=True) == []
    monkeypatch.setattr("portfolio.audit.checkpoints.EVENTS", 1)
    made = write_checkpoints(written, *folders, only_when_due=True)
    assert [(c.chain, c.size) for c in made] == [(Chain.SECURITY, 2)]
    assert write_checkpoints(written, *folders) == []
    assert checked(written, folders).checkpoints == 3


def test_a_torn_line_and_a_lost_cache_are_mended(written: Database, folders: tuple[Path, Path]) -> None:
    write_checkpoints(written, *folders)
    path = _file(written, folders)
    with path.open("a") as stream:
        stream.write('{"note": "half a li')
    (path.parent / "tree.json").unlink()
    assert checked(written, folders).finding is None
    with written.writing() as session:
        record(session, SYSTEM, Tag.SIGNED_OUT)
    assert len(write_checkpoints(written, *folders)) == 1
    verdict = checked(written, folders)
    assert verdict.finding is None
    assert verdict.checkpoints == 3


def test_an_exported_trail_verifies_elsewhere_and_a_touched_copy_does_not(
    written: Database, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    write_checkpoints(written, *folders)
    path = tmp_path / "trail.jsonl"
    with written.engine.connect() as connection:
        assert export(DatabaseSource(connection), path) == 7
    keys = _keys(folders[1])
    verdict = verify_source(FileSource(path), folders[0], keys)
    assert verdict.finding is None
    assert verdict.heads == checked(written, folders).heads
    lines = path.read_text(encoding="utf-8").splitlines()

    def found(changed: list[str]) -> Kind | None:
        path.write_text("\n".join(changed) + "\n", encoding="utf-8")
        finding = verify_source(FileSource(path), folders[0], keys).finding
        return finding and finding.kind

    assert found([*lines[:3], lines[2], *lines[3:]]) is Kind.DUPLICATE
    assert found([*lines[:2], *lines[3:]]) is Kind.GAP
    assert found([lines[0], lines[2], lines[1], *lines[3:]]) is Kind.GAP
    assert found([*lines[:2], lines[2].replace("institution", "constitution"), *lines[3:]]) is Kind.HASH
    assert found(lines[:-1]) is Kind.INPUT
    assert found([*lines[:2], "{", *lines[2:]]) is Kind.INPUT
    assert found([*lines[:6], *lines[7:-1], lines[-1].replace('"decision":[6', '"decision":[5')]) is not None
    assert "Ministry" not in "".join(lines), "no names leave with the trail"
