"""What a reviewer does: declares, declines, writes, files; and what happens to reviews when a case moves on."""

import hmac
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases import mandate
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.notifications.models import Notice
from portfolio.notifications.outbox import owe
from portfolio.packs.calendar import deadline_at
from portfolio.packs.rubric import Rubric
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import DeadlineCode, Power
from portfolio.peer_review.assignment import end_duty
from portfolio.peer_review.conflicts import words
from portfolio.peer_review.models import Review, ReviewScore
from portfolio.peer_review.queries import drafts_of, review_facts
from portfolio.peer_review.rules import OVERALL, SUMMARY, Draft, lacking, weighted_total
from portfolio.peer_review.terms import OPEN_STATES, ReviewState
from portfolio.peer_review.ties import conflicts_now
from portfolio.people.models import Recusal
from portfolio.people.terms import RecusalKind, Role
from portfolio.people.viewer import Viewer


def rubric_of(pack: CountryPack) -> Rubric:
    """The pack's rubric. A pack without one has no track with reviews, so nobody comes here."""
    if pack.rubric is None:
        raise Refused(_("The rules of the country have no rubric for peer review."))
    return pack.rubric


def refuse_unless_open(
    session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, review: Review, *states: ReviewState
) -> None:
    """Every act of a reviewer asks this again: own review, in one of the states, case in review, no conflict today."""
    reasons = []
    if review.reviewer_id != actor.person_id or review.state not in (states or OPEN_STATES):
        reasons.append(_("This review is not open any more."))
    if case.status is not CaseStatus.IN_REVIEW:
        reasons.append(_("The case is not in review now."))
    today = now(session).astimezone(pack.zone).date()
    reasons += [words(one) for one in conflicts_now(session, case, actor.person_id, today)]
    if reasons:
        raise Refused(*reasons)


def declare_no_conflict(session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, review: Review) -> None:
    """The reviewer states that nothing ties them to the case, and may begin."""
    refuse_unless_open(session, pack, actor, case, review, ReviewState.ASSIGNED)
    review.state, review.no_conflict_at = ReviewState.ACCEPTED, now(session)
    record(session, actor, Tag.NO_CONFLICT_DECLARED, review, case=str(case.id))
    session.flush()


def decline(
    session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, review: Review, reason: str
) -> None:
    """Give the review back for a reason other than a conflict; the secretary chooses somebody else."""
    if review.reviewer_id != actor.person_id or review.state not in OPEN_STATES:
        raise Refused(_("This review is not open any more."))
    review.state, review.decline_reason = ReviewState.DECLINED, reason
    end_duty(session, case.id, actor.person_id)
    record(session, actor, Tag.REVIEW_DECLINED, review, case=str(case.id), words=reason)
    _tell_secretaries(session, pack, case, "review_declined")
    session.flush()


def recuse(session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, review: Review, reason: str) -> None:
    """Step aside because of a conflict: from this transaction on the person cannot find the case anywhere.

    Notices about it that they were owed are withdrawn with it, mails not yet sent included.
    """
    if review.reviewer_id != actor.person_id or review.state not in OPEN_STATES:
        raise Refused(_("This review is not open any more."))
    review.state = ReviewState.RECUSED
    recusal = Recusal(person_id=actor.person_id, subject_id=case.id, kind=RecusalKind.DECLARED, reason=reason)
    session.add(recusal)
    end_duty(session, case.id, actor.person_id)
    session.execute(delete(Notice).where(col(Notice.person_id) == actor.person_id, col(Notice.subject_id) == case.id))
    record(session, actor, Tag.CONFLICT_DECLARED, review, case=str(case.id), words=reason)
    _tell_secretaries(session, pack, case, "reviewer_recused")
    session.flush()


def save_fields(
    session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, review: Review, fields: Mapping[str, Any]
) -> None:
    """Keep what a reviewer has written so far. `fields`: `score.CODE` → 0 to 4 or None, `reason.CODE` and `summary` → text.

    Drafts are nobody else's to read, and leave no event: what counts is recorded when the review is filed.
    """
    refuse_unless_open(session, pack, actor, case, review, ReviewState.ACCEPTED)
    rows = {
        row.group_code: row
        for row in session.scalars(select(ReviewScore).where(col(ReviewScore.review_id) == review.id))
    }
    for name, value in fields.items():
        part, _dot, code = name.partition(".")
        key = OVERALL if part == SUMMARY else code
        row = rows.get(key)
        if row is None:
            row = rows[key] = ReviewScore(review_id=review.id, group_code=key)
            session.add(row)
        if part == "score":
            row.score = value
        else:
            row.reason = value
    session.flush()


def filing_digest(rubric: Rubric, review: Review, snapshot: Snapshot, drafts: Mapping[str, Draft], summary: str) -> str:
    """SHA-256, in hex, of what is filed: the review, the snapshot it read, every score and reason, and the summary."""
    return digest(
        {
            "review": review.id,
            "snapshot": snapshot.digest,
            "groups": [[code, drafts[code].score, drafts[code].reason] for code in rubric.groups if code in drafts],
            "summary": summary,
        }
    )


def file_review(
    session: Session,
    pack: CountryPack,
    secret: str,
    actor: Viewer,
    case: BusinessCase,
    review: Review,
    password: str,
    shown_digest: str,
) -> None:
    """File the review as it was shown: from here on it cannot change. Asks the password; `FieldRefused` when it is wrong.

    `Refused` when something is missing, or when what is stored is not what was shown (another tab wrote meanwhile).
    """
    prove(session, secret, actor, password, shown_digest)
    refuse_unless_open(session, pack, actor, case, review, ReviewState.ACCEPTED)
    rubric = rubric_of(pack)
    session.refresh(review, with_for_update=True)
    drafts, summary = drafts_of(session, review.id)
    if problems := lacking(rubric, drafts, summary):
        raise Refused(*dict.fromkeys(problems.values()))
    snapshot = session.get_one(Snapshot, review.snapshot_id)
    present = filing_digest(rubric, review, snapshot, drafts, summary)
    if not hmac.compare_digest(present, shown_digest):
        raise Refused(_("What you wrote changed after this page was shown. Look at it again and file it then."))
    scores = {code: draft.score for code, draft in drafts.items() if draft.score is not None}
    review.total = weighted_total(rubric, scores)
    review.summary, review.digest = summary, present
    review.state, review.filed_at = ReviewState.FILED, now(session)
    record(session, actor, Tag.REVIEW_FILED, review, case=str(case.id), digest=present)
    session.flush()
    facts = review_facts(session, pack, case)
    if facts.third_needed and not facts.third_assigned:
        _tell_secretaries(session, pack, case, "third_review_called")
    elif not facts.is_sealed:
        _tell_secretaries(session, pack, case, "reviews_are_in")


def close_open_reviews(session: Session, actor: Viewer, case: BusinessCase) -> int:
    """End what is still open when the secretary closes the reviews, and tell those reviewers; returns how many.

    Called by the move that closes them, in its transaction.
    """
    left = session.scalars(
        select(Review)
        .where(col(Review.case_id) == case.id, col(Review.state).in_(OPEN_STATES))
        .order_by(col(Review.id))
    ).all()
    for review in left:
        review.state = ReviewState.CLOSED
        end_duty(session, case.id, review.reviewer_id)
        record(session, actor, Tag.REVIEWS_CLOSED, review, case=str(case.id))
    owe(session, "review_closed", [row.reviewer_id for row in left], subject_id=case.id, title=case.title)
    session.flush()
    return len(left)


def renew_reviews(session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase, snapshot: Snapshot) -> int:
    """A case that came back to review is reviewed as it stands now, by the same people; returns how many.

    Open reviews move to the new snapshot. Filed ones stay as they are, superseded; their reviewers get a new one that begins
    with what they wrote, to confirm or change. Called by the move that resubmits, in its transaction.
    """
    at = now(session)
    due = deadline_at(pack, at, pack.deadline_days(DeadlineCode.REVIEW))
    rows = session.scalars(
        select(Review)
        .where(
            col(Review.case_id) == case.id,
            col(Review.snapshot_id) != snapshot.id,
            col(Review.state).in_((*OPEN_STATES, ReviewState.FILED)),
        )
        .order_by(col(Review.assigned_at), col(Review.id))
    ).all()
    for row in rows:
        if row.state is ReviewState.FILED:
            _supersede(session, row, snapshot, actor)
        else:
            row.snapshot_id = snapshot.id
            row.due_at = due
        record(session, actor, Tag.REVIEWER_ASSIGNED, row, case=str(case.id), reviewer=str(row.reviewer_id))
    session.flush()
    for renewed in session.scalars(
        select(Review).where(col(Review.snapshot_id) == snapshot.id, col(Review.state).in_(OPEN_STATES))
    ):
        renewed.due_at = due
    owe(
        session,
        "review_renewed",
        [row.reviewer_id for row in rows],
        subject_id=case.id,
        path=f"/cases/{case.id}/review",
        title=case.title,
        due=due,
    )
    session.flush()
    return len(rows)


def _supersede(session: Session, old: Review, snapshot: Snapshot, actor: Viewer) -> None:
    old.state = ReviewState.SUPERSEDED
    new = Review(
        case_id=old.case_id,
        snapshot_id=snapshot.id,
        reviewer_id=old.reviewer_id,
        institution_id=old.institution_id,
        state=ReviewState.ACCEPTED,
        is_third=old.is_third,
        assigned_at=now(session),
        assigned_by_id=actor.person_id,
        due_at=old.due_at,
        no_conflict_at=old.no_conflict_at,
    )
    session.add(new)
    session.flush()
    for row in session.scalars(select(ReviewScore).where(col(ReviewScore.review_id) == old.id)).all():
        session.add(ReviewScore(review_id=new.id, group_code=row.group_code, score=row.score, reason=row.reason))


def _tell_secretaries(session: Session, pack: CountryPack, case: BusinessCase, kind: str) -> None:
    """Says that it happened, never what a review says."""
    secretaries: list[uuid.UUID] = mandate.people(session, pack, case, Power.REVIEW_ASSIGNMENT, {Role.REVIEW_SECRETARY})
    owe(session, kind, secretaries, subject_id=case.id, path=f"/cases/{case.id}/reviews", title=case.title)
