"""The close-out of a project: its items as they stand, what is said of one, and the exception that closes over what is open."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.closure.models import ClosingAnswer, ClosingException, Evaluation
from portfolio.closure.readings import READINGS
from portfolio.closure.terms import EvaluationState, ItemState
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.packs.gates import ClosingItem
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.terms import ProjectStage

ENDED = frozenset({ProjectStage.CLOSED, ProjectStage.ABSORBED, ProjectStage.WITHDRAWN})


LEAST_CHARACTERS, LEAST_WORDS = 10, 2
"""Of what is typed as evidence or reason: «ok» shows nothing to whoever reads it after the team is gone."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item as it stands. `open`: what of the record stands against it; `words`: evidence, reason, or what the record says."""

    item: ClosingItem
    state: ItemState
    words: str
    open: tuple[str, ...] = ()
    by_id: uuid.UUID | None = None
    at: datetime | None = None

    @property
    def is_read(self) -> bool:
        return self.item.reads is not None


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What the gate to `closed` asks of this room: labels of open items that no exception covers, and the evaluation."""

    open: tuple[str, ...]
    is_evaluated: bool


def today_of(session: Session, pack: CountryPack) -> date:
    """The day on the country's calendar."""
    return now(session).astimezone(pack.zone).date()


def checklist(session: Session, pack: CountryPack, project: Project) -> list[Line]:
    """Every item of the country, in the order of its file."""
    said = _answers(session, project.id)
    today = today_of(session, pack)
    return [_line(session, project, item, said.get(item.code), today) for item in pack.life.closing.values()]


def _line(session: Session, project: Project, item: ClosingItem, answer: ClosingAnswer | None, today: date) -> Line:
    if answer is not None and answer.state is ItemState.NOT_APPLICABLE and item.may_not_apply:
        return Line(item, answer.state, answer.words, by_id=answer.by_id, at=answer.at)
    if item.reads is not None:
        read = READINGS[item.reads](session, project, today)
        return Line(item, ItemState.OPEN if read.open else ItemState.DONE, read.said, read.open)
    if answer is None:
        return Line(item, ItemState.OPEN, "")
    return Line(item, answer.state, answer.words, by_id=answer.by_id, at=answer.at)


def _answers(session: Session, project_id: uuid.UUID) -> dict[str, ClosingAnswer]:
    """The newest of each item."""
    rows = session.scalars(
        select(ClosingAnswer)
        .where(col(ClosingAnswer.project_id) == project_id)
        .order_by(col(ClosingAnswer.at), col(ClosingAnswer.created_at), col(ClosingAnswer.id))
    )
    return {row.item: row for row in rows}


def item_of(pack: CountryPack, code: str) -> ClosingItem:
    """Raises `NotFound` for one that the country does not ask for."""
    found = pack.life.closing.get(code)
    if found is None:
        raise NotFound
    return found


def answer_item(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, code: str, state: ItemState, words: str
) -> ClosingAnswer:
    """Say how an item stands. Raises `FieldRefused` for what only the record can say and for words that are missing."""
    item = item_of(pack, code)
    if project.stage in ENDED:
        raise Refused(_("The project has ended: its close-out is not changed any more."))
    if state is ItemState.DONE and item.reads is not None:
        raise FieldRefused("state", _("The record answers this; settle what is open there."))
    if state is ItemState.NOT_APPLICABLE and not item.may_not_apply:
        raise FieldRefused("state", _("This applies to every project."))
    if state is not ItemState.OPEN and not words.strip():
        raise FieldRefused("words", _("Say what shows it, or why it does not apply."))
    if state is not ItemState.OPEN and (len(words.strip()) < LEAST_CHARACTERS or len(words.split()) < LEAST_WORDS):
        raise FieldRefused(
            "words", _("Say it so that somebody else can look it up: which document, by whom, of which day, or why not")
        )
    row = ClosingAnswer(
        project_id=project.id, item=code, state=state, words=words.strip(), by_id=actor.person_id, at=now(session)
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.CLOSING_ITEM_SAID, row, words=row.words, case=project.case_id, project=project.id,
        item=code, state=state.value,
    )  # fmt: skip
    return row


def exceptions_of(session: Session, project_id: uuid.UUID) -> Sequence[ClosingException]:
    """The newest first: that one holds."""
    return session.scalars(
        select(ClosingException)
        .where(col(ClosingException.project_id) == project_id)
        .order_by(col(ClosingException.at).desc(), col(ClosingException.id).desc())
    ).all()


def open_codes(lines: Sequence[Line]) -> list[str]:
    return [line.item.code for line in lines if line.state is ItemState.OPEN]


def exception_digest(project: Project, lines: Sequence[Line]) -> str:
    """Of the open items that a person is shown before they except them."""
    shown = [[line.item.code, *line.open] for line in lines if line.state is ItemState.OPEN]
    return digest({"project": project.id, "open": shown})


def except_items(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    reason: str,
    password: str,
    shown: str,
) -> ClosingException:
    """Let the project be closed over what is open now; what opens later is not covered.

    Raises `FieldRefused` for reason and password, `Refused` where nothing is open or what was shown has changed.
    """
    if not reason.strip():
        raise FieldRefused("reason", _("A reason is required."))
    prove(session, secret, actor, password, shown)
    lines = checklist(session, pack, project)
    items = open_codes(lines)
    if project.stage in ENDED or not items:
        raise Refused(_("Nothing is open: there is nothing to except."))
    if shown != exception_digest(project, lines):
        raise Refused(_("What is open changed while you were looking. Read it again: nothing was decided."))
    row = ClosingException(
        project_id=project.id, items=items, reason=reason.strip(), by_id=actor.person_id, at=now(session), digest=shown
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.CLOSING_EXCEPTED, row, words=row.reason, case=project.case_id, project=project.id,
        items=items, digest=shown,
    )  # fmt: skip
    return row


def closing_facts(session: Session, pack: CountryPack, project: Project) -> ClosingFacts:
    """For the guards of the gate to `closed`."""
    excepted = next(iter(exceptions_of(session, project.id)), None)
    covered = set() if excepted is None else set(excepted.items)
    lines = checklist(session, pack, project)
    evaluation = session.scalar(select(Evaluation).where(col(Evaluation.project_id) == project.id))
    return ClosingFacts(
        open=tuple(
            str(line.item.label) for line in lines if line.state is ItemState.OPEN and line.item.code not in covered
        ),
        is_evaluated=evaluation is not None and evaluation.state is EvaluationState.REVIEWED,
    )
