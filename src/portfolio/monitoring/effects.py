"""What suspending or ending a project touches, listed before anybody confirms it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_terms import CodeState
from portfolio.approvals.models import ApprovalCode, BudgetEntry
from portfolio.approvals.terms import EntryKind, Firmness
from portfolio.audit.canon import digest
from portfolio.business_cases.models import BusinessCase
from portfolio.db.money import Money
from portfolio.monitoring.models import ProjectDependency
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage

OPEN = (CodeState.ISSUED, CodeState.SUSPENDED, CodeState.EXHAUSTED)


@dataclass(frozen=True, slots=True)
class CodeEffect:
    """A code of the project in force; `free` may still be reserved, and will not be."""

    code: ApprovalCode
    free: Money
    reserved: Money
    committed: Money

    @property
    def is_stopped(self) -> bool:
        """Whether the suspension is what stops it: one that is suspended already stays as it is."""
        return self.code.state is CodeState.ISSUED


@dataclass(frozen=True, slots=True)
class TrancheEffect:
    """A part of the decided money that is not firm yet, and does not become so."""

    fiscal_year: int
    tranche: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Dependant:
    """A living project that cannot do without this one."""

    project_id: uuid.UUID
    title: str
    number: str
    institution_id: uuid.UUID
    lead_id: uuid.UUID | None
    what: str


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything listed; `digest` is of exactly that."""

    codes: Sequence[CodeEffect]
    tranches: Sequence[TrancheEffect]
    dependants: Sequence[Dependant]

    @property
    def digest(self) -> str:
        return digest(
            {
                "codes": [
                    [e.code.code, e.code.state, str(e.free), str(e.reserved), str(e.committed)] for e in self.codes
                ],
                "tranches": [[e.fiscal_year, e.tranche, str(e.amount)] for e in self.tranches],
                "dependants": [str(e.project_id) for e in self.dependants],
            }
        )


def effects_of(session: Session, project: Project) -> Effects:
    return Effects(_codes(session, project), _tranches(session, project), dependants_of(session, project.id))


def _codes(session: Session, project: Project) -> list[CodeEffect]:
    rows = session.scalars(
        select(ApprovalCode)
        .join(BusinessCase, col(BusinessCase.id) == col(ApprovalCode.case_id))
        .where(col(BusinessCase.initiative_id) == project.initiative_id, col(ApprovalCode.state).in_(OPEN))
        .order_by(col(ApprovalCode.fiscal_year), col(ApprovalCode.code))
    )
    return [
        CodeEffect(
            code=code,
            free=Money(code.currency, max(code.ceiling_minor - code.reserved_minor - code.committed_minor, 0)),
            reserved=Money(code.currency, code.reserved_minor),
            committed=Money(code.currency, code.committed_minor),
        )
        for code in rows
    ]


def _tranches(session: Session, project: Project) -> list[TrancheEffect]:
    """By year and tranche, of all versions of the case: what the ledger holds that is indicative."""
    total = func.sum(col(BudgetEntry.amount_minor))
    rows = session.execute(
        select(col(BudgetEntry.fiscal_year), col(BudgetEntry.tranche), col(BudgetEntry.currency), total.label("minor"))
        .join(BusinessCase, col(BusinessCase.id) == col(BudgetEntry.case_id))
        .where(
            col(BusinessCase.initiative_id) == project.initiative_id,
            col(BudgetEntry.kind) != EntryKind.PROPOSED,
            col(BudgetEntry.firmness) == Firmness.INDICATIVE,
        )
        .group_by(col(BudgetEntry.fiscal_year), col(BudgetEntry.tranche), col(BudgetEntry.currency))
        .having(total > 0)
        .order_by(col(BudgetEntry.fiscal_year), col(BudgetEntry.tranche), col(BudgetEntry.currency))
    )
    return [TrancheEffect(row.fiscal_year, row.tranche, Money(row.currency, int(row.minor))) for row in rows]


ENDED = (ProjectStage.CLOSED, ProjectStage.ABSORBED, ProjectStage.WITHDRAWN)


def dependants_of(session: Session, project_id: uuid.UUID) -> list[Dependant]:
    """Living projects that need this one, whoever looks: they are warned, not shown."""
    query: Select[*tuple[Any, ...]] = (
        select(ProjectDependency, Project, Initiative, col(BusinessCase.lead_id).label("lead_id"))
        .join(Project, col(Project.id) == col(ProjectDependency.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(BusinessCase, col(BusinessCase.id) == col(Project.case_id), isouter=True)
        .where(
            col(ProjectDependency.needs_id) == project_id,
            col(ProjectDependency.ended_at).is_(None),
            col(Project.stage).not_in(ENDED),
        )
        .order_by(col(Initiative.sort_key), col(Project.id))
    )
    rows = session.execute(query)
    return [
        Dependant(
            project_id=row.Project.id,
            title=row.Initiative.title,
            number=row.Initiative.reference,
            institution_id=row.Initiative.institution_id,
            lead_id=row.lead_id,
            what=row.ProjectDependency.what,
        )
        for row in rows
    ]
