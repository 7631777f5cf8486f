"""What the record itself says of an item of the close-out: what is still open, or that nothing is. Nothing here is typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import shorten

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_queries import codes_of_case
from portfolio.approvals.code_terms import CodeState
from portfolio.closure.models import ExternalReview, Service
from portfolio.closure.terms import ExternalState
from portfolio.db.money import Money
from portfolio.execution.models import Contract, Invoice
from portfolio.execution.queries import contracts_of, invoices_of
from portfolio.execution.terms import ContractState, InvoiceState
from portfolio.findings.models import Finding
from portfolio.findings.terms import FindingState
from portfolio.i18n import gettext as _
from portfolio.kpis.queries import scorecard
from portfolio.kpis.terms import IndicatorKind
from portfolio.kpis.words import name_of
from portfolio.lessons.models import Lesson
from portfolio.packs.gates import ClosingReading
from portfolio.projects.models import Project
from portfolio.projects.plan.queries import read_plan
from portfolio.risk.models import Risk
from portfolio.risk.terms import LIVE
from portfolio.web.formatting import money

UNPAID = frozenset({InvoiceState.RECEIVED, InvoiceState.ACCRUED})
WITH_BALANCE = frozenset({CodeState.ISSUED, CodeState.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Read:
    """`open`: what stands against it, one line each; `said`: what the record says where nothing does."""

    open: tuple[str, ...]
    said: str


def _milestones(session: Session, project: Project, today: date) -> Read:
    plan = read_plan(session, project.id)
    waiting = [row.title for row in plan.standing if row.actual_on is None]
    return Read(tuple(waiting), _("Milestones reached: %(count)s") % {"count": len(plan.standing)})


def _codes(session: Session, project: Project, today: date) -> Read:
    codes = [] if project.case_id is None else codes_of_case(session, project.case_id)
    return Read(
        tuple(code.code for code in codes if code.state in WITH_BALANCE),
        _("Approval codes without an open balance: %(count)s") % {"count": len(codes)},
    )


def _contracts(session: Session, project: Project, today: date) -> Read:
    """Each contract over, each invoice paid or rejected. Money committed on a code without any contract here is open too:
    nothing on record is not nothing owed.
    """
    contracts = contracts_of(session, project.id)
    named = {row.id: row.reference for row in contracts}
    waiting = [
        _("Contract %(reference)s, %(title)s: in force") % {"reference": row.reference, "title": row.title}
        for row in contracts
        if row.state is ContractState.IN_FORCE
    ]
    waiting += [
        _("Invoice %(number)s of contract %(reference)s: %(amount)s not paid")
        % {
            "number": row.number,
            "reference": named[row.contract_id],
            "amount": money(Money(_currency(contracts, row), row.amount_minor)),
        }
        for row in invoices_of(session, list(named))
        if row.state in UNPAID
    ]
    if not contracts:
        waiting += _committed(session, project)
    said = _("Contracts ended, their invoices paid or rejected: %(count)s") % {"count": len(contracts)}
    return Read(
        tuple(waiting), said if contracts else _("No contract is on record, and nothing is committed on a code.")
    )


def _currency(contracts: Sequence[Contract], invoice: Invoice) -> str:
    return next(row.currency for row in contracts if row.id == invoice.contract_id)


def _committed(session: Session, project: Project) -> list[str]:
    codes = [] if project.case_id is None else codes_of_case(session, project.case_id)
    return [
        _("Code %(code)s has commitments, and no contract is on record") % {"code": code.code}
        for code in codes
        if code.committed_minor
    ]


def _risks(session: Session, project: Project, today: date) -> Read:
    rows = session.scalars(
        select(Risk).where(col(Risk.project_id) == project.id).order_by(col(Risk.created_at), col(Risk.id))
    ).all()
    live = tuple(row.event for row in rows if row.state in LIVE)
    return Read(live, _("Risks that are closed or have occurred: %(count)s") % {"count": len(rows)})


def _findings(session: Session, project: Project, today: date) -> Read:
    rows = session.scalars(
        select(Finding).where(col(Finding.project_id) == project.id).order_by(col(Finding.opened_at), col(Finding.id))
    ).all()
    waiting = tuple(
        shorten(row.evidence, 160, placeholder="…") for row in rows if row.state is not FindingState.SETTLED
    )
    return Read(waiting, _("Findings settled: %(count)s") % {"count": len(rows)})


def _benefits(session: Session, project: Project, today: date) -> Read:
    """Whatever is measured after the closure has an owner; a benefit also has a day to come on which it is promised."""
    lacking, kept = [], 0
    for line in scorecard(session, project, today):
        one = line.indicator
        if one.stopped_on is not None or (one.measured_until is not None and one.measured_until < today):
            continue
        kept += 1
        if one.owner_id is None:
            lacking.append(_("%(name)s: nobody owns it") % {"name": name_of(one)})
        elif one.kind is IndicatorKind.BENEFIT and not any(point.on > today for point in line.promise.points):
            lacking.append(_("%(name)s: no target has a date to come") % {"name": name_of(one)})
    return Read(
        tuple(lacking), _("Indicators measured after the closure, each with its owner: %(count)s") % {"count": kept}
    )


def _lessons(session: Session, project: Project, today: date) -> Read:
    count = session.scalar(select(func.count()).select_from(Lesson).where(col(Lesson.project_id) == project.id)) or 0
    missing = () if count else (_("No lesson is recorded yet."),)
    return Read(missing, _("Lessons recorded: %(count)s") % {"count": count})


def _reviews(session: Session, project: Project, today: date) -> Read:
    rows = session.scalars(
        select(ExternalReview)
        .where(col(ExternalReview.project_id) == project.id)
        .order_by(col(ExternalReview.ordered_at), col(ExternalReview.id))
    ).all()
    waiting = tuple(row.title for row in rows if row.state is not ExternalState.CLOSED)
    return Read(waiting, _("External reviews closed: %(count)s") % {"count": len(rows)})


def _service(session: Session, project: Project, today: date) -> Read:
    found = session.scalar(select(Service).where(col(Service.project_id) == project.id))
    if found is None:
        return Read((_("No service is registered yet."),), "")
    return Read((), _("Registered as «%(name)s»") % {"name": found.name})


READINGS: Mapping[ClosingReading, Callable[[Session, Project, date], Read]] = {
    ClosingReading.MILESTONES: _milestones,
    ClosingReading.CODES: _codes,
    ClosingReading.CONTRACTS: _contracts,
    ClosingReading.RISKS: _risks,
    ClosingReading.FINDINGS: _findings,
    ClosingReading.BENEFITS: _benefits,
    ClosingReading.LESSONS: _lessons,
    ClosingReading.REVIEWS: _reviews,
    ClosingReading.SERVICE: _service,
}

PLACES: Mapping[ClosingReading, str] = {
    ClosingReading.MILESTONES: "projects.plan",
    ClosingReading.CODES: "approvals.codes",
    ClosingReading.CONTRACTS: "execution.contracts",
    ClosingReading.RISKS: "risk.register",
    ClosingReading.FINDINGS: "findings.list",
    ClosingReading.BENEFITS: "kpis.scorecard",
    ClosingReading.LESSONS: "lessons.project",
    ClosingReading.REVIEWS: "closure.reviews",
    ClosingReading.SERVICE: "closure.new_service",
}
"""The page on which each is settled, by the name of its route."""
