"""What is written of a plan: expected dates move, approved ones never do, and another person decides."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlmodel import col

from modification_stage import give_password
from plan_stage import PACK, PlanStage, a_milestone, a_plan_stage, approved, proposed
from portfolio.audit.models import AuditEvent
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.notifications.models import Notice
from portfolio.projects.adoption import PromisedMilestone, adopt
from portfolio.projects.plan import baselines, changes
from portfolio.projects.plan.forms import ChangeFields, MilestoneFields
from portfolio.projects.plan.milestones import add_dependency, change_milestone, remove_dependency
from portfolio.projects.plan.models import BaselineItem, Milestone
from portfolio.projects.plan.queries import elsewhere, get_milestone, read_plan, waiting_changes, waiting_plans
from portfolio.projects.plan.terms import BaselineKind, ChangeState, PlanProposalState
from portfolio.projects.terms import ProjectStage

CONTRACT, LAUNCH = date(2026, 9, 1), date(2026, 12, 1)


@pytest.fixture
def stage(session: Session) -> PlanStage:
    made = a_plan_stage(session)
    give_password(session, made.lead, made.cio, made.director)
    return made


def two_milestones(session: Session, stage: PlanStage) -> tuple[Milestone, Milestone]:
    return a_milestone(session, stage, "Contract", CONTRACT), a_milestone(session, stage, "Launch", LAUNCH)


def fields_of(row: Milestone, **more: object) -> MilestoneFields:
    names = MilestoneFields.model_fields
    return MilestoneFields(**{**{name: getattr(row, name) for name in names}, **more})  # type: ignore[arg-type]


def test_what_the_case_promised_comes_in_once(session: Session, stage: PlanStage) -> None:
    rows = [
        PromisedMilestone("1", "Contract signed", CONTRACT, "The contract"),
        PromisedMilestone("2", "First users", LAUNCH),
        PromisedMilestone("3", "  ", LAUNCH),
    ]
    assert adopt(session, stage.lead, stage.project, rows) == 2
    assert adopt(session, stage.lead, stage.project, rows) == 0
    assert adopt(session, stage.lead, stage.project, [*rows, PromisedMilestone("4", "Closed", None)]) == 1
    plan = read_plan(session, stage.project.id)
    assert [(row.title, row.promised_on, row.forecast_on) for row in plan.rows] == [
        ("Contract signed", CONTRACT, CONTRACT),
        ("First users", LAUNCH, LAUNCH),
        ("Closed", None, None),
    ]
    assert plan.number == 0
    session.commit()


def test_a_forecast_moves_no_approved_date(session: Session, stage: PlanStage) -> None:
    _contract, launch = two_milestones(session, stage)
    approved(session, stage, proposed(session, stage, BaselineKind.FIRST))
    change_milestone(session, stage.lead, stage.project, launch, fields_of(launch, forecast_on=date(2027, 2, 1)))
    item = read_plan(session, stage.project.id).items[launch.id]
    assert (item.first, item.current, item.forecast) == (LAUNCH, LAUNCH, date(2027, 2, 1))
    session.commit()


def test_a_stale_form_an_actual_date_to_come_and_an_unexplained_undoing_are_refused(
    session: Session, stage: PlanStage
) -> None:
    contract, _launch = two_milestones(session, stage)
    with pytest.raises(Refused, match="Someone else"):
        change_milestone(session, stage.lead, stage.project, contract, fields_of(contract, version=99))
    with pytest.raises(FieldRefused) as refused:
        change_milestone(session, stage.lead, stage.project, contract, fields_of(contract, actual_on=date(2026, 8, 4)))
    assert refused.value.field == "actual_on"
    change_milestone(session, stage.lead, stage.project, contract, fields_of(contract, actual_on=date(2026, 8, 3)))
    assert contract.percent == 100
    with pytest.raises(FieldRefused) as refused:
        change_milestone(session, stage.lead, stage.project, contract, fields_of(contract, actual_on=None))
    assert refused.value.field == "note"
    stage.project.stage = ProjectStage.CLOSED
    with pytest.raises(Refused, match="history"):
        change_milestone(session, stage.lead, stage.project, contract, fields_of(contract))


def test_a_circle_is_refused_and_named_across_projects(session: Session, stage: PlanStage) -> None:
    contract, launch = two_milestones(session, stage)
    other = a_plan_stage(session, "PF-2027-000902", stage.agency)
    data = a_milestone(session, other, "Data ready", LAUNCH)
    add_dependency(session, stage.lead, stage.project, launch, contract.id, 10)
    add_dependency(session, stage.lead, other.project, data, launch.id)
    with pytest.raises(FieldRefused) as refused:
        add_dependency(session, stage.lead, stage.project, contract, data.id)
    assert "«Contract» → «Data ready» → «Launch» → «Contract»" in refused.value.reasons[0]
    for wrong in (launch.id, contract.id):
        with pytest.raises(FieldRefused):
            add_dependency(session, stage.lead, stage.project, launch, wrong)
    remove_dependency(session, stage.lead, other.project, data, launch.id)
    with pytest.raises(NotFound):
        remove_dependency(session, stage.lead, other.project, data, launch.id)
    add_dependency(session, stage.lead, stage.project, contract, data.id)
    session.commit()


def test_what_lies_in_a_project_that_one_may_not_find_is_neither_needed_nor_named(
    session: Session, stage: PlanStage
) -> None:
    contract, _launch = two_milestones(session, stage)
    foreign = a_plan_stage(session, "PF-2027-000903")
    theirs = a_milestone(session, foreign, "Their secret date", LAUNCH)
    with pytest.raises(FieldRefused) as refused:
        add_dependency(session, stage.lead, stage.project, contract, theirs.id)
    assert "secret" not in refused.value.reasons[0]
    assert elsewhere(session, stage.lead, [theirs.id]) == {}
    assert elsewhere(session, stage.analyst, [theirs.id])[theirs.id].title == "Their secret date"
    with pytest.raises(NotFound):
        get_milestone(session, stage.project, theirs.id)


def test_the_first_plan_is_approved_once_by_another_person(session: Session, stage: PlanStage) -> None:
    two_milestones(session, stage)
    with pytest.raises(Refused, match="first one"):
        proposed(session, stage, BaselineKind.REPLAN)
    row = proposed(session, stage, BaselineKind.FIRST)
    with pytest.raises(Refused, match="already waits"):
        proposed(session, stage, BaselineKind.FIRST)
    with pytest.raises(Refused, match="another person"):
        approved(session, stage, row, stage.lead)
    approved(session, stage, row)
    plan = read_plan(session, stage.project.id)
    assert [(one.number, one.kind) for one in plan.baselines] == [(1, BaselineKind.FIRST)]
    with pytest.raises(Refused, match="approved already"):
        proposed(session, stage, BaselineKind.FIRST)
    with pytest.raises(Refused, match="decided already"):
        approved(session, stage, row)
    with pytest.raises(Refused, match="Nothing differs"):
        proposed(session, stage, BaselineKind.SCOPE)
    session.commit()


def test_a_re_baseline_keeps_the_first_and_is_compared_with_both(session: Session, stage: PlanStage) -> None:
    contract, launch = two_milestones(session, stage)
    approved(session, stage, proposed(session, stage, BaselineKind.FIRST))
    later = a_milestone(session, stage, "Training", date(2027, 1, 15))
    row = proposed(session, stage, BaselineKind.FUNDING, Launch=date(2027, 3, 1))
    assert [(line["title"], line["before"], line["after"]) for line in row.lines] == [
        ("Contract", "2026-09-01", "2026-09-01"),
        ("Launch", "2026-12-01", "2027-03-01"),
        ("Training", None, "2027-01-15"),
    ]
    approved(session, stage, row, stage.director)
    plan = read_plan(session, stage.project.id)
    assert {key: (item.first, item.current) for key, item in plan.items.items()} == {
        contract.id: (CONTRACT, CONTRACT),
        launch.id: (LAUNCH, date(2027, 3, 1)),
        later.id: (None, date(2027, 1, 15)),
    }
    out = proposed(session, stage, BaselineKind.SCOPE, Training=None, Launch=date(2027, 3, 1))
    approved(session, stage, out)
    assert later.left_on == date(2026, 8, 3)
    assert read_plan(session, stage.project.id).number == 3
    with pytest.raises(Refused, match="left this milestone out"):
        change_milestone(session, stage.lead, stage.project, later, fields_of(later))
    told = session.scalars(select(col(Notice.kind)).where(col(Notice.person_id) == stage.lead.person_id)).all()
    assert told.count("plan_approved") == 3
    session.commit()


def test_what_was_reached_cannot_leave_the_plan(session: Session, stage: PlanStage) -> None:
    contract, _launch = two_milestones(session, stage)
    change_milestone(session, stage.lead, stage.project, contract, fields_of(contract, actual_on=date(2026, 8, 1)))
    with pytest.raises(Refused, match="What was reached"):
        proposed(session, stage, BaselineKind.FIRST, Contract=None)
    assert baselines.suggested(read_plan(session, stage.project.id))[contract.id] == date(2026, 8, 1)


def test_a_re_baseline_does_not_make_a_lateness_that_happened_disappear(session: Session, stage: PlanStage) -> None:
    contract, _launch = two_milestones(session, stage)
    approved(session, stage, proposed(session, stage, BaselineKind.FIRST, Contract=date(2026, 7, 1)))
    change_milestone(session, stage.lead, stage.project, contract, fields_of(contract, actual_on=date(2026, 8, 1)))
    assert baselines.suggested(read_plan(session, stage.project.id))[contract.id] == date(2026, 7, 1)
    late = {"Contract": date(2026, 8, 1), "Launch": date(2027, 1, 1)}
    with pytest.raises(Refused, match="keeps its approved date"):
        proposed(session, stage, BaselineKind.REPLAN, **late)
    assert proposed(session, stage, BaselineKind.CORRECTION, **late).lines[0]["after"] == "2026-08-01"


def test_the_wrong_password_or_another_digest_approves_nothing(session: Session, stage: PlanStage) -> None:
    two_milestones(session, stage)
    row = proposed(session, stage, BaselineKind.FIRST)
    with pytest.raises(Refused, match="changed while"):
        baselines.approve_plan(
            session, stage.cio, "s" * 32, stage.project, row, "a long phrase nobody guesses", "0" * 64, "Yes"
        )
    row.reasons = "Other words"
    session.flush()
    with pytest.raises(Refused, match="not what was signed"):
        approved(session, stage, row)
    assert read_plan(session, stage.project.id).number == 0


@pytest.mark.parametrize("table", ["plan_baseline", "plan_baseline_item"])
@pytest.mark.parametrize("act", ["UPDATE {} SET created_at = created_at", "DELETE FROM {}"])
def test_the_database_refuses_to_change_an_approved_plan(
    session: Session, stage: PlanStage, table: str, act: str
) -> None:
    two_milestones(session, stage)
    approved(session, stage, proposed(session, stage, BaselineKind.FIRST))
    session.commit()
    with pytest.raises(DatabaseError, match="never changed"):
        session.execute(text(act.format(table)))
    session.rollback()


def test_an_approved_plan_is_still_read_years_later(session: Session, stage: PlanStage) -> None:
    _contract, launch = two_milestones(session, stage)
    first = approved(session, stage, proposed(session, stage, BaselineKind.FIRST))
    session.info["now"] = session.info["now"].replace(year=2028)
    change_milestone(
        session, stage.lead, stage.project, launch, fields_of(launch, title="Start", forecast_on=date(2029, 1, 1))
    )
    approved(session, stage, proposed(session, stage, BaselineKind.REPLAN))
    kept = session.scalars(select(BaselineItem).where(col(BaselineItem.baseline_id) == first.id)).all()
    assert {(item.title, item.due_on) for item in kept} == {("Contract", CONTRACT), ("Launch", LAUNCH)}
    session.commit()


def test_a_refused_and_a_taken_back_proposal_change_nothing_and_free_their_requests(
    session: Session, stage: PlanStage
) -> None:
    two_milestones(session, stage)
    approved(session, stage, proposed(session, stage, BaselineKind.FIRST))
    asked = ChangeFields(title="Later launch", kind=BaselineKind.POLICY, reasons="The law changed")
    change = changes.ask_change(session, stage.lead, stage.project, asked)
    assert [row.ChangeRequest.id for row in waiting_changes(session, stage.cio)] == [change.id]
    with pytest.raises(Refused):
        changes.decide_change(session, stage.lead, stage.project, change, accept=True, answer="Yes")
    changes.decide_change(session, stage.cio, stage.project, change, accept=True, answer="Yes")
    assert change.state is ChangeState.ACCEPTED
    plan = read_plan(session, stage.project.id)
    wanted = {row.id: date(2027, 5, 1) for row in plan.standing}

    def propose() -> baselines.PlanProposal:
        asked = baselines.Asked(BaselineKind.POLICY, "The law", wanted, [change.id])
        return baselines.propose_plan(session, stage.lead, PACK, stage.project, asked)

    row = propose()
    assert change.proposal_id == row.id
    assert [found.PlanProposal.id for found in waiting_plans(session, stage.director)] == [row.id]
    assert not waiting_plans(session, stage.lead), "not for who proposed it"
    with pytest.raises(Refused, match="another person"):
        baselines.refuse_plan(session, stage.lead, stage.project, row, "No")
    baselines.refuse_plan(session, stage.director, stage.project, row, "Not yet")
    assert (row.state, change.proposal_id) == (PlanProposalState.REFUSED, None)
    second = propose()
    with pytest.raises(Refused, match="Only who proposed"):
        baselines.take_back_plan(session, stage.cio, stage.project, second, "No")
    baselines.take_back_plan(session, stage.lead, stage.project, second, "Wrong dates")
    assert read_plan(session, stage.project.id).number == 1
    third = propose()
    approved(session, stage, third)
    assert change.proposal_id == third.id
    with pytest.raises(Refused, match="change request"):
        propose()
    session.commit()
    tags = set(session.scalars(select(col(AuditEvent.action))))
    assert {"project.plan_proposed", "project.plan_approved", "project.plan_refused", "project.plan_taken_back"} <= tags
    assert {"project.change_asked", "project.change_decided", "project.milestone_added"} <= tags


def test_a_lead_of_another_institution_decides_nothing(session: Session, stage: PlanStage) -> None:
    two_milestones(session, stage)
    row = proposed(session, stage, BaselineKind.FIRST)
    stranger = a_plan_stage(session, "PF-2027-000904").cio
    give_password(session, stranger)
    with pytest.raises(Refused, match="head of the directive body"):
        approved(session, stage, row, stranger)
