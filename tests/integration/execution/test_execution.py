"""Money after the decision: files of the financial system, what a person settles, what is typed, contracts and draws."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from life_stage import a_code
from money_stage import a_money_scene, content, paid, record, scene_now
from portfolio.db.memo import row_of
from portfolio.documents.reading import read_bytes
from portfolio.errors import FieldRefused, Refused
from portfolio.execution import by_hand, contracts, differences
from portfolio.execution.contracts_page import contracts_context
from portfolio.execution.files import OPTIONS
from portfolio.execution.forms import (
    AmendmentFields,
    ContractFields,
    EndFields,
    InvoiceFields,
    SettleFields,
    TypedFields,
)
from portfolio.execution.models import Contract, ExecutionDifference, ExecutionEntry, Invoice
from portfolio.execution.reconciliation import orders_of, settle_order
from portfolio.execution.terms import DifferenceState
from portfolio.monitoring import facts_money, facts_plan
from portfolio.monitoring.portion import only
from portfolio.people.permissions import Permission
from portfolio.projects.models import Initiative


@pytest.fixture
def scene(database):
    with database.writing() as session:
        return a_money_scene(session)


def test_the_same_file_again_records_nothing_and_a_later_one_corrects(database, scene):
    assert len(record(database, scene, content(scene)).amounts) == 1
    with pytest.raises(Refused):
        record(database, scene, content(scene))
    assert record(database, scene, content(scene, "90.00"), date(2026, 8, 1)).corrections == 1
    assert paid(database, scene) == [9_000]
    with pytest.raises(Refused):  # an earlier day never replaces a later one
        record(database, scene, content(scene, "70.00"), date(2026, 7, 1))
    with database.reading() as session:
        assert len(session.scalars(select(ExecutionEntry)).all()) == 2  # both stay


def test_a_finance_manager_brings_in_their_own_institution_only(database, scene):
    with pytest.raises(Refused):
        record(database, scene, content(scene), by=scene.stranger)
    assert len(record(database, scene, content(scene), by=scene.finance).amounts) == 1


def test_an_unmatched_row_waits_and_is_assigned_once(database, scene):
    seen = record(database, scene, content(scene, number="PF-2026-999999"))
    assert (len(seen.amounts), len(seen.differing)) == (0, 1)
    fields = SettleFields(what="assign", number=scene.number, reason="Typed wrong in the ledger")
    actor = scene.stage.budget_analyst.narrowed(Permission.EXECUTION_IMPORT)
    with database.writing() as session:
        row = session.scalars(select(ExecutionDifference)).one()
        found = differences.get_difference(session, actor, row.id)
        assert differences.settle(session, actor, scene.pack, found, fields) == 1
    assert paid(database, scene) == [10_050]
    with database.writing() as session, pytest.raises(Refused):
        differences.settle(session, actor, scene.pack, differences.get_difference(session, actor, row.id), fields)
    with database.reading() as session:
        one = session.scalars(select(ExecutionDifference)).one()
        assert (one.state, one.project_id) == (DifferenceState.ASSIGNED, scene.project.id)


def test_rows_that_match_nothing_wait_for_who_brings_files_in(database, visitors, scene):
    record(database, scene, content(scene, number="PF-2026-999999"))
    office = visitors.of(scene.stage.budget_analyst.person_id)
    assert "siga.csv · 1 row" in office.get("/").main
    for other in (scene.finance, scene.stage.lead):
        assert "siga.csv" not in visitors.of(other.person_id).get("/").main
    with database.writing() as session:
        row = session.scalars(select(ExecutionDifference)).one()
        actor = scene.stage.budget_analyst.narrowed(Permission.EXECUTION_IMPORT)
        fields = SettleFields(what="set_aside", reason="Of another ministry")
        differences.settle(session, actor, scene.pack, differences.get_difference(session, actor, row.id), fields)
    assert "siga.csv" not in office.get("/").main


@pytest.mark.parametrize("what", ["assign", "set_aside"])
def test_a_settled_row_says_who_settled_it_when_how_and_why(database, visitors, scene, what):
    record(database, scene, content(scene, number="PF-2026-999999"))
    office = visitors.of(scene.stage.budget_analyst.person_id)
    with database.reading() as session:
        row = session.scalars(select(ExecutionDifference)).one().id
    done = office.post(
        f"/execution/differences/{row}", {"what": what, "number": scene.number, "reason": "Typed wrong in the ledger"}
    )
    assert done.status == 303, done.main
    page = office.get(f"/execution/differences/{row}")
    assert page.status == 200
    assert scene.stage.budget_analyst.name in page.main
    assert "Typed wrong in the ledger" in page.main
    assert ("Assigned" if what == "assign" else "Set aside") in page.main
    assert (scene.number in page.main) == (what == "assign")
    assert page.by_id("what") is None


def test_what_is_typed_gives_way_and_is_refused_beside_the_system(database, scene):
    fields = TypedFields(month="2026-06", paid=Decimal(70), reason="Bank statement")
    with database.writing() as session:
        assert by_hand.type_month(session, scene.finance, scene.pack, scene.project, fields) == 1
    assert len(record(database, scene, content(scene)).yielding) == 1
    assert paid(database, scene) == [10_050], "what gave way is not a payment of nothing"
    with database.writing() as session, pytest.raises(FieldRefused) as refused:
        by_hand.type_month(session, scene.finance, scene.pack, scene.project, fields)
    assert refused.value.field == "month"


def test_what_was_taken_back_is_not_reported_and_not_zero(database, scene):
    fields = TypedFields(month="2026-06", paid=Decimal(70), reason="Bank statement")
    with database.writing() as session:
        by_hand.type_month(session, scene.finance, scene.pack, scene.project, fields)
    only_bound = f"proyecto,mes,comprometido\n{scene.number},2026-07,500\n".encode()
    assert len(record(database, scene, only_bound).yielding) == 1
    assert paid(database, scene) == []
    with database.reading() as session:
        lives = facts_plan.read_lives(session, only(scene.project.id))
        spent = facts_money.read_spent(session, only(scene.project.id), lives, date(2026, 12, 31))
    assert spent["paid"].to_list() == [None]
    with pytest.raises(Refused):
        record(database, scene, only_bound, date(2026, 8, 1))


@pytest.mark.parametrize("wrong", [{"paid": "much"}, {"month": "soon"}, {"month": "2027-07"}])
def test_cells_that_cannot_be_read_are_rejected(database, scene, wrong):
    from portfolio.execution.columns import recognised
    from portfolio.execution.files import preview

    table = read_bytes(content(scene, **wrong), "siga.csv", OPTIONS)
    with database.reading() as session:
        session.info["now"] = scene_now(scene)
        seen = preview(
            session, scene.stage.budget_analyst, scene.pack, table, recognised(table.header),
            date(2026, 7, 31), date(2026, 8, 3),
        )  # fmt: skip
    assert (len(seen.wrong), seen.amounts) == (1, [])


def test_a_contract_its_amendment_and_a_settled_difference_of_draws_that_no_longer_holds(database, scene):
    today = date(2026, 8, 3)
    with database.writing() as session:
        code = a_code(session, scene)
        fields = ContractFields(
            reference="C-1", title="Cloud", supplier="Nube SA", signed_on=date(2026, 8, 1), amount=Decimal(1000),
            code_id=code.id, order_reference="OC-1",
        )  # fmt: skip
        contract = contracts.add_contract(session, scene.stage.lead, scene.project, fields, today)
        with pytest.raises(FieldRefused):
            contracts.add_contract(session, scene.stage.lead, scene.project, fields, today)
        (order,) = orders_of(session, scene.project)
        assert order.difference == 100_000
        settle_order(session, scene.finance, scene.project, code.id, "OC-1", (0, 100_000), "Drawn next week")
        (order,) = orders_of(session, scene.project)
        assert order.settlement is not None
        change = AmendmentFields(signed_on=date(2026, 8, 2), change=Decimal(50), reason="More storage")
        contracts.amend(session, scene.finance, scene.project, contract, change, today)
        (order,) = orders_of(session, scene.project)
        assert (order.difference, order.settlement) == (105_000, None)


def a_contract(session, scene, today):
    fields = ContractFields(
        reference="C-2", title="Cloud", supplier="Nube SA", signed_on=date(2026, 7, 1), amount=Decimal(1000)
    )
    return contracts.add_contract(session, scene.finance, scene.project, fields, today)


@pytest.mark.parametrize(("how", "takes_invoices"), [("ended", True), ("terminated", False)])
def test_a_contract_ends_once_and_is_not_amended_after(database, scene, how, takes_invoices):
    today = date(2026, 8, 3)
    change = AmendmentFields(signed_on=date(2026, 8, 2), change=Decimal(50), reason="More storage")
    bill = InvoiceFields(number="F-1", issued_on=date(2026, 8, 3), amount=Decimal(10))
    with database.writing() as session:
        contract = a_contract(session, scene, today)
        early = EndFields(how=how, ended_on=date(2026, 6, 30), reason="x")
        with pytest.raises(FieldRefused) as refused:  # before it was signed
            contracts.end_contract(session, scene.finance, scene.project, contract, early, today)
        assert refused.value.field == "ended_on"
        end = EndFields(how=how, ended_on=date(2026, 8, 2), reason="All was accepted")
        contracts.end_contract(session, scene.finance, scene.project, contract, end, today)
        for act, given in ((contracts.end_contract, end), (contracts.amend, change)):
            with pytest.raises(Refused):
                act(session, scene.finance, scene.project, contract, given, today)
        if takes_invoices:
            contracts.add_invoice(session, scene.finance, scene.project, contract, bill, today)
        else:
            with pytest.raises(Refused):
                contracts.add_invoice(session, scene.finance, scene.project, contract, bill, today)


def test_a_rejected_invoice_no_longer_counts_and_is_not_paid(database, scene):
    today = date(2026, 8, 3)
    with database.writing() as session:
        contract = a_contract(session, scene, today)
        bill = InvoiceFields(number="F-1", issued_on=date(2026, 8, 2), amount=Decimal(10))
        invoice = contracts.add_invoice(session, scene.finance, scene.project, contract, bill, today)
        contracts.reject_invoice(session, scene.finance, scene.project, invoice, "Not what was ordered")
        with pytest.raises(Refused):
            contracts.pay(session, scene.finance, scene.project, invoice, today, today)
        with pytest.raises(Refused):
            contracts.reject_invoice(session, scene.finance, scene.project, invoice, "Again")
        institution = row_of(session, Initiative, scene.project.initiative_id).institution_id
        (shown,) = contracts_context(session, scene.finance, scene.project, institution)["contracts"]
    assert "0.00" in shown["invoiced"]


def test_the_pages_from_the_file_to_the_export(database, visitors, scene):
    office = visitors.of(scene.stage.budget_analyst.person_id)
    sent = office.post("/execution/files", {"as_at": "2026-07-31"}, files={"file": ("siga.csv", content(scene))})
    assert sent.status == 303, sent.main
    preview = office.get(sent.location)
    assert scene.number in preview.main
    recorded = office.post(sent.location, {})
    assert recorded.status == 303, recorded.main
    assert paid(database, scene) == [10_050]
    assert scene.number in office.get("/execution?year=2026").main
    assert "100.50" in office.raw("/execution.csv?year=2026").text
    assert office.get("/execution/differences").status == 200
    lead = visitors.of(scene.stage.lead.person_id)
    address = f"/projects/{scene.project.id}/contracts"
    added = lead.post(
        f"{address}/new",
        {"reference": "C-1", "title": "Cloud", "supplier": "Nube", "signed_on": "2026-08-01", "amount": "10"},
    )
    assert added.status == 303, added.main
    assert "Nube" in lead.get(address).main
    with database.reading() as session:
        contract = session.scalars(select(Contract)).one().id
    wrong = lead.post(f"{address}/{contract}/end", {"how": "ended", "ended_on": "2026-07-01", "reason": "Accepted"})
    assert (wrong.status, "Accepted" in wrong.main) == (422, True)
    ended = lead.post(f"{address}/{contract}/end", {"how": "ended", "ended_on": "2026-08-02", "reason": "Accepted"})
    assert ended.status == 303, ended.main
    bill = lead.post(f"{address}/{contract}/invoice", {"number": "F-1", "issued_on": "2026-08-02", "amount": "4"})
    assert bill.status == 303, bill.main
    with database.reading() as session:
        invoice = session.scalars(select(Invoice)).one().id
    rejected = lead.post(f"/projects/{scene.project.id}/invoices/{invoice}/rejected", {"reason": "Not ordered"})
    assert rejected.status == 303, rejected.main
    assert "Not ordered" in lead.get(address).main
    assert lead.get("/execution/files").status == 403
    assert visitors.of(scene.stranger.person_id).get(address).status == 404
    finance = visitors.of(scene.finance.person_id)
    typed = f"/projects/{scene.project.id}/money/typed"
    assert finance.get(typed).status == 200
    assert typed in finance.get(f"/projects/{scene.project.id}/money").text
    assert typed not in lead.get(f"/projects/{scene.project.id}/money").text
