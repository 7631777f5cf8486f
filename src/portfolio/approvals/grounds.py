"""What the record offers as grounds of an opinion: findings on standards, waivers, reviews, observations, each with its place."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.terms import GroundKind
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.checks.models import Verdict, Waiver
from portfolio.checks.terms import WaiverState
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.models import Observation, Review
from portfolio.peer_review.terms import ReviewState
from portfolio.standards.library import library_for
from portfolio.web.formatting import number

ROUTES = {
    GroundKind.VERDICT: "checks.case",
    GroundKind.WAIVER: "checks.case",
    GroundKind.REVIEW: "peer_review.reviews",
    GroundKind.OBSERVATION: "peer_review.observations",
}
"""The page of the case that shows a ground; each takes `case_id`."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing in the record. `title` and `text` are in the language of the moment; `state` is an enum's value."""

    kind: GroundKind
    id: uuid.UUID
    title: str
    text: str
    state: str
    anchor: str

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.id}"


def grounds_of(session: Session, pack: CountryPack, case: BusinessCase) -> list[Ground]:
    """Everything that may be cited, on the newest frozen content; standards first, then reviews, then observations."""
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        return []
    return [
        *_verdicts(session, pack, snapshot),
        *_waivers(session, pack, case),
        *_reviews(session, case),
        *_observations(session, pack, case),
    ]


def _titles(pack: CountryPack) -> dict[str, str]:
    return {code: str(standard.title) for code, standard in library_for(pack).standards.items()}


def _verdicts(session: Session, pack: CountryPack, snapshot: Snapshot) -> Iterable[Ground]:
    titles = _titles(pack)
    rows = session.scalars(
        select(Verdict).where(col(Verdict.snapshot_id) == snapshot.id).order_by(col(Verdict.standard), col(Verdict.id))
    )
    for row in rows:
        words = label(row.result) + (f". {row.comment}" if row.comment else "")
        title = f"{row.standard} {titles.get(row.standard, '')}".strip()
        yield Ground(GroundKind.VERDICT, row.id, title, words, row.result.value, row.standard)


def _waivers(session: Session, pack: CountryPack, case: BusinessCase) -> Iterable[Ground]:
    titles = _titles(pack)
    rows = session.scalars(
        select(Waiver)
        .where(col(Waiver.case_id) == case.id, col(Waiver.state) == WaiverState.GRANTED)
        .order_by(col(Waiver.standard), col(Waiver.id))
    )
    for row in rows:
        title = _("Waiver of %(standard)s") % {"standard": f"{row.standard} {titles.get(row.standard, '')}".strip()}
        yield Ground(GroundKind.WAIVER, row.id, title, row.compensation, row.state.value, row.standard)


def _reviews(session: Session, case: BusinessCase) -> Iterable[Ground]:
    """Filed reviews, numbered in the order they came in; reviewers are not named here."""
    rows = session.scalars(
        select(Review)
        .where(col(Review.case_id) == case.id, col(Review.state) == ReviewState.FILED)
        .order_by(col(Review.filed_at), col(Review.id))
    )
    for count, row in enumerate(rows, 1):
        points = "" if row.total is None else _("%(points)s of 100 points") % {"points": number(row.total / 100)}
        text = ". ".join(part for part in (points, row.summary) if part)
        yield Ground(
            GroundKind.REVIEW, row.id, _("Peer review %(number)s") % {"number": count}, text, row.state.value, f"review-{row.id}"
        )  # fmt: skip


def _observations(session: Session, pack: CountryPack, case: BusinessCase) -> Iterable[Ground]:
    rows = session.scalars(
        select(Observation)
        .where(col(Observation.case_id) == case.id)
        .order_by(col(Observation.made_at), col(Observation.id))
    )
    for row in rows:
        title = _("Observation on %(section)s") % {"section": str(pack.section(row.section).label)}
        words = f"{label(row.state)}. {row.text}" + (f" {row.resolution}" if row.resolution else "")
        yield Ground(GroundKind.OBSERVATION, row.id, title, words, row.state.value, f"observation-{row.id}")
