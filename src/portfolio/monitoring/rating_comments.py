"""The institution's right to comment on a computed rating before others see it."""

from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.monitoring.health_terms import RatingKind
from portfolio.monitoring.rating_making import today_of
from portfolio.monitoring.rating_models import Rating, RatingComment
from portfolio.monitoring.rating_queries import is_in_comment
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project

SHORTEST = 20
"""Characters from which a comment says something."""


def may_comment(session: Session, actor: Viewer, pack: CountryPack, project: Project, rating: Rating) -> bool:
    """Whether this person may comment on it now: of its institution, and within the days."""
    institution_id = session.get_one(Initiative, project.initiative_id).institution_id
    return (
        rating.kind is RatingKind.COMPUTED
        and is_in_comment(rating, today_of(session, pack))
        and institution_id in actor.narrowed(Permission.RATING_COMMENT).own_institutions
    )


def comment(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, rating: Rating, text: str
) -> RatingComment:
    """Say something to a rating, for ever. Raises `Refused` after the days, `FieldRefused("text", …)` for too few words."""
    if not may_comment(session, actor, pack, project, rating):
        raise Refused(_("The days in which the institution may comment on this rating are over, or it is not yours."))
    said = text.strip()
    if len(said) < SHORTEST:
        raise FieldRefused("text", _("Say it in a sentence."))
    row = RatingComment(rating_id=rating.id, text=said, made_by_id=actor.person_id, made_at=now(session))
    session.add(row)
    session.flush()
    record(session, actor, Tag.RATING_COMMENTED, row, words=said, case=project.case_id, rating=rating.id)
    return row
