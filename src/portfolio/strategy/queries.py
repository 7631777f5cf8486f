"""Reading calls. Calls are no secret within government: who may read calls may read all of them."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import NotFound
from portfolio.i18n import N_, Phrase, catalogue
from portfolio.packs.parts import Choice
from portfolio.packs.questions import Question
from portfolio.packs.terms import QuestionType
from portfolio.strategy.models import ActionLine, Call, CallExtension, CallStage, Envelope, LateWaiver

ACTION_LINE = "action_line"
"""Code of the question that every call with action lines adds to the section on strategy; no pack has it."""


def all_calls(session: Session) -> Sequence[Call]:
    """The one that closes last comes first."""
    return session.scalars(select(Call).order_by(col(Call.closes_at).desc(), col(Call.id))).all()


def get_call(session: Session, call_id: uuid.UUID) -> Call:
    found = session.get(Call, call_id)
    if found is None:
        raise NotFound
    return found


def stages_of(session: Session, call_id: uuid.UUID) -> Sequence[CallStage]:
    """In the order of time."""
    return session.scalars(
        select(CallStage).where(col(CallStage.call_id) == call_id).order_by(col(CallStage.begins_at), col(CallStage.id))
    ).all()


def action_lines_of(session: Session, call_id: uuid.UUID) -> Sequence[ActionLine]:
    """By code."""
    return session.scalars(
        select(ActionLine).where(col(ActionLine.call_id) == call_id).order_by(col(ActionLine.code), col(ActionLine.id))
    ).all()


def action_line_question(session: Session, call_id: uuid.UUID) -> Question | None:
    """The question which action line of the call a case serves; nothing when the call has none."""
    lines = action_lines_of(session, call_id)
    if not lines:
        return None
    return Question(
        code=ACTION_LINE,
        label=_phrase(N_("Action line that it serves most")),
        help=_phrase(N_("Only one: the line whose target it would move. The next answer says by how much.")),
        type=QuestionType.CHOICE,
        choices={line.code: Choice(code=line.code, label=_same(f"{line.code} – {line.title}")) for line in lines},
    )


def envelopes_of(session: Session, call_id: uuid.UUID) -> dict[uuid.UUID, Envelope]:
    """By institution; one without a row has no envelope, which is not an envelope of zero."""
    rows = session.scalars(select(Envelope).where(col(Envelope.call_id) == call_id).order_by(col(Envelope.id)))
    return {row.institution_id: row for row in rows}


def envelope_of(session: Session, call_id: uuid.UUID, institution_id: uuid.UUID) -> Envelope | None:
    return session.scalar(
        select(Envelope).where(col(Envelope.call_id) == call_id, col(Envelope.institution_id) == institution_id)
    )


def extensions_of(session: Session, call_id: uuid.UUID) -> Sequence[CallExtension]:
    """Oldest first."""
    return session.scalars(
        select(CallExtension)
        .where(col(CallExtension.call_id) == call_id)
        .order_by(col(CallExtension.created_at), col(CallExtension.id))
    ).all()


def waivers_of(session: Session, case_id: uuid.UUID) -> Sequence[LateWaiver]:
    """Oldest first."""
    return session.scalars(
        select(LateWaiver)
        .where(col(LateWaiver.case_id) == case_id)
        .order_by(col(LateWaiver.created_at), col(LateWaiver.id))
    ).all()


def _phrase(message: str) -> Phrase:
    return Phrase(**{code: catalogue(code).gettext(message) for code in ("es", "pt", "en")})


def _same(text: str) -> Phrase:
    return Phrase(es=text, pt=text, en=text)
