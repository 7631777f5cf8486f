"""The pages of a return as its writer, its signer, its verifier and an auditor see them."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from portfolio.db import clock
from portfolio.db.engine import Database
from portfolio.monitoring.health_terms import Confidence
from portfolio.returns import acts
from portfolio.returns.models import ProgressReturn
from portfolio.returns.watching import publish_verified
from return_stage import ReturnStage, a_return_stage, due, filled, signed, some_fields
from visitors import Visitors


@pytest.fixture
def stage(database: Database) -> ReturnStage:
    """A return that was signed as high, sent back, and put up again as medium-low."""
    with database.writing() as session:
        clock.move(session, NOW)
        session.info["now"] = NOW
        found = a_return_stage(session)
        row = due(found, found.clock(2027, 1, 5))
        signed(found, row, level=Confidence.HIGH)
        acts.send_back(session, found.verifier, found.pack, found.project, row, "The rating is too good")
        filled(found, row, level=Confidence.MEDIUM_LOW)
        found.clock(2027, 1, 6)
        clock.move(session, session.info["now"])
        session.flush()
        session.expunge_all()
    return found


def address(database: Database) -> str:
    with database.reading() as session:
        return f"/returns/{session.scalars(select(col(ProgressReturn.id))).one()}"


def test_the_digest_stands_beside_its_own_version(visitors: Visitors, database: Database, stage: ReturnStage) -> None:
    path = address(database)
    page = visitors.of(stage.sponsor.person_id).get(path)
    assert "What differs from version 1" in page.text
    assert "Version 2" in page.text
    with database.reading() as session:
        row = session.scalars(select(ProgressReturn)).one()
        first, now = row.digest, acts.digest_of(row)
    assert first != now
    assert "Digest of this version:" not in page.text, "what is shown was not signed"
    old = visitors.of(stage.verifier.person_id).get(f"{path}/versions/1")
    assert old.status == 200
    assert "High" in old.text
    assert "Head of service" in old.text
    assert first in old.text.replace("<wbr>", "")
    assert visitors.of(stage.verifier.person_id).get(f"{path}/versions/9").status == 404


def test_the_signer_may_send_it_back_and_the_form_says_why(
    visitors: Visitors, database: Database, stage: ReturnStage
) -> None:
    path = address(database)
    sponsor, lead = visitors.of(stage.sponsor.person_id), visitors.of(stage.lead.person_id)
    assert "Send back to whoever wrote it" in sponsor.get(path).text
    assert sponsor.post(f"{path}/handed-back", {}).status == 422
    assert sponsor.post(f"{path}/handed-back", {"reason": "Say which offices"}).status == 303
    form = lead.get(f"{path}/form")
    assert "Say which offices" in form.text
    assert "Sent back by Head of service" in form.text


def test_an_unusual_value_is_asked_about_and_what_was_typed_is_kept(
    visitors: Visitors, database: Database, stage: ReturnStage
) -> None:
    with database.writing() as session:
        row = session.scalars(select(ProgressReturn)).one()
        found = ReturnStage(session, stage.scene)
        acts.sign(
            session, found.sponsor, found.pack, "s" * 32, found.project, row, "a long phrase nobody guesses",
            acts.digest_of(row),
        )  # fmt: skip
        acts.verify(
            session,
            found.verifier,
            found.pack,
            "s" * 32,
            found.project,
            row,
            "a long phrase nobody guesses",
            row.digest,
        )
        publish_verified(session)
        newer = due(found, found.clock(2027, 4, 5))
        clock.move(session, session.info["now"])
        path, version = f"/returns/{newer.id}", newer.version
    lead = visitors.of(stage.lead.person_id)
    typed = {
        name: str(getattr(value, "value", value))
        for name, value in some_fields(newer).model_dump().items()
        if value not in ("", None)
    }
    impossible = lead.post(f"{path}/form", {**typed, "version": str(version), "forecast_finish": "1990-01-01"})
    assert impossible.status == 422
    assert "it cannot end before that" in impossible.error("forecast_finish")
    asked = lead.post(
        f"{path}/form", {**typed, "version": str(version), "physical": "10", "note_physical": "Undone", "ready": "yes"}
    )
    assert asked.status == 422
    assert "confirm it and say why" in asked.error("physical")
    assert asked.value("physical") == "10"
    assert asked.value("note_physical") == "Undone"
    assert asked.value("sure_physical") == "1000"
    again = {
        **typed,
        "physical": "10",
        "note_physical": "A release was undone",
        "sure_physical": "1000",
        "ready": "yes",
    }
    done = lead.post(f"{path}/form", {**again, "version": asked.value("version") or ""})
    assert done.status == 303
    shown = visitors.of(stage.sponsor.person_id).get(path)
    assert "A release was undone" in shown.text
    assert "percentage points less" in shown.text
