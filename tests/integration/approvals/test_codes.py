"""Codes: two people issue them within what was decided, procurement verifies them, parallel draws never pass the ceiling."""

import re
import threading
from dataclasses import dataclass, replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from case_factories import a_call, a_case, a_snapshot
from factories import a_person, a_unit, an_institution
from portfolio.approvals import draws
from portfolio.approvals.code_issue import Wanted, issue_code, proposal_digest, propose_code
from portfolio.approvals.code_states import change_digest, decide_change, propose_change, suspend_code
from portfolio.approvals.code_terms import CodeState, DrawKind, VerifyStatus
from portfolio.approvals.draws import Order
from portfolio.approvals.models import ApprovalCode, BudgetDecision, BudgetEntry, Draw
from portfolio.approvals.statement import Statement, verify_statement
from portfolio.approvals.terms import BudgetOutcome, CountersignState, EntryKind, Firmness
from portfolio.approvals.verification import verify
from portfolio.audit.models import AuditEvent
from portfolio.audit.signing_keys import KeyPurpose, SigningKey, load_or_make_key, public_keys
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.engine import Database
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.packs.loader import load_pack
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.settings import Settings
from visitors import Visitors

PACK = load_pack("eclac")
DECIDED = 500_000_00


@dataclass
class Scene:
    """A funded case of one institution, and everybody around its codes."""

    case: BusinessCase
    institution: Institution
    first: Viewer
    second: Viewer
    buyer: Viewer
    stranger: Viewer
    key: SigningKey


@pytest.fixture
def scene(database: Database, settings: Settings) -> Scene:
    with database.writing() as session:
        finance = an_institution(session, "Ministry of Finance", code="FIN")
        budget = a_unit(session, finance, "budget")
        registry = an_institution(session, "Civil Registry", code="REG")
        other = an_institution(session, "Customs", code="ADU")
        lead = a_person(session, (Role.CASE_LEAD, registry))
        first = a_person(session, (Role.BUDGET_DECIDER, finance), unit=budget)
        second = a_person(session, (Role.BUDGET_DECIDER, finance), unit=budget)
        case = a_case(
            session, registry, lead, a_call(session), CaseStatus.DECIDED, track="full", number="PF-2027-000001"
        )
        snapshot = a_snapshot(session, case, lead, requested_minor=DECIDED)
        decision = BudgetDecision(
            case_id=case.id,
            snapshot_id=snapshot.id,
            snapshot_digest=snapshot.digest,
            outcome=BudgetOutcome.FUNDED,
            state=CountersignState.CONFIRMED,
            proposed_by_id=lead.person_id,
            proposed_at=snapshot.submitted_at,
        )
        session.add(decision)
        session.flush()
        session.add(
            BudgetEntry(
                decision_id=decision.id,
                case_id=case.id,
                kind=EntryKind.LAW,
                firmness=Firmness.FIRM,
                fiscal_year=2027,
                amount_minor=DECIDED,
                currency="USD",
                entered_on=date(2026, 12, 1),
            )
        )
        record(session, lead, Tag.DECISION_CONFIRMED, decision, case=case.id)
        return Scene(
            case,
            registry,
            first,
            second,
            a_person(session, (Role.BUYER, registry)),
            a_person(session, (Role.BUYER, other)),
            load_or_make_key(settings.keys_dir, KeyPurpose.CODE),
        )


def wanted(ceiling: int = 200_000_00) -> Wanted:
    return Wanted(None, 2027, ceiling, date(2026, 1, 1), date(2027, 12, 31))


def an_issued_code(database: Database, scene: Scene, ceiling: int = 200_000_00) -> ApprovalCode:
    with database.writing() as session:
        case = session.get_one(BusinessCase, scene.case.id)
        proposal = propose_code(session, scene.first, PACK, case, wanted(ceiling))
    with database.writing() as session:
        case = session.get_one(BusinessCase, scene.case.id)
        proposal = session.merge(proposal)
        digest = proposal_digest(proposal)
        return issue_code(session, scene.second, PACK, case, proposal, digest, scene.key, "https://testserver.local")


def reserve(amount: int, key: str, order: str = "OC-1") -> Order:
    return Order(DrawKind.RESERVE, amount, "USD", order, key)


def test_a_code_is_signed_and_verifies(database: Database, scene: Scene, settings: Settings) -> None:
    code = an_issued_code(database, scene)
    found = verify_statement(public_keys(settings.keys_dir), code.statement)
    assert isinstance(found, Statement)
    assert (found.code, found.ceiling, found.project) == (code.code, 200_000_00, "PF-2027-000001")
    with database.reading() as session:
        typed = code.code.lower().replace("-", " ")
        assert verify(session, PACK, typed).status is VerifyStatus.VALID


def test_the_statement_names_the_decision_in_the_trail(database: Database, scene: Scene, settings: Settings) -> None:
    """The event is the decision's own and belongs to the case: a statement that names no decision rests on nothing."""
    found = verify_statement(public_keys(settings.keys_dir), an_issued_code(database, scene).statement)
    assert isinstance(found, Statement)
    with database.reading() as session:
        decided = session.scalars(
            select(AuditEvent).where(col(AuditEvent.action) == Tag.DECISION_CONFIRMED.value)
        ).one()
    assert (decided.seq, decided.hash) in [(event.seq, event.hash) for event in found.decision_events]


def test_the_proposer_cannot_issue(database: Database, scene: Scene) -> None:
    with database.write() as session:
        case = session.get_one(BusinessCase, scene.case.id)
        proposal = propose_code(session, scene.first, PACK, case, wanted())
        with pytest.raises(Refused, match="second person"):
            issue_code(session, scene.first, PACK, case, proposal, proposal_digest(proposal), scene.key, "https://x")


def test_codes_never_hold_more_than_was_decided(database: Database, scene: Scene) -> None:
    an_issued_code(database, scene, 400_000_00)
    with database.write() as session:
        case = session.get_one(BusinessCase, scene.case.id)
        with pytest.raises(FieldRefused) as refused:
            propose_code(session, scene.first, PACK, case, wanted(100_000_01))
        assert refused.value.field == "ceiling"
        assert "100,000.00" in refused.value.reasons[0]


def test_an_author_never_issues(database: Database, scene: Scene) -> None:
    author = Viewer(scene.case.lead_id, "Lead", "en", scene.first.grants)
    with database.write() as session:
        case = session.get_one(BusinessCase, scene.case.id)
        with pytest.raises(Refused):
            propose_code(session, author, PACK, case, wanted())


def test_another_institution_finds_no_code(database: Database, scene: Scene) -> None:
    code = an_issued_code(database, scene)
    with database.write() as session, pytest.raises(NotFound):
        draws.draw(session, scene.stranger, PACK, code.id, reserve(1, "key-00001"))


def test_the_same_key_is_the_same_draw(database: Database, scene: Scene) -> None:
    code = an_issued_code(database, scene)
    for _again in range(2):
        with database.writing() as session:
            draws.draw(session, scene.buyer, PACK, code.id, reserve(50_000_00, "key-00001"))
    with database.write() as session:
        assert session.get_one(ApprovalCode, code.id).reserved_minor == 50_000_00
        with pytest.raises(Refused, match="key of its own"):
            draws.draw(session, scene.buyer, PACK, code.id, reserve(60_000_00, "key-00001"))


def test_suspension_blocks_new_reservations_only(database: Database, scene: Scene) -> None:
    code = an_issued_code(database, scene)
    with database.writing() as session:
        draws.draw(session, scene.buyer, PACK, code.id, reserve(50_000_00, "key-00001"))
        suspend_code(session, scene.first, code.id, "An overdue condition")
    with database.write() as session:
        with pytest.raises(Refused, match="suspended"):
            draws.draw(session, scene.buyer, PACK, code.id, reserve(1_00, "key-00002", "OC-2"))
        draws.draw(session, scene.buyer, PACK, code.id, Order(DrawKind.COMMIT, 45_000_00, "USD", "OC-1", "key-00003"))
        row = session.get_one(ApprovalCode, code.id)
        assert (row.reserved_minor, row.committed_minor, row.state) == (0, 45_000_00, CodeState.SUSPENDED)


def test_revoking_takes_two(database: Database, scene: Scene) -> None:
    code = an_issued_code(database, scene)
    with database.writing() as session:
        change = propose_change(session, scene.first, code.id, "code_revoke", "The scope changed")
    with database.write() as session:
        change = session.merge(change)
        row = session.get_one(ApprovalCode, code.id)
        digest = change_digest(row, change.purpose, change.reason)
        with pytest.raises(Refused, match="second person"):
            decide_change(session, scene.first, change, digest, agrees=True)
        with pytest.raises(Refused, match="no longer"):
            decide_change(session, scene.second, change, "0" * 64, agrees=True)
        decide_change(session, scene.second, change, digest, agrees=True)
        assert verify(session, PACK, code.code).status is VerifyStatus.REVOKED


def test_parallel_draws_never_pass_the_ceiling(database: Database, scene: Scene) -> None:
    code = an_issued_code(database, scene, 100_00)
    refused: list[str] = []

    def buy(number: int) -> None:
        try:
            with database.writing() as session:
                draws.draw(session, scene.buyer, PACK, code.id, reserve(30_00, f"parallel-{number}", f"OC-{number}"))
        except Refused as error:
            refused.append(error.reasons[0])

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        total = session.scalar(select(func.sum(col(Draw.amount_minor))))
        row = session.get_one(ApprovalCode, code.id)
    assert len(refused) == 9
    assert total == row.reserved_minor == 90_00


def test_a_file_records_what_it_may_and_says_what_it_may_not(database: Database, scene: Scene) -> None:
    code = an_issued_code(database, scene)
    text = (
        "code;kind;amount;order_reference;key\n"
        f"{code.code};reserve;1000.50;OC-1;file-0001\n"
        f"{code.code};reserve;900000;OC-2;file-0002\n"
        "1111-1111;reserve;5;OC-3;file-0003\n"
        f"{code.code};lend;5;OC-4;file-0004\n"
        f"{code.code};Liberación;0.50;OC-1;file-0005\n"
    )
    with database.writing() as session:
        results = draws.draw_rows(session, scene.buyer, PACK, text)
    assert [bool(r.refusal) for r in results] == [False, True, True, True, False]
    with database.writing() as session:
        again = draws.draw_rows(session, scene.buyer, PACK, text)
        assert [bool(r.refusal) for r in again] == [False, True, True, True, False]
        assert session.get_one(ApprovalCode, code.id).reserved_minor == 1000_00


def test_a_correction_says_why(database: Database, scene: Scene, visitors: Visitors) -> None:
    code = an_issued_code(database, scene)
    with database.writing() as session:
        draws.draw(session, scene.buyer, PACK, code.id, Order(DrawKind.COMMIT, 500_00, "USD", "OC-1", "key-00001"))
    buyer, path = visitors.of(scene.buyer.person_id), f"/codes/{code.id}"
    asked = {"kind": "adjust", "amount": "-100", "order_reference": "OC-1", "key": "key-00002", "reason": " "}
    refused = buyer.post(path, asked)
    assert refused.status == 422
    assert refused.error("reason") == "Say why what was committed is corrected."
    assert 'value="-100"' in refused.text
    assert buyer.post(path, {**asked, "reason": "Credit note 12 of the supplier"}).status == 303
    assert "Credit note 12 of the supplier" in buyer.get(path).main
    text = "".join(
        f"{line}\n"
        for line in (
            "code;kind;amount;order_reference;key;reason",
            f"{code.code};adjust;-1;OC-1;file-0001;",
            f"{code.code};adjust;-1;OC-1;file-0002;Rounded",
        )
    )
    with database.writing() as session:
        assert [bool(row.refusal) for row in draws.draw_rows(session, scene.buyer, PACK, text)] == [True, False]
        assert session.get_one(ApprovalCode, code.id).committed_minor == 399_00


def test_the_public_page_answers_without_an_account(database: Database, scene: Scene, visitors: Visitors) -> None:
    code = an_issued_code(database, scene)
    page = visitors.nobody.get(f"/v/{code.code}")
    assert page.status == 200
    assert "Valid" in page.main
    assert "Civil Registry" in page.main
    wrong = visitors.nobody.get(f"/v/{code.code[:-1]}{'0' if code.code[-1] != '0' else '1'}")
    assert "Mistyped code" in wrong.main


def test_the_api_answers_and_signs(database: Database, scene: Scene, visitors: Visitors) -> None:
    code = an_issued_code(database, scene)

    def ask(**body: object) -> dict[str, object]:
        answer = visitors.client.post("/api/v1/codes/verify", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    assert ask(code=code.code, nonce="n-1")["status"] == "VALID"
    assert ask(code=code.code, amount="200000.01")["status"] == "OVER_CEILING"
    assert ask(code=code.code, buyer="ADU")["status"] == "WRONG_BUYER"
    assert ask(code=code.code, buyer="REG", amount="200000.00")["ceiling_left"] == "200000.00"
    assert ask(code="1KKK-KGER-BJCD-C9DR-HGP7")["status"] == "BAD_CHECK"
    assert visitors.client.post("/api/v1/codes/verify", json={"code": code.code, "amount": "x"}).status_code == 400


def test_the_page_of_a_case_proposes_and_issues(database: Database, scene: Scene, visitors: Visitors) -> None:
    first = visitors.of(scene.first.person_id)
    path = f"/cases/{scene.case.id}/codes"
    page = first.get(path)
    assert page.status == 200, page.main
    assert page.value("ceiling") == "500000.00"
    fields = {"lot_id": "", "fiscal_year": "2027", "not_before": "2026-01-01", "expires_on": "2027-12-31"}
    bad = first.post(path, {**fields, "ceiling": "500000.01"})
    assert bad.status == 422
    assert bad.value("ceiling") == "500000.01"
    assert "left for codes" in bad.error("ceiling")
    good = first.post(path, {**fields, "ceiling": "500000"})
    assert first.follow(good).status == 200
    second = visitors.of(scene.second.person_id)
    shown = second.get(path)
    form = re.search(r"/codes/proposals/[0-9a-f-]{36}/issue", shown.text)
    assert form
    wrong = second.post(form.group(), {"password": "not mine", "digest": shown.value("digest")})
    assert wrong.status == 422
    assert wrong.error("password")


def test_a_stranger_gets_not_found(database: Database, scene: Scene, visitors: Visitors) -> None:
    code = an_issued_code(database, scene)
    assert visitors.of(scene.stranger.person_id).get(f"/codes/{code.id}").status == 404
    assert visitors.of(scene.stranger.person_id).get(f"/cases/{scene.case.id}/codes").status == 404


def test_a_funded_case_is_closed_with_a_reason(database: Database, scene: Scene, visitors: Visitors) -> None:
    visitor, path = visitors.of(scene.first.person_id), f"/cases/{scene.case.id}/closing"
    bare = visitor.post(path, {"reason": " "})
    assert bare.status == 422
    assert bare.error("reason") == "A reason is required."
    assert visitor.follow(visitor.post(path, {"reason": "Delivered and measured"})).status == 200
    with database.reading() as session:
        assert session.get_one(BusinessCase, scene.case.id).status is CaseStatus.CLOSED
    assert visitor.get(path).status == 404
    assert visitors.of(scene.buyer.person_id).get(path).status == 403


def test_two_people_put_a_lower_code_in_the_place_of_an_undrawn_one(database: Database, scene: Scene) -> None:
    code = an_issued_code(database, scene, DECIDED)
    lower = replace(wanted(300_000_00), replaces_id=code.id)
    with database.writing() as session:
        proposal = propose_code(session, scene.first, PACK, session.get_one(BusinessCase, scene.case.id), lower)
    with database.writing() as session:
        case, proposal = session.get_one(BusinessCase, scene.case.id), session.merge(proposal)
        fresh = issue_code(
            session, scene.second, PACK, case, proposal, proposal_digest(proposal), scene.key, "https://x"
        )
        old = session.get_one(ApprovalCode, code.id)
        assert (old.state, old.superseded_by_id, fresh.ceiling_minor) == (CodeState.SUPERSEDED, fresh.id, 300_000_00)


def test_only_an_undrawn_code_of_the_same_case_is_replaced(database: Database, scene: Scene) -> None:
    code = an_issued_code(database, scene)
    with database.writing() as session:
        draws.draw(session, scene.buyer, PACK, code.id, reserve(1_00, "key-00001"))
    with database.write() as session:
        case = session.get_one(BusinessCase, scene.case.id)
        for other in (code.id, scene.case.id):
            with pytest.raises(FieldRefused) as refused:
                propose_code(session, scene.first, PACK, case, replace(wanted(1_00), replaces_id=other))
            assert refused.value.field == "replaces_id"
