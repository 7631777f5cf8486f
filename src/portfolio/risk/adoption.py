"""Carrying the risks that a case promised to watch over to the register of its project: once, however often it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.risk.audience import on_history
from portfolio.risk.models import Risk
from portfolio.risk.register import Description, Point, raise_risk
from portfolio.risk.rules import rescaled
from portfolio.risk.terms import Proximity, Response, RiskCategory, Stance

CASE_STEPS = 5
"""A case rates likelihood and impact from 1 to 5 (see `PromisedRisk`)."""


@dataclass(frozen=True, slots=True)
class PromisedRisk:
    """A risk as the frozen case has it: `key` names the line within the case; words as stored, blank where nothing was said.

    `category` and `treatment` are codes of the case's lists; likelihood and impact from 1 to 5 or nothing;
    `contingent_minor` in minor units of the initiative's currency.
    """

    key: str
    event: str
    cause: str = ""
    effect: str = ""
    category: str = ""
    likelihood: int | None = None
    impact: int | None = None
    treatment: str = ""
    response: str = ""
    owner: str = ""
    contingent_minor: int | None = None


def adopt(session: Session, actor: Viewer, pack: CountryPack, project: Project, rows: Sequence[PromisedRisk]) -> int:
    """Put each promised risk on the register, unless it was adopted before; how many are new.

    The case's five steps become those of the country's matrix; what a case left blank takes the middle of the scale, and the
    assessment says so. The case rated before treatment: the same figures stand as inherent and residual until rated again.
    """
    known = set(session.scalars(select(col(Risk.source)).where(col(Risk.project_id) == project.id)))
    new = [row for row in rows if row.event.strip() and _source(row) not in known]
    for row in new:
        point = _point(pack, row)
        guessed = row.likelihood is None or row.impact is None
        reason = _("As rated in the case.")
        if guessed:
            reason = _("The case left a figure blank: the middle of the scale stands until it is rated.")
        raise_risk(
            session,
            actor,
            pack,
            project,
            _description(row),
            {Stance.INHERENT: point, Stance.RESIDUAL: point},
            reason=reason,
            source=_source(row),
        )
    if new:
        record(session, actor, Tag.RISKS_ADOPTED, project, count=len(new), **on_history(project))
    return len(new)


def _source(row: PromisedRisk) -> str:
    return f"case:{row.key}"[:80]


def _point(pack: CountryPack, row: PromisedRisk) -> Point:
    matrix, middle = pack.risk.in_force, (CASE_STEPS + 1) // 2
    return Point(
        rescaled(row.likelihood or middle, CASE_STEPS, len(matrix.likelihood)),
        rescaled(row.impact or middle, CASE_STEPS, len(matrix.impact)),
    )


def _description(row: PromisedRisk) -> Description:
    categories = {member.value: member for member in RiskCategory}
    responses = {member.value: member for member in Response}
    return Description(
        event=row.event.strip()[:600],
        cause=row.cause[:600],
        effect=row.effect[:600],
        category=categories.get(row.category, RiskCategory.DELIVERY),
        proximity=Proximity.YEAR,
        response=responses.get(row.treatment, Response.REDUCE),
        owner=row.owner[:120] or _("Whoever leads the project"),
        contingent_minor=row.contingent_minor,
        contingent_basis=_("As stated in the case.") if row.contingent_minor is not None else "",
    )
