"""The evaluation of a project: written by its people, its facts read from the record, reviewed by somebody from elsewhere."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.closure.audience import agency_people, holders_of, is_from_there, tell
from portfolio.closure.checklist import ENDED, today_of
from portfolio.closure.forms import EvaluationFields
from portfolio.closure.models import Evaluation
from portfolio.closure.promised import facts_of
from portfolio.closure.terms import EvaluationState, Judged
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project

WRITABLE = frozenset({EvaluationState.DRAFT, EvaluationState.SENT_BACK})
TEXTS = ("users", "worked", "not_worked", "conclusion")


def evaluation_of(session: Session, project_id: uuid.UUID) -> Evaluation | None:
    return session.scalar(select(Evaluation).where(col(Evaluation.project_id) == project_id))


def save_evaluation(session: Session, actor: Viewer, project: Project, fields: EvaluationFields) -> Evaluation:
    """Keep what is written so far. Raises `Refused` once it is handed in."""
    row = evaluation_of(session, project.id)
    if project.stage in ENDED or (row is not None and row.state not in WRITABLE):
        raise Refused(_("The evaluation is handed in: it is not changed any more."))
    if row is None:
        row = Evaluation(project_id=project.id, written_by_id=actor.person_id)
        session.add(row)
    for name in TEXTS:
        setattr(row, name, getattr(fields, name) or "")
    row.reached, row.written_by_id = fields.reached, actor.person_id
    session.flush()
    record(
        session, actor, Tag.EVALUATION_SAVED, row, words=_text_of(row), case=project.case_id, project=project.id
    )  # fmt: skip
    return row


def hand_in(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, fields: EvaluationFields
) -> Evaluation:
    """Save, freeze the facts and ask for the review. Raises `FieldRefused` for the first text that is missing."""
    for name in TEXTS:
        if not (getattr(fields, name) or "").strip():
            raise FieldRefused(name, _("Write this before you hand the evaluation in."))
    if fields.reached is None:
        raise FieldRefused("reached", _("Choose one of the options"))
    row = save_evaluation(session, actor, project, fields)
    today = today_of(session, pack)
    row.facts = facts_of(session, project, today)
    row.state, row.handed_in_at = EvaluationState.HANDED_IN, now(session)
    row.reviewed_by_id, row.reviewed_at, row.review = None, None, ""
    row.digest = digest_of(row)
    session.flush()
    record(
        session, actor, Tag.EVALUATION_HANDED_IN, row, words=_text_of(row), case=project.case_id, project=project.id,
        digest=row.digest,
    )  # fmt: skip
    judges = holders_of(session, Permission.CLOSING_JUDGE, today) - {actor.person_id}
    tell(session, project, "evaluation_handed_in", judges, path_of(project))
    return row


def review_refusals(session: Session, actor: Viewer, project: Project, row: Evaluation) -> list[str]:
    """Why this person may not review it now."""
    if row.state is not EvaluationState.HANDED_IN:
        return [_("This evaluation does not wait for a review.")]
    refusals = []
    if row.written_by_id == actor.person_id:
        refusals.append(_("Whoever wrote the evaluation does not review it."))
    if is_from_there(session, actor, project):
        refusals.append(_("Somebody from another institution reviews it."))
    return refusals


def review_evaluation(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    row: Evaluation,
    judged: Judged,
    review: str,
    password: str,
    shown: str,
) -> None:
    """Say that it holds, or send it back. Raises `FieldRefused` for the password, `Refused` for whoever may not."""
    prove(session, secret, actor, password, shown)
    session.flush()
    session.refresh(row, with_for_update=True)
    if refusals := review_refusals(session, actor, project, row):
        raise Refused(*refusals)
    if shown != row.digest:
        raise Refused(_("The evaluation changed while you were looking. Read it again: nothing was decided."))
    row.state = EvaluationState.REVIEWED if judged is Judged.AGREED else EvaluationState.SENT_BACK
    row.reviewed_by_id, row.reviewed_at, row.review = actor.person_id, now(session), review.strip()
    session.flush()
    record(
        session, actor, Tag.EVALUATION_REVIEWED, row, words=row.review, case=project.case_id, project=project.id,
        outcome=judged.value, digest=shown,
    )  # fmt: skip
    people = agency_people(session, project, today_of(session, pack)) - {actor.person_id}
    tell(session, project, "evaluation_reviewed", people, path_of(project))


def digest_of(row: Evaluation) -> str:
    """Of the texts and the frozen facts: what a reviewer judges."""
    texts = {name: getattr(row, name) for name in TEXTS}
    reached = row.reached.value if row.reached else None
    return digest({"project": row.project_id, "facts": row.facts, "reached": reached, "at": row.handed_in_at, **texts})


def _text_of(row: Evaluation) -> str:
    return "\n".join(getattr(row, name) for name in TEXTS)


def path_of(project: Project) -> str:
    return f"/projects/{project.id}/evaluation"
