"""The opinions to write: every case in the standards check, the one that is due first on top."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import authority_refusal
from portfolio.approvals.models import OpinionDraft
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.checks.models import Verdict
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.peer_review.models import Observation, Review
from portfolio.peer_review.terms import ObservationState, ReviewState
from portfolio.people.models import Institution
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case and how far its opinion has come; `drafted_by` is empty while nobody began."""

    case: BusinessCase
    number: str
    institution: str
    track: str
    due_at: datetime | None
    reviews: int
    findings: int
    observations_open: int
    draft: OpinionDraft | None
    drafted_by: str


def read_queue(session: Session, viewer: Viewer, pack: CountryPack) -> list[QueueRow]:
    """Cases whose opinion this person's body gives; those of its own house are the substitute's."""
    cases = [
        case
        for case in session.scalars(
            select(BusinessCase)
            .where(visible_to(viewer), col(BusinessCase.status) == CaseStatus.CHECKING)
            .order_by(col(BusinessCase.due_at).is_(None), col(BusinessCase.due_at), col(BusinessCase.id))
        )
        if authority_refusal(session, pack, viewer, case, Power.OPINION) is None
    ]
    ids = [case.id for case in cases]
    drafts = {
        row.case_id: row for row in session.scalars(select(OpinionDraft).where(col(OpinionDraft.case_id).in_(ids)))
    }
    people = names(session, [draft.drafted_by_id for draft in drafts.values()])
    bodies, numbers = _names_of(session, cases)
    reviews = _counts(session, Review, ids, col(Review.state) == ReviewState.FILED)
    findings = _counts(session, Verdict, ids)
    observations = _counts(session, Observation, ids, col(Observation.state) != ObservationState.RESOLVED)
    return [
        QueueRow(
            case=case,
            number=numbers[case.initiative_id] or "",
            institution=bodies[case.institution_id],
            track=str(pack.track(case.track).name) if case.track else "",
            due_at=case.due_at,
            reviews=reviews.get(case.id, 0),
            findings=findings.get(case.id, 0),
            observations_open=observations.get(case.id, 0),
            draft=drafts.get(case.id),
            drafted_by=people[drafts[case.id].drafted_by_id] if case.id in drafts else "",
        )
        for case in cases
    ]


def next_case(rows: Sequence[QueueRow], but: uuid.UUID | None = None) -> uuid.UUID | None:
    """The first case whose draft nobody has passed on yet."""
    open_rows = (row.case.id for row in rows if row.draft is None or row.draft.ready_at is None)
    return next((case_id for case_id in open_rows if case_id != but), None)


def _names_of(
    session: Session, cases: Sequence[BusinessCase]
) -> tuple[dict[uuid.UUID, str], dict[uuid.UUID, str | None]]:
    bodies = session.execute(
        select(col(Institution.id), col(Institution.name)).where(
            col(Institution.id).in_({case.institution_id for case in cases})
        )
    )
    numbers = session.execute(
        select(col(Initiative.id), col(Initiative.number)).where(
            col(Initiative.id).in_({case.initiative_id for case in cases})
        )
    )
    return {row.id: row.name for row in bodies}, {row.id: row.number for row in numbers}


def _counts(session: Session, model: type, ids: Sequence[uuid.UUID], *conditions: object) -> dict[uuid.UUID, int]:
    case_id = model.case_id  # type: ignore[attr-defined]
    rows = session.execute(
        select(case_id, func.count()).where(case_id.in_(ids), *conditions).group_by(case_id)  # type: ignore[arg-type]
    )
    return {row[0]: row[1] for row in rows}
