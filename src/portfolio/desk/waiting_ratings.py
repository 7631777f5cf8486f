"""Ratings that wait: computed ones that the institution may comment on, independent ones that somebody is asked for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from sqlalchemy import exists, select
from sqlmodel import col

from portfolio.db.memo import row_of
from portfolio.desk.waiting import MOST_SHOWN, Asking, Group, Waiting, register_waiting
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.rating_models import Rating, RatingComment
from portfolio.monitoring.rating_review import requests_for
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission as P
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to


def comments(asking: Asking) -> Iterator[Waiting]:
    """Ratings in comment of the own institutions to which nobody has said anything yet."""
    viewer = asking.viewer.narrowed(P.RATING_COMMENT)
    if not viewer.grants:
        return
    today = asking.now.astimezone(asking.pack.zone).date()
    said = exists().where(col(RatingComment.rating_id) == col(Rating.id))
    rows = asking.session.execute(
        select(Rating, Initiative)
        .join(Project, col(Project.id) == col(Rating.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(
            col(Rating.kind) == RatingKind.COMPUTED,
            col(Rating.comment_until) >= today,
            ~said,
            visible_to(viewer, asking.now),
        )
        .order_by(col(Rating.comment_until), col(Rating.id))
        .limit(MOST_SHOWN)
    )
    for row in rows:
        yield _line(
            asking, "rating_comment", row.Initiative, "monitoring.comment_rating", "rating_id", row.Rating.id,
            row.Rating.comment_until,
        )  # fmt: skip


def requests(asking: Asking) -> Iterator[Waiting]:
    """Independent ratings that this person is asked for."""
    if not asking.viewer.can(P.RATING_REVIEW):
        return
    for row in requests_for(asking.session, asking.viewer):
        project = row_of(asking.session, Project, row.project_id)
        initiative = row_of(asking.session, Initiative, project.initiative_id)
        yield _line(
            asking, "rating_request", initiative, "monitoring.rating_request", "request_id", row.id, row.due_on
        )  # fmt: skip


def _line(
    asking: Asking, group: str, initiative: Initiative, route: str, parameter: str, key: object, due: date | None
) -> Waiting:
    ends = None if due is None else datetime.combine(due, time(23, 59, 59), tzinfo=asking.pack.zone).astimezone(UTC)
    return Waiting(
        group=group,
        title=initiative.title or _("Without a title"),
        route=route,
        params={parameter: key},
        number=initiative.reference,
        institution=row_of(asking.session, Institution, initiative.institution_id).name,
        due=ends,
    )


register_waiting("rating_comment", Group(58, N_("Comment on a computed rating")), comments)
register_waiting("rating_request", Group(32, N_("Rate a project of another institution")), requests)
