"""What was put up or signed stays readable, each version with its digest; unusual values are confirmed with a reason."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused, Refused
from portfolio.monitoring.health_terms import Confidence
from portfolio.notifications.models import Notice
from portfolio.returns import acts
from portfolio.returns.comparing import comparison_of
from portfolio.returns.models import ReturnVersion
from portfolio.returns.page import sent_back, steps_of
from portfolio.returns.queries import moves_of
from portfolio.returns.terms import ReturnState
from portfolio.returns.version_page import against
from portfolio.returns.versions import content_of, digest_of, get_version, versions_of
from portfolio.returns.watching import publish_verified
from return_stage import ReturnStage, a_return_stage, due, filled, signed, some_fields, verified


@pytest.fixture
def stage(session: Session) -> ReturnStage:
    return a_return_stage(session)


def test_a_signed_version_stays_when_another_is_written(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    signed(stage, row, level=Confidence.HIGH)
    first = row.digest
    acts.send_back(session, stage.verifier, stage.pack, stage.project, row, "The rating is too good")
    filled(stage, row, level=Confidence.MEDIUM_LOW)
    one, two = versions_of(session, row.id)
    assert (one.number, one.digest, content_of(one)["level"]) == (1, first, "high")
    assert (two.number, two.digest, content_of(two)["level"]) == (2, digest_of(row), "medium_low")
    assert [step.version for step in steps_of(session, row)] == [1, 1, 1, 2]
    found = against(session, row)
    assert found is not None
    assert [(line.label, line.before, line.after) for line in found.rows] == [
        ("Confidence in delivery", "High", "Medium to low")
    ]


def test_a_text_that_comes_back_word_for_word_is_the_version_that_it_was(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    filled(stage, row)
    filled(stage, row, done="Something else")
    filled(stage, row)
    assert [step.version for step in steps_of(session, row)] == [1, 2, 1]
    assert get_version(session, row, 2).digest != digest_of(row)


def test_a_signature_from_before_versions_is_kept_before_it_is_written_over(
    session: Session, stage: ReturnStage
) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    acts.save(session, stage.lead, stage.project, row, some_fields(row))
    row.state, row.digest = ReturnState.RETURNED, digest_of(row)
    session.flush()
    acts.save(session, stage.lead, stage.project, row, some_fields(row, done="Another text"))
    (kept,) = versions_of(session, row.id)
    assert kept.digest == row.digest
    assert content_of(kept)["done"] == "Two offices work with it"


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_a_version(session: Session, stage: ReturnStage, act: str) -> None:
    filled(stage, due(stage, stage.clock(2027, 1, 5)))
    session.flush()
    table = ReturnVersion.__table__  # type: ignore[attr-defined]
    statement = table.update().values(content="{}") if act == "update" else table.delete()
    with pytest.raises(DatabaseError):
        session.connection().execute(statement)


def next_period(session: Session, stage: ReturnStage):  # type: ignore[no-untyped-def]
    """The return after one that was published with some fields."""
    verified(stage, due(stage, stage.clock(2027, 1, 5)))
    publish_verified(session)
    return due(stage, stage.clock(2027, 4, 5))


def test_an_end_that_cannot_be_is_refused_beside_its_field(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    for day in ("1990-01-01", "2070-01-01"):
        with pytest.raises(FieldRefused) as refused:
            acts.save(session, stage.lead, stage.project, row, some_fields(row, forecast_finish=day))
        assert refused.value.field == "forecast_finish"


def test_an_unusual_value_needs_a_tick_for_itself_and_a_reason(session: Session, stage: ReturnStage) -> None:
    row = next_period(session, stage)

    def save(**more: object) -> None:
        acts.save(session, stage.lead, stage.project, row, some_fields(row, physical="30", **more))

    def put_up() -> None:
        acts.put_up(session, stage.lead, stage.pack, stage.project, row)

    for lacking in (
        {},
        {"sure_physical": "3000"},
        {"note_physical": "Undone"},
        {"sure_physical": "1", "note_physical": "x"},
    ):
        save(**lacking)
        with pytest.raises(Refused, match="It goes down"):
            put_up()
    save(sure_physical="3000", note_physical="A release was taken back")
    put_up()
    assert row.confirmed == {"physical": {"of": "3000", "note": "A release was taken back", "why": ["goes_down"]}}
    (version,) = versions_of(session, row.id)
    assert content_of(version)["confirmed"]["physical"]["note"] == "A release was taken back"
    table = comparison_of(session, stage.verifier, stage.pack, stage.project, row)
    line = table.lines[0]
    assert (line.before, line.now, line.note) == ("40%", "30%", "A release was taken back")
    assert line.differences[0] == "Against the period before: 10 percentage points less"


def test_a_reason_for_what_is_not_unusual_does_not_travel(session: Session, stage: ReturnStage) -> None:
    row = next_period(session, stage)
    filled(stage, row, physical="50", sure_physical="5000", note_physical="Why not")
    assert row.confirmed == {}


def test_the_signer_sends_it_back_to_whoever_wrote_it(session: Session, stage: ReturnStage) -> None:
    row = due(stage, stage.clock(2027, 1, 5))
    filled(stage, row)
    with pytest.raises(Refused, match="reason"):
        acts.hand_back(session, stage.sponsor, stage.pack, stage.project, row, " ")
    with pytest.raises(Refused):
        acts.hand_back(session, stage.lead, stage.pack, stage.project, row, "Not mine to give")
    acts.hand_back(session, stage.sponsor, stage.pack, stage.project, row, "The cost is last year's")
    assert row.state is ReturnState.RETURNED
    assert row.submitted_on is None, "nothing was handed in"
    assert [move.move for move in moves_of(session, row.id)] == ["fill", "hand_back"]
    back = sent_back(session, row)
    assert back is not None
    assert back.reason == "The cost is last year's"
    told = [notice.person_id for notice in session.query(Notice).filter_by(kind="return_handed_back")]
    assert told == [stage.lead.person_id]
    signed(stage, row, forecast_cost="910000")
    assert sent_back(session, row) is None
    assert row.submitted_on == date(2027, 1, 5)
