"""`--size large`: 100,000 projects with their trail, for measurements. Rows like an import makes, by the same table."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.bulk import insert_rows
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import new_id
from portfolio.db.engine import Database
from portfolio.db.text import folded, sort_key
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution
from portfolio.people.viewer import SYSTEM
from portfolio.projects.listeners import INSTITUTION_KEY, index_words
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import AmountState, ProjectStage

MANY = 100_000
BATCH = 2_000
SOURCE = "large"
SEED = 20261124
"""Fixed, so that two loads make the same portfolio."""

VERBS = (
    "Modernización",
    "Renovación",
    "Expansión",
    "Integración",
    "Apertura",
    "Migración",
    "Mejora",
    "Puesta en marcha",
)
THINGS = (
    "del registro de beneficiarios", "de la plataforma de pagos", "del expediente electrónico", "de la red de oficinas",
    "del portal de trámites", "de los datos de salud", "de la fiscalización en terreno", "del archivo histórico",
    "de la atención telefónica", "de la ficha social", "del catastro", "de la mesa de ayuda",
)  # fmt: skip
PLACES = ("del norte", "del sur", "de la costa", "de los valles", "insular", "metropolitana", "rural", "nacional")


def load_large(
    database: Database, pack: CountryPack, many: int = MANY, say: Callable[[str], None] = lambda _text: None
) -> int:
    """Add `many` imported initiatives with a project each, in batches of one transaction and one event each."""
    draw = random.Random(SEED)  # noqa: S311  numbers for measurements, not for secrets
    with database.reading() as session:
        query = select(col(Institution.id), col(Institution.sort_key)).order_by(
            col(Institution.sort_key), col(Institution.id)
        )
        bodies = [(row.id, row.sort_key) for row in session.execute(query)]
    for start in range(0, many, BATCH):
        size = min(BATCH, many - start)
        with database.writing() as session:
            _batch(session, pack, draw, bodies, start, size)
            record(session, SYSTEM, Tag.PROJECTS_IMPORTED, None, source=SOURCE, first=start, count=size)
        say(f"{start + size}/{many} projects")
    return many


def _batch(
    session: Session, pack: CountryPack, draw: random.Random, bodies: list[tuple[Any, str]], start: int, size: int
) -> None:
    at = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    initiatives, projects = [], []
    stages = list(ProjectStage)
    for number in range(start, start + size):
        title = f"{draw.choice(VERBS)} {draw.choice(THINGS)} {draw.choice(PLACES)} {number + 1}"
        amount = None if draw.random() < 0.04 else int(draw.lognormvariate(14, 1.4)) * 100
        stage = draw.choice(stages)
        initiative_id, (body, body_key) = new_id(), draw.choice(bodies)
        decided = None if amount is None else amount * draw.randint(60, 100) // 100
        initiatives.append(
            columns(
                Initiative,
                id=initiative_id,
                created_at=at,
                institution_id=body,
                institution_key=body_key[:INSTITUTION_KEY],
                reference=f"{SOURCE}-{number + 1:06d}",
                title=title,
                summary=f"{title}. Proyecto generado para mediciones.",
                state=draw.choice((CaseStatus.DECIDED, CaseStatus.CLOSED)).value,
                stage=stage,
                currency=pack.currency,
                requested_minor=amount,
                requested_state=AmountState.KNOWN if amount is not None else AmountState.MISSING,
                requested_is_null=amount is None,
                decided_minor=decided,
                decided_is_null=decided is None,
                source=SOURCE,
                source_key=f"{number + 1:06d}",
                as_at=date(2026, 10, 31),
                sort_key=sort_key(title),
                search_text=folded(title),
            )
        )
        projects.append(
            columns(
                Project,
                id=new_id(),
                created_at=at,
                initiative_id=initiative_id,
                stage=stage,
                starts_on=date(2025, 1, 1) + timedelta(days=draw.randint(0, 700)),
                ends_on=date(2027, 1, 1) + timedelta(days=draw.randint(0, 900)),
            )
        )
    insert_rows(session, Initiative, initiatives)
    texts = [(row["id"], f"{row['search_text']} {row['reference']} {row['institution_key']}") for row in initiatives]
    index_words(session.connection(), texts)
    insert_rows(session, Project, projects)


def columns(model: type[Any], **values: Any) -> dict[str, Any]:
    """Every column of the table: what is given, and the model's own defaults."""
    row = model(**values)
    return {column.key: getattr(row, column.key) for column in model.__mapper__.column_attrs}
