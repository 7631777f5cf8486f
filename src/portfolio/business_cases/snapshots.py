"""Freezing a case at submission, and finding what was frozen."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import canonical, digest
from portfolio.business_cases.content import Content, read_content
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.totals import CaseTotals
from portfolio.db.clock import now
from portfolio.db.memo import asked_once
from portfolio.db.text import folded, sort_key
from portfolio.packs.choosing import TrackChoice
from portfolio.packs.loader import pack_digest
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.projects.terms import AmountState
from portfolio.strategy.queries import ACTION_LINE, action_lines_of


def freeze(
    session: Session,
    pack: CountryPack,
    case: BusinessCase,
    actor: Viewer,
    *,
    library_digest: str,
    track: TrackChoice,
    totals: CaseTotals,
) -> Snapshot:
    """A new snapshot of the case as it stands, and the initiative's title, theme and amount as lists show them.

    The caller locks the case, changes its status, gives its number and records the event. `track` may differ from the
    chosen one by lot; its sentences are stored in all languages.
    """
    text = canonical(read_content(session, pack, case))
    earlier = newest_snapshot(session, case.id)
    snapshot = Snapshot(
        case_id=case.id,
        number=1 if earlier is None else earlier.number + 1,
        content=text,
        digest=digest(text),
        pack_code=pack.code,
        pack_version=pack.version,
        pack_digest=pack_digest(pack),
        library_digest=library_digest,
        track=track.track.code.value,
        track_reasons=[phrase.model_dump() for phrase in track.why],
        totals=totals.stored(),
        submitted_at=now(session),
        submitted_by_id=actor.person_id,
    )
    session.add(snapshot)
    _show_in_lists(session, case, totals, json.loads(text))
    session.flush()
    return snapshot


_OF_CASE = col(Snapshot.case_id) == bindparam("case", type_=Uuid())
_NEWEST = select(Snapshot).where(_OF_CASE).order_by(col(Snapshot.number).desc()).limit(1)
_SUBMISSIONS = (
    select(col(Snapshot.number), col(Snapshot.submitted_at), col(Snapshot.submitted_by_id))
    .where(_OF_CASE)
    .order_by(col(Snapshot.number))
)


def newest_snapshot(session: Session, case_id: uuid.UUID) -> Snapshot | None:
    return asked_once(session, ("newest snapshot", case_id), lambda: session.scalar(_NEWEST, {"case": case_id}))


def submissions_of(session: Session, case_id: uuid.UUID) -> Sequence[tuple[int, datetime, uuid.UUID]]:
    """Number, instant and person of each submission, oldest first, without what was submitted."""
    return [(row[0], row[1], row[2]) for row in session.execute(_SUBMISSIONS, {"case": case_id})]


def snapshots_of(session: Session, case_id: uuid.UUID) -> Sequence[Snapshot]:
    """Oldest first."""
    return session.scalars(
        select(Snapshot).where(col(Snapshot.case_id) == case_id).order_by(col(Snapshot.number))
    ).all()


def content_of(snapshot: Snapshot) -> Content:
    """The frozen content as a value. Raises `ValueError` when the text is not what the digest says."""
    if digest(snapshot.content) != snapshot.digest:
        raise ValueError(f"snapshot {snapshot.id} is not what its digest says")
    content: Content = json.loads(snapshot.content)
    return content


def _show_in_lists(session: Session, case: BusinessCase, totals: CaseTotals, content: dict[str, Any]) -> None:
    initiative = session.get_one(Initiative, case.initiative_id)
    initiative.title, initiative.sort_key = case.title, sort_key(case.title)
    initiative.unit_id, initiative.call_id, initiative.currency = case.unit_id, case.call_id, case.currency
    initiative.requested_minor = totals.asked.minor
    initiative.requested_state = AmountState.KNOWN
    initiative.requested_is_null = False
    answers = {code: section["answers"] for code, section in content["sections"].items()}
    chosen = answers[SectionCode.STRATEGY.value].get(ACTION_LINE)
    lines = {line.code: line for line in action_lines_of(session, case.call_id)}
    initiative.theme = lines[chosen].theme if chosen in lines else ""
    problem = " ".join(answers[SectionCode.PROBLEM.value].values())
    initiative.summary = problem[:8000]
    initiative.search_text = folded(f"{initiative.number or ''} {case.title} {problem}")[:9000]
