"""What of this room waits for a person: escalations to answer, acceptances to decide, reviews that are late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import visible_to
from portfolio.risk.models import Risk, RiskAcceptance, RiskEscalation
from portfolio.risk.terms import LIVE, AcceptanceState, EscalationState


@dataclass(frozen=True, slots=True)
class WaitingRisk:
    """A risk with what waits on it (an escalation, an acceptance, or the risk itself) and where it belongs."""

    risk: Risk
    row: Any
    title: str
    number: str
    institution: str


def _living(viewer: Viewer, at: datetime, row: Any) -> Select[Any]:
    """Of projects that the narrowed viewer may find: what waits, the initiative, the institution's name, the risk."""
    return (
        select(row, Initiative, col(Institution.name), *(() if row is Risk else (Risk,)))
        .select_from(Risk)
        .join(Project, col(Project.id) == col(Risk.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, at), col(Risk.state).in_(LIVE))
    )


def _shown(rows: Sequence[Any]) -> list[WaitingRisk]:
    return [
        WaitingRisk(row[-1] if len(row) > 3 else row[0], row[0], row[1].title or "", row[1].reference, row[2])
        for row in rows
    ]


def escalations_for(session: Session, viewer: Viewer, pack: CountryPack, at: datetime) -> list[WaitingRisk]:
    """Open escalations before a tier for which a role of this person answers."""
    narrowed = viewer.narrowed(Permission.RISK_ANSWER)
    roles = {role.value for role in narrowed.roles}
    tiers = [tier for tier, rule in pack.risk.escalation.items() if roles & set(rule.answered_by)]
    if not tiers:
        return []
    rows = session.execute(
        _living(narrowed, at, RiskEscalation)
        .join(RiskEscalation, col(RiskEscalation.risk_id) == col(Risk.id))
        .where(col(RiskEscalation.state) == EscalationState.OPEN, col(RiskEscalation.tier).in_(tiers))
        .order_by(col(RiskEscalation.due_on), col(RiskEscalation.id))
    ).all()
    return _shown(rows)


def acceptances_for(session: Session, viewer: Viewer, pack: CountryPack, at: datetime) -> list[WaitingRisk]:
    """Proposed acceptances that this person is the authority for, but those they proposed."""
    narrowed = viewer.narrowed(Permission.RISK_ACCEPT)
    if not narrowed.grants:
        return []
    rows = session.execute(
        _living(narrowed, at, RiskAcceptance)
        .join(RiskAcceptance, col(RiskAcceptance.risk_id) == col(Risk.id))
        .where(
            col(RiskAcceptance.state) == AcceptanceState.PROPOSED,
            col(RiskAcceptance.proposed_by_id) != viewer.person_id,
        )
        .order_by(col(RiskAcceptance.proposed_at), col(RiskAcceptance.id))
    ).all()
    return _shown([row for row in rows if _is_authority(narrowed, pack, row[3], row[1])])


def _is_authority(viewer: Viewer, pack: CountryPack, risk: Risk, initiative: Initiative) -> bool:
    rule = pack.risk.ratings.get(risk.rating)
    roles = {role.value for role in viewer.roles_in(initiative.institution_id)}
    return rule is not None and bool(roles & set(rule.accepted_by))


def reviews_for(session: Session, viewer: Viewer, pack: CountryPack, at: datetime) -> list[WaitingRisk]:
    """Risks that this person owns or raised and that should have been looked at before today."""
    narrowed = viewer.narrowed(Permission.RISK_WRITE)
    if not narrowed.grants:
        return []
    mine = or_(col(Risk.owner_id) == viewer.person_id, col(Risk.raised_by_id) == viewer.person_id)
    rows = session.execute(
        _living(narrowed, at, Risk)
        .where(col(Risk.next_review_on) < at.astimezone(pack.zone).date(), mine)
        .order_by(col(Risk.next_review_on), col(Risk.id))
    ).all()
    return _shown(rows)
