"""Makes the whole demonstration in an empty database: country, calls, envelopes, and every case down its road."""

import json
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.signing_keys import KeyPurpose, load_or_make_key
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.terms import CaseStatus
from portfolio.db import clock
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.db.money import Money
from portfolio.demo import delivery
from portfolio.demo.country import Country, make_country
from portfolio.demo.deciding import decide
from portfolio.demo.road import REACHES_REVIEW, Stage, walk
from portfolio.demo.stories import Story, stories
from portfolio.demo.writing import cost_amounts
from portfolio.files.store import FileStore
from portfolio.identity.passwords import hash_password
from portfolio.notifications.models import Notice
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Person
from portfolio.people.viewer import SYSTEM
from portfolio.settings import Settings
from portfolio.strategy.actions import add_action_line, open_call, set_envelopes, set_stages
from portfolio.strategy.forms import ActionLineFields, CallFields
from portfolio.strategy.models import Call
from portfolio.strategy.terms import CallKind, CallStageCode

TODAY = date(2026, 11, 23)
"""The day on which the demonstration opens: the annual call is closed and being decided, the open one takes cases."""
FILE = "demonstration.json"

WORDS = (
    "rio",
    "cobre",
    "viento",
    "faro",
    "trigo",
    "puente",
    "nube",
    "cerro",
    "bahia",
    "roble",
    "lluvia",
    "sendero",
    "islote",
    "nieve",
)

LINES = (
    ("1.1", "Trámites resueltos sin visita", "Servicios centrados en las personas", "services"),
    ("1.2", "Datos que se entregan una sola vez", "Servicios centrados en las personas", "interoperability"),
    ("2.1", "Identidad y firma al alcance de todas las personas", "Confianza", "digital_identity"),
    ("2.2", "Seguridad y privacidad desde el diseño", "Confianza", "privacy_and_security"),
    ("3.1", "Datos abiertos que se usan", "Gobierno abierto", "open_data"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the command prints: how many cases, and the password of everybody."""

    cases: int
    password: str


def is_empty(session: Session) -> bool:
    """Whether nobody is in this database yet."""
    return not session.scalar(select(func.count()).select_from(Person))


def password_of(settings: Settings) -> str:
    """The made-up password of this demonstration, kept beside the keys (mode 0600); made on the first call."""
    path = settings.keys_dir / FILE
    if not path.exists():
        settings.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        password = "-".join(secrets.choice(WORDS) for _word in range(4)) + f"-{secrets.randbelow(9000) + 1000}"
        path.touch(mode=0o600)
        path.write_text(json.dumps({"password": password}), encoding="utf-8")
    found: str = json.loads(Path(path).read_text(encoding="utf-8"))["password"]
    return found


def load(
    database: Database,
    settings: Settings,
    pack: CountryPack,
    today: date = TODAY,
    say: Callable[[str], None] = lambda _text: None,
    chosen: Sequence[Story] | None = None,
) -> Loaded:
    """Everything, in transactions of one act each; `say` is told of each case. `chosen`: these cases instead of all."""
    told = stories() if chosen is None else chosen
    password = password_of(settings)
    moment = datetime.combine(today, time(9, 30), tzinfo=pack.zone)
    with database.writing() as session:
        session.info["now"] = datetime(2025, 4, 21, 12, 0, tzinfo=UTC)
        country = make_country(session, hash_password(password))
    annual, open_all_year = _calls(database, pack, country)
    earlier = _earlier_call(database, pack, country)
    stage = Stage(
        database=database,
        pack=pack,
        country=country,
        annual=annual,
        open_call=open_all_year,
        password=password,
        secret=settings.secret_key,
        key=load_or_make_key(settings.keys_dir, KeyPurpose.CODE),
        base_url=settings.base_url,
        today=today,
        earlier=earlier,
        files=FileStore(settings.files_dir),
    )
    walked = []
    for number, story in enumerate(told, start=1):
        case = walk(stage.of(story), story)
        walked.append(delivery.Told(story, case.id))
        if story.target in REACHES_REVIEW and story.target is not CaseStatus.IN_REVIEW:
            decide(stage.of(story), story, case)
        say(f"{number}/{len(told)} {story.title}")
    delivery.play(stage, walked)
    with database.writing() as session:
        # What was owed on the way is history: nobody is mailed about it.
        session.execute(update(Notice).where(col(Notice.mailed_at).is_(None)).values(mailed_at=utc_now()))
        clock.move(session, moment)
        record(session, SYSTEM, Tag.DEMONSTRATION_LOADED, None, cases=len(told))
    return Loaded(len(told), password)


def _earlier_call(database: Database, pack: CountryPack, country: Country) -> Call:
    """The annual call of the budget before: what it funded is being delivered by now."""

    def local(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=pack.zone)  # type: ignore[arg-type,misc]

    with database.writing() as session:
        session.info["now"] = local(2025, 5, 5, 9)
        actor = country.viewer(session, "secretary", TODAY)
        call = open_call(
            session,
            actor,
            pack,
            CallFields(
                title="Proceso presupuestario 2026",
                summary="Iniciativas digitales que pidieron recursos de la ley de presupuestos 2026.",
                kind=CallKind.ANNUAL,
                fiscal_year=2026,
                opens_at=local(2025, 5, 5, 9),
                closes_at=local(2025, 9, 30, 23, 59, 59),
            ),
        )
        for code, title, objective, theme in LINES:
            add_action_line(
                session, actor, call, ActionLineFields(code=code, title=title, objective=objective, theme=theme)
            )
        set_envelopes(session, actor, call, _envelopes(pack, country, [s for s in stories() if s.is_earlier]))
    return call


def _calls(database: Database, pack: CountryPack, country: Country) -> tuple[Call, Call]:
    """The annual call of the 2027 budget, with stages and envelopes, and one open all year."""
    zone = pack.zone

    def local(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=zone)  # type: ignore[arg-type,misc]

    with database.writing() as session:
        session.info["now"] = local(2026, 5, 4, 9)
        actor = country.viewer(session, "secretary", TODAY)
        annual = open_call(
            session,
            actor,
            pack,
            CallFields(
                title="Proceso presupuestario 2027",
                summary="Iniciativas digitales que piden recursos de la ley de presupuestos 2027.",
                kind=CallKind.ANNUAL,
                fiscal_year=2027,
                opens_at=local(2026, 5, 4, 9),
                closes_at=local(2026, 9, 30, 23, 59, 59),
            ),
        )
        stages = {
            CallStageCode.ADMISSIBILITY: (local(2026, 6, 1, 9), local(2026, 10, 14, 18)),
            CallStageCode.REVIEW: (local(2026, 6, 15, 9), local(2026, 11, 13, 18)),
            CallStageCode.OPINION: (local(2026, 7, 1, 9), local(2026, 11, 30, 18)),
            CallStageCode.DECISION: (local(2026, 11, 2, 9), local(2026, 12, 18, 18)),
        }
        set_stages(session, actor, annual, stages)
        everyday = open_call(
            session,
            actor,
            pack,
            CallFields(
                title="Ventanilla permanente 2026-2027",
                summary="Recibe todo el año iniciativas que no esperan al proceso presupuestario.",
                kind=CallKind.OPEN,
                fiscal_year=2027,
                opens_at=local(2026, 5, 4, 9),
                closes_at=local(2027, 10, 29, 23, 59, 59),
            ),
        )
        for call in (annual, everyday):
            for code, title, objective, theme in LINES:
                add_action_line(
                    session, actor, call, ActionLineFields(code=code, title=title, objective=objective, theme=theme)
                )
        set_envelopes(
            session,
            actor,
            annual,
            _envelopes(pack, country, [s for s in stories() if not (s.is_open_call or s.is_earlier)]),
        )
    return annual, everyday


def _envelopes(pack: CountryPack, country: Country, told: Sequence[Story]) -> dict[uuid.UUID, Money | None]:
    """For each institution 93 per cent of what its annual cases cost in the first year: not everything fits."""
    asked: dict[str, int] = {}
    for story in told:
        first_year = sum(amounts[story.first_year] for amounts in cost_amounts(story))
        asked[story.at] = asked.get(story.at, 0) + first_year
    return {
        country.institutions[code].id: Money(pack.currency, -(-minor * 93 // 10_000_000) * 100_000)
        for code, minor in asked.items()
    }


def move_clock(database: Database, pack: CountryPack, today: date) -> None:
    """`portfolio demo --today DATE`: the demonstration's present, half past nine of that day."""
    with database.writing() as session:
        clock.move(session, datetime.combine(today, time(9, 30), tzinfo=pack.zone) + timedelta())
        record(session, SYSTEM, Tag.CLOCK_MOVED, None, to=today.isoformat())
