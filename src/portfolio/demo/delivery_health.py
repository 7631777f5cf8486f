"""Ratings of some funded projects: computed, commented on by their institutions, and given by reviewers from elsewhere."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from portfolio.demo.road import Stage
from portfolio.demo.stories import read
from portfolio.monitoring.health_terms import Confidence, Dimension
from portfolio.monitoring.rating_comments import comment
from portfolio.monitoring.rating_making import newest_computed, rate_project
from portfolio.monitoring.rating_models import RatingRequest
from portfolio.monitoring.rating_review import ask_for_rating, facts_shown, file_rating, shown_digest
from portfolio.monitoring.rating_terms import RatingOccasion
from portfolio.monitoring.recompute import recompute_all
from portfolio.projects.models import Project

if TYPE_CHECKING:
    from portfolio.demo.delivery import Told

Row = Mapping[str, Any]


def health(stage: Stage, told: Sequence["Told"]) -> None:
    """Every project of `data/delivery_health.yaml` that there is; then the newest facts of all of them are kept."""
    known = {one.story.title: one for one in told}
    for row in read("delivery_health")["projects"]:
        if row["title"] in known:
            _play(stage, known[row["title"]], row)
    recompute_all(stage.database, stage.pack, as_at=stage.today)


def _play(stage: Stage, one: "Told", row: Row) -> None:
    """`rated`: what the clock does when a period ends without a return; one that is handed in is rated with it."""
    with stage.database.reading() as session:
        found = session.scalar(select(col(Project.id)).where(col(Project.case_id) == one.case_id))
    if found is None:
        return
    period: date = row["period"]
    if "rated" in row:
        with stage.act(row["rated"], 5) as session:
            project = session.get_one(Project, found)
            rate_project(session, stage.pack, project, period, RatingOccasion.PERIOD_ENDED)
    if "comment" in row:
        _comment(stage, one, row["comment"], found, period)
    if "independent" in row:
        _independent(stage, one, row["independent"], found, period)


def _comment(stage: Stage, one: "Told", said: Row, project_id: uuid.UUID, period: date) -> None:
    with stage.act(said["day"], 15) as session:
        rating = newest_computed(session, [project_id], period).get(project_id)
        if rating is None:
            raise AssertionError(f"{one.story.title}: nothing was rated")
        author = stage.team(session, one.story, said["by"])
        comment(session, author, stage.pack, session.get_one(Project, project_id), rating, said["text"])


def _independent(stage: Stage, one: "Told", given: Row, project_id: uuid.UUID, period: date) -> None:
    with stage.act(given["asked"], 11) as session:
        secretary, reviewer = stage.official(session, one.story, "secretary"), stage.viewer(session, given["by"])
        project = session.get_one(Project, project_id)
        asked = ask_for_rating(session, secretary, stage.pack, project, period, reviewer.person_id)
        request_id = asked.id
    if "filed" not in given:
        return
    with stage.act(given["filed"], 16) as session:
        request, project = session.get_one(RatingRequest, request_id), session.get_one(Project, project_id)
        reviewer = stage.viewer(session, given["by"])
        file_rating(
            session,
            reviewer,
            stage.pack,
            stage.secret,
            project,
            request,
            Confidence(given["level"]),
            {Dimension(name): words for name, words in given["evidence"].items()},
            given["summary"],
            stage.password,
            shown_digest(request, facts_shown(session, stage.pack, project)),
        )
