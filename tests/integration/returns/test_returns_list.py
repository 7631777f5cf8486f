"""The returns of all projects: their period, how late they are, in an order that the reader chooses; what waits of them."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from conftest import NOW
from portfolio.db import clock
from portfolio.db.engine import Database
from portfolio.desk.waiting import Asking
from portfolio.desk.waiting_returns import returns
from portfolio.findings.models import Finding
from portfolio.monitoring.rating_words import period_words
from portfolio.returns.watching import open_findings
from return_stage import ReturnStage, a_return_stage, due, signed
from visitors import Page, Visitors


@pytest.fixture
def stage(database: Database) -> ReturnStage:
    """The return of the last quarter of 2026 was never handed in, that of the first of 2027 in time."""
    with database.writing() as session:
        clock.move(session, NOW)
        session.info["now"] = NOW
        found = a_return_stage(session)
        due(found, found.clock(2027, 1, 4))
        signed(found, due(found, found.clock(2027, 4, 5)))
        found.clock(2027, 4, 20)
        clock.move(session, session.info["now"])
        session.flush()
        session.expunge_all()
    return found


def periods_of(page: Page) -> list[str]:
    rows = [row for row in page.by_id("returns-all").iter() if str(row.tag).endswith("}td")]
    return ["".join(cell.itertext()).strip() for cell in rows if cell.get("data-label") == "Period"]


def test_the_list_names_periods_days_late_and_its_order(visitors: Visitors, stage: ReturnStage) -> None:
    visitor = visitors.of(stage.verifier.person_id)
    newest_first = [period_words(date(2027, 1, 1)), period_words(date(2026, 10, 1))]
    page = visitor.get("/returns")
    assert periods_of(page) == newest_first
    assert "days late" in page.text
    assert periods_of(visitor.get("/returns?order=late")) == newest_first[::-1]
    assert periods_of(visitor.get("/returns?order=nonsense")) == newest_first
    assert periods_of(visitor.get("/returns?state=overdue")) == newest_first[1:]
    assert periods_of(visitor.get("/returns?state=submitted&period=2027-01-01")) == newest_first[:1]


def test_what_waits_names_the_period_and_since_when(session: Session) -> None:
    stage = a_return_stage(session)
    signed(stage, due(stage, stage.clock(2027, 1, 5)))
    (line,) = returns(Asking(session, stage.verifier, stage.pack, datetime(2027, 2, 1, tzinfo=UTC)))
    assert line.title.endswith(f"· {period_words(date(2026, 10, 1))}")
    assert line.since is not None
    assert line.since.date() == date(2027, 1, 5)
    assert line.due is None, "no rule gives a term to whoever verifies"


def test_a_finding_cites_every_late_return_of_the_year(session: Session) -> None:
    stage = a_return_stage(session)
    for day in ((2027, 1, 4), (2027, 4, 5), (2027, 7, 5)):
        due(stage, stage.clock(*day))
    assert open_findings(session, stage.pack, stage.clock(2027, 8, 2)) == 1
    found = session.query(Finding).one()
    assert found.evidence.count("not handed in yet") == 3
