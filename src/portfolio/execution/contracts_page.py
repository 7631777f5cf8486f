"""What the page of contracts shows: each with its amendments and invoices, and the orders of the codes beside them."""

import uuid
from collections import defaultdict
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.code_queries import codes_of_case
from portfolio.db.money import Money
from portfolio.execution.contracts import registered_by
from portfolio.execution.models import Contract, ContractAmendment, Invoice
from portfolio.execution.queries import amendments_of, contracts_of, invoices_of
from portfolio.execution.reconciliation import Order, orders_of, who_settles
from portfolio.execution.sums import Sums, sums_of
from portfolio.execution.terms import OPEN_INVOICES, ContractState, InvoiceState
from portfolio.i18n import gettext as _
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.web.formatting import money


def contracts_context(session: Session, viewer: Viewer, project: Project, institution: uuid.UUID) -> dict[str, Any]:
    contracts = contracts_of(session, project.id)
    ids = [contract.id for contract in contracts]
    amendments: dict[uuid.UUID, list[ContractAmendment]] = defaultdict(list)
    for amendment in amendments_of(session, ids):
        amendments[amendment.contract_id].append(amendment)
    invoices: dict[uuid.UUID, list[Invoice]] = defaultdict(list)
    for invoice in invoices_of(session, ids):
        invoices[invoice.contract_id].append(invoice)
    codes = {code.id: code.code for code in code_rows(session, project)}
    return {
        "contracts": [
            _contract(
                viewer, one, amendments[one.id], invoices[one.id], codes.get(one.code_id, "") if one.code_id else ""
            )
            for one in contracts
        ],
        "orders": [_order(one) for one in orders_of(session, project)],
        "may_write": viewer.can_in(Permission.CONTRACT_WRITE, institution),
        "may_settle": viewer.can_in(Permission.DRAWS_SETTLE, institution),
        "who_settles": who_settles(),
        "figures": _figures(sums_of(session, project)) if contracts else [],
    }


def code_rows(session: Session, project: Project) -> list[Any]:
    """Codes of the project's case; none without a case."""
    return [] if project.case_id is None else list(codes_of_case(session, project.case_id))


def _figures(sums: Sums) -> list[dict[str, str]]:
    return [
        {"label": _("Decided"), "value": _("not known") if sums.decided is None else sums.shown(sums.decided)},
        {"label": _("Committed on approval codes"), "value": sums.shown(sums.committed)},
        {"label": _("Contracts with amendments"), "value": sums.shown(sums.contracted)},
        {"label": _("Invoiced"), "value": sums.shown(sums.invoiced)},
        {"label": _("Paid by invoices"), "value": sums.shown(sums.paid)},
    ]


def _contract(
    viewer: Viewer, row: Contract, amendments: list[ContractAmendment], invoices: list[Invoice], code: str
) -> dict[str, Any]:
    standing = row.amount_minor + sum(one.change_minor for one in amendments)
    invoiced = sum(one.amount_minor for one in invoices if one.state is not InvoiceState.REJECTED)
    paid = sum(one.amount_minor for one in invoices if one.state is InvoiceState.PAID)

    def shown(minor: int) -> str:
        return money(Money(row.currency, minor))

    return {
        "row": row,
        "code": code,
        "amount": shown(row.amount_minor),
        "standing": shown(standing),
        "invoiced": shown(invoiced),
        "paid": shown(paid),
        "in_force": row.state is ContractState.IN_FORCE,
        "may_invoice": row.state is not ContractState.TERMINATED,
        "is_over": invoiced > standing,
        "amendments": [(one, shown(one.change_minor)) for one in amendments],
        "invoices": [
            (one, shown(one.amount_minor), one.state in OPEN_INVOICES, registered_by(one, viewer)) for one in invoices
        ],
    }


def _order(one: Order) -> dict[str, Any]:
    def shown(minor: int) -> str:
        return money(Money(one.code.currency, minor))

    return {
        "code": one.code,
        "reference": one.reference,
        "reserved": shown(one.reserved),
        "committed": shown(one.committed),
        "contracted": shown(one.contracted),
        "difference": shown(one.difference),
        "differs": bool(one.difference),
        "waits": one.reserved > 0 and not one.committed and not one.contracted,
        "settlement": one.settlement,
    }
