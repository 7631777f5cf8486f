"""Files as evidence of a gate: looked at first, in the scope of the project, and part of what the decision is bound to."""

import hashlib

import pytest
from sqlalchemy import select
from sqlmodel import col

from accounts import field
from factories import a_person, an_institution
from life_stage import a_scene, propose
from portfolio.audit.models import AuditEvent, AuditText
from portfolio.audit.terms import Tag
from portfolio.files import quota
from portfolio.monitoring.models import GateDecision, GateFile, GateProposal
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative
from visitors import PASSWORD

CSV = b"item;result\nsearch;9 of 10\n"


@pytest.fixture
def scene(database):
    with database.writing() as session:
        scene = a_scene(session)
        scene.proposal_id = propose(session, scene, "begin_discovery").id
        scene.stranger = a_person(session, (Role.AGENCY_CIO, an_institution(session)))
        return scene


def address(scene):
    return f"/gates/{scene.proposal_id}"


def criterion(scene):
    return scene.pack.life.criteria("begin_discovery")[0].code


def attach(visitors, scene, content=CSV, name="results.csv", by=None, **fields):
    visitor = visitors.of((by or scene.stage.lead).person_id)
    data = {"criterion": criterion(scene), **fields}
    return visitor.post(f"{address(scene)}/files", data, files={"file": (name, content)} if content else None)


def rows(database):
    with database.reading() as session:
        return session.scalars(select(GateFile).order_by(col(GateFile.supplied_at), col(GateFile.id))).all()


def test_a_file_is_attached_shown_and_comes_out_byte_by_byte_with_its_name_in_the_trail(database, visitors, scene):
    answer = attach(visitors, scene)
    assert answer.status == 303, answer.main
    (row,) = rows(database)
    assert (row.file_name, row.criterion, row.sha256) == (
        "results.csv", criterion(scene), hashlib.sha256(CSV).hexdigest(),
    )  # fmt: skip
    decider = visitors.of(scene.decider("begin_discovery").person_id)
    assert "results.csv" in decider.get(address(scene)).main
    found = decider.raw(f"{address(scene)}/files/{row.id}")
    assert found.content == CSV
    assert "sandbox" in found.headers["content-security-policy"]
    assert found.headers["content-disposition"].startswith("attachment")
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.GATE_EVIDENCED.value)).one()
        words = session.scalars(select(col(AuditText.value))).all()
    assert event.actor_id == scene.stage.lead.person_id
    assert row.sha256 in event.canon
    assert "results.csv" in words


def test_who_may_not_find_the_project_finds_no_file_and_who_does_not_propose_adds_none(database, visitors, scene):
    attach(visitors, scene)
    (row,) = rows(database)
    stranger = visitors.of(scene.stranger.person_id)
    assert stranger.raw(f"{address(scene)}/files/{row.id}").status_code == 404
    assert attach(visitors, scene, by=scene.stranger, name="other.csv").status == 404
    assert attach(visitors, scene, by=scene.stage.analyst, name="other.csv").status == 403
    assert f"{address(scene)}/files/{row.id}" in visitors.of(scene.stage.head.person_id).get(address(scene)).text
    with database.writing() as session:
        again = session.get_one(GateProposal, scene.proposal_id)
        other = GateFile(**{**row.model_dump(exclude={"id", "proposal_id"}), "proposal_id": again.id})
    assert visitors.of(scene.stage.lead.person_id).raw(f"{address(scene)}/files/{other.id}").status_code == 404


def test_what_is_no_evidence_does_not_come_in(database, visitors, scene):
    assert attach(visitors, scene, b"MZ\x90\x00 program", "results.pdf").error("file")
    assert attach(visitors, scene, None).error("file") == "Choose a file"
    assert attach(visitors, scene, criterion="no_such").error("criterion") == "Choose one of the options"
    assert attach(visitors, scene).status == 303
    assert "attached already" in attach(visitors, scene).error("file")
    assert len(rows(database)) == 1


def test_files_of_gates_take_of_the_space_that_all_files_of_an_institution_share(
    database, visitors, scene, monkeypatch
):
    assert attach(visitors, scene).status == 303
    with database.reading() as session:
        institution = session.get_one(Initiative, scene.project.initiative_id).institution_id
        assert quota.used_by(session, institution) == len(CSV)
    monkeypatch.setattr(quota, "QUOTA", len(CSV) + 5)
    assert attach(visitors, scene, CSV + b"pay;8 of 10\n").error("file").startswith("Your institution has used up")


def test_a_decision_is_bound_to_the_files_that_were_there_and_afterwards_none_is_added(database, visitors, scene):
    decider = visitors.of(scene.decider("begin_discovery").person_id)
    read = decider.get(address(scene))
    given = {"outcome": "passed", "reasons": "It holds.", "password": PASSWORD}
    attach(visitors, scene)
    late = decider.post(address(scene), {**given, "digest": field(read, "digest")})
    assert late.status == 409, "a file came in after the decider read the page"
    now_read = decider.get(address(scene))
    assert decider.post(address(scene), {**given, "digest": field(now_read, "digest")}).status == 303
    with database.reading() as session:
        assert session.scalars(select(GateDecision)).one().digest == field(now_read, "digest")
    assert attach(visitors, scene, b"item;result\nlate;1\n", "late.csv").status == 409
    assert "Attach a file" not in visitors.of(scene.stage.lead.person_id).get(address(scene)).main
