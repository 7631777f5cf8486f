"""`owe(…)`: the only way to tell somebody something, in the transaction of the act itself."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import new_id
from portfolio.db.clock import now
from portfolio.notifications.models import Notice
from portfolio.notifications.values import kept
from portfolio.notifications.words import KINDS
from portfolio.people.models import Recusal


def owe(
    session: Session,
    kind: str,
    people: Iterable[uuid.UUID],
    *,
    subject_id: uuid.UUID | None = None,
    path: str = "",
    once_key: str = "",
    by_mail: bool = True,
    **params: Any,
) -> int:
    """Owe one notice to each person and return how many are new; with `once_key`, never the same twice.

    `kind` must have words in `notifications.words`; `params` are the values for them: texts, whole numbers, `Money`,
    days, instants, enum members with a label, phrases of a pack. Never the personal data of anybody else.

    Whoever is recused from the subject is told nothing of it, whoever owes the notice.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} has no words in notifications.words")
    stored = {name: kept(value) for name, value in params.items()}
    wanted = sorted(set(people) - _recused(session, subject_id), key=str)
    if once_key and wanted:
        told = set(
            session.scalars(
                select(col(Notice.person_id)).where(col(Notice.once_key) == once_key, col(Notice.person_id).in_(wanted))
            )
        )
        wanted = [person for person in wanted if person not in told]
    for person_id in wanted:
        session.add(
            Notice(
                person_id=person_id,
                kind=kind,
                subject_id=subject_id,
                path=path,
                params=stored,
                once_key=once_key or str(new_id()),
                by_mail=by_mail,
                created_at=now(session),
            )
        )
    return len(wanted)


def _recused(session: Session, subject_id: uuid.UUID | None) -> set[uuid.UUID]:
    if subject_id is None:
        return set()
    return set(session.scalars(select(col(Recusal.person_id)).where(col(Recusal.subject_id) == subject_id)))
