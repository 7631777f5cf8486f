"""The demonstration on both databases: a case from draft to draw, the large portfolio with its trail, the clock."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.app import create_app
from portfolio.approvals.models import ApprovalCode, BudgetEntry, Draw
from portfolio.audit.signing_keys import public_keys
from portfolio.audit.verify import verify
from portfolio.business_cases.models import BusinessCase
from portfolio.db.base import utc_now
from portfolio.db.clock import move, now
from portfolio.db.engine import Database
from portfolio.demo import load as loading
from portfolio.demo.large import load_large
from portfolio.demo.stories import stories
from portfolio.execution.models import Contract, ExecutionDifference, Invoice
from portfolio.execution.queries import entries_of
from portfolio.execution.reconciliation import orders_of
from portfolio.execution.sums import sums_of
from portfolio.execution.terms import Flow, InvoiceState
from portfolio.i18n import language
from portfolio.packs.loader import load_pack
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative, Project
from portfolio.returns.models import ProgressReturn
from portfolio.settings import Settings, read_settings
from visitors import Visitors

PACK = load_pack("eclac")


def test_one_story_goes_the_whole_road_and_its_trail_holds(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_app(settings, database)  # rooms register their part of a case's content
    monkeypatch.setattr(loading, "stories", lambda: stories()[:1])
    with language("es"):
        loading.load(database, settings, PACK)
    with database.reading() as session:
        case = session.scalars(select(BusinessCase)).one()
        assert case.status is stories()[0].target
        assert session.scalar(select(func.count()).select_from(Project)) == 1
        assert session.scalar(select(func.count()).select_from(ApprovalCode)) == 1
        assert session.scalar(select(func.count()).select_from(Draw)) == 3
        assert now(session).astimezone(PACK.zone).date() == loading.TODAY
    found = verify(database, settings.checkpoints_dir, public_keys(settings.keys_dir))
    assert found.holds, found


def test_what_was_paid_agrees_with_what_the_returns_say(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_app(settings, database)
    told = [story for story in stories() if story.is_earlier]
    monkeypatch.setattr(loading, "stories", lambda: told)
    with language("es"):
        loading.load(database, settings, PACK)
    with database.reading() as session:
        returns = session.scalars(select(ProgressReturn).where(col(ProgressReturn.paid_minor).is_not(None))).all()
        assert len(returns) > len(told)
        for found in returns:
            last = found.period_on + timedelta(days=80)
            paid = [row for row in entries_of(session, found.project_id) if row.flow is Flow.PAID and row.month <= last]
            assert sum(row.amount_minor for row in paid) == found.paid_minor, (found.project_id, found.period_on)
        assert len(session.scalars(select(ExecutionDifference)).all()) == 1
        for project in session.scalars(select(Project)).all():
            _check_money(session, project)
    assert verify(database, settings.checkpoints_dir, public_keys(settings.keys_dir)).holds


def _check_money(session: Session, project: Project) -> None:
    """The financial system, the codes, the contracts and the invoices of a project tell one story."""
    rows = entries_of(session, project.id)
    if not rows:
        return
    told = {
        flow: sum(row.amount_minor for row in rows if row.flow is flow and row.amount_minor is not None)
        for flow in Flow
    }
    sums = sums_of(session, project)
    assert told[Flow.COMMITTED] == sums.committed
    assert told[Flow.ACCRUED] == sums.invoiced
    assert told[Flow.PAID] == sums.paid
    months = sorted({row.month for row in rows if row.flow is not Flow.PLANNED})
    for month in months:
        committed, accrued, paid = (
            sum(row.amount_minor or 0 for row in rows if row.flow is flow and row.month <= month)
            for flow in (Flow.COMMITTED, Flow.ACCRUED, Flow.PAID)
        )
        assert committed >= accrued >= paid, (project.id, month)
    assert project.case_id is not None
    entries = session.scalars(select(BudgetEntry).where(col(BudgetEntry.case_id) == project.case_id)).all()
    assert {row.line for row in rows} <= {entry.budget_line for entry in entries}
    orders = orders_of(session, project)
    assert orders, "money was committed on a code"
    assert [order.difference for order in orders if order.difference] in ([], [2_500_000]), (
        "one amendment is not drawn yet"
    )
    for code in session.scalars(select(ApprovalCode).where(col(ApprovalCode.case_id) == project.case_id)):
        assert code.committed_minor + code.reserved_minor <= code.ceiling_minor
        invoiced = session.scalar(
            select(func.sum(col(Invoice.amount_minor)))
            .join(Contract, col(Contract.id) == col(Invoice.contract_id))
            .where(col(Contract.code_id) == code.id, col(Invoice.state) != InvoiceState.REJECTED)
        )
        assert (invoiced or 0) <= code.committed_minor


def test_the_clock_moves(database: Database) -> None:
    loading.move_clock(database, PACK, date(2027, 3, 1))
    with database.reading() as session:
        assert now(session).astimezone(PACK.zone).date() == date(2027, 3, 1)


@pytest.mark.parametrize("moved", [True, False])
def test_pages_count_terms_down_by_the_moved_clock(database: Database, visitors: Visitors, moved: bool) -> None:
    with database.writing() as session:
        person = a_person(session, (Role.CASE_LEAD, an_institution(session, "Civil Registry")))
        if moved:
            move(session, utc_now() + timedelta(hours=5))
    page = visitors.of(person.person_id).get("/")
    ahead = re.search(r'data-clock-ahead="(\d+)"', page.text)
    assert (abs(int(ahead[1]) - 5 * 3600) < 60) if ahead else not moved


def test_the_large_portfolio_has_its_trail_and_its_words(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "stories", lambda: ())
    with language("es"):
        loading.load(database, settings, PACK)
    assert load_large(database, PACK, many=300) == 300
    with database.reading() as session:
        rows = session.scalars(select(Initiative).where(col(Initiative.source) == "large")).all()
        assert len(rows) == 300
        assert all(row.reference and row.institution_key for row in rows)
        assert all(row.requested_is_null == (row.requested_minor is None) for row in rows)
    assert verify(database, settings.checkpoints_dir, public_keys(settings.keys_dir)).holds


def test_production_has_no_way_in_without_a_password(database: Database) -> None:
    production = read_settings(
        {
            "PORTFOLIO_MODE": "production",
            "PORTFOLIO_BASE_URL": "https://testserver.local",
            "PORTFOLIO_SECRET_KEY": "a secret of at least thirty-two characters",
            "PORTFOLIO_MAIL_URL": "smtp://mail.example",
        }
    )
    paths = {route.path for route in create_app(production, database).routes}
    assert "/demo" not in paths
    assert "/sign-in" in paths
