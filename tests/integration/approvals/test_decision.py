"""The budget decision by two persons, on both databases: proposals, confirmation, ledger, envelope, embargo, override."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from case_factories import a_content, a_snapshot
from conftest import NOW
from decision_stage import MILLION, a_case_for, a_stage, an_envelope, an_opinion
from factories import a_person
from portfolio.approvals import decisions
from portfolio.approvals.decision_digests import shown_digest
from portfolio.approvals.decision_drafts import fill_from_recommendation, save_draft
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.models import BudgetDecision, BudgetEntry
from portfolio.approvals.overrides import override_digest, override_opinion
from portfolio.approvals.positions import earlier_years, envelope_uses, position_of
from portfolio.approvals.publication import publish_due
from portfolio.approvals.terms import CountersignState, DecisionChoice, EntryKind, Firmness, OpinionOutcome
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.errors import FieldRefused, Refused
from portfolio.identity.models import Account
from portfolio.identity.passwords import hash_password
from portfolio.notifications.models import Notice
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from visitors import PASSWORD

S, FUND = CaseStatus, DecisionChoice.FUND
WHOLE = (Line(2027, MILLION),)
SECRET = "s" * 32
HASH = hash_password(PASSWORD)


def give_password(session, *viewers):
    for viewer in viewers:
        row = Account(person_id=viewer.person_id, password_hash=HASH)
        session.add(row)
        record(session, None, Tag.ACCOUNT_ACTIVATED, row)
    session.flush()


@pytest.fixture
def stage(session):
    found = a_stage(session)
    give_password(session, found.decider, found.budget_analyst, found.chair)
    return found


def draft(session, stage, case, choice=FUND, lines=WHOLE, reasons="", by=None):
    position = position_of(session, stage.pack, case)
    save_draft(session, by or stage.budget_analyst, stage.pack, position, choice, list(lines), reasons)


def proposed(session, stage, case, **more):
    draft(session, stage, case, **more)
    return decisions.propose(session, stage.budget_analyst, stage.pack, [case])[0]


def confirm(session, stage, *cases, by=None, password=PASSWORD, digest=None, chosen=None):
    shown = digest or shown_digest(position_of(session, stage.pack, case) for case in cases)
    return decisions.confirm(
        session,
        by or stage.decider,
        stage.pack,
        SECRET,
        list(cases),
        chosen or [case.id for case in cases],
        password,
        shown,
    )


def recommended(session, stage, **more):
    case = a_case_for(session, stage, S.RECOMMENDED, **more)
    an_opinion(session, stage, case, recommended=more.get("requested", MILLION))
    return case


def entries(session, case):
    rows = session.scalars(select(BudgetEntry).where(col(BudgetEntry.case_id) == case.id).order_by(col(BudgetEntry.id)))
    return [(row.kind, row.firmness, row.fiscal_year, row.amount_minor) for row in rows]


def test_two_persons_make_a_decision_a_ledger_entry_and_a_project(session, stage):
    case = recommended(session, stage)
    decision = proposed(session, stage, case, lines=[Line(2027, MILLION), Line(2028, 5)], reasons="Two years")
    assert (decision.state, case.status) == (CountersignState.PROPOSED, S.RECOMMENDED)
    confirm(session, stage, case)
    assert case.status is S.DECIDED
    assert entries(session, case) == [
        (EntryKind.PROPOSED, Firmness.FIRM, 2027, MILLION),
        (EntryKind.PROPOSED, Firmness.INDICATIVE, 2028, 5),
        (EntryKind.LAW, Firmness.FIRM, 2027, MILLION),
        (EntryKind.LAW, Firmness.INDICATIVE, 2028, 5),
    ]
    initiative = session.get_one(Initiative, case.initiative_id)
    assert (initiative.decided_minor, initiative.state, initiative.stage) == (
        MILLION + 5,
        "decided",
        ProjectStage.PLANNED,
    )
    project = session.scalar(select(Project).where(col(Project.initiative_id) == initiative.id))
    assert (project.case_id, project.began_on) == (case.id, date(2026, 8, 3))
    session.commit()
    tags = set(session.scalars(select(col(AuditEvent.action))))
    assert {Tag.DECISION_PROPOSED.value, Tag.DECISION_CONFIRMED.value, Tag.PROJECT_CREATED.value} <= tags


def test_who_proposed_does_not_confirm(session, stage):
    case = recommended(session, stage)
    draft(session, stage, case, by=stage.decider)
    decisions.propose(session, stage.decider, stage.pack, [case])
    with pytest.raises(Refused, match="another person confirms"):
        confirm(session, stage, case)
    assert case.status is S.RECOMMENDED


def test_who_signed_the_opinion_and_the_agencys_people_decide_nothing(session, stage):
    case = recommended(session, stage)
    proposed(session, stage, case)
    both = a_person(session, (Role.BUDGET_DECIDER, stage.finance), (Role.CASE_LEAD, stage.ministry))
    give_password(session, both)
    with pytest.raises(Refused, match="takes part in this case"):
        confirm(session, stage, case, by=both)


def test_a_wrong_password_confirms_nothing(database):
    with database.writing() as session:
        session.info["now"] = NOW
        stage = a_stage(session)
        give_password(session, stage.decider)
        case = recommended(session, stage)
        proposed(session, stage, case)
        case_id = case.id
    with database.write() as session:
        session.info["now"] = NOW
        case = session.get_one(BusinessCase, case_id)
        with pytest.raises(FieldRefused):
            confirm(session, stage, case, password="not this one at all")
    with database.reading() as session:
        assert session.scalar(select(col(BudgetDecision.state))) is CountersignState.PROPOSED


def test_a_page_that_shows_something_else_than_the_record_confirms_nothing(session, stage):
    case, other = recommended(session, stage), recommended(session, stage)
    proposed(session, stage, case)
    shown = shown_digest([position_of(session, stage.pack, case), position_of(session, stage.pack, other)])
    proposed(session, stage, other)
    with pytest.raises(Refused, match="changed while you were looking"):
        confirm(session, stage, case, other, digest=shown)


def test_a_new_snapshot_overtakes_a_proposal(session, stage):
    case = recommended(session, stage)
    proposed(session, stage, case)
    a_snapshot(session, case, stage.lead, number=2, requested_minor=MILLION, content=a_content("Another title"))
    with pytest.raises(Refused, match="has to be proposed again"):
        confirm(session, stage, case)
    decision = session.scalar(select(BudgetDecision))
    decisions.send_back(session, stage.decider, stage.pack, case, decision, "Overtaken")
    assert decision.state is CountersignState.STALE


def test_a_new_opinion_overtakes_a_proposal(session, stage):
    case = recommended(session, stage)
    proposed(session, stage, case)
    opinion = an_opinion(session, stage, case, recommended=1)
    opinion.digest = "e" * 64
    opinion.signed_at = NOW + timedelta(minutes=1)
    session.flush()
    with pytest.raises(Refused, match="has to be proposed again"):
        confirm(session, stage, case)


def test_an_envelope_is_never_passed_across_cases_and_the_figures_are_said(session, stage):
    an_envelope(session, stage, MILLION * 3 // 2)
    first, second = recommended(session, stage), recommended(session, stage)
    proposed(session, stage, first)
    draft(session, stage, second)
    with pytest.raises(Refused, match=r"1,500,000.00 USD; 1,000,000.00 USD .* 500,000.00 USD too much"):
        decisions.propose(session, stage.budget_analyst, stage.pack, [second])
    draft(session, stage, second, lines=[Line(2027, MILLION // 2)], reasons="What is left")
    decisions.propose(session, stage.budget_analyst, stage.pack, [second])
    use = envelope_uses(session, stage.call)[stage.ministry.id]
    assert (use.proposed, use.left) == (MILLION * 3 // 2, 0)
    confirm(session, stage, first, second)
    use = envelope_uses(session, stage.call)[stage.ministry.id]
    assert (use.confirmed, use.proposed, use.left) == (MILLION * 3 // 2, 0, 0)


def test_one_bad_row_of_a_batch_leaves_all_unproposed(session, stage):
    good, bad = recommended(session, stage), recommended(session, stage)
    draft(session, stage, good)
    draft(session, stage, bad, choice=DecisionChoice.DEFER, lines=[])
    with pytest.raises(Refused, match="the institution will read it"):
        decisions.propose(session, stage.budget_analyst, stage.pack, [good, bad])
    assert session.scalar(select(BudgetDecision)) is None


def test_what_is_sent_back_can_be_proposed_again(session, stage):
    case = recommended(session, stage)
    decision = proposed(session, stage, case)
    with pytest.raises(Refused, match="waits for a second person"):
        draft(session, stage, case, reasons="x")
    decisions.send_back(session, stage.decider, stage.pack, case, decision, "Less, please")
    assert decision.state is CountersignState.REFUSED
    draft(session, stage, case, lines=[Line(2027, 7)], reasons="Less")
    decisions.propose(session, stage.budget_analyst, stage.pack, [case])
    confirm(session, stage, case)
    assert session.get_one(Initiative, case.initiative_id).decided_minor == 7


def test_deferred_and_then_funded(session, stage):
    case = recommended(session, stage)
    proposed(session, stage, case, choice=DecisionChoice.DEFER, lines=[], reasons="Next year")
    confirm(session, stage, case)
    assert case.status is S.DEFERRED
    proposed(session, stage, case)
    confirm(session, stage, case)
    assert case.status is S.DECIDED


def test_not_funded_makes_no_project(session, stage):
    case = recommended(session, stage)
    proposed(session, stage, case, choice=DecisionChoice.NOT_FUND, lines=[], reasons="No")
    confirm(session, stage, case)
    assert case.status is S.NOT_FUNDED
    assert session.scalar(select(Project)) is None


def test_without_an_opinion_only_when_its_term_has_run_out(session, stage):
    case = a_case_for(session, stage, S.CHECKING)
    draft(session, stage, case)
    with pytest.raises(Refused, match="no opinion yet"):
        decisions.propose(session, stage.budget_analyst, stage.pack, [case])
    case.admitted_at = NOW - timedelta(days=90)
    session.flush()
    decision = decisions.propose(session, stage.budget_analyst, stage.pack, [case])[0]
    assert decision.without_opinion
    confirm(session, stage, case)
    assert case.status is S.DECIDED


def unfavourable(session, stage):
    case = a_case_for(session, stage, S.UNFAVOURABLE)
    an_opinion(session, stage, case, OpinionOutcome.UNFAVOURABLE)
    return case


def test_against_an_unfavourable_opinion_only_after_the_act_of_the_named_authority(session, stage):
    case = unfavourable(session, stage)
    draft(session, stage, case, reasons="It is needed")
    with pytest.raises(Refused, match="may override it"):
        decisions.propose(session, stage.budget_analyst, stage.pack, [case])
    shown = override_digest(position_of(session, stage.pack, case))
    act = {
        "number": "Decree 7",
        "dated_on": date(2026, 8, 1),
        "reasons": "Public need",
        "password": PASSWORD,
        "shown": shown,
    }
    with pytest.raises(Refused, match="only people of"):
        override_opinion(session, stage.decider, stage.pack, SECRET, case, **act)
    override_opinion(session, stage.chair, stage.pack, SECRET, case, **act)
    decision = decisions.propose(session, stage.budget_analyst, stage.pack, [case])[0]
    assert decision.overrides_opinion
    assert decision.override_act_id is not None
    confirm(session, stage, case)
    assert case.status is S.DECIDED


def test_the_finance_ministrys_own_case_is_decided_elsewhere(session, stage):
    case = recommended(session, stage, institution=stage.finance)
    with pytest.raises(Refused, match="Expenditure Programming Council"):
        draft(session, stage, case)


def test_under_embargo_nothing_outside_changes_until_it_ends(session):
    stage = a_stage(session, embargo_until=NOW + timedelta(days=10))
    give_password(session, stage.decider)
    case = recommended(session, stage)
    proposed(session, stage, case)
    confirm(session, stage, case)
    assert case.status is S.RECOMMENDED
    initiative = session.get_one(Initiative, case.initiative_id)
    assert (initiative.state, initiative.decided_minor) == ("recommended", None) or initiative.decided_minor is None
    assert "case_fund" not in set(session.scalars(select(col(Notice.kind))))
    assert publish_due(session, stage.pack, NOW + timedelta(days=9)) == 0
    session.info["now"] = NOW + timedelta(days=10)
    assert publish_due(session, stage.pack, NOW + timedelta(days=10)) == 1
    assert case.status is S.DECIDED
    assert initiative.decided_minor == MILLION
    told = set(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "case_fund")))
    assert stage.lead.person_id in told
    assert publish_due(session, stage.pack, NOW + timedelta(days=11)) == 0


def test_last_year_and_carry_over_come_from_the_ledger_of_the_initiative(session, stage):
    case = recommended(session, stage)
    proposed(session, stage, case, lines=[Line(2027, MILLION), Line(2028, 42)], reasons="Two years")
    confirm(session, stage, case)
    later = recommended(session, stage)
    later.initiative_id, later.case_version = case.initiative_id, 2
    session.flush()
    found = earlier_years(session, [later], 2028)
    assert found == {(case.initiative_id, 2027): MILLION, (case.initiative_id, 2028): 42}


def test_filling_enters_what_was_recommended_only_where_nobody_typed(session, stage):
    favourable, typed, against = recommended(session, stage), recommended(session, stage), unfavourable(session, stage)
    draft(session, stage, typed, lines=[Line(2027, 1)])
    positions = [position_of(session, stage.pack, case) for case in (favourable, typed, against)]
    assert fill_from_recommendation(session, stage.budget_analyst, stage.pack, positions) == 1
    lines = [position_of(session, stage.pack, case).draft_lines for case in (favourable, typed, against)]
    assert lines == [(Line(2027, MILLION),), (Line(2027, 1),), ()]
