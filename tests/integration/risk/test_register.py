"""The register keeps what was said: ratings, acceptances, issues, and the risks of the case, once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlmodel import col

from conftest import NOW
from factories import somebody
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.risk.acceptances import decide, digest_of, expire_due, propose
from portfolio.risk.adoption import PromisedRisk, adopt
from portfolio.risk.issues import IssueWords, occur, resolve
from portfolio.risk.jobs import remind_of_reviews
from portfolio.risk.models import Risk, RiskAcceptance, RiskEscalation
from portfolio.risk.queries import dossier_of, get_risk, place_of, risks_of
from portfolio.risk.register import Point, assess, edit_risk
from portfolio.risk.terms import AcceptanceState, ActionState, EscalationState, IssueState, RiskState, Severity, Stance
from portfolio.risk.treatment import add_action, move_risk, set_action
from risk_stage import PACK, RiskStage, a_description, a_project, a_risk, a_risk_stage

TODAY = NOW.astimezone(PACK.zone).date()
SOON = TODAY + timedelta(days=60)


@pytest.fixture
def stage(session: Session) -> RiskStage:
    return a_risk_stage(session)


def accept(
    session: Session, stage: RiskStage, risk: Risk, until: date = SOON, *, accepts: bool = True
) -> RiskAcceptance:
    row = propose(session, stage.lead, PACK, stage.project, risk, "Cheaper to live with", until)
    who = stage.head if risk.rating != "extreme" else stage.chair
    decide(session, who, PACK, stage.project, risk, digest=digest_of(risk, row), accepts=accepts, note="As proposed")
    return row


def test_numbers_run_within_a_project(session: Session, stage: RiskStage) -> None:
    other = a_project(session, stage.agency, stage.lead, title="Another")
    numbers = [a_risk(session, stage, project=project).number for project in (stage.project, other, stage.project)]
    assert numbers == [1, 1, 2]


def test_every_rating_stays_and_the_newest_counts(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (2, 2))
    assess(session, stage.cio, PACK, stage.project, risk, Stance.RESIDUAL, Point(3, 3), "The market shrank")
    assess(session, stage.lead, PACK, stage.project, risk, Stance.TARGET, Point(1, 2), "After the framework agreement")
    session.commit()
    history = dossier_of(session, risk).assessments
    assert [
        (row.stance, row.likelihood, row.impact, row.rating) for row in history if row.stance is Stance.RESIDUAL
    ] == [
        (Stance.RESIDUAL, 3, 3, "medium"),
        (Stance.RESIDUAL, 2, 2, "low"),
    ]
    assert (risk.rating, place_of(risk, Stance.TARGET), risk.next_review_on) == (
        "medium",
        (1, 2),
        TODAY + timedelta(days=90),
    )


@pytest.mark.parametrize("act", ["UPDATE risk_assessment SET reason = 'x'", "DELETE FROM risk_assessment"])
def test_the_database_itself_keeps_ratings(session: Session, stage: RiskStage, act: str) -> None:
    a_risk(session, stage)
    session.flush()
    with pytest.raises(DatabaseError, match="append-only"):
        session.connection().execute(text(act))


def test_a_step_outside_the_matrix_and_an_owner_of_elsewhere_are_refused(session: Session, stage: RiskStage) -> None:
    with pytest.raises(FieldRefused) as refused:
        a_risk(session, stage, (6, 6))
    assert refused.value.field == "residual_likelihood"
    with pytest.raises(FieldRefused) as refused:
        a_risk(session, stage, owner_id=stage.stranger.person_id)
    assert refused.value.field == "owner_id"
    with pytest.raises(FieldRefused) as refused:
        a_risk(session, stage, owner="")
    assert refused.value.field == "owner"


def test_a_risk_of_another_project_is_not_found(session: Session, stage: RiskStage) -> None:
    other = a_project(session, stage.agency, stage.lead, title="Another")
    risk = a_risk(session, stage)
    with pytest.raises(NotFound):
        get_risk(session, other, risk.id)
    with pytest.raises(NotFound):
        get_risk(session, stage.project, somebody())


def test_an_acceptance_has_an_authority_and_calls_the_escalation_back(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    row = propose(session, stage.lead, PACK, stage.project, risk, "Cheaper to live with", SOON)
    with pytest.raises(Refused, match="another authority"):
        decide(session, stage.cio, PACK, stage.project, risk, digest=digest_of(risk, row), accepts=True, note="")
    with pytest.raises(Refused, match="no longer what would be decided"):
        decide(session, stage.head, PACK, stage.project, risk, digest="0" * 64, accepts=True, note="")
    decide(session, stage.head, PACK, stage.project, risk, digest=digest_of(risk, row), accepts=True, note="")
    assert (risk.state, row.state) == (RiskState.ACCEPTED, AcceptanceState.ACCEPTED)
    assert session.scalars(select(col(RiskEscalation.state))).all() == [EscalationState.LIFTED]


def test_who_proposed_does_not_accept(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (3, 3))
    row = propose(session, stage.cio, PACK, stage.project, risk, "Mine", SOON)
    with pytest.raises(Refused, match="Whoever proposed"):
        decide(session, stage.cio, PACK, stage.project, risk, digest=digest_of(risk, row), accepts=True, note="")


def test_an_acceptance_is_never_for_ever(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    for until in (TODAY, TODAY + timedelta(days=181)):
        with pytest.raises(FieldRefused) as refused:
            propose(session, stage.lead, PACK, stage.project, risk, "Long", until)
        assert refused.value.field == "expires_on"


def test_a_refused_acceptance_leaves_the_risk_and_can_be_proposed_again(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (3, 3))
    assert accept(session, stage, risk, accepts=False).state is AcceptanceState.REFUSED
    assert risk.state is RiskState.OPEN
    accept(session, stage, risk)
    with pytest.raises(Refused, match="accepted already"):
        propose(session, stage.lead, PACK, stage.project, risk, "Once more", SOON)


def test_an_acceptance_ends_by_its_day_and_the_risk_climbs(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    row = accept(session, stage, risk)
    assert expire_due(session, PACK, NOW + timedelta(days=60)) == 0
    session.info["now"] = NOW + timedelta(days=61)
    assert expire_due(session, PACK, NOW + timedelta(days=61)) == 1
    assert (row.state, risk.state) == (AcceptanceState.EXPIRED, RiskState.OPEN)
    states = session.scalars(select(col(RiskEscalation.state)).order_by(col(RiskEscalation.id))).all()
    assert states == [EscalationState.LIFTED, EscalationState.OPEN]
    assert expire_due(session, PACK, NOW + timedelta(days=62)) == 0


def test_an_acceptance_ends_when_the_risk_gets_worse(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (3, 3))
    row = accept(session, stage, risk)
    assess(session, stage.lead, PACK, stage.project, risk, Stance.RESIDUAL, Point(4, 4), "Worse")
    assert (row.state, risk.state) == (AcceptanceState.EXPIRED, RiskState.OPEN)
    assert session.scalar(select(func.count()).select_from(RiskEscalation)) == 1


def test_an_action_makes_it_treated_and_the_last_one_dropped_opens_it(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage)
    row = add_action(
        session, stage.lead, stage.project, risk, text="Two lots", owner="Purchases", cost_minor=5_000, due_on=SOON
    )
    assert risk.state is RiskState.TREATED
    set_action(session, stage.lead, PACK, stage.project, risk, row, ActionState.DONE)
    assert row.done_on == TODAY
    set_action(session, stage.lead, PACK, stage.project, risk, row, ActionState.DROPPED)
    assert (risk.state, row.done_on) == (RiskState.OPEN, None)
    session.commit()


def test_what_occurred_goes_on_as_an_issue(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage, (4, 4))
    said = IssueWords("No bids came", Severity.SERIOUS, "Head of purchases", SOON)
    issue = occur(session, stage.lead, PACK, stage.project, risk, said)
    assert (risk.state, issue.risk_id, issue.state) == (RiskState.OCCURRED, risk.id, IssueState.OPEN)
    assert session.scalars(select(col(RiskEscalation.state))).all() == [EscalationState.LIFTED]
    with pytest.raises(Refused, match="closed or has occurred"):
        assess(session, stage.lead, PACK, stage.project, risk, Stance.RESIDUAL, Point(1, 1), "Over")
    with pytest.raises(Refused, match="closed or has occurred"):
        edit_risk(session, stage.lead, PACK, stage.project, risk, a_description("Other words"))
    resolve(session, stage.lead, stage.project, issue, "Bought by framework agreement")
    with pytest.raises(Refused, match="resolved already"):
        resolve(session, stage.lead, stage.project, issue, "Again")
    session.commit()


def test_a_stranger_moves_nothing_and_a_reason_is_needed(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage)
    with pytest.raises(Refused, match="None of your roles"):
        move_risk(session, stage.stranger, PACK, stage.project, risk, "close", "Gone")
    with pytest.raises(Refused, match="reason"):
        move_risk(session, stage.lead, PACK, stage.project, risk, "close", "")


def test_the_risks_of_the_case_are_adopted_once(session: Session, stage: RiskStage) -> None:
    rows = [
        PromisedRisk("1", "The migration is late", category="delivery", likelihood=4, impact=4, treatment="reduce"),
        PromisedRisk("2", "People leave", category="users", owner="Head of IT", contingent_minor=7_000),
        PromisedRisk("3", "  "),
    ]
    assert adopt(session, stage.lead, PACK, stage.project, rows) == 2
    assert adopt(session, stage.lead, PACK, stage.project, rows) == 0
    session.commit()
    worst, other = risks_of(session, stage.project.id)
    assert (worst.rating, worst.event, other.contingent_minor, other.owner) == (
        "high",
        "The migration is late",
        7_000,
        "Head of IT",
    )
    assert "left a figure blank" in dossier_of(session, other).assessments[0].reason


def test_an_overdue_review_is_reminded_of_once(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage)
    late = NOW + timedelta(days=200)
    assert remind_of_reviews(session, PACK, NOW) == 0
    assert remind_of_reviews(session, PACK, late) == 2
    session.flush()
    assert remind_of_reviews(session, PACK, late) == 0
    session.info["now"] = late
    assess(session, stage.lead, PACK, stage.project, risk, Stance.RESIDUAL, Point(2, 2), "Nothing changed")
    assert remind_of_reviews(session, PACK, late) == 0


def test_what_is_done_cannot_make_a_new_risk_worse_and_a_grown_one_wants_a_tick(
    session: Session, stage: RiskStage
) -> None:
    with pytest.raises(FieldRefused) as refused:
        a_risk(session, stage, (5, 5), inherent=(4, 4))
    assert refused.value.field == "residual_likelihood"
    risk = a_risk(session, stage, (3, 3), inherent=(4, 4))
    grown = (session, stage.lead, PACK, stage.project, risk, Stance.RESIDUAL, Point(5, 5), "The supplier is bankrupt")
    with pytest.raises(FieldRefused) as refused:
        assess(*grown)
    assert refused.value.field == "confirmed"
    assess(*grown, confirmed=True)
    assert risk.rating == "extreme"
    with pytest.raises(FieldRefused):
        assess(session, stage.lead, PACK, stage.project, risk, Stance.INHERENT, Point(4, 5), "Too mild")
    assess(session, stage.lead, PACK, stage.project, risk, Stance.INHERENT, Point(5, 5), "As bad as it can be")
    session.commit()


def test_a_chance_that_contradicts_the_likelihood_is_refused_with_its_range(session: Session, stage: RiskStage) -> None:
    with pytest.raises(FieldRefused, match="from 80 to 100 percent") as refused:
        a_risk(session, stage, (5, 5), chance=40)
    assert refused.value.field == "chance"
    risk = a_risk(session, stage, (5, 5), chance=80)
    with pytest.raises(FieldRefused, match="from 80 to 100 percent"):
        edit_risk(session, stage.lead, PACK, stage.project, risk, a_description(chance=79))
    edit_risk(session, stage.lead, PACK, stage.project, risk, a_description(chance=95))
    assert risk.chance == 95


def test_a_treatment_is_not_due_on_a_day_that_has_passed(session: Session, stage: RiskStage) -> None:
    risk = a_risk(session, stage)
    with pytest.raises(FieldRefused) as refused:
        add_action(
            session, stage.lead, stage.project, risk, text="Talk", owner="", cost_minor=None, due_on=date(2020, 1, 1)
        )
    assert refused.value.field == "due_on"
    add_action(session, stage.lead, stage.project, risk, text="Talk", owner="", cost_minor=None, due_on=TODAY)
