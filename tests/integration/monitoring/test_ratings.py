"""Ratings as rows: made once, commented on by their institution first, given by somebody without ties, never changed."""

import re
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlmodel import col

from factories import a_person, an_institution
from health_stage import (
    PACK,
    PERIOD,
    TODAY,
    HealthStage,
    a_health_stage,
    expect,
    rated,
    with_indicator,
    with_plan,
    with_risk,
)
from life_stage import later
from modification_stage import SECRET
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.db.base import utc_now
from portfolio.db.clock import now
from portfolio.db.engine import Database
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.monitoring.health_terms import Confidence, Dimension, RatingKind
from portfolio.monitoring.portion import ALL
from portfolio.monitoring.rating_comments import comment
from portfolio.monitoring.rating_formula import SCALES
from portfolio.monitoring.rating_inputs import facts_frame
from portfolio.monitoring.rating_making import rate_portion, rate_project
from portfolio.monitoring.rating_models import Rating, RatingRequest
from portfolio.monitoring.rating_queries import get_rating, ratings_of
from portfolio.monitoring.rating_review import (
    ask_for_rating,
    choices,
    decline,
    facts_shown,
    file_rating,
    get_request,
    shown_digest,
)
from portfolio.monitoring.rating_terms import RatingOccasion, RatingRequestState
from portfolio.monitoring.ratings import computed_ratings
from portfolio.notifications.models import Notice
from portfolio.people.terms import Role
from visitors import PASSWORD, Visitors

EVIDENCE = dict.fromkeys(Dimension, "Read the minutes of the last two steering meetings.")


def a_known_project(session: Session) -> HealthStage:
    stage = a_health_stage(session)
    with_plan(session, stage)
    with_indicator(session, stage, 9)
    with_risk(session, stage)
    return stage


def an_asked(session: Session, stage: HealthStage) -> RatingRequest:
    return ask_for_rating(session, stage.secretary, PACK, stage.project, PERIOD, stage.reviewer.person_id)


def filed(session: Session, stage: HealthStage, asked: RatingRequest, level: Confidence = Confidence.LOW) -> Rating:
    shown = shown_digest(asked, facts_shown(session, PACK, stage.project))
    return file_rating(
        session, stage.reviewer, PACK, SECRET, stage.project, asked, level, EVIDENCE, "Shaky", PASSWORD, shown
    )


def as_the_pages_see_it(session: Session) -> None:
    """From now on the session has the time that the application has."""
    session.info["now"] = utc_now()


def kinds(session: Session, stage: HealthStage) -> list[str]:
    return list(session.scalars(select(col(Notice.kind)).where(col(Notice.path).like(f"%{stage.project.id}/ratings"))))


def test_a_rating_is_made_once_and_again_only_when_something_changed(session: Session) -> None:
    stage = a_known_project(session)
    first = rated(session, stage)
    assert rate_project(session, PACK, stage.project, PERIOD, RatingOccasion.RETURN_SUBMITTED) == 0
    with_risk(session, stage)
    later(session)
    assert rate_project(session, PACK, stage.project, PERIOD, RatingOccasion.RETURN_SUBMITTED) == 1
    (second,) = ratings_of(session, stage.lead, stage.project, TODAY)
    assert (first.ordinal, second.ordinal) == (0, 1)
    assert second.facts["severe_risks"] == 2
    assert sorted(kinds(session, stage)) == ["rating_computed"] * 4  # the lead and the CIO, twice


def test_what_is_stored_is_what_the_formula_gives_for_what_is_stored(session: Session) -> None:
    stage = a_known_project(session)
    row = rated(session, stage)
    found = computed_ratings(facts_frame({"project": "", **row.facts}), SCALES[row.scale]).row(0, named=True)
    assert {name: value for name, value in found.items() if name != "project"} == row.reckoned
    assert (row.level.value, row.score, row.coverage) == (found["level"], found["score"], found["coverage"])


def test_nothing_is_rated_of_which_too_little_is_known(session: Session) -> None:
    stage = a_health_stage(session)
    assert rate_portion(session, PACK, ALL, PERIOD) == 0
    with_plan(session, stage)
    with_risk(session, stage)
    assert rate_portion(session, PACK, ALL, PERIOD) == 1
    assert rate_portion(session, PACK, ALL, PERIOD) == 0


def test_the_record_holds_it_and_the_database_refuses_to_change_it(session: Session, database: Database) -> None:
    stage = a_known_project(session)
    row = rated(session, stage)
    rating_id = row.id
    session.commit()
    with database.reading() as reading:
        acts = reading.scalars(select(col(AuditEvent.action)).where(col(AuditEvent.object_id) == rating_id)).all()
    assert acts == [Tag.RATING_COMPUTED.value]
    for statement in (
        update(Rating.__table__).values(score=500),  # type: ignore[attr-defined]
        text("DELETE FROM rating"),
    ):
        with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
            connection.execute(statement)


def test_others_see_it_when_the_days_of_comment_are_over(session: Session) -> None:
    stage = a_known_project(session)
    row = rated(session, stage)
    assert row.comment_until is not None
    first_readers = (stage.lead, stage.cio, stage.analyst, stage.head, stage.secretary, stage.auditor)
    for viewer in first_readers:
        assert ratings_of(session, viewer, stage.project, row.comment_until)
    assert not ratings_of(session, stage.member, stage.project, row.comment_until)
    with pytest.raises(NotFound):
        get_rating(session, stage.member, row.id, row.comment_until, stage.member)
    over = row.comment_until + timedelta(days=1)
    assert ratings_of(session, stage.member, stage.project, over) == [row]


def test_a_newer_one_in_comment_does_not_hide_the_one_that_was_shown(session: Session) -> None:
    stage = a_known_project(session)
    row = rated(session, stage)
    session.info["now"] = now(session) + timedelta(days=30)
    with_risk(session, stage)
    assert rate_project(session, PACK, stage.project, PERIOD, RatingOccasion.RETURN_SUBMITTED) == 1
    today = TODAY + timedelta(days=30)
    assert ratings_of(session, stage.member, stage.project, today) == [row]
    assert ratings_of(session, stage.lead, stage.project, today)[0].ordinal == 1


def test_the_institution_comments_within_its_days_and_nobody_else_does(session: Session) -> None:
    stage = a_known_project(session)
    row = rated(session, stage)
    with pytest.raises(FieldRefused):
        comment(session, stage.lead, PACK, stage.project, row, "No.")
    said = comment(session, stage.lead, PACK, stage.project, row, "The tender was moved by a decree of July.")
    assert said.rating_id == row.id
    elsewhere = a_person(session, (Role.AGENCY_CIO, stage.other))
    for stranger in (elsewhere, stage.analyst, stage.auditor, stage.head):
        with pytest.raises(Refused):
            comment(session, stranger, PACK, stage.project, row, "The tender was moved by a decree of July.")
    session.info["now"] = now(session) + timedelta(days=30)
    with pytest.raises(Refused):
        comment(session, stage.lead, PACK, stage.project, row, "Once more, and too late for anybody.")


def test_only_somebody_without_ties_is_asked(session: Session) -> None:
    stage = a_known_project(session)
    own = a_person(session, (Role.REVIEWER, stage.agency))
    found = {one.person_id for one in choices(session, stage.secretary, stage.project, TODAY)}
    assert stage.reviewer.person_id in found
    assert own.person_id not in found
    with pytest.raises(FieldRefused):
        ask_for_rating(session, stage.secretary, PACK, stage.project, PERIOD, own.person_id)
    an_asked(session, stage)
    with pytest.raises(Refused):
        an_asked(session, stage)


def test_an_independent_rating_is_filed_with_evidence_for_every_dimension(session: Session) -> None:
    stage = a_known_project(session)
    asked = an_asked(session, stage)
    shown = shown_digest(asked, facts_shown(session, PACK, stage.project))
    some = {one: words for one, words in EVIDENCE.items() if one is not Dimension.RISKS}
    with pytest.raises(FieldRefused) as refused:
        file_rating(
            session, stage.reviewer, PACK, SECRET, stage.project, asked, Confidence.LOW, some, "", PASSWORD, shown
        )
    assert refused.value.field == "evidence.risks"
    row = filed(session, stage, asked)
    assert (row.kind, row.level, row.comment_until) == (RatingKind.INDEPENDENT, Confidence.LOW, None)
    assert asked.state is RatingRequestState.FILED
    assert row in ratings_of(session, stage.member, stage.project, TODAY)
    with pytest.raises(Refused):
        filed(session, stage, asked)


def test_ties_that_came_since_stand_against_filing(session: Session) -> None:
    stage = a_known_project(session)
    asked = an_asked(session, stage)
    from portfolio.people.models import Membership

    session.add(
        Membership(
            person_id=stage.reviewer.person_id,
            institution_id=stage.agency.id,
            role=Role.DIGITAL_EXPERT,
            valid_from=date(2026, 1, 1),
        )
    )
    session.flush()
    with pytest.raises(Refused):
        filed(session, stage, asked)


def test_figures_that_changed_since_they_were_shown_are_read_again(session: Session) -> None:
    stage = a_known_project(session)
    asked = an_asked(session, stage)
    shown = shown_digest(asked, facts_shown(session, PACK, stage.project))
    with_risk(session, stage)
    with pytest.raises(Refused):
        file_rating(
            session, stage.reviewer, PACK, SECRET, stage.project, asked, Confidence.LOW, EVIDENCE, "", PASSWORD, shown
        )


def test_a_request_is_for_that_person_alone_and_may_be_declined(session: Session) -> None:
    stage = a_known_project(session)
    asked = an_asked(session, stage)
    another = a_person(session, (Role.REVIEWER, an_institution(session)))
    with pytest.raises(NotFound):
        get_request(session, another, asked.id)
    decline(session, stage.reviewer, PACK, stage.project, asked, "I advised the supplier two years ago.")
    assert asked.state is RatingRequestState.DECLINED
    assert an_asked(session, stage).state is RatingRequestState.ASKED


def test_the_page_shows_what_is_stored_and_hides_what_is_in_comment(session: Session, visitors: Visitors) -> None:
    stage = a_known_project(session)
    as_the_pages_see_it(session)
    row = rated(session, stage)
    comment(session, stage.lead, PACK, stage.project, row, "The tender was moved by a decree of July.")
    project_id, rating_id = stage.project.id, row.id
    session.commit()
    path = visitors.path("monitoring.ratings", project_id=project_id)
    own = visitors.of(stage.lead.person_id).get(path)
    assert own.status == 200
    assert "Medium to low" in own.main
    assert "1 open risk is out of tolerance." in own.main
    assert "moved by a decree" in own.main
    assert visitors.path("monitoring.comment_rating", rating_id=rating_id) in own.text
    assert "In comment" in visitors.of(stage.analyst.person_id).get(path).main
    for stranger in (stage.member,):
        seen = visitors.of(stranger.person_id).get(path)
        assert seen.status == 200
        assert "decree" not in seen.text
        assert "Computed rating" not in seen.main
        assert str(rating_id) not in seen.text
        assert not re.search(r"In comment until", seen.main)
    elsewhere = visitors.of(stage.reviewer.person_id)
    assert elsewhere.get(path).status == 404
    assert elsewhere.get(visitors.path("monitoring.comment_rating", rating_id=rating_id)).status == 404


def test_commenting_asking_and_filing_on_the_pages(session: Session, visitors: Visitors) -> None:
    stage = a_known_project(session)
    as_the_pages_see_it(session)
    row = rated(session, stage)
    project_id, rating_id = stage.project.id, row.id
    session.commit()
    lead, secretary = visitors.of(stage.lead.person_id), visitors.of(stage.secretary.person_id)
    path = visitors.path("monitoring.comment_rating", rating_id=rating_id)
    assert lead.get(path).status == 200
    short = lead.post(path, {"text": "No."})
    assert (short.status, short.error("text")) == (422, "Say it in a sentence.")
    assert "stays beside" in lead.follow(lead.post(path, {"text": "A decree of July moved the tender."})).text

    path = visitors.path("monitoring.ask_rating", project_id=project_id)
    assert secretary.get(path).status == 200
    assert secretary.post(path, {"reviewer_id": str(uuid.uuid4())}).error("reviewer_id")
    assert secretary.post(path, {"reviewer_id": str(stage.reviewer.person_id)}).status == 303
    with visitors.database.reading() as reading:
        asked = reading.scalars(select(RatingRequest)).one()
    reviewer = visitors.of(stage.reviewer.person_id)
    path = visitors.path("monitoring.rating_request", request_id=asked.id)
    shown = reviewer.get(path)
    assert shown.status == 200
    assert "Scores" not in shown.main
    assert "weighs" not in shown.main
    assert "decree" not in shown.text
    data = {f"evidence.{one.value}": words for one, words in EVIDENCE.items()}
    data |= {"level": "low", "digest": shown.value("digest") or "", "password": "wrong"}
    assert reviewer.post(path, data).error("password")
    assert reviewer.post(path, data | {"password": PASSWORD}).status == 303
    page = lead.get(visitors.path("monitoring.ratings", project_id=project_id))
    assert "Independent rating" in page.main
    assert "steering meetings" in page.main


def test_expectations_move_the_next_rating_only(session: Session) -> None:
    stage = a_health_stage(session)
    _first, second = with_plan(session, stage)
    with_risk(session, stage)
    row = rated(session, stage)
    expect(session, stage, second, date(2027, 10, 30))
    assert rate_project(session, PACK, stage.project, date(2026, 7, 1), RatingOccasion.PERIOD_ENDED) == 1
    found = ratings_of(session, stage.lead, stage.project, TODAY)
    assert [one.period_on for one in found] == [date(2026, 7, 1), PERIOD]
    assert (found[0].score or 0) < (row.score or 0)
