"""The portfolio as it was known on a day: states from the recorded moves, amounts from the ledger, on both databases."""

from datetime import date, timedelta

import pytest

from conftest import NOW
from decision_stage import MILLION, a_stage
from modification_stage import SECRET, funded, give_password
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.modification_reads import standing_mark
from portfolio.approvals.modification_rules import Asked as AskedAmounts
from portfolio.approvals.modifications import confirm_modification, propose_modification
from portfolio.approvals.moves import move_case
from portfolio.approvals.terms import ActType, ModificationKind
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.exchange.exporting import SYSTEM_VIEW
from portfolio.reports.as_at import as_known_at
from portfolio.reports.asked import Asked
from portfolio.reports.cycle import by_year
from portfolio.reports.cycle_reads import decided_entries
from portfolio.reports.portfolio_frame import portfolio_frame
from visitors import PASSWORD

DAY = timedelta(days=1)


@pytest.fixture
def stage(session):
    found = a_stage(session)
    give_password(session, found.decider, found.budget_analyst)
    return found


def known_at(session, stage, at):
    """(state, decided) of the only initiative at the end of a day; nothing when it was not known yet."""
    session.commit()
    frame = portfolio_frame(session, SYSTEM_VIEW, Asked(), session.info["now"], 10)
    rows = as_known_at(session, frame, at.date(), stage.pack.zone).select("state", "decided").rows()
    return rows[0] if rows else None


def cut(session, stage, case, minor):
    wanted = AskedAmounts(
        ModificationKind.CUT,
        (Line(2027, minor),),
        2027,
        ActType.DECREE,
        "412",
        date(2026, 8, 3),
        date(2026, 8, 4),
        "Less",
    )
    row = propose_modification(session, stage.budget_analyst, stage.pack, case, wanted, standing_mark(session, case.id))
    confirm_modification(session, stage.decider, stage.pack, SECRET, case, row, PASSWORD, row.digest)


def test_state_and_amount_are_those_of_the_day(session, stage):
    case = funded(session, stage, after_days=2)
    submitted = newest_snapshot(session, case.id).submitted_at
    session.info["now"] = NOW + 10 * DAY
    cut(session, stage, case, MILLION - 700)
    session.info["now"] = NOW + 20 * DAY
    move_case(session, stage.decider, stage.pack, case, "close", "Done")
    session.commit()
    assert known_at(session, stage, submitted - 2 * DAY) is None
    assert known_at(session, stage, NOW + DAY) == ("recommended", None)
    assert known_at(session, stage, NOW + 2 * DAY) == ("decided", MILLION)
    assert known_at(session, stage, NOW + 9 * DAY) == ("decided", MILLION)
    assert known_at(session, stage, NOW + 10 * DAY) == ("decided", MILLION - 700)
    assert known_at(session, stage, NOW + 20 * DAY) == ("closed", MILLION - 700)


def test_a_case_that_never_moved_since_keeps_its_state(session, stage):
    funded(session, stage)
    session.info["now"] = NOW + 3 * DAY
    session.commit()
    assert known_at(session, stage, NOW + 2 * DAY) == ("decided", MILLION)


def test_the_book_counts_what_the_ledger_holds_once_with_its_modifications(session, stage):
    case = funded(session, stage, Line(2027, MILLION), Line(2028, 500))
    assert by_year(decided_entries(session, SYSTEM_VIEW, [case.initiative_id])).rows() == [
        (2027, "USD", MILLION, None),
        (2028, "USD", None, 500),
    ]
    session.info["now"] = NOW + 10 * DAY
    cut(session, stage, case, MILLION - 700)
    session.commit()
    found = by_year(decided_entries(session, SYSTEM_VIEW, [case.initiative_id])).rows()
    assert found[0] == (2027, "USD", MILLION - 700, None)
