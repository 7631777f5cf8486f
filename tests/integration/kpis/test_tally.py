"""Counts kept overnight say what is counted at once, and whatever changes a project takes its own away."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from factories import a_person, an_institution
from kpi_stage import TODAY, a_kpi_stage, an_indicator
from portfolio.kpis import tally as counting
from portfolio.kpis.actions import change_indicator, set_targets, stop_indicator
from portfolio.kpis.forms import DetailFields, TargetFields
from portfolio.kpis.measuring import Entry, record_measurements
from portfolio.kpis.models import Indicator, ProjectTally
from portfolio.kpis.portfolio import tallies
from portfolio.kpis.tally import count_all, portfolio_tallies
from portfolio.kpis.terms import Family, Result
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.projects.models import Project


def measured(session, stage, name, value, **changes):
    one = an_indicator(session, stage, name, **changes)
    if value is not None:
        record_measurements(session, stage.lead, stage.project, [Entry(one, date(2026, 6, 30), value * 10_000)], TODAY)
    return one


@pytest.fixture
def stages(database):
    with database.writing() as session:
        found = [a_kpi_stage(session, number=f"PF-2027-00081{number}") for number in range(3)]
        for number, stage in enumerate(found):
            measured(session, stage, "Met", 9)
            measured(session, stage, "Missed", 15, family=Family.INCLUSION)
            measured(session, stage, "Silent", None)
            if number == 1:
                measured(session, stage, "Seen", 10, is_context=True)
        return found


def compared(database, viewer, at):
    """What is kept adds up to what is counted at once; how many rows are kept."""
    with database.reading() as session:
        kept = {(t.institution_id, t.family): t.counts for t in portfolio_tallies(session, viewer, at, TODAY)}
        fresh = {(t.institution_id, t.family): t.counts for t in tallies(session, viewer, at, TODAY)}
        assert kept == fresh
        return len(session.scalars(select(ProjectTally)).all())


@pytest.fixture
def at():
    from datetime import UTC, datetime

    return datetime(2026, 8, 3, 15, tzinfo=UTC)


def test_counts_of_the_night_are_those_of_the_moment_in_every_scope(database, stages, at, monkeypatch):
    monkeypatch.setattr(counting, "PORTION", 2)
    assert compared(database, stages[0].analyst, at) == 0, "before the first night everything is counted at once"
    with database.writing() as session:
        monkeypatch.setattr(counting, "MARGIN", timedelta(seconds=-30))  # nothing was written just now
    assert count_all(database, TODAY) == 3
    assert compared(database, stages[0].analyst, at) == 6
    assert compared(database, stages[1].lead, at) == 6
    with database.writing() as session:
        nobody = a_person(session, (Role.CASE_LEAD, an_institution(session)))
    with database.reading() as session:
        assert portfolio_tallies(session, nobody, at, TODAY) == []
        tomorrow = portfolio_tallies(session, stages[0].analyst, at, TODAY + timedelta(days=1))
    assert sum(t.total for t in tomorrow) == 9, "counts of another day are not used"


def test_what_was_written_while_it_was_counted_is_not_kept(database, stages, at):
    assert count_all(database, TODAY) == 3
    assert compared(database, stages[0].analyst, at) == 0, "all of it was written a moment ago"


@pytest.mark.parametrize("act", ["measure", "targets", "details", "stop", "add"])
def test_whatever_changes_an_indicator_takes_the_counts_of_its_project_away(database, stages, at, monkeypatch, act):
    monkeypatch.setattr(counting, "MARGIN", timedelta(seconds=-30))
    count_all(database, TODAY)
    stage = stages[2]
    with database.writing() as session:
        stage.project = session.get_one(Project, stage.project.id)
        stage.agency = session.get_one(Institution, stage.agency.id)
        one = session.scalars(
            select(Indicator).where(Indicator.project_id == stage.project.id, Indicator.name == "Silent")
        ).one()
        if act == "measure":
            record_measurements(session, stage.lead, stage.project, [Entry(one, date(2026, 6, 30), 90_000)], TODAY)
        elif act == "targets":
            fields = TargetFields(on_1=date(2026, 6, 30), value_1=Decimal(2), reason="The law asks for more")
            set_targets(session, stage.lead, one, fields)
        elif act == "details":
            fields = DetailFields(
                name=one.name, family=Family.INCLUSION, owner_id=one.owner_id, measured_until=date(2026, 5, 31)
            )
            change_indicator(session, stage.lead, one, fields, TODAY)
        elif act == "stop":
            stop_indicator(session, stage.lead, one, "It says nothing", TODAY)
        else:
            measured(session, stage, "New", 9)
    assert compared(database, stage.analyst, at) == 4


def test_results_have_a_column_each():
    assert set(counting.COUNTS.values()) <= set(ProjectTally.model_fields)
    assert set(counting.COUNTS) == set(Result)
