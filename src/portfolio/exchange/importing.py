"""Write a mapped file into the portfolio: nothing lost, nothing guessed, and the same file again changes nothing."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record as write_down
from portfolio.db.clock import now
from portfolio.documents.findings import Reject
from portfolio.documents.mapping import Mapped
from portfolio.exchange.bodies import Bodies
from portfolio.exchange.models import ImportRun
from portfolio.exchange.observed import content, reason_json, show_figures
from portfolio.exchange.planning import Fate, Key, Plan, Step, plan_import
from portfolio.exchange.terms import ImportState
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project, SourceObservation
from portfolio.projects.terms import IMPORTED, ProjectStage

BATCH = 500
"""Rows of one flush, and of one question with `IN`."""

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


def import_file(
    session: Session, actor: Viewer, mapped: Mapped, run: ImportRun, progress: Progress = lambda done, total: None
) -> ImportRun:
    """Write every row of a mapped file in this transaction, with one event, and fill in the counts of its run.

    `run` names the file and is new or of this session. Rows are the system's, whoever asks for the import: `actor` goes
    into the trail. An initiative shows the figures of its newest observation; an older file never overwrites newer ones.
    """
    _ask_for_patience(session)
    plan = plan_import(session, mapped)
    session.add(run)
    session.flush()
    changed = _write(session, run, plan, mapped.mapping.source, progress)
    _fill_in(run, mapped, plan)
    run.state, run.finished_at = ImportState.FINISHED, now(session)
    write_down(
        session,
        actor,
        Tag.PROJECTS_IMPORTED,
        run,
        mapping=run.mapping,
        file=run.file_sha256,
        read=run.read,
        created=run.created,
        updated=run.updated,
        unchanged=run.unchanged,
        rejected=run.rejected,
        replaced=digest(changed) if changed else None,
    )
    return run


def _ask_for_patience(session: Session) -> None:
    """A large file computes for a while between two statements; PostgreSQL must not take that for a hung client."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '15min'"))
        session.execute(text("SET LOCAL statement_timeout = '5min'"))


def _write(session: Session, run: ImportRun, plan: Plan, source: str, progress: Progress) -> list[str]:
    """Returns the digests of the observations that were replaced, in the order of the file."""
    bodies = Bodies(session, source)
    known: dict[Key, Initiative] = {}
    replaced: list[str] = []
    steps = [step for step in plan.steps if step.fate is not Fate.UNCHANGED]
    done = len(plan.steps) - len(steps)
    progress(done, len(plan.steps))
    for chunk in _chunks(steps):
        known |= _load(session, chunk)
        replaced += _write_chunk(session, run, chunk, bodies, known)
        done += len(chunk)
        progress(done, len(plan.steps))
    return replaced


def _write_chunk(
    session: Session, run: ImportRun, chunk: Sequence[Step], bodies: Bodies, known: dict[Key, Initiative]
) -> list[str]:
    """Bodies first, then initiatives, then what hangs on them: there are no relationships to tell the order."""
    replaced: list[str] = []
    initiatives: list[Initiative] = []
    later: list[Any] = []
    observations = _load_observations(session, chunk)
    for step in chunk:
        institution_id, name, key = bodies.of(step.record)
        row = known.get(step.key)
        if row is None:
            row = _new_initiative(step, institution_id)
            known[step.key] = row
            later.append(Project(initiative_id=row.id, stage=ProjectStage.PLANNED))
            initiatives.append(row)
        if row.as_at is None or step.record.as_at >= row.as_at:
            row.institution_id, row.institution_key = institution_id, key[:120]
            show_figures(row, step.record, name)
        if step.observation_id is None:
            later.append(_new_observation(step, run, row.id))
        else:
            replaced.append(_replace(observations[step.observation_id], step, run))
    for rows in (*bodies.taken(), initiatives, later):
        session.add_all(rows)
        session.flush()
    return replaced


def _new_initiative(step: Step, institution_id: uuid.UUID) -> Initiative:
    record = step.record
    return Initiative(
        institution_id=institution_id,
        state=IMPORTED,
        currency=record.currency,
        source=record.identity.source,
        source_key=step.key[0],
        source_ordinal=step.key[1],
        sort_key="",
    )


def _new_observation(step: Step, run: ImportRun, initiative_id: uuid.UUID) -> SourceObservation:
    return SourceObservation(
        initiative_id=initiative_id,
        run_id=run.id,
        as_at=step.record.as_at,
        row_number=step.record.row,
        digest=step.record.digest,
        content=content(step.record),
    )


def _replace(row: SourceObservation, step: Step, run: ImportRun) -> str:
    """A later file corrects what was said as at the same date: what it said before stays inside the row."""
    before = {key: value for key, value in row.content.items() if key != "replaced"}
    earlier = [
        *row.content.get("replaced", []),
        {"digest": row.digest, "run": str(row.run_id), "row": row.row_number, "content": before},
    ]
    was = row.digest
    row.content = {**content(step.record), "replaced": earlier}
    row.digest, row.run_id, row.row_number = step.record.digest, run.id, step.record.row
    return was


def _load(session: Session, chunk: Sequence[Step]) -> dict[Key, Initiative]:
    wanted = [step.initiative_id for step in chunk if step.initiative_id is not None]
    if not wanted:
        return {}
    rows = session.scalars(select(Initiative).where(col(Initiative.id).in_(wanted)))
    return {(row.source_key, row.source_ordinal): row for row in rows}


def _load_observations(session: Session, chunk: Sequence[Step]) -> dict[uuid.UUID, SourceObservation]:
    wanted = [step.observation_id for step in chunk if step.observation_id is not None]
    if not wanted:
        return {}
    rows = session.scalars(select(SourceObservation).where(col(SourceObservation.id).in_(wanted)))
    return {row.id: row for row in rows}


def _chunks(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    rest = iter(steps)
    while chunk := list(islice(rest, BATCH)):
        yield chunk


def _fill_in(run: ImportRun, mapped: Mapped, plan: Plan) -> None:
    run.mapping, run.source = mapped.mapping.name, mapped.mapping.source
    run.read, run.rejected = plan.read, plan.rejected
    run.created, run.updated, run.unchanged = plan.created, plan.updated, plan.unchanged
    dates = {record.as_at for record in mapped.records}
    run.as_at = max(dates, default=None)
    run.notes = {
        "file": [reason_json(reason) for reason in mapped.notes],
        "blank": mapped.counts.blank,
        "flagged": mapped.counts.flagged,
        "totals": {field: dict(sums) for field, sums in mapped.totals.items()},
        "states": {
            field: {state.value: count for state, count in states.items()} for field, states in mapped.states.items()
        },
    }
    run.rejects = [
        *(reject_json(reject, is_row=True) for reject in mapped.rejects),
        *(reject_json(warning, is_row=False) for warning in mapped.warnings),
    ]


def reject_json(reject: Reject, *, is_row: bool) -> dict[str, Any]:
    """A finding as the run keeps it: `is_row` tells a row that was not imported from a cell without its value."""
    return {
        "row": reject.row,
        "column": reject.column,
        "raw": reject.raw.replace("\x00", "\ufffd"),
        "is_row": is_row,
        **reason_json(reject.reason),
    }
