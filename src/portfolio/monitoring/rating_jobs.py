"""What the clock does for ratings: computes them, tells when the days of comment end and are over, keeps the newest facts."""

import uuid
from datetime import date, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.i18n import N_
from portfolio.jobs.timetable import Daily, FreeJob, Job, JobContext, Said, register_job
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.life_notices import leads_of, people_in_roles
from portfolio.monitoring.portion import Portion, portions
from portfolio.monitoring.rating_making import rate_portion, today_of
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_periods import ended_period, period_end
from portfolio.monitoring.recompute import recompute_all
from portfolio.notifications.outbox import owe
from portfolio.packs.calendar import add_working_days
from portfolio.packs.schema import CountryPack
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative, Project

COMPUTE, COMMENTS, HEALTH = "ratings.compute", "ratings.comments", "health.recompute"
AT_ONCE = 200
"""Projects that are rated in one transaction: nobody waits longer than a second for it."""
NOTICE_DAYS = 2
"""Working days before the end of the comment on which the institution is reminded."""
TOLD_FOR = timedelta(days=30)
"""How long after the end of a comment it is still told that it is over, if the clock stood still."""


def compute(context: JobContext) -> Said:
    """The computed rating of every living project that has none of the period that ended last."""
    pack: CountryPack = context.pack
    with context.database.reading() as session:
        period = ended_period(today_of(session, pack), pack.fiscal_year.start_month)
        found = list(portions(session, AT_ONCE))
    made = 0
    for portion in found:
        with context.database.reading() as session:
            lacking = unrated(session, period, portion)
        if lacking:
            with context.database.writing() as session:
                made += rate_portion(session, pack, portion, period, lacking)
    return Said(N_("Ratings computed: %(count)s"), {"count": made})


def unrated(session: Session, period: date, portion: Portion) -> list[uuid.UUID]:
    """Living projects of a portion that had begun when the period ended, without a computed rating of it."""
    is_rated = exists().where(
        col(Rating.project_id) == col(Project.id),
        col(Rating.period_on) == period,
        col(Rating.kind) == RatingKind.COMPUTED,
    )
    had_begun = or_(col(Project.began_on).is_(None), col(Project.began_on) <= period_end(period))
    query = select(col(Project.id)).where(~is_rated, had_begun, col(Project.stage).not_in(ENDED))
    return list(session.scalars(query.where(portion.holds(Project.id)).order_by(col(Project.id))))


def tell_of_comments(session: Session, context: JobContext) -> Said:
    """Each notice once a rating: the end of the comment is near, and it is over."""
    pack: CountryPack = context.pack
    today = today_of(session, pack)
    near = add_working_days(pack, today, NOTICE_DAYS)
    told = 0
    for rating in _commented_between(session, today - TOLD_FOR, near):
        until = rating.comment_until or today
        project = session.get_one(Project, rating.project_id)
        people = leads_of(session, project) | people_in_roles(session, pack, project, (Role.AGENCY_CIO,))
        if until >= today:
            told += _owe(session, "rating_comment_ends", project, rating, people, until)
        else:
            head = people_in_roles(session, pack, project, (Role.DIRECTIVE_HEAD,))
            told += _owe(session, "rating_shown", project, rating, people | head, until)
    return Said(N_("Notices on ratings in comment: %(count)s"), {"count": told})


def _commented_between(session: Session, first: date, last: date) -> list[Rating]:
    return list(
        session.scalars(
            select(Rating)
            .where(col(Rating.kind) == RatingKind.COMPUTED, col(Rating.comment_until).between(first, last))
            .order_by(col(Rating.comment_until), col(Rating.id))
        )
    )


def _owe(session: Session, kind: str, project: Project, rating: Rating, people: set[uuid.UUID], until: date) -> int:
    initiative = session.get_one(Initiative, project.initiative_id)
    return owe(
        session,
        kind,
        people,
        subject_id=project.case_id or project.id,
        path=f"/projects/{project.id}/ratings",
        once_key=f"{kind}:{rating.id}",
        number=initiative.reference,
        title=initiative.title or "",
        until=until,
    )


def recompute(context: JobContext) -> Said:
    """The newest facts of all projects, for the lists."""
    return Said(
        N_("Projects whose health was reckoned: %(count)s"), {"count": recompute_all(context.database, context.pack)}
    )


register_job(
    FreeJob(
        COMPUTE,
        N_("Compute the ratings of the period that ended"),
        Daily("04:10"),
        compute,
        does=N_(
            "Computes the rating of every living project for the period that ended, and opens the days of comment."
        ),
    )
)
register_job(
    Job(
        COMMENTS,
        N_("Tell of ratings in comment"),
        Daily("06:50"),
        tell_of_comments,
        does=N_("Reminds institutions before the days of comment end, and tells when they are over."),
    )
)
register_job(
    FreeJob(
        HEALTH,
        N_("Reckon the health of every project"),
        Daily("05:10"),
        recompute,
        does=N_("Reckons the newest facts and flags of every project, which the lists show."),
    )
)
