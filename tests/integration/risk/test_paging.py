"""The risks across projects, page by page: every risk once, forward and back, whatever stands in the address."""

import re
from datetime import date, timedelta

import pytest

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.risk import paging
from portfolio.risk.models import Risk
from portfolio.risk.oversight import PortfolioAsked, count_risks, found_risks
from portfolio.risk.paging import read_cursor
from portfolio.risk.terms import Proximity, Response, RiskCategory
from risk_stage import PACK, a_risk_stage


def many(session, stage, count=23):
    """Of few ranks and days, so that the id has to settle most places."""
    for number in range(count):
        session.add(
            Risk(
                project_id=stage.project.id, number=number + 1, event=f"Event {number}", currency="USD",
                category=next(iter(RiskCategory)), proximity=next(iter(Proximity)), response=next(iter(Response)),
                owner_id=stage.lead.person_id, raised_by_id=stage.lead.person_id, matrix=PACK.risk.matrix,
                inherent_likelihood=1, inherent_impact=1, residual_likelihood=1, residual_impact=1,
                rating=next(iter(PACK.risk.ratings)), rank=number % 3, raised_at=now(session),
                next_review_on=date(2026, 9, 1) + timedelta(days=number % 2),
            )
        )  # fmt: skip
    record(session, stage.lead, Tag.RISKS_ADOPTED, stage.project)
    session.flush()


def pages(session, viewer, asked, cursor=None, back=False):
    found = []
    for _page in range(20):
        rows, ends = found_risks(session, viewer, PACK, now(session), asked, cursor)
        found.append([row.risk.id for row in rows])
        nearest = ends.previous if back else ends.next
        if not nearest:
            return found, cursor
        cursor = read_cursor("", nearest) if back else read_cursor(nearest, "")
    raise AssertionError("the pages do not end")


def test_every_risk_is_on_one_page_and_the_way_back_is_the_same(session, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 5)
    monkeypatch.setattr("portfolio.risk.oversight.PAGE", 5)
    stage = a_risk_stage(session)
    many(session, stage)
    asked = PortfolioAsked()
    forward, last = pages(session, stage.analyst, asked)
    assert [len(page) for page in forward] == [5, 5, 5, 5, 3]
    flat = [id_ for page in forward for id_ in page]
    assert len(set(flat)) == 23 == count_risks(session, stage.analyst, PACK, now(session), asked)
    ranks = [session.get_one(Risk, id_).rank for id_ in flat]
    assert ranks == sorted(ranks, reverse=True)
    _rows, ends = found_risks(session, stage.analyst, PACK, now(session), asked, last)
    back, _first = pages(session, stage.analyst, asked, read_cursor("", ends.previous), back=True)
    assert back == list(reversed(forward[:-1]))


@pytest.mark.parametrize(
    "text", ["", "nonsense", "1.2.3", "9" * 5000 + ".2026-01-01.x", "-" + "9" * 30 + ".2026-01-01.0"]
)
def test_an_address_that_means_nothing_begins_at_the_first_page(text):
    assert read_cursor(text, "") is None


def test_the_page_leads_on_and_keeps_what_was_chosen(database, visitors, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 5)
    monkeypatch.setattr("portfolio.risk.oversight.PAGE", 5)
    with database.writing() as session:
        stage = a_risk_stage(session)
        many(session, stage)
    visitor = visitors.of(stage.analyst.person_id)
    shown = visitor.get(f"/risks?institution={stage.agency.id}")
    assert "5 of 23" in shown.main
    onward = re.search(r'href="(/risks\?[^"#]*after=[^"#]*)#risks"', shown.text).group(1).replace("&amp;", "&")
    assert f"institution={stage.agency.id}" in onward
    second = visitor.get(onward)
    assert "before=" in second.text
    assert visitor.get("/risks?after=1.2026-01-01.0&before=x").status == 200
