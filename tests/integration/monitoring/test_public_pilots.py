"""The public list of overdue pilots: anybody reads it, and it never names what is reserved or not published yet."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from life_stage import a_scene, another_project, end_pilot, later, set_pilot, walk_to
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import fix, now
from portfolio.monitoring.public_pilots import overdue_in_public
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call


@pytest.fixture
def scene(session):
    return a_scene(session)


def titles(session, scene):
    """After the pilots' end."""
    before = now(session)
    fix(session, before + timedelta(days=40))
    found = [(pilot.number, pilot.days) for pilot in overdue_in_public(session, scene.pack)]
    fix(session, before)
    return found


def test_neither_a_reserved_project_nor_one_under_embargo_is_in_the_list(session, scene):
    walk_to(session, scene, "begin_pilot")
    initiative = session.get_one(Initiative, scene.project.initiative_id)
    call = session.get_one(Call, initiative.call_id)
    call.embargo_until = None
    session.flush()
    assert overdue_in_public(session, scene.pack) == [], "not overdue yet"
    assert titles(session, scene) == [(initiative.reference, 10)]

    initiative.is_reserved, initiative.reserved_ground = True, "National security"
    session.flush()
    assert titles(session, scene) == []
    initiative.reserved_until = (now(session) + timedelta(days=30)).date()
    session.flush()
    assert titles(session, scene) == [(initiative.reference, 10)], "its ground ran out before"
    initiative.reserved_until = (now(session) + timedelta(days=60)).date()
    session.flush()
    assert titles(session, scene) == []

    initiative.is_reserved = False
    call.embargo_until = now(session) + timedelta(days=50)
    session.flush()
    assert titles(session, scene) == []
    call.embargo_until = now(session) + timedelta(days=20)
    session.flush()
    assert titles(session, scene) == [(initiative.reference, 10)]


def test_only_the_terms_in_force_count_and_only_a_pilot_that_runs(session, scene):
    another_project(session, scene)
    session.scalars(select(Call).order_by(col(Call.id))).first().embargo_until = None
    walk_to(session, scene, "begin_pilot")
    assert len(titles(session, scene)) == 1
    later(session)
    set_pilot(session, scene, days=60)
    assert titles(session, scene) == [], "it was given more time"
    later(session)
    set_pilot(session, scene, days=20)
    assert [days for _number, days in titles(session, scene)] == [20]
    end_pilot(session, scene)
    assert titles(session, scene) == []


def test_anybody_reads_it_in_their_language_and_nobody_is_named(database, visitors):
    with database.writing() as session:
        fix(session, now(session) - timedelta(days=50))
        scene = a_scene(session)
        walk_to(session, scene, "begin_pilot")
        for call in session.scalars(select(Call).order_by(col(Call.id))):
            call.embargo_until = None
        record(session, None, Tag.JOB_RUN_BY_HAND, None)
        title = session.get_one(Initiative, scene.project.initiative_id).title
        people = [scene.stage.lead.name, scene.stage.cio.name, scene.stage.head.name]
    shown = visitors.nobody.get("/overdue-pilots")
    assert (shown.status, title in shown.main) == (200, True)
    assert not any(name in shown.text for name in people)
    assert shown.headers["cache-control"] == "public, max-age=300"
    assert "Accept-Language" in shown.headers["vary"]
    signed_in = visitors.of(scene.stage.head.person_id).get("/overdue-pilots")
    assert signed_in.headers["cache-control"] == "no-store"
    spanish = visitors.nobody.get("/overdue-pilots", headers={"cookie": "pf_language=es"})
    assert 'lang="es"' in spanish.text
    assert visitors.nobody.get("/projects/overdue-pilots").status == 401
