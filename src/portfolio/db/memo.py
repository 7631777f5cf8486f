"""One answer to one question within a reading session: a page asks the same thing of the record from several rooms.

A reading session changes nothing, so an answer holds until it is closed. A writing session asks every time: between two of
its questions it may have written.
"""

import uuid
from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy.orm import Session

Answer = TypeVar("Answer")
Row = TypeVar("Row")

READS_ONLY = "reads_only"
"""The mark, in `session.info`, of a session that was made to read."""
_ANSWERS = "answers"


def asked_once(session: Session, question: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers; in a reading session, asked the first time only. `question` names it and all it depends on."""
    if not session.info.get(READS_ONLY):
        return ask()
    answers = session.info.setdefault(_ANSWERS, {})
    if question not in answers:
        answers[question] = ask()
    found: Answer = answers[question]
    return found


def remember(session: Session, question: Hashable, answer: object) -> None:
    """An answer that came with many others, for `asked_once` to find; nothing in a writing session."""
    if session.info.get(READS_ONLY):
        session.info.setdefault(_ANSWERS, {}).setdefault(question, answer)


def row_of(session: Session, model: type[Row], key: uuid.UUID) -> Row:
    """`session.get_one`, and the row stays at hand for the rest of a reading session. Raises `NoResultFound`."""
    return asked_once(session, (model, key), lambda: session.get_one(model, key))
