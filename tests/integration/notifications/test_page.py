"""The page of notices: one's own, newest first, marked as read."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from factories import a_person, an_institution
from portfolio.db.engine import Database
from portfolio.db.money import Money
from portfolio.i18n import language
from portfolio.notifications.models import Notice
from portfolio.notifications.outbox import owe
from portfolio.notifications.queries import notices_of
from portfolio.notifications.showing import words_of
from portfolio.notifications.words import KINDS
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.web.newest import ROWS
from visitors import Visitor, Visitors

KIND = "a_kind_of_these_tests"


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, KIND, ("About %(title)s", "It costs %(amount)s; the role is %(role)s. %(lost)s"))


@pytest.fixture
def lead(database: Database) -> Viewer:
    with database.writing() as session:
        return a_person(session, (Role.CASE_LEAD, an_institution(session)))


@pytest.fixture
def visitor(visitors: Visitors, lead: Viewer) -> Visitor:
    return visitors.of(lead.person_id)


def tell(database: Database, person: Viewer, *titles: str) -> None:
    for title in titles:
        with database.writing() as session:
            owe(
                session,
                KIND,
                [person.person_id],
                path="/cases/1",
                title=title,
                amount=Money("CLP", 1234567),
                role=Role.AGENCY_CIO,
                lost="",
            )


def titles(visitor: Visitor, path: str = "/notices") -> list[str]:
    page = visitor.get(path)
    return [a.text for a in page.tree.iter() if a.get("href") == "/cases/1"]


def test_notices_are_one_s_own_newest_first(
    visitors: Visitors, visitor: Visitor, database: Database, lead: Viewer
) -> None:
    with database.writing() as session:
        other = a_person(session)
    tell(database, lead, "first", "second")
    tell(database, other, "not for the lead")
    assert titles(visitor) == ["About second", "About first"]


def test_values_are_written_in_the_reader_s_language(database: Database, lead: Viewer) -> None:
    tell(database, lead, "x")
    with database.reading() as session:
        notice = session.scalars(select(Notice)).one()
    assert words_of(notice).body == "It costs 1,234,567 CLP; the role is Agency CIO. "
    with language("es"):
        assert "1.234.567 CLP" in words_of(notice).body
        assert "Agency" not in words_of(notice).body
    del notice.params["role"]
    assert "the role is …" in words_of(notice).body


def test_marking_one_and_all_as_read(visitor: Visitor, database: Database, lead: Viewer) -> None:
    tell(database, lead, "first", "second", "third")
    assert "3 unread notices" in visitor.get("/notices").main
    with database.reading() as session:
        one = session.scalars(select(Notice)).first()
    assert one is not None
    part = visitor.post("/notices", {"notice": str(one.id)}, part=True)
    assert part.status == 200
    assert "2 unread notices" in part.text
    assert visitor.follow(visitor.post("/notices")).main.count("Marked as read.") == 1
    assert "unread" not in visitor.get("/notices").main


def test_nobody_marks_another_s_notice(visitors: Visitors, visitor: Visitor, database: Database, lead: Viewer) -> None:
    with database.writing() as session:
        other = a_person(session)
    tell(database, other, "theirs")
    with database.reading() as session:
        theirs = session.scalars(select(Notice)).one()
    visitor.post("/notices", {"notice": str(theirs.id)})
    visitor.post("/notices", {"notice": "not an id"})
    with database.reading() as session:
        assert session.get_one(Notice, theirs.id).read_at is None


def test_many_notices_go_page_by_page(visitor: Visitor, database: Database, lead: Viewer) -> None:
    tell(database, lead, *(f"n{number}" for number in range(60)))
    page = visitor.get("/notices")
    older = next(a.get("href") for a in page.tree.iter() if a.get("rel") == "next")
    assert titles(visitor, older) == [f"About n{number}" for number in range(9, -1, -1)]
    back = next(a.get("href") for a in visitor.get(older).tree.iter() if a.get("rel") == "prev")
    assert titles(visitor, back) == titles(visitor)
    assert titles(visitor, "/notices?page=nonsense") == titles(visitor)


def test_no_notices_is_said(visitor: Visitor) -> None:
    assert "No notices" in visitor.get("/notices").main


def test_a_kind_without_words_and_a_value_without_a_form_are_refused_when_owed(
    database: Database, lead: Viewer
) -> None:
    with database.writing() as session:
        with pytest.raises(ValueError, match="no words"):
            owe(session, "unheard_of", [lead.person_id])
        with pytest.raises(TypeError, match="cannot carry"):
            owe(session, KIND, [lead.person_id], title=object())


def test_the_same_notice_is_owed_once(database: Database, lead: Viewer) -> None:
    with database.writing() as session:
        assert owe(session, KIND, [lead.person_id], once_key="k", title="x") == 1
    with database.writing() as session:
        assert owe(session, KIND, [lead.person_id], once_key="k", title="x") == 0


def test_the_list_runs_by_the_time_that_it_shows_and_by_its_days(
    visitor: Visitor, database: Database, lead: Viewer
) -> None:
    """A demonstration tells its stories one after the other: keys do not follow the clock there."""
    for title, day in (("second", 12), ("third", 20), ("first", 3)):
        with database.writing() as session:
            session.info["now"] = datetime(2026, 4, day, 15, tzinfo=UTC)
            owe(session, KIND, [lead.person_id], path="/cases/1", title=title, amount=None, role="", lost="")
    assert titles(visitor) == ["About third", "About second", "About first"]
    page = visitor.get("/notices")
    days = ["".join(each.itertext()) for each in page.by_id("notices").iter() if str(each.tag).endswith("}h2")]
    assert len(days) == 3
    assert "20" in days[0]


def test_pages_go_on_by_time_where_instants_are_the_same(visitor: Visitor, database: Database, lead: Viewer) -> None:
    with database.writing() as session:
        session.info["now"] = datetime(2026, 4, 12, 15, tzinfo=UTC)
        for place in range(ROWS + 5):
            owe(session, KIND, [lead.person_id], path="/cases/1", title=f"{place}", amount=None, role="", lost="")
    with database.reading() as session:
        first = notices_of(session, lead, "")
        second = notices_of(session, lead, first.older)
        back = notices_of(session, lead, second.newer)
    assert (len(first.rows), len(second.rows), second.older) == (ROWS, 5, "")
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}
    assert [row.id for row in back.rows] == [row.id for row in first.rows]
    assert notices_of(session, lead, "o-nonsense").rows
