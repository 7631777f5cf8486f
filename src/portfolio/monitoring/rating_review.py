"""Independent ratings: somebody from another institution is asked, sees the facts but no other rating, and files one of their own.

Separation is that of peer review: no ties with the case or its institution, when asked and again when filed; whoever asks does
not rate.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.facts import check_portion, read_facts
from portfolio.monitoring.health_terms import Confidence, Dimension, RatingKind
from portfolio.monitoring.life_queries import case_of
from portfolio.monitoring.portion import only
from portfolio.monitoring.rating_formula import scale_on
from portfolio.monitoring.rating_inputs import as_stored, inputs_of
from portfolio.monitoring.rating_making import digest_of, today_of
from portfolio.monitoring.rating_models import Rating, RatingRequest
from portfolio.monitoring.rating_terms import RatingOccasion, RatingRequestState
from portfolio.monitoring.recompute import refresh
from portfolio.notifications.outbox import owe
from portfolio.packs.calendar import add_working_days
from portfolio.packs.schema import CountryPack
from portfolio.peer_review import conflicts
from portfolio.peer_review.ties import conflicts_now
from portfolio.people.models import Institution, Membership, Person
from portfolio.people.permissions import Permission
from portfolio.people.queries import holders, in_force
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project

DAYS_TO_RATE = 15
"""Working days that a reviewer is given."""
SHORTEST = 20
"""Characters of the evidence of a dimension, as of a reason in a peer review."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be asked."""

    person_id: uuid.UUID
    name: str
    institution: str


def ties_with(session: Session, project: Project, person_id: uuid.UUID, today: date) -> list[str]:
    """Why this person may not rate the project, in words; none where nothing stands against it."""
    case = case_of(session, project)
    if case is not None:
        return [conflicts.words(found) for found in conflicts_now(session, case, person_id, today)]
    institution_id = session.get_one(Initiative, project.initiative_id).institution_id
    works_there = session.scalar(
        select(col(Membership.id)).where(
            col(Membership.person_id) == person_id, col(Membership.institution_id) == institution_id, in_force(today)
        )
    )
    return [_("Works in the institution that presents the case.")] if works_there is not None else []


def choices(session: Session, actor: Viewer, project: Project, today: date) -> list[Choice]:
    """Reviewers without ties with the project, by name; never whoever asks."""
    people = [one for one in holders(session, Role.REVIEWER, today) if one != actor.person_id]
    free = [one for one in people if not ties_with(session, project, one, today)]
    rows: Sequence[Any] = session.execute(
        select(col(Person.id), col(Person.name), col(Institution.name).label("body"))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .join(Institution, col(Institution.id) == col(Membership.institution_id))
        .where(col(Person.id).in_(free), col(Membership.role) == Role.REVIEWER, in_force(today))
        .order_by(col(Person.sort_key), col(Person.id))
    ).all()
    return list({row.id: Choice(row.id, row.name, row.body) for row in rows}.values())


def ask_for_rating(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, period: date, reviewer_id: uuid.UUID
) -> RatingRequest:
    """Ask somebody. Raises `FieldRefused("reviewer_id", …)` for whoever may not, `Refused` while somebody is asked already."""
    today = today_of(session, pack)
    if project.stage in ENDED:
        raise Refused(_("The project has ended: nobody is asked to rate it any more."))
    if open_request(session, project.id) is not None:
        raise Refused(_("Somebody is asked already; their rating comes first."))
    if reviewer_id not in {choice.person_id for choice in choices(session, actor, project, today)}:
        raise FieldRefused("reviewer_id", _("Choose one of the options"))
    row = RatingRequest(
        project_id=project.id,
        period_on=period,
        reviewer_id=reviewer_id,
        asked_by_id=actor.person_id,
        asked_at=now(session),
        due_on=add_working_days(pack, today, DAYS_TO_RATE),
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.RATING_ASKED_FOR, row, case=project.case_id, reviewer=reviewer_id, period=period)
    initiative = session.get_one(Initiative, project.initiative_id)
    owe(
        session,
        "rating_asked_for",
        [reviewer_id],
        subject_id=project.case_id or project.id,
        path=f"/rating-requests/{row.id}",
        number=initiative.reference,
        title=initiative.title or "",
        due=row.due_on,
    )
    return row


def open_request(session: Session, project_id: uuid.UUID) -> RatingRequest | None:
    return session.scalar(
        select(RatingRequest).where(
            col(RatingRequest.project_id) == project_id, col(RatingRequest.state) == RatingRequestState.ASKED
        )
    )


def get_request(session: Session, viewer: Viewer, request_id: uuid.UUID) -> tuple[RatingRequest, Project]:
    """A request to this very person. Raises `NotFound` for one of somebody else's, and once they have ties with the project."""
    row = session.get(RatingRequest, request_id)
    if row is None or row.reviewer_id != viewer.person_id or not viewer.can(Permission.RATING_REVIEW):
        raise NotFound
    return row, session.get_one(Project, row.project_id)


def requests_for(session: Session, viewer: Viewer) -> Sequence[RatingRequest]:
    """What this person is asked for and has not answered, what is due first on top."""
    return session.scalars(
        select(RatingRequest)
        .where(col(RatingRequest.reviewer_id) == viewer.person_id, col(RatingRequest.state) == RatingRequestState.ASKED)
        .order_by(col(RatingRequest.due_on), col(RatingRequest.id))
    ).all()


def facts_shown(session: Session, pack: CountryPack, project: Project) -> dict[str, Any]:
    """`rating_inputs.INPUTS` of the project now: what a reviewer is shown. Figures only, no score, no level."""
    today = today_of(session, pack)
    mine = only(project.id)
    read = read_facts(session, pack, mine, today)
    found = inputs_of(read, check_portion(session, pack, mine, read).summary)
    return {name: value for name, value in as_stored(found.row(0, named=True)).items() if name != "project"}


def shown_digest(request: RatingRequest, facts: Mapping[str, Any]) -> str:
    """What the password of a reviewer is bound to: the request and the figures that the page shows."""
    return digest(
        {"request": request.id, "project": request.project_id, "period": request.period_on, "facts": dict(facts)}
    )


def file_refusals(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, request: RatingRequest
) -> list[str]:
    """Why this person cannot file it now."""
    if request.state is not RatingRequestState.ASKED:
        return [_("This was answered already.")]
    if request.asked_by_id == actor.person_id:
        return [_("Whoever asks for a rating does not give it.")]
    return ties_with(session, project, actor.person_id, today_of(session, pack))


def file_rating(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    request: RatingRequest,
    level: Confidence,
    evidence: Mapping[Dimension, str],
    summary: str,
    password: str,
    shown: str,
) -> Rating:
    """File an independent rating with its evidence for each dimension, for ever.

    Raises `FieldRefused("level" | "evidence.<dimension>" | "password", …)`, and `Refused` for ties, for what was answered
    already, and where the figures are no longer those that were shown.
    """
    today = today_of(session, pack)
    scale = scale_on(today)
    if level not in [one for one, _least in scale.levels]:
        raise FieldRefused("level", _("Choose one of the options"))
    for dimension in Dimension:
        if len(evidence.get(dimension, "").strip()) < SHORTEST:
            raise FieldRefused(f"evidence.{dimension.value}", _("Say what you looked at, in a sentence."))
    prove(session, secret, actor, password, shown)
    if refusals := file_refusals(session, actor, pack, project, request):
        raise Refused(*refusals)
    facts = facts_shown(session, pack, project)
    if shown != shown_digest(request, facts):
        raise Refused(_("What this rests on changed while you were looking. Read it again: nothing was decided."))
    rating = Rating(
        project_id=project.id,
        period_on=request.period_on,
        kind=RatingKind.INDEPENDENT,
        ordinal=_next_ordinal(session, request),
        occasion=RatingOccasion.ASKED_FOR,
        as_at=today,
        scale=scale.code,
        level=level,
        facts=facts,
        evidence={dimension.value: evidence[dimension].strip() for dimension in Dimension},
        summary=summary.strip(),
        made_at=now(session),
        made_by_id=actor.person_id,
    )
    rating.digest = digest_of(rating)
    session.add(rating)
    session.flush()
    request.state, request.rating_id, request.settled_at = RatingRequestState.FILED, rating.id, now(session)
    record(
        session, actor, Tag.RATING_FILED, rating, case=project.case_id, period=rating.period_on, level=level.value,
        digest=rating.digest,
    )  # fmt: skip
    _tell_filed(session, pack, project, request, rating)
    session.flush()
    refresh(session, pack, project.id)
    return rating


def _next_ordinal(session: Session, request: RatingRequest) -> int:
    last = session.scalar(
        select(col(Rating.ordinal))
        .where(
            col(Rating.project_id) == request.project_id,
            col(Rating.period_on) == request.period_on,
            col(Rating.kind) == RatingKind.INDEPENDENT,
        )
        .order_by(col(Rating.ordinal).desc())
        .limit(1)
    )
    return 0 if last is None else last + 1


def _tell_filed(session: Session, pack: CountryPack, project: Project, request: RatingRequest, rating: Rating) -> None:
    initiative = session.get_one(Initiative, project.initiative_id)
    case = case_of(session, project)
    people = {request.asked_by_id, *holders(session, Role.AGENCY_CIO, rating.as_at, initiative.institution_id)}
    owe(
        session,
        "rating_filed",
        people | ({case.lead_id} if case else set()),
        subject_id=project.case_id or project.id,
        path=f"/projects/{project.id}/ratings",
        number=initiative.reference,
        title=initiative.title or "",
        level=rating.level,
    )


def decline(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, request: RatingRequest, reason: str
) -> None:
    """Say that one does not rate it, and why. Raises `FieldRefused("reason", …)`, `Refused` once it was answered."""
    if request.state is not RatingRequestState.ASKED:
        raise Refused(_("This was answered already."))
    if len(reason.strip()) < SHORTEST:
        raise FieldRefused("reason", _("A reason is required."))
    request.state, request.reason, request.settled_at = RatingRequestState.DECLINED, reason.strip(), now(session)
    record(session, actor, Tag.RATING_DECLINED, request, words=request.reason, case=project.case_id)
    initiative = session.get_one(Initiative, project.initiative_id)
    owe(
        session,
        "rating_declined",
        [request.asked_by_id],
        subject_id=project.case_id or project.id,
        path=f"/projects/{project.id}/ratings",
        number=initiative.reference,
        title=initiative.title or "",
        reason=request.reason,
    )
    session.flush()
