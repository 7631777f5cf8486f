"""Delivery at a glance: what waits of a period, counted in scope; a rating in comment is counted for whoever sees it first."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from health_stage import TODAY, HealthStage, a_health_stage, rated, with_indicator, with_plan, with_risk
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.clock import now
from portfolio.desk import period_board
from portfolio.execution.models import ExecutionEntry
from portfolio.execution.terms import Flow, Origin
from portfolio.monitoring.suspension import set_at_risk
from portfolio.people.viewer import SYSTEM
from portfolio.projects.terms import ProjectStage, Standing
from portfolio.returns.models import ProgressReturn
from portfolio.returns.terms import ReturnState
from risk_stage import PACK
from visitors import Visitors

SPRING, WINTER = date(2026, 4, 1), date(2026, 1, 1)


def a_return(
    session: Session, stage: HealthStage, period: date, due: date, handed: date | None, state: ReturnState
) -> ProgressReturn:
    row = ProgressReturn(
        project_id=stage.project.id, period_on=period, due_on=due, submitted_on=handed, state=state, currency="USD"
    )
    session.add(row)
    session.flush()
    record(session, SYSTEM, Tag.RETURN_OPENED, row)
    return row


def test_returns_are_counted_by_period_and_by_where_they_stand(session: Session) -> None:
    first, second = (a_health_stage(session, f"PF-2027-00{n}") for n in range(2))
    due = date(2026, 7, 14)
    a_return(session, first, SPRING, due, due, ReturnState.PUBLISHED)
    a_return(session, second, SPRING, due, None, ReturnState.DUE)
    a_return(session, first, WINTER, date(2026, 4, 15), date(2026, 4, 20), ReturnState.VERIFIED)
    newest, before = period_board.returns_by_period(session, first.auditor, now(session), TODAY)
    assert (newest.period, newest.asked, newest.handed_in, newest.late, newest.published) == (SPRING, 2, 1, 1, 1)
    assert (before.asked, before.late, before.sent_back, before.verified, before.published) == (1, 1, 0, 1, 0)
    (own,) = period_board.returns_by_period(session, second.lead, now(session), TODAY)
    assert (own.asked, own.late) == (1, 1)
    late, count = period_board.late_returns(session, first.auditor, now(session), TODAY)
    assert (count, [line.project_id for line in late]) == (1, [second.project.id])
    assert not period_board.late_returns(session, first.auditor, now(session), due)[1]


def test_a_return_that_was_sent_back_is_not_handed_in_and_not_overdue(session: Session) -> None:
    """The tile, the list and the column of overdue returns count the same."""
    stage = a_health_stage(session)
    day = date(2026, 7, 14)
    a_return(session, stage, SPRING, day, day, ReturnState.RETURNED)
    a_return(session, stage, WINTER, day, day, ReturnState.FILLED)
    a_return(session, stage, date(2025, 10, 1), date(2026, 1, 15), None, ReturnState.DUE)
    rows = period_board.returns_by_period(session, stage.auditor, now(session), TODAY)
    assert [(row.handed_in, row.handed_late, row.overdue, row.sent_back) for row in rows] == [
        (0, 0, 0, 1),
        (0, 0, 0, 1),
        (0, 0, 1, 0),
    ]
    assert period_board.late_returns(session, stage.auditor, now(session), TODAY)[1] == sum(row.overdue for row in rows)


def test_milestones_whose_day_is_over_are_listed_and_money_is_added_by_currency(session: Session) -> None:
    stage = a_health_stage(session)
    _first, second = with_plan(session, stage)
    after = date(2026, 11, 2)
    rows, count = period_board.overdue_milestones(session, stage.auditor, now(session), after)
    assert (count, rows[0].what, rows[0].on) == (1, second.title, date(2026, 10, 30))
    assert not period_board.overdue_milestones(session, stage.auditor, now(session), TODAY)[1]
    for month, flow, minor, ordinal in (
        (4, Flow.PLANNED, 300, 0),
        (5, Flow.PAID, 100, 0),
        (5, Flow.PAID, 120, 1),
        (7, Flow.PAID, 999, 0),
    ):
        entry = ExecutionEntry(
            project_id=stage.project.id, month=date(2026, month, 1), flow=flow, amount_minor=minor, ordinal=ordinal,
            currency="USD", origin=Origin.SYSTEM, made_by_id=stage.lead.person_id, made_at=now(session),
        )  # fmt: skip
        session.add(entry)
        record(session, SYSTEM, Tag.CASE_EDITED, entry)
    session.flush()
    found = period_board.money_of(session, stage.auditor, now(session), SPRING, date(2026, 6, 30))
    assert [(row.currency, row.planned, row.paid) for row in found] == [("USD", 300, 120)]


def test_milestones_of_the_next_days_and_projects_by_stage(session: Session) -> None:
    stage = a_health_stage(session)
    with_plan(session, stage)
    assert not period_board.next_milestones(session, stage.auditor, now(session), TODAY)[1]
    rows, count = period_board.next_milestones(session, stage.auditor, now(session), date(2026, 10, 10))
    assert (count, rows[0].what, rows[0].on) == (1, "Go live", date(2026, 10, 30))
    set_at_risk(session, stage.cio, PACK, stage.project, is_at_risk=True, reason="The supplier left the country.")
    (found,) = period_board.stages(session, stage.auditor, now(session))
    assert (found.stage, found.by_standing, found.total) == (ProjectStage.PLANNED, {Standing.AT_RISK: 1}, 1)


def test_a_rating_in_comment_is_listed_for_those_who_see_it(session: Session) -> None:
    stage = a_health_stage(session)
    with_plan(session, stage)
    with_risk(session, stage)
    row = rated(session, stage)
    assert row.comment_until is not None
    for viewer, count in ((stage.analyst, 1), (stage.lead, 1), (stage.member, 0)):
        assert period_board.ratings_in_comment(session, viewer, now(session), TODAY)[1] == count
    over = row.comment_until + timedelta(days=1)
    assert not period_board.ratings_in_comment(session, stage.analyst, now(session), over)[1]


def test_the_page(session: Session, visitors: Visitors) -> None:
    stage = a_health_stage(session)
    with_plan(session, stage)
    with_indicator(session, stage, 9)
    with_risk(session, stage)
    row = a_return(session, stage, SPRING, date(2026, 7, 14), None, ReturnState.DUE)
    session.info["now"] = utc_now()
    rated(session, stage)
    return_id = row.id
    session.commit()
    analyst, member = visitors.of(stage.analyst.person_id), visitors.of(stage.member.person_id)
    shown = analyst.get("/periods")
    assert shown.status == 200
    assert visitors.path("returns.return", return_id=return_id) in shown.text
    assert "Ratings in comment 1" in shown.main
    assert "Ratings in comment 0" in member.get("/periods").main
    assert visitors.of(stage.lead.person_id).get("/periods").status == 403
