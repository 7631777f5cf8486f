"""A reading session asks once; a writing session every time, because it may have written in between."""

from itertools import count
from pathlib import Path

from sqlalchemy.orm import Session

from portfolio.db.engine import open_database
from portfolio.db.memo import READS_ONLY, asked_once


def test_a_reading_session_asks_each_question_once() -> None:
    session, answers = Session(info={READS_ONLY: True}), count(1)
    assert [asked_once(session, "how many", lambda: next(answers)) for _ in range(3)] == [1, 1, 1]
    assert asked_once(session, ("how many", "of another"), lambda: next(answers)) == 2


def test_an_answer_of_nothing_is_an_answer() -> None:
    asked: list[str] = []

    def nobody() -> None:
        asked.append("who")

    session = Session(info={READS_ONLY: True})
    asked_once(session, "who", nobody)
    asked_once(session, "who", nobody)
    assert asked == ["who"]


def test_a_writing_session_asks_every_time() -> None:
    session, answers = Session(), count(1)
    assert [asked_once(session, "how many", lambda: next(answers)) for _ in range(3)] == [1, 2, 3]


def test_only_sessions_that_read_remember_and_each_for_itself(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/memo.db")
    first, second, writing = database.read(), database.read(), database.write()
    assert first.info[READS_ONLY]
    assert not writing.info.get(READS_ONLY)
    assert asked_once(first, "who", lambda: "one") == "one"
    assert asked_once(second, "who", lambda: "other") == "other"
