"""The health of the portfolio: kept by the clock, shown in scope, and never telling what is in comment."""

from datetime import timedelta

import polars as pl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from factories import an_institution
from health_stage import PACK, TODAY, HealthStage, a_health_stage, rated, with_indicator, with_plan, with_risk
from portfolio.db.base import utc_now
from portfolio.db.clock import now
from portfolio.jobs.timetable import JobContext
from portfolio.monitoring import facts, recompute
from portfolio.monitoring.data_quality import RULES
from portfolio.monitoring.health_terms import Flag
from portfolio.monitoring.portfolio_health import HealthAsked, bodies, everything, lines
from portfolio.monitoring.portion import ALL, id_text, only, portions
from portfolio.monitoring.quality_page import quality_shown
from portfolio.monitoring.quality_rule import INSTITUTIONS, PROJECTS, Subject
from portfolio.monitoring.quality_words import input_words
from portfolio.monitoring.rating_gaps import RATINGS, gap_index
from portfolio.monitoring.rating_jobs import compute, tell_of_comments
from portfolio.monitoring.rating_models import ProjectHealth, Rating
from portfolio.monitoring.rating_periods import ended_period, period_after, period_end, period_on
from portfolio.monitoring.recompute import health_of, recompute_all
from portfolio.monitoring.told import Told
from portfolio.notifications.models import Notice
from visitors import Visitors


def a_known_project(session: Session, number: str = "PF-2027-000901", **more: object) -> HealthStage:
    stage = a_health_stage(session, number, **more)  # type: ignore[arg-type]
    with_plan(session, stage)
    with_indicator(session, stage, 9)
    with_risk(session, stage)
    return stage


def declaring(monkeypatch: pytest.MonkeyPatch, session: Session, *stages: HealthStage, level: str = "high") -> None:
    """As if a return of each had declared that level for the period of the tests."""
    from health_stage import PERIOD

    def told(_session: Session, portion: object) -> Told:
        rows = [
            (id_text(session, one.project.id), id_text(session, one.agency.id), PERIOD, "declared", "five", level)
            for one in stages
            if portion is ALL or portion == only(one.project.id)
        ]
        return Told(declared=pl.DataFrame(rows, schema=RATINGS, orient="row"))

    monkeypatch.setattr(facts, "read_told", told)


def keep(session: Session, as_at: object = TODAY) -> None:
    """What the job does, within the session of the test."""
    rows = health_of(session, PACK, ALL, as_at)  # type: ignore[arg-type]
    recompute.write(session, ALL, [recompute._stored(row, as_at) for row in rows.iter_rows(named=True)])  # type: ignore[arg-type]


def test_portions_together_keep_what_all_at_once_give(session: Session) -> None:
    for n in range(3):
        stage = a_known_project(session, f"PF-2027-00{n}")
        if n:
            rated(session, stage)
    parts = [health_of(session, PACK, portion, TODAY) for portion in portions(session, 2)]
    assert pl.concat(parts).equals(health_of(session, PACK, ALL, TODAY))


def test_what_is_in_comment_is_in_no_open_column(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = a_known_project(session)
    with_indicator(session, stage, 30, "Days to answer")
    row = rated(session, stage)
    assert row.level.value != "high"
    declaring(monkeypatch, session, stage)
    found = health_of(session, PACK, ALL, TODAY).row(0, named=True)
    assert found["computed"] == row.level.value
    assert found["gap_bp"] > 0
    assert Flag.RATED_ABOVE_EVIDENCE.value in {flag["flag"] for flag in found["flags"]}
    assert (found["open_computed"], found["open_gap_bp"], found["open_signs"]) == (None, None, 0)
    assert row.comment_until is not None
    later = health_of(session, PACK, ALL, row.comment_until + timedelta(days=1)).row(0, named=True)
    assert later["open_computed"] == row.level.value
    assert later["open_gap_bp"] == later["gap_bp"]


def test_a_list_shows_each_what_they_may_see(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = a_known_project(session)
    row = rated(session, stage)
    declaring(monkeypatch, session, stage)
    keep(session)
    at = now(session)
    for viewer in (stage.lead, stage.analyst, stage.auditor):
        (line,) = lines(session, viewer, at, TODAY, HealthAsked())
        assert (line.computed, line.is_in_comment) == (row.level.value, True)
        assert line.flags
        assert everything(bodies(session, viewer, at, TODAY, HealthAsked())).in_comment == 1
    (line,) = lines(session, stage.member, at, TODAY, HealthAsked())
    assert (line.computed, line.gap_bp, line.is_in_comment, line.signs, list(line.flags)) == (None, None, False, 0, [])
    (body,) = bodies(session, stage.member, at, TODAY, HealthAsked())
    assert (body.rated, body.compared, body.gap_index_bp, body.with_signs, body.in_comment) == (0, 0, None, 0, 0)
    assert not lines(session, stage.member, at, TODAY, HealthAsked(flag=Flag.RATED_ABOVE_EVIDENCE))
    assert lines(session, stage.lead, at, TODAY, HealthAsked(flag=Flag.RATED_ABOVE_EVIDENCE))
    assert row.comment_until is not None
    over = row.comment_until + timedelta(days=1)
    (line,) = lines(session, stage.member, at, over, HealthAsked())
    assert (line.computed, line.is_in_comment) == (row.level.value, False)
    assert lines(session, stage.member, at, over, HealthAsked(flag=Flag.RATED_ABOVE_EVIDENCE))


def test_the_index_of_an_institution_is_that_of_the_formula(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = an_institution(session)
    stages = [a_known_project(session, f"PF-2027-00{n}", agency=agency) for n in range(3)]
    for stage in stages:
        rated(session, stage)
    declaring(monkeypatch, session, *stages, level="medium")
    keep(session)
    (body,) = bodies(session, stages[0].lead, now(session), TODAY, HealthAsked())
    gaps = pl.DataFrame(
        {"institution": ["i"] * 3, "gap_computed_bp": [row.gap_bp for row in session.scalars(select(ProjectHealth))]}
    )
    (index,) = gap_index(gaps).iter_rows(named=True)
    assert (body.compared, body.gap_index_bp, body.optimistic_bp) == (3, index["gap_index_bp"], index["optimistic_bp"])


def test_people_see_their_own_and_pages_go_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = [a_known_project(session, f"PF-2027-00{n}") for n in range(3)]
    keep(session)
    at = now(session)
    (own,) = lines(session, stages[1].lead, at, TODAY, HealthAsked())
    assert own.project_id == stages[1].project.id
    everyone = lines(session, stages[0].auditor, at, TODAY, HealthAsked())
    assert len(everyone) == 3
    rest = lines(session, stages[0].auditor, at, TODAY, HealthAsked(after=(everyone[0].signs, everyone[0].project_id)))
    assert [one.project_id for one in rest] == [one.project_id for one in everyone[1:]]
    only_one = HealthAsked(institution_id=stages[2].agency.id)
    assert [one.project_id for one in lines(session, stages[0].auditor, at, TODAY, only_one)] == [stages[2].project.id]


def test_the_clock_rates_once_a_period_tells_twice_and_keeps_the_facts(session: Session, visitors: Visitors) -> None:
    stage = a_known_project(session)
    a_health_stage(session, "PF-2027-000902")
    session.commit()
    context = JobContext(visitors.database, None, PACK)  # type: ignore[arg-type]
    assert compute(context).params == {"count": 1}
    assert compute(context).params == {"count": 0}
    assert recompute_all(visitors.database, PACK, 1) == 2
    assert recompute_all(visitors.database, PACK) == 2
    with visitors.database.writing() as writing:
        until = writing.scalars(select(col(Rating.comment_until))).one()
        assert until is not None
        for days, kinds in ((-1, 2), (1, 2), (2, 0)):
            writing.info["now"] = utc_now() + (until + timedelta(days=days) - utc_now().date())
            told = tell_of_comments(writing, context).params["count"]
            assert told == kinds, days
        found = writing.scalars(select(col(Notice.kind)).where(col(Notice.person_id) == stage.lead.person_id)).all()
        assert sorted(kind for kind in found if kind.startswith("rating")) == [
            "rating_comment_ends", "rating_computed", "rating_shown",
        ]  # fmt: skip


def test_pages(session: Session, visitors: Visitors) -> None:
    stage = a_known_project(session)
    session.info["now"] = utc_now()
    row = rated(session, stage)
    today = utc_now().astimezone(PACK.zone).date()
    keep(session, today)
    words, project_id = row.level.value, stage.project.id
    session.commit()
    assert words
    lead, member = visitors.of(stage.lead.person_id), visitors.of(stage.member.person_id)
    quality = visitors.path("monitoring.data_quality", project_id=project_id)
    for path in ("/health", "/health?sign=never_moves&stage=pilot", "/health?after=3.x&institution=y", quality):
        assert lead.get(path).status == 200
        assert member.get(path).status == 200
    shown = lead.get("/health")
    assert "In comment" in shown.main
    assert "In comment" not in member.get("/health").main
    assert "Computed" in lead.get(f"/projects/{project_id}").main
    panel = member.get(f"/projects/{project_id}").main
    assert "Health" in panel
    assert "Computed" not in panel
    assert "R05" in lead.get(quality).main  # no source of funding is named
    assert "executing unit" not in lead.get(quality).main
    waiting = lead.get("/")
    assert "Comment on a computed rating" in waiting.main
    assert "Comment on a computed rating" not in member.get("/").main


def test_every_rule_is_passed_failed_or_not_asked_for_a_reason(session: Session) -> None:
    stage = a_known_project(session)
    shown = quality_shown(session, PACK, stage.project, TODAY, lambda route, **_params: route)
    codes = [one.code for one in (*shown.failed, *shown.not_asked, *shown.passed)]
    assert sorted(codes) == sorted(rule.code for rule in RULES if rule.subject is Subject.PROJECT)
    summary = health_of(session, PACK, only(stage.project.id), TODAY).row(0, named=True)
    assert len(shown.passed) == summary["rules_passed"]
    assert [one.code for one in sorted(shown.failed, key=lambda one: one.code)] == summary["failed"].split()
    lacking = {one.code: one.why for one in shown.not_asked}
    assert lacking["R02"] == "Nothing here holds: code of the public investment system."
    assert "reported physical progress" in lacking["P06"]


def test_every_input_has_words() -> None:
    for name in (*PROJECTS, *INSTITUTIONS):
        assert input_words((name,)) or name in ("project", "institution"), name


@pytest.mark.parametrize("start", [1, 2, 4, 7, 10])
def test_periods_are_quarters_of_the_fiscal_year(start: int) -> None:
    day = TODAY
    for _step in range(800):
        first = period_on(day, start)
        assert first <= day <= period_end(first)
        assert (first.month - start) % 3 == 0
        assert first.day == 1
        assert period_after(ended_period(day, start)) == first
        day += timedelta(days=1)
