"""Money of funded projects in the demonstration: codes and their draws, contracts, invoices, files of the financial system.

They tell one story: what a file says is committed was drawn on the codes, what it says is accrued and paid was invoiced, and what
is paid is what the returns say. Three differences are meant, and each waits for a person: one amendment that was not drawn, one
row that matches nothing, and one month that a later file corrects.
"""

import csv
import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_issue import Wanted, issue_code, proposal_digest, propose_code
from portfolio.approvals.code_queries import decided_for_year, lots_of, open_proposals, taken_for_year
from portfolio.approvals.code_terms import DrawKind
from portfolio.approvals.draws import Order, draw
from portfolio.approvals.models import ApprovalCode, CodeProposal, Draw
from portfolio.business_cases.models import BusinessCase
from portfolio.db.memo import row_of
from portfolio.db.money import Money
from portfolio.demo.deciding import deciders
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
    """Codes and draws, contracts, then the files, of the projects of `data/delivery_money.yaml` that were funded."""
    known, plan = {one.story.title: one for one in told}, read("delivery_money")
    rows = [(known[row["title"]], row) for row in plan["projects"] if row["title"] in known]
    if not rows:
        return
    for one, row in rows:
        _codes(stage, one, row)
        for told_of in row["contracts"]:
            _Contracting(stage, one).play(told_of)
    for file in plan["files"]:
        _send(stage, rows, file)


def _codes(stage: Stage, one: "Told", row: Row) -> None:
    """Codes of the year that were not issued yet, each by two persons; then what the buyer committed on them."""
    for told_of in row["codes"]:
        if "proposed" in told_of:
            _propose(stage, one, told_of)
        with stage.act(told_of["issued"], 11) as session:
            case = session.get_one(BusinessCase, one.case_id)
            _first, second = deciders(stage, one.story, session)
            (proposal,) = open_proposals(session, case.id)
            issue_code(
                session, second, stage.pack, case, proposal, proposal_digest(proposal), stage.key, stage.base_url
            )
    for number, told_of in enumerate(row["draws"]):
        with stage.act(told_of["day"], 13) as session:
            code = _code(session, one, told_of["lot"])
            amount = Money.of(str(told_of["amount"]), code.currency)
            key = f"demo-{uuid.uuid5(code.id, f'money-{number}')}"
            order = Order(DrawKind.COMMIT, amount.minor, amount.currency, told_of["order"], key)
            draw(session, stage.viewer(session, row["buyer"]), stage.pack, code.id, order)


def _propose(stage: Stage, one: "Told", told_of: Row) -> CodeProposal:
    """For all that was decided for the year and no code holds yet."""
    with stage.act(told_of["proposed"], 11) as session:
        case, year = session.get_one(BusinessCase, one.case_id), one.story.first_year
        first, _second = deciders(stage, one.story, session)
        left = decided_for_year(session, case.id, year) - taken_for_year(session, case.id, year)
        lot = lots_of(session, case)[told_of["lot"]]
        return propose_code(
            session, first, stage.pack, case, Wanted(lot.id, year, left, told_of["issued"], date(year, 12, 31))
        )


def _code(session: Session, one: "Told", lot: int) -> ApprovalCode:
    wanted = lots_of(session, session.get_one(BusinessCase, one.case_id))[lot]
    query = select(ApprovalCode).where(
        col(ApprovalCode.case_id) == one.case_id, col(ApprovalCode.lot_title) == wanted.title
    )
    return session.scalars(query).one()


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
    """The contracts of one project: signed and amended by who leads it, who enters invoices; who keeps the accounts pays them."""

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
        found = (
            select(col(ApprovalCode.id))
            .join(Draw, col(Draw.code_id) == col(ApprovalCode.id))
            .where(col(ApprovalCode.case_id) == project.case_id, col(Draw.order_reference) == row["order"])
        )
        return ContractFields(
            reference=row["reference"],
            title=row["title"],
            supplier=row["supplier"],
            signed_on=row["signed_on"],
            ends_on=row["ends_on"],
            amount=Decimal(str(row["amount"])),
            code_id=session.scalars(found.distinct()).one(),
            order_reference=row["order"],
        )

    def _invoice(self, reference: str, row: Row) -> None:
        fields = InvoiceFields(number=row["number"], issued_on=row["issued_on"], amount=Decimal(str(row["amount"])))
        today = self.stage.today
        with self.stage.act(fields.issued_on, 17) as session:
            project, contract = self._contract(session, reference)
            invoice = contracts.add_invoice(session, self._lead(session), project, contract, fields, today)
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
