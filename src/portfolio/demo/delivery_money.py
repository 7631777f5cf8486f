"""Money of funded projects in the demonstration: files of the financial system, contracts, invoices; one row matches nothing."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import ApprovalCode
from portfolio.db.memo import row_of
from portfolio.demo.road import Stage
from portfolio.demo.stories import read
from portfolio.documents.reading import read_bytes
from portfolio.execution import contracts
from portfolio.execution.files import OPTIONS
from portfolio.execution.forms import AmendmentFields, ContractFields, EndFields, InvoiceFields
from portfolio.execution.models import Contract
from portfolio.execution.uploads import prepare, record_run
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project

if TYPE_CHECKING:
    from portfolio.demo.delivery import Told

Row = Mapping[str, Any]
HEAD = ("Número de proyecto", "Mes", "Partida", "Programado", "Comprometido", "Devengado", "Pagado", "Moneda")


def money(stage: Stage, told: "Sequence[Told]") -> None:
    """Contracts in the order of their days, then the files: both of the projects of `data/delivery_money.yaml` that were funded."""
    known, plan = {one.story.title: one for one in told}, read("delivery_money")
    rows = [(known[row["title"]], row) for row in plan["projects"] if row["title"] in known]
    if not rows:
        return
    for one, row in rows:
        for told_of in row["contracts"]:
            _Contracting(stage, one).play(told_of)
    for file in plan["files"]:
        _send(stage, rows, file)


def _send(stage: Stage, rows: "Sequence[tuple[Told, Row]]", file: Row) -> None:
    """The budget office brings a file in, as it does on the page."""
    with stage.act(file["day"], 9) as session:
        lines = [line for one, row in rows for line in _lines(_number(session, one), row, file["as_at"])]
        if "stray" in file:
            stray = file["stray"]
            lines.append([stray["number"], stray["month"], stray["line"], "", "", "", stray["paid"], ""])
        text = io.StringIO()
        csv.writer(text).writerows([HEAD, *lines])
        data, name = text.getvalue().encode(), f"ejecucion_{file['as_at']:%Y_%m}.csv"
        table, actor = read_bytes(data, name, OPTIONS), stage.viewer(session, "budget_analyst")
        run = prepare(session, actor, table, name, stage.files.put(data), file["as_at"])
        record_run(session, actor, stage.pack, table, run)


def _number(session: Session, one: "Told") -> str:
    return row_of(session, Initiative, _project(session, one).initiative_id).reference


def _lines(number: str, row: Row, as_at: date) -> Iterator[list[Any]]:
    """Plans of the whole year, and what had happened by that day; the last file before a correction says what was believed then."""
    first = row.get("first")
    for figures in row["figures"]:
        month, line, *amounts = figures
        if first and first[:2] == [month, line] and f"{as_at:%Y-%m}" == month:
            amounts = first[2:]
        if month > f"{as_at:%Y-%m}":
            amounts = [amounts[0], None, None, None]
        if any(amount is not None for amount in amounts):
            yield [number, month, line, *("" if amount is None else amount for amount in amounts), ""]


def _project(session: Session, one: "Told") -> Project:
    return session.scalars(select(Project).where(col(Project.case_id) == one.case_id)).one()


class _Contracting:
    """The contracts of one project: signed and amended by who leads it, invoices entered and settled by who keeps its accounts."""

    def __init__(self, stage: Stage, one: "Told") -> None:
        self.stage, self.one = stage, one

    def play(self, row: Row) -> None:
        reference = row["reference"]
        with self.stage.act(row["signed_on"] + timedelta(days=2), 12) as session:
            project = _project(session, self.one)
            contracts.add_contract(
                session, self._lead(session), project, self._fields(session, project, row), self.stage.today
            )
        if "amendment" in row:
            change = AmendmentFields.model_validate(row["amendment"])
            with self.stage.act(change.signed_on, 12) as session:
                project, contract = self._contract(session, reference)
                contracts.amend(session, self._lead(session), project, contract, change, self.stage.today)
        for invoice in row["invoices"]:
            self._invoice(reference, invoice)
        if "end" in row:
            end = EndFields.model_validate(row["end"])
            with self.stage.act(end.ended_on, 18) as session:
                project, contract = self._contract(session, reference)
                contracts.end_contract(session, self._lead(session), project, contract, end, self.stage.today)

    def _fields(self, session: Session, project: Project, row: Row) -> ContractFields:
        found = select(col(ApprovalCode.id)).where(col(ApprovalCode.case_id) == project.case_id)
        return ContractFields(
            reference=row["reference"],
            title=row["title"],
            supplier=row["supplier"],
            signed_on=row["signed_on"],
            ends_on=row["ends_on"],
            amount=Decimal(row["amount"]),
            code_id=session.scalar(found) if "order" in row else None,
            order_reference=row.get("order", ""),
        )

    def _invoice(self, reference: str, row: Row) -> None:
        fields = InvoiceFields(number=row["number"], issued_on=row["issued_on"], amount=Decimal(row["amount"]))
        today = self.stage.today
        with self.stage.act(fields.issued_on, 17) as session:
            project, contract = self._contract(session, reference)
            invoice = contracts.add_invoice(session, self._accountant(session), project, contract, fields, today)
            found = invoice.id
        if not row.keys() & {"paid_on", "rejected"}:
            return
        with self.stage.act(row.get("paid_on") or row["rejected_on"], 17) as session:
            project = _project(session, self.one)
            invoice, _contract = contracts.get_invoice(session, project, found)
            if "paid_on" in row:
                contracts.pay(session, self._accountant(session), project, invoice, row["paid_on"], today)
            else:
                contracts.reject_invoice(session, self._accountant(session), project, invoice, row["rejected"])

    def _contract(self, session: Session, reference: str) -> tuple[Project, Contract]:
        project = _project(session, self.one)
        query = select(col(Contract.id)).where(
            col(Contract.project_id) == project.id, col(Contract.reference) == reference
        )
        return project, contracts.get_contract(session, project, session.scalars(query).one())

    def _lead(self, session: Session) -> Viewer:
        return self.stage.team(session, self.one.story, "lead")

    def _accountant(self, session: Session) -> Viewer:
        return self.stage.team(session, self.one.story, "fin")
