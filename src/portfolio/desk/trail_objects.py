"""How the trail's page calls the records of delivery, and where each has its page: returns, risks, gates, contracts, milestones."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.subjects import Named, register_names
from portfolio.db.clock import now
from portfolio.execution.models import Contract, ContractAmendment, Invoice
from portfolio.findings.models import Finding, FindingAnswer
from portfolio.i18n import gettext as _
from portfolio.kpis import trail_names as _indicators  # noqa: F401  (registers first: what is said here replaces it)
from portfolio.kpis.models import Indicator
from portfolio.kpis.words import name_of
from portfolio.labels import label
from portfolio.monitoring.life_models import GateDecision, GateProposal
from portfolio.monitoring.life_workflow import LIFE
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_words import period_words
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.models import ChangeRequest, Milestone, PlanProposal
from portfolio.projects.visibility import visible_to
from portfolio.returns.models import ProgressReturn
from portfolio.risk.models import Issue, Risk, RiskAcceptance, RiskAction, RiskAssessment, RiskEscalation, RiskEvidence
from portfolio.web.formatting import number


@dataclass(frozen=True, slots=True)
class Called:
    """A kind of record: its table, what it is called by, its page and what that takes.

    `through`: the table that belongs to the project and has the page, with the column that names it, where the record itself has none.
    """

    model: Any
    name: Callable[[Any, Any], str]
    route: str
    params: Callable[[Any], Mapping[str, uuid.UUID]]
    through: tuple[Any, str] | None = None


def _risk_page(row: Any) -> dict[str, uuid.UUID]:
    return {"project_id": row.project_id, "risk_id": row.id}


def _project_page(row: Any) -> dict[str, uuid.UUID]:
    return {"project_id": row.project_id}


def _of_risk(model: Any) -> Called:
    return Called(model, lambda _row, risk: str(risk.event), "risk.show", _risk_page, (Risk, "risk_id"))


def _of_contract(model: Any, name: Callable[[Any, Any], str]) -> Called:
    return Called(model, name, "execution.contracts", _project_page, (Contract, "contract_id"))


def _gate(row: Any) -> str:
    return _(LIFE.named(row.gate).words)


CALLED: dict[str, Called] = {
    "progress_return": Called(
        ProgressReturn, lambda row, _own: period_words(row.period_on), "returns.return", lambda row: {"return_id": row.id}
    ),
    "risk": Called(Risk, lambda row, _own: str(row.event), "risk.show", _risk_page),
    "risk_assessment": _of_risk(RiskAssessment),
    "risk_action": _of_risk(RiskAction),
    "risk_acceptance": _of_risk(RiskAcceptance),
    "risk_escalation": _of_risk(RiskEscalation),
    "risk_evidence": _of_risk(RiskEvidence),
    "issue": Called(
        Issue, lambda row, _own: _("Issue %(number)s") % {"number": number(row.number)}, "risk.register", _project_page
    ),
    "milestone": Called(
        Milestone, lambda row, _own: str(row.title), "projects.milestone",
        lambda row: {"project_id": row.project_id, "milestone_id": row.id},
    ),
    "plan_proposal": Called(
        PlanProposal, lambda row, _own: label(row.kind), "projects.plan_proposal",
        lambda row: {"project_id": row.project_id, "proposal_id": row.id},
    ),
    "plan_change": Called(
        ChangeRequest, lambda row, _own: str(row.title), "projects.change",
        lambda row: {"project_id": row.project_id, "change_id": row.id},
    ),
    "gate_proposal": Called(
        GateProposal, lambda row, _own: _gate(row), "monitoring.gate", lambda row: {"proposal_id": row.id}
    ),
    "gate_decision": Called(
        GateDecision, lambda _row, own: _gate(own), "monitoring.gate", lambda row: {"proposal_id": row.id},
        (GateProposal, "proposal_id"),
    ),
    "contract": Called(
        Contract, lambda row, _own: f"{row.reference} {row.title}", "execution.contracts", _project_page
    ),
    "contract_amendment": _of_contract(
        ContractAmendment,
        lambda row, own: f"{own.reference} · {_('Amendment %(number)s') % {'number': number(row.number)}}",
    ),
    "invoice": _of_contract(Invoice, lambda row, own: f"{row.number} · {own.reference}"),
    "finding": Called(
        Finding, lambda row, _own: label(row.rule), "findings.finding", lambda row: {"finding_id": row.id}
    ),
    "finding_answer": Called(
        FindingAnswer, lambda _row, own: label(own.rule), "findings.finding", lambda row: {"finding_id": row.id},
        (Finding, "finding_id"),
    ),
    "rating": Called(Rating, lambda row, _own: period_words(row.period_on), "monitoring.ratings", _project_page),
    "kpi_indicator": Called(
        Indicator, lambda row, _own: name_of(row), "kpis.indicator",
        lambda row: {"project_id": row.project_id, "indicator_id": row.id},
    ),
}  # fmt: skip


def called(kind: str, session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    """Names of those records whose project the viewer may find; one statement."""
    rule = CALLED[kind]
    own, name = rule.through or (rule.model, "")
    query = (
        select(rule.model, own, col(Initiative.title)) if rule.through else select(rule.model, col(Initiative.title))
    ).select_from(rule.model)
    if rule.through:
        query = query.join(own, col(own.id) == getattr(rule.model, name))
    rows = session.execute(
        query.join(Project, col(Project.id) == col(own.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(rule.model.id).in_(ids), visible_to(viewer, now(session)))
    )
    return {
        row[0].id: Named(
            f"{rule.name(row[0], row[-2])} · {row[-1] or ''}".strip(" ·"),
            rule.route,
            permission=Permission.PROJECT_READ,
            params=rule.params(row[-2]),
        )
        for row in rows
    }


def projects(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    rows = session.execute(
        select(col(Project.id), col(Initiative.reference), col(Initiative.title))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(Project.id).in_(ids), visible_to(viewer, now(session)))
    )
    return {
        row[0]: Named(f"{row[1]} {row[2] or ''}".strip(), "desk.project", "project_id", Permission.PROJECT_READ)
        for row in rows
    }


def _finder(kind: str) -> Callable[[Session, Viewer, Collection[uuid.UUID]], Mapping[uuid.UUID, Named]]:
    return lambda session, viewer, ids: called(kind, session, viewer, ids)


for _kind in CALLED:
    register_names(_kind, _finder(_kind))
register_names("project", projects)
