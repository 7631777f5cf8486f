"""Contracts of a project: adding one, amending it, its invoices. What stands is its amount and its amendments."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import ApprovalCode
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.execution.amounts import minor_of
from portfolio.execution.confirming import ask, ask_why
from portfolio.execution.forms import AmendmentFields, ContractFields, EndFields, InvoiceFields
from portfolio.execution.models import Contract, ContractAmendment, Invoice
from portfolio.execution.queries import invoices_of
from portfolio.execution.reconciliation import standing_amounts
from portfolio.execution.sums import contract_concerns, invoice_concerns, sums_of
from portfolio.execution.terms import OPEN_INVOICES, ContractState, InvoiceState
from portfolio.i18n import gettext as _
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.web.formatting import short_day


def get_contract(session: Session, project: Project, contract_id: uuid.UUID) -> Contract:
    """Under a lock, as it stands now. Raises `NotFound` for one of another project."""
    query = select(Contract).where(col(Contract.id) == contract_id, col(Contract.project_id) == project.id)
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    return found


def add_contract(session: Session, actor: Viewer, project: Project, fields: ContractFields, today: date) -> Contract:
    """Raises `FieldRefused` for a reference that the project has already, dates that do not follow, a code of another project;

    `Unconfirmed` for one beyond what is decided, or without a code in a project that has some.
    """
    initiative = row_of(session, Initiative, project.initiative_id)
    session.execute(select(col(Project.id)).where(col(Project.id) == project.id).with_for_update())
    taken = select(col(Contract.id)).where(
        col(Contract.project_id) == project.id, col(Contract.reference) == fields.reference
    )
    if session.scalar(taken) is not None:
        raise FieldRefused("reference", _("This project has a contract with this reference"))
    _check_days(fields, today)
    _check_code(session, project, fields, initiative.currency)
    amount = _minor("amount", fields.amount, initiative.currency)
    concerns = contract_concerns(sums_of(session, project), amount, has_code=fields.code_id is not None)
    row = Contract(
        project_id=project.id,
        code_id=fields.code_id,
        order_reference=fields.order_reference,
        reference=fields.reference,
        ocid=fields.ocid,
        title=fields.title,
        supplier=fields.supplier,
        supplier_scheme=fields.supplier_scheme,
        supplier_id=fields.supplier_id,
        signed_on=fields.signed_on,
        ends_on=fields.ends_on,
        amount_minor=amount,
        currency=initiative.currency,
        note=ask_why(concerns, fields.confirmed, fields.note),
        by_id=actor.person_id if actor.grants else None,
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.CONTRACT_ADDED, row, words=row.note, project=project.id, case=project.case_id,
        code=row.code_id, amount=row.amount_minor,
    )  # fmt: skip
    return row


def _check_days(fields: ContractFields, today: date) -> None:
    if fields.signed_on > today:
        raise FieldRefused("signed_on", _("This day is still to come"))
    if fields.ends_on is not None and fields.ends_on < fields.signed_on:
        raise FieldRefused("ends_on", _("The end comes before the signature"))


def _check_code(session: Session, project: Project, fields: ContractFields, currency: str) -> None:
    if fields.code_id is None:
        if fields.order_reference:
            raise FieldRefused("code_id", _("Say which approval code the order draws on"))
        return
    code = session.get(ApprovalCode, fields.code_id)
    if code is None or code.case_id != project.case_id:
        raise FieldRefused("code_id", _("Choose one of the options"))
    if code.currency != currency:
        raise FieldRefused("code_id", _("The code is in another currency"))
    if not fields.order_reference:
        raise FieldRefused("order_reference", _("Write the order as it was drawn on the code"))


def _minor(name: str, amount: Decimal, currency: str) -> int:
    try:
        return minor_of(amount, currency)
    except ValueError as error:
        raise FieldRefused(name, str(error)) from None


def _check_in_force(contract: Contract) -> None:
    if contract.state is not ContractState.IN_FORCE:
        raise Refused(_("This contract is over."))


def end_contract(
    session: Session, actor: Viewer, project: Project, contract: Contract, fields: EndFields, today: date
) -> None:
    """It ended as agreed, or was terminated early. What was invoiced before stays and may still be paid.

    Raises `FieldRefused` for a day before the signature or to come; `Refused` for a contract that is over.
    """
    _check_in_force(contract)
    if not contract.signed_on <= fields.ended_on <= today:
        raise FieldRefused("ended_on", _("A contract ends after it was signed, and not after today"))
    contract.state, contract.ended_on = ContractState(fields.how), fields.ended_on
    session.flush()
    record(
        session, actor, Tag.CONTRACT_ENDED, contract, words=fields.reason,
        project=project.id, case=project.case_id, how=fields.how, ended_on=fields.ended_on,
    )  # fmt: skip


def amend(
    session: Session, actor: Viewer, project: Project, contract: Contract, fields: AmendmentFields, today: date
) -> ContractAmendment:
    """Raises `FieldRefused` for one that changes nothing, or leaves less than nothing; `Refused` for a contract that is over;

    `Unconfirmed` where contracts would go beyond what is decided: the amendment's own reason is what is read later.
    """
    _check_in_force(contract)
    if fields.change is None and fields.ends_on is None:
        raise FieldRefused("change", _("Say what changes: the amount or the end"))
    if not contract.signed_on <= fields.signed_on <= today:
        raise FieldRefused("signed_on", _("An amendment is signed after its contract, and not after today"))
    if fields.ends_on is not None and fields.ends_on < contract.signed_on:
        raise FieldRefused("ends_on", _("The end comes before the signature"))
    change = 0 if fields.change is None else _minor("change", fields.change, contract.currency)
    before, last = session.execute(
        select(
            func.coalesce(func.sum(col(ContractAmendment.change_minor)), 0),
            func.coalesce(func.max(col(ContractAmendment.number)), 0),
        ).where(col(ContractAmendment.contract_id) == contract.id)
    ).one()
    if contract.amount_minor + int(before) + change < 0:
        raise FieldRefused("change", _("Less than nothing would be left of the contract"))
    ask(contract_concerns(sums_of(session, project), change, has_code=True), fields.confirmed)
    row = ContractAmendment(
        contract_id=contract.id,
        number=last + 1,
        signed_on=fields.signed_on,
        change_minor=change,
        ends_on=fields.ends_on,
        reason=fields.reason,
        made_by_id=actor.person_id,
        made_at=now(session),
    )
    session.add(row)
    if fields.ends_on is not None:
        contract.ends_on = fields.ends_on
    session.flush()
    record(
        session, actor, Tag.CONTRACT_AMENDED, contract, words=fields.reason,
        project=project.id, case=project.case_id, amendment=row.id, change=change,
    )  # fmt: skip
    return row


def add_invoice(
    session: Session, actor: Viewer, project: Project, contract: Contract, fields: InvoiceFields, today: date
) -> Invoice:
    """What came after the contract ended counts too: the last invoice often does.

    Raises `FieldRefused` for a number that the contract has already, a day to come or before the signature; `Unconfirmed` for
    more than is left of the contract; `Refused` for a contract terminated early.
    """
    if contract.state is ContractState.TERMINATED:
        raise Refused(_("This contract was terminated."))
    there = select(col(Invoice.id)).where(col(Invoice.contract_id) == contract.id, col(Invoice.number) == fields.number)
    if session.scalar(there) is not None:
        raise FieldRefused("number", _("This contract has an invoice with this number"))
    if fields.issued_on > today:
        raise FieldRefused("issued_on", _("This day is still to come"))
    if fields.issued_on < contract.signed_on:
        words = _("The contract was signed on %(day)s: an invoice of it is not older")
        raise FieldRefused("issued_on", words % {"day": short_day(contract.signed_on)})
    amount = _minor("amount", fields.amount, contract.currency)
    invoiced = sum(
        one.amount_minor for one in invoices_of(session, [contract.id]) if one.state is not InvoiceState.REJECTED
    )
    standing = standing_amounts(session, [contract])[contract.id]
    concerns = invoice_concerns(contract.currency, standing, invoiced, amount)
    row = Invoice(
        contract_id=contract.id,
        number=fields.number,
        issued_on=fields.issued_on,
        amount_minor=amount,
        note=ask_why(concerns, fields.confirmed, fields.note),
        by_id=actor.person_id if actor.grants else None,
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.INVOICE_ADDED, row, words=row.note, project=project.id, case=project.case_id,
        contract=contract.id, amount=row.amount_minor,
    )  # fmt: skip
    return row


def get_invoice(session: Session, project: Project, invoice_id: uuid.UUID) -> tuple[Invoice, Contract]:
    """Under a lock. Raises `NotFound` for one of another project."""
    found = session.scalar(select(Invoice).where(col(Invoice.id) == invoice_id).with_for_update())
    if found is None:
        raise NotFound
    return found, get_contract(session, project, found.contract_id)


def _check_open(invoice: Invoice) -> None:
    if invoice.state not in OPEN_INVOICES:
        raise Refused(_("This invoice is closed already."))


def reject_invoice(session: Session, actor: Viewer, project: Project, invoice: Invoice, reason: str) -> None:
    """It no longer counts as invoiced. Raises `Refused` for one that is paid or rejected."""
    _check_open(invoice)
    invoice.state, invoice.reason = InvoiceState.REJECTED, reason
    session.flush()
    record(
        session, actor, Tag.INVOICE_REJECTED, invoice, words=reason,
        project=project.id, case=project.case_id, contract=invoice.contract_id,
    )  # fmt: skip


def registered_by(invoice: Invoice, person: Viewer) -> bool:
    return invoice.by_id is not None and invoice.by_id == person.person_id


def why_not_pay() -> str:
    return _(
        "You put this invoice on record, so somebody else marks it as paid: another person of the institution who leads the "
        "project, keeps its accounts or buys."
    )


def pay(session: Session, actor: Viewer, project: Project, invoice: Invoice, paid_on: date, today: date) -> None:
    """Raises `FieldRefused` for a day before the invoice or to come; `Refused` for one that is paid or rejected, or one's own."""
    _check_open(invoice)
    if registered_by(invoice, actor):
        raise Refused(why_not_pay())
    if not invoice.issued_on <= paid_on <= today:
        raise FieldRefused("paid_on", _("An invoice is paid after it was issued, and not after today"))
    invoice.state, invoice.paid_on = InvoiceState.PAID, paid_on
    session.flush()
    record(
        session, actor, Tag.INVOICE_PAID, invoice, project=project.id, case=project.case_id,
        contract=invoice.contract_id, paid_on=paid_on,
    )  # fmt: skip
