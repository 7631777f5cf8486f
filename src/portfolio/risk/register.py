"""Raising and editing risks, and rating them: every rating stays, the newest counts."""

import uuid
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.risk.audience import institution_of, on_history, today_of
from portfolio.risk.models import Issue, Risk, RiskAssessment
from portfolio.risk.queries import people_of
from portfolio.risk.rules import chance_fault, is_above, next_review, rating_at
from portfolio.risk.standing import settle
from portfolio.risk.terms import Proximity, Response, RiskCategory, Stance


@dataclass(frozen=True, slots=True)
class Point:
    """Two steps of the country's matrix, each from 1."""

    likelihood: int
    impact: int


@dataclass(frozen=True, slots=True)
class Description:
    """What a person says of a risk; the names are those of its columns. Amounts in minor units of the project's currency."""

    event: str
    category: RiskCategory
    proximity: Proximity
    response: Response
    cause: str = ""
    effect: str = ""
    catalogue: str = ""
    owner_id: uuid.UUID | None = None
    owner: str = ""
    supplier: str = ""
    component: str = ""
    early_sign: str = ""
    contingent_minor: int | None = None
    contingent_basis: str = ""
    chance: int | None = None
    cost_low_minor: int | None = None
    cost_likely_minor: int | None = None
    cost_high_minor: int | None = None
    days_low: int | None = None
    days_likely: int | None = None
    days_high: int | None = None


def next_number(session: Session, project: Project, model: type[Risk] | type[Issue]) -> int:
    """The next number within a project; the project's row is locked until the commit, so that two do not take the same."""
    session.execute(select(col(Project.id)).where(col(Project.id) == project.id).with_for_update())
    return 1 + (session.scalar(select(func.max(col(model.number))).where(col(model.project_id) == project.id)) or 0)


def raise_risk(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    said: Description,
    points: dict[Stance, Point],
    *,
    reason: str = "",
    source: str = "",
) -> Risk:
    """Put a risk on the register. `points` has at least the inherent and the residual one; the target may be missing.

    Raises `FieldRefused` for an owner of elsewhere, a step outside the matrix, a residual rating above the inherent one and a
    chance that contradicts the residual likelihood.
    """
    _check_owner(session, pack, project, said)
    initiative = session.get_one(Initiative, project.initiative_id)
    matrix, today = pack.risk.in_force, today_of(session, pack)
    rating = _rating(pack, points[Stance.RESIDUAL], Stance.RESIDUAL)
    residual, inherent = points[Stance.RESIDUAL], points[Stance.INHERENT]
    if is_above((residual.likelihood, residual.impact), (inherent.likelihood, inherent.impact)):
        raise FieldRefused(
            "residual_likelihood",
            _("With what is done already it cannot be rated above the inherent rating: correct one of the two"),
        )
    _check_chance(pack, said.chance, residual.likelihood)
    target = points.get(Stance.TARGET)
    risk = Risk(
        project_id=project.id,
        number=next_number(session, project, Risk),
        currency=initiative.currency,
        matrix=matrix.code,
        inherent_likelihood=points[Stance.INHERENT].likelihood,
        inherent_impact=points[Stance.INHERENT].impact,
        residual_likelihood=points[Stance.RESIDUAL].likelihood,
        residual_impact=points[Stance.RESIDUAL].impact,
        target_likelihood=target.likelihood if target else None,
        target_impact=target.impact if target else None,
        rating=rating,
        rank=pack.risk.rank(rating),
        next_review_on=next_review(pack.risk, rating, today),
        source=source,
        raised_by_id=actor.person_id,
        raised_at=now(session),
        **asdict(said),
    )
    session.add(risk)
    session.flush()
    for stance, point in points.items():
        _keep(session, actor, pack, risk, stance, point, reason)
    record(session, actor, Tag.RISK_RAISED, risk, number=risk.number, rating=rating, **on_history(project))
    settle(session, actor, pack, project, risk)
    return risk


def edit_risk(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, risk: Risk, said: Description
) -> None:
    """Say it better. Ratings are not edited: they are assessed again.

    Raises `Refused` for a risk that ended, `FieldRefused` for a chance that contradicts the residual likelihood.
    """
    if not risk.is_live:
        raise Refused(_("This risk is closed or has occurred."))
    _check_owner(session, pack, project, said)
    if risk.matrix == pack.risk.matrix:
        _check_chance(pack, said.chance, risk.residual_likelihood)
    for name, value in asdict(said).items():
        setattr(risk, name, value)
    session.flush()
    record(session, actor, Tag.RISK_EDITED, risk, **on_history(project))


def assess(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    risk: Risk,
    stance: Stance,
    point: Point,
    reason: str,
    *,
    confirmed: bool = False,
) -> None:
    """Rate a stance anew, with the reason; the same figures again say that it was looked at. Sets the next review.

    Raises `Refused` for a risk that ended, `FieldRefused` for a step outside the matrix, and for a residual rating that comes to
    lie above the inherent one without a person who `confirmed` it: a risk that grew must reach the next tier without waiting
    until its inherent rating is given again. A residual rating out of tolerance goes there in this very transaction.
    """
    if not risk.is_live:
        raise Refused(_("This risk is closed or has occurred."))
    rating = _rating(pack, point, stance)
    if risk.matrix != pack.risk.matrix and stance is not Stance.RESIDUAL:
        raise Refused(_("The country's matrix changed: rate the residual risk first."))
    if not confirmed and risk.matrix == pack.risk.matrix and _would_be_above(risk, stance, point):
        raise FieldRefused(
            "confirmed", _("The residual rating would lie above the inherent one: correct it, or tick that it is right")
        )
    for name, value in (("likelihood", point.likelihood), ("impact", point.impact)):
        setattr(risk, f"{stance.value}_{name}", value)
    if stance is Stance.RESIDUAL:
        risk.matrix, risk.rating, risk.rank = pack.risk.matrix, rating, pack.risk.rank(rating)
    risk.next_review_on = next_review(pack.risk, risk.rating, today_of(session, pack))
    row = _keep(session, actor, pack, risk, stance, point, reason)
    session.flush()
    record(
        session, actor, Tag.RISK_ASSESSED, row, risk=risk.id, stance=stance.value, rating=rating, **on_history(project)
    )
    settle(session, actor, pack, project, risk)


def _would_be_above(risk: Risk, stance: Stance, point: Point) -> bool:
    inherent = (risk.inherent_likelihood, risk.inherent_impact)
    residual = (risk.residual_likelihood, risk.residual_impact)
    here = (point.likelihood, point.impact)
    if stance is Stance.INHERENT:
        return is_above(residual, here)
    return stance is Stance.RESIDUAL and is_above(here, inherent)


def _check_chance(pack: CountryPack, chance: int | None, likelihood: int) -> None:
    if fault := chance_fault(pack.risk.in_force, chance, likelihood):
        raise FieldRefused("chance", fault)


def _keep(
    session: Session, actor: Viewer, pack: CountryPack, risk: Risk, stance: Stance, point: Point, reason: str
) -> RiskAssessment:
    row = RiskAssessment(
        risk_id=risk.id,
        stance=stance,
        matrix=pack.risk.matrix,
        likelihood=point.likelihood,
        impact=point.impact,
        rating=_rating(pack, point, stance),
        reason=reason,
        assessed_by_id=actor.person_id,
        assessed_at=now(session),
    )
    session.add(row)
    return row


def _rating(pack: CountryPack, point: Point, stance: Stance) -> str:
    try:
        return rating_at(pack.risk.in_force, point.likelihood, point.impact)
    except ValueError:
        raise FieldRefused(f"{stance.value}_likelihood", _("Choose one of the options")) from None


def _check_owner(session: Session, pack: CountryPack, project: Project, said: Description) -> None:
    if said.owner_id is None and not said.owner:
        raise FieldRefused("owner", _("Say who answers for the risk: a person, or a post."))
    if said.owner_id is not None:
        known = {
            person for person, _name in people_of(session, institution_of(session, project), today_of(session, pack))
        }
        if said.owner_id not in known:
            raise FieldRefused("owner_id", _("Choose one of the options"))
