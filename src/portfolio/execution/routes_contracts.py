"""The page of a project's contracts, and their forms."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.execution import contracts
from portfolio.execution.confirming import shown
from portfolio.execution.contracts_page import code_rows, contracts_context
from portfolio.execution.forms import (
    AmendmentFields,
    ContractFields,
    EndFields,
    InvoiceFields,
    PaidFields,
    RejectFields,
)
from portfolio.execution.models import Contract, Invoice
from portfolio.execution.views import CONTRACTS, Opened, framed, opened, path_of
from portfolio.i18n import N_
from portfolio.identity.visit import AnyRequest
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.frame import TabSpec, register_tab
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

T = TypeVar("T", bound=BaseModel)
LIST, NEW, AMEND = "execution/contracts.html", "execution/contract_new.html", "execution/amend.html"
END = "execution/end.html"
INVOICE, PAY, REJECT = "execution/invoice.html", "execution/pay.html", "execution/reject.html"

register_tab(TabSpec(31, CONTRACTS, N_("Contracts"), Permission.PROJECT_READ))
flash.register(
    {
        "contract_added": N_("The contract is on record."),
        "contract_amended": N_("The amendment is on record."),
        "contract_ended": N_("The contract is over."),
        "invoice_added": N_("The invoice is on record."),
        "invoice_paid": N_("The invoice is paid."),
        "invoice_rejected": N_("The invoice is rejected, and no longer counts."),
    }
)


@get(
    "/projects/{project_id:uuid}/contracts",
    name=CONTRACTS,
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_contracts(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    context = contracts_context(session, found.whole, found.project, found.initiative.institution_id)
    return page(request, LIST, **framed(request, session, found, CONTRACTS), **context)


def _answer(
    request: AnyRequest,
    session: Session,
    found: Opened,
    template: str,
    form: Form[T],
    act: Callable[[T], object],
    say: str,
    context: Callable[[], dict[str, Any]] = dict,
) -> Response[Any]:
    """Do what the form asks and go back to the list, or show the form with what is wrong."""
    project_id, asked = found.project.id, None
    if form.value is not None:
        try:
            act(form.value)
        except FieldRefused as error:
            form, asked = taken_back(session, form, error), shown(error)
            found = opened(request, session, project_id)
        else:
            return done(request, session, path_of(request, CONTRACTS, project_id=project_id), say=say)
    return invalid(request, template, form=form, asked=asked, **framed(request, session, found, CONTRACTS), **context())


def _of_contract(
    request: AnyRequest, session: Session, project_id: uuid.UUID, contract_id: uuid.UUID
) -> tuple[Opened, Contract]:
    found = opened(request, session, project_id)
    return found, contracts.get_contract(session, found.project, contract_id)


def _of_invoice(
    request: AnyRequest, session: Session, project_id: uuid.UUID, invoice_id: uuid.UUID
) -> tuple[Opened, Invoice, dict[str, Any]]:
    """The last is what the page of the form shows."""
    found = opened(request, session, project_id)
    invoice, contract = contracts.get_invoice(session, found.project, invoice_id)
    return found, invoice, {"invoice": invoice, "contract": contract}


def _ask(
    request: AnyRequest, session: Session, found: Opened, template: str, fields: type[BaseModel], **context: Any
) -> Response[Any]:
    return page(
        request, template, form=blank(fields), asked=None, **framed(request, session, found, CONTRACTS), **context
    )


def _codes(session: Session, found: Opened) -> dict[str, Any]:
    return {
        "codes": [
            (row.id, " · ".join(part for part in (row.code, row.lot_title) if part))
            for row in code_rows(session, found.project)
        ]
    }


@get(
    "/projects/{project_id:uuid}/contracts/new",
    name="execution.contract_new",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_new(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    found = opened(request, session, project_id)
    return _ask(request, session, found, NEW, ContractFields, **_codes(session, found))


@post(
    "/projects/{project_id:uuid}/contracts/new",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_new(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)

    def act(fields: ContractFields) -> None:
        contracts.add_contract(session, request.user, found.project, fields, found.today)

    form = bind(ContractFields, submitted)
    return _answer(request, session, found, NEW, form, act, "contract_added", lambda: _codes(session, found))


@get(
    "/projects/{project_id:uuid}/contracts/{contract_id:uuid}/amendment",
    name="execution.amend",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_amend(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    contract_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, contract = _of_contract(request, session, project_id, contract_id)
    return _ask(request, session, found, AMEND, AmendmentFields, contract=contract)


@post(
    "/projects/{project_id:uuid}/contracts/{contract_id:uuid}/amendment",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_amend(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    contract_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, contract = _of_contract(request, session, project_id, contract_id)

    def act(fields: AmendmentFields) -> None:
        contracts.amend(session, request.user, found.project, contract, fields, found.today)

    form = bind(AmendmentFields, submitted)
    return _answer(request, session, found, AMEND, form, act, "contract_amended", lambda: {"contract": contract})


@get(
    "/projects/{project_id:uuid}/contracts/{contract_id:uuid}/end",
    name="execution.end",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_end(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    contract_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, contract = _of_contract(request, session, project_id, contract_id)
    return _ask(request, session, found, END, EndFields, contract=contract)


@post(
    "/projects/{project_id:uuid}/contracts/{contract_id:uuid}/end",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_end(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    contract_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, contract = _of_contract(request, session, project_id, contract_id)

    def act(fields: EndFields) -> None:
        contracts.end_contract(session, request.user, found.project, contract, fields, found.today)

    form = bind(EndFields, submitted)
    return _answer(request, session, found, END, form, act, "contract_ended", lambda: {"contract": contract})


@get(
    "/projects/{project_id:uuid}/contracts/{contract_id:uuid}/invoice",
    name="execution.invoice",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_invoice(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    contract_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, contract = _of_contract(request, session, project_id, contract_id)
    return _ask(request, session, found, INVOICE, InvoiceFields, contract=contract)


@post(
    "/projects/{project_id:uuid}/contracts/{contract_id:uuid}/invoice",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_invoice(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    contract_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, contract = _of_contract(request, session, project_id, contract_id)

    def act(fields: InvoiceFields) -> None:
        contracts.add_invoice(session, request.user, found.project, contract, fields, found.today)

    form = bind(InvoiceFields, submitted)
    return _answer(request, session, found, INVOICE, form, act, "invoice_added", lambda: {"contract": contract})


@get(
    "/projects/{project_id:uuid}/invoices/{invoice_id:uuid}/paid",
    name="execution.pay",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_pay(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    invoice_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, invoice, parts = _of_invoice(request, session, project_id, invoice_id)
    return _ask(request, session, found, PAY, PaidFields, **parts, why_not=_why_not_pay(invoice, request.user))


def _why_not_pay(invoice: Invoice, person: Viewer) -> str:
    return contracts.why_not_pay() if contracts.registered_by(invoice, person) else ""


@post(
    "/projects/{project_id:uuid}/invoices/{invoice_id:uuid}/paid",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_pay(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    invoice_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, invoice, parts = _of_invoice(request, session, project_id, invoice_id)

    def act(fields: PaidFields) -> None:
        contracts.pay(session, request.user, found.project, invoice, fields.paid_on, found.today)

    form = bind(PaidFields, submitted)
    return _answer(request, session, found, PAY, form, act, "invoice_paid", lambda: {**parts, "why_not": ""})


@get(
    "/projects/{project_id:uuid}/invoices/{invoice_id:uuid}/rejected",
    name="execution.reject",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_reject(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    invoice_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, _invoice, parts = _of_invoice(request, session, project_id, invoice_id)
    return _ask(request, session, found, REJECT, RejectFields, **parts)


@post(
    "/projects/{project_id:uuid}/invoices/{invoice_id:uuid}/rejected",
    permission=Permission.CONTRACT_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_reject(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    invoice_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found, invoice, parts = _of_invoice(request, session, project_id, invoice_id)

    def act(fields: RejectFields) -> None:
        contracts.reject_invoice(session, request.user, found.project, invoice, fields.reason)

    form = bind(RejectFields, submitted)
    return _answer(request, session, found, REJECT, form, act, "invoice_rejected", lambda: parts)


def routes() -> list[Any]:
    return [
        show_contracts,
        show_new,
        submit_new,
        show_amend,
        submit_amend,
        show_end,
        submit_end,
        show_invoice,
        submit_invoice,
        show_pay,
        submit_pay,
        show_reject,
        submit_reject,
    ]
