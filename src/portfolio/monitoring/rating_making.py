"""Computed ratings are made: one row for each project of which enough is known, when what it rests on has changed.

The institution is told first and has its days to comment; who else sees it when: `rating_queries`.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.facts import check_portion, read_facts
from portfolio.monitoring.health_terms import Confidence, RatingKind
from portfolio.monitoring.portion import Portion, only
from portfolio.monitoring.rating_formula import scale_on
from portfolio.monitoring.rating_inputs import as_stored, formula_version, inputs_of
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_terms import RatingOccasion
from portfolio.monitoring.ratings import FACTS, computed_ratings
from portfolio.monitoring.recompute import refresh
from portfolio.notifications.outbox import owe
from portfolio.packs.calendar import add_working_days
from portfolio.packs.schema import CountryPack
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative, Project

COMMENT_DAYS = 10
"""Working days in which the institution may comment before others see the rating (asked for with the rating itself)."""


def today_of(session: Session, pack: CountryPack) -> date:
    return now(session).astimezone(pack.zone).date()


def rate_project(session: Session, pack: CountryPack, project: Project, period: date, occasion: RatingOccasion) -> int:
    """The computed rating of one project now; 1, or 0 where nothing changed since the last or too little is known.

    What lists and the project's first page keep of it is reckoned again in the same transaction.
    """
    made = _rate(session, pack, only(project.id), period, occasion, None)
    refresh(session, pack, project.id)
    return made


def rate_portion(
    session: Session, pack: CountryPack, portion: Portion, period: date, among: Iterable[uuid.UUID] | None = None
) -> int:
    """The computed ratings of a portion for a period that ended; `among`: only these projects. How many were made."""
    wanted = None if among is None else frozenset(among)
    return _rate(session, pack, portion, period, RatingOccasion.PERIOD_ENDED, wanted)


def _rate(
    session: Session,
    pack: CountryPack,
    portion: Portion,
    period: date,
    occasion: RatingOccasion,
    among: frozenset[uuid.UUID] | None,
) -> int:
    today = today_of(session, pack)
    scale = scale_on(today)
    read = read_facts(session, pack, portion, today)
    inputs = inputs_of(read, check_portion(session, pack, portion, read).summary)
    rated = computed_ratings(inputs.select(list(FACTS)), scale)
    rows = {uuid.UUID(row["project"]): row for row in rated.iter_rows(named=True) if row["level"] is not None}
    known = {uuid.UUID(row["project"]): row for row in inputs.iter_rows(named=True)}
    projects = _living(session, [one for one in rows if among is None or one in among])
    newest = newest_computed(session, projects, period)
    tell = _Telling(session, pack, today)
    made = 0
    for project_id, (project, initiative) in projects.items():
        row, before = rows[project_id], newest.get(project_id)
        facts = {name: value for name, value in as_stored(known[project_id]).items() if name != "project"}
        formula = formula_version(scale)
        if before is not None and (before.facts, before.formula) == (facts, formula):
            continue
        rating = Rating(
            project_id=project_id,
            period_on=period,
            kind=RatingKind.COMPUTED,
            ordinal=0 if before is None else before.ordinal + 1,
            occasion=occasion,
            as_at=today,
            scale=scale.code,
            level=Confidence(row["level"]),
            score=row["score"],
            coverage=row["coverage"],
            formula=formula,
            reckoned={name: value for name, value in row.items() if name != "project"},
            facts=facts,
            comment_until=add_working_days(pack, today, COMMENT_DAYS),
            made_at=now(session),
        )
        rating.digest = digest_of(rating)
        session.add(rating)
        session.flush()
        record(
            session, SYSTEM, Tag.RATING_COMPUTED, rating, case=project.case_id, project=project_id, period=period,
            level=row["level"], score=row["score"], digest=rating.digest,
        )  # fmt: skip
        tell.first_heard(project, initiative, rating)
        made += 1
    return made


def digest_of(rating: Rating) -> str:
    """Of what a rating says and rests on."""
    return digest(
        {
            "project": rating.project_id,
            "period": rating.period_on,
            "kind": rating.kind,
            "scale": rating.scale,
            "level": rating.level,
            "score": rating.score,
            "formula": rating.formula,
            "facts": rating.facts,
            "evidence": rating.evidence,
            "summary": rating.summary,
        }
    )


def _living(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[Project, Initiative]]:
    """Projects that are still delivered, with their initiatives, by id."""
    found: dict[uuid.UUID, tuple[Project, Initiative]] = {}
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(Project, Initiative)
            .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
            .where(col(Project.id).in_(ids[start : start + 500]), col(Project.stage).not_in(ENDED))
            .order_by(col(Project.id))
        )
        found.update({row.Project.id: (row.Project, row.Initiative) for row in rows})
    return found


def newest_computed(session: Session, projects: Iterable[uuid.UUID], period: date) -> dict[uuid.UUID, Rating]:
    """The last computed rating of a period, by project."""
    ids = list(projects)
    found: dict[uuid.UUID, Rating] = {}
    for start in range(0, len(ids), 500):
        rows = session.scalars(
            select(Rating)
            .where(
                col(Rating.project_id).in_(ids[start : start + 500]),
                col(Rating.period_on) == period,
                col(Rating.kind) == RatingKind.COMPUTED,
            )
            .order_by(col(Rating.ordinal))
        )
        found.update({row.project_id: row for row in rows})
    return found


class _Telling:
    """Tells leads and agency CIOs; asks who they are once for each institution."""

    def __init__(self, session: Session, pack: CountryPack, today: date) -> None:
        self.session, self.pack, self.today = session, pack, today
        self._chiefs: dict[uuid.UUID, frozenset[uuid.UUID]] = {}

    def first_heard(self, project: Project, initiative: Initiative, rating: Rating) -> None:
        owe(
            self.session,
            "rating_computed",
            self._people(project, initiative),
            subject_id=project.case_id or project.id,
            path=f"/projects/{project.id}/ratings",
            once_key=f"rating_computed:{rating.id}",
            number=initiative.reference,
            title=initiative.title or "",
            until=rating.comment_until,
        )

    def _people(self, project: Project, initiative: Initiative) -> frozenset[uuid.UUID]:
        body = initiative.institution_id
        if body not in self._chiefs:
            self._chiefs[body] = frozenset(holders(self.session, Role.AGENCY_CIO, self.today, body))
        case = None if project.case_id is None else self.session.get(BusinessCase, project.case_id)
        return self._chiefs[body] | ({case.lead_id} if case is not None else frozenset())
