"""What is improbable is asked again, what is impossible refused; who registers does not pay nor settle."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from factories import a_person
from life_stage import a_code
from money_stage import a_money_scene
from portfolio.errors import FieldRefused, Refused
from portfolio.execution import by_hand, contracts
from portfolio.execution.confirming import Unconfirmed, token_of
from portfolio.execution.forms import AmendmentFields, ContractFields, InvoiceFields, TypedFields
from portfolio.execution.models import Contract, ExecutionEntry, Invoice
from portfolio.execution.reconciliation import orders_of, settle_order
from portfolio.people.terms import Role

TODAY = date(2026, 8, 3)


@pytest.fixture
def scene(database):
    with database.writing() as session:
        return a_money_scene(session)


def add(session, scene, *, by=None, **fields):
    given = {
        "reference": "C-1", "title": "Cloud", "supplier": "Nube SA", "signed_on": date(2026, 7, 1), "amount": Decimal(1000),
    }  # fmt: skip
    return contracts.add_contract(
        session, by or scene.stage.lead, scene.project, ContractFields(**given | fields), TODAY
    )


def bill(session, scene, contract, *, by=None, **fields):
    given = {"number": "F-1", "issued_on": date(2026, 7, 20), "amount": Decimal(10)}
    return contracts.add_invoice(
        session, by or scene.stage.lead, scene.project, contract, InvoiceFields(**given | fields), TODAY
    )


def test_a_contract_beyond_what_is_decided_is_kept_only_with_a_tick_and_a_reason(database, scene):
    with database.writing() as session:
        with pytest.raises(Unconfirmed) as asked:
            add(session, scene, amount=Decimal(2_000_000))
        token = token_of(asked.value.concerns)
        with pytest.raises(Unconfirmed) as why:
            add(session, scene, amount=Decimal(2_000_000), confirmed=token)
        assert why.value.field == "note"
        with pytest.raises(Unconfirmed):  # a tick holds for the figures under which it was given
            add(session, scene, amount=Decimal(3_000_000), confirmed=token, note="It is")
        row = add(session, scene, amount=Decimal(2_000_000), confirmed=token, note="Two more years are asked for")
        assert row.note == "Two more years are asked for"
        change = AmendmentFields(signed_on=date(2026, 8, 2), change=Decimal(50), reason="More storage")
        with pytest.raises(Unconfirmed):
            contracts.amend(session, scene.stage.lead, scene.project, row, change, TODAY)


def test_a_contract_without_a_code_is_asked_for_where_the_project_has_codes(database, scene):
    with database.writing() as session:
        add(session, scene)
        a_code(session, scene)
        with pytest.raises(Unconfirmed, match="confirm"):
            add(session, scene, reference="C-2")


def test_the_form_asks_and_keeps_what_was_typed(database, visitors, scene):
    lead = visitors.of(scene.stage.lead.person_id)
    address = f"/projects/{scene.project.id}/contracts"
    typed = {
        "reference": "C-1", "title": "Cloud", "supplier": "Nube", "signed_on": "2026-08-01", "amount": "2000000",
    }  # fmt: skip
    asked = lead.post(f"{address}/new", typed)
    assert (asked.status, asked.value("supplier")) == (422, "Nube")
    token = asked.value("confirmed")
    again = lead.post(f"{address}/new", {**typed, "confirmed": token})
    assert again.status == 422
    assert again.error("note")
    assert again.by_id("confirmed").get("checked") is not None
    done = lead.post(f"{address}/new", {**typed, "confirmed": token, "note": "Two more years"})
    assert done.status == 303, done.main
    page = lead.get(address)
    assert "Two more years" in page.main
    assert "All contracts together" in page.text
    with database.reading() as session:
        contract = session.scalars(select(Contract)).one().id
    early = lead.post(f"{address}/{contract}/invoice", {"number": "F-1", "issued_on": "2026-07-31", "amount": "1"})
    assert early.error("issued_on")
    beyond = lead.post(
        f"{address}/{contract}/invoice", {"number": "F-1", "issued_on": "2026-08-02", "amount": "2000001"}
    )
    assert (beyond.status, beyond.by_id("confirmed") is not None) == (422, True)


def test_an_invoice_beyond_its_contract_and_one_before_it(database, scene):
    with database.writing() as session:
        contract = add(session, scene)
        with pytest.raises(FieldRefused) as refused:
            bill(session, scene, contract, issued_on=date(2026, 6, 30))
        assert refused.value.field == "issued_on"
        bill(session, scene, contract, amount=Decimal(900))
        with pytest.raises(Unconfirmed) as asked:
            bill(session, scene, contract, number="F-2", amount=Decimal(101))
        assert session.scalars(select(Invoice)).one().number == "F-1"
        token = token_of(asked.value.concerns)
        row = bill(session, scene, contract, number="F-2", amount=Decimal(101), confirmed=token, note="Freight")
        assert row.note == "Freight"


def test_who_put_an_invoice_on_record_does_not_mark_it_as_paid(database, visitors, scene):
    with database.writing() as session:
        invoice = bill(session, scene, add(session, scene))
        with pytest.raises(Refused):
            contracts.pay(session, scene.stage.lead, scene.project, invoice, TODAY, TODAY)
    lead = visitors.of(scene.stage.lead.person_id)
    address = f"/projects/{scene.project.id}/invoices/{invoice.id}/paid"
    assert lead.get(address).by_id("paid_on") is None
    assert address not in lead.get(f"/projects/{scene.project.id}/contracts").text
    assert lead.post(address, {"paid_on": "2026-08-01"}).status == 409
    finance = visitors.of(scene.finance.person_id)
    assert address in finance.get(f"/projects/{scene.project.id}/contracts").text
    assert finance.post(address, {"paid_on": "2026-08-01"}).status == 303


def test_a_difference_of_draws_is_settled_by_somebody_else_who_sees_both_amounts(database, visitors, scene):
    with database.writing() as session:
        code = a_code(session, scene)
        add(session, scene, by=scene.finance, code_id=code.id, order_reference="OC-1")
        other = a_person(session, (Role.FINANCE_MANAGER, scene.stage.ministry))
        (order,) = orders_of(session, scene.project)
        with pytest.raises(Refused):
            settle_order(session, scene.finance, scene.project, code.id, "OC-1", (0, order.contracted), "x")
    address = f"/projects/{scene.project.id}/draws/{code.id}/settle?order=OC-1"
    for person in (scene.stage.lead, scene.stage.analyst):
        refused = visitors.of(person.person_id).get(address)
        assert (refused.status, "finance manager" in refused.main) == (403, True)
    assert (
        "finance manager" in visitors.of(scene.stage.lead.person_id).get(f"/projects/{scene.project.id}/contracts").main
    )
    assert visitors.of(scene.finance.person_id).get(address).by_id("reason") is None
    typed = {"reason": "Drawn next week", "drawn": "0", "contracted": "100000"}
    assert visitors.of(scene.finance.person_id).post(address, typed).status == 409
    for person in (other, scene.stage.budget_analyst):
        page = visitors.of(person.person_id).get(address)
        assert {"1,000.00", "0.00"} <= {words for words in ("1,000.00", "0.00") if words in page.main}
        assert page.by_id("reason") is not None
    assert visitors.of(other.person_id).post(address, typed).status == 303


def types(session, scene, **fields):
    given = {"month": "2026-06", "reason": "Bank statement"}
    return by_hand.type_month(session, scene.finance, scene.pack, scene.project, TypedFields(**given | fields))


@pytest.mark.parametrize(
    "fields", [{"paid": Decimal(-100)}, {"accrued": Decimal(99_999_999)}, {"paid": Decimal(6), "accrued": Decimal(5)}]
)
def test_typed_amounts_that_look_wrong_are_asked_again(database, scene, fields):
    with database.writing() as session:
        with pytest.raises(Unconfirmed) as asked:
            types(session, scene, **fields)
        assert session.scalars(select(ExecutionEntry)).all() == []
        assert types(session, scene, **fields, confirmed=token_of(asked.value.concerns)) == len(fields)


def test_typed_amounts_that_are_as_usual_are_not(database, scene):
    with database.writing() as session:
        assert types(session, scene, paid=Decimal(5)) == 1, "no accrued is known: nothing to compare with"
        assert types(session, scene, month="julio 2026", accrued=Decimal(9), paid=Decimal(4)) == 2


def test_the_page_of_typed_amounts_asks_too(database, visitors, scene):
    finance = visitors.of(scene.finance.person_id)
    address = f"/projects/{scene.project.id}/money/typed"
    typed = {"month": "2026-06", "paid": "-100", "reason": "Bank"}
    asked = finance.post(address, typed)
    assert (asked.status, asked.value("reason")) == (422, "Bank")
    assert finance.post(address, {**typed, "confirmed": asked.value("confirmed")}).status == 303
