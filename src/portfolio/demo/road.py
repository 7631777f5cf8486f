"""Takes each case down the road by the very acts that people use, each on its day, until the state its story wants."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from portfolio.approvals import admissibility, sign_offs, submission
from portfolio.approvals.moves import move_case
from portfolio.approvals.sign_off_board import Board, read_board
from portfolio.audit.signing_keys import SigningKey
from portfolio.business_cases.actions import start_case
from portfolio.business_cases.completeness import missing, standing
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.forms import StartFields
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus as S
from portfolio.db.engine import Database
from portfolio.demo.country import Country
from portfolio.demo.stories import Story
from portfolio.demo.writing import write_case
from portfolio.files.store import FileStore
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.peer_review import actions as reviewing
from portfolio.peer_review.assignment import assign, cases_to_assign
from portfolio.peer_review.models import Review
from portfolio.peer_review.observations import answer_observation, make_observation, resolve_observation
from portfolio.peer_review.queries import drafts_of, reviews_of_case
from portfolio.peer_review.terms import ObservationKind, ReviewState
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call


class UnfinishedCase(Exception):
    """Our own mistake: a story that does not answer what the form asks. Names the case and what is missing."""


@dataclass(slots=True)
class Stage:
    """What every act needs: the database, the country, its pack and people, the calls, the secrets of the demonstration."""

    database: Database
    pack: CountryPack
    country: Country
    annual: Call
    open_call: Call
    password: str
    secret: str
    key: SigningKey
    base_url: str
    today: date
    earlier: Call
    files: FileStore
    shift: timedelta = timedelta()

    def of(self, story: Story) -> "Stage":
        """The stage on which this story plays: another call, and a year before, for those of the earlier one."""
        return replace(self, annual=self.earlier, shift=story.shift) if story.is_earlier else self

    @contextmanager
    def act(self, day: date, hour: int = 10) -> Iterator[Session]:
        """One transaction at a moment of the country's clock, never after the demonstration's present."""
        at = datetime.combine(min(day, self.today) + self.shift, time(hour, 12), tzinfo=self.pack.zone)
        with self.database.writing() as session:
            session.info["now"] = at
            yield session

    def viewer(self, session: Session, key: str) -> Viewer:
        """A person as a request would see them."""
        return self.country.viewer(session, key, self.today)

    def team(self, session: Session, story: Story, part: str) -> Viewer:
        """One of the people who write and sign the case of a story."""
        return self.viewer(session, self.country.member(story.team, part))

    def official(self, session: Session, story: Story, key: str) -> Viewer:
        """The person of the ordinary body, or of the one that the pack names for the house of that body."""
        return self.viewer(session, SUBSTITUTES.get(key, key) if story.at in DIRECTIVE_HOUSE else key)


DIRECTIVE_HOUSE = ("DIG",)
"""Institutions whose cases the directive body cannot judge: the pack names planning instead."""
SUBSTITUTES = {
    "analyst": "plan_analyst",
    "national_cio": "plan_head",
    "standards": "plan_standards",
    "secretary": "plan_secretary",
}

WAITING_SINCE = {S.IN_REVIEW: 12, S.CHECKING: 38}
"""Days since admission of the cases that are still on their way."""

REACHES_REVIEW = frozenset(
    {S.IN_REVIEW, S.CHECKING, S.RECOMMENDED, S.CONDITIONED, S.UNFAVOURABLE, S.DECIDED, S.NOT_FUNDED, S.DEFERRED}
)


def walk(stage: Stage, story: Story) -> BusinessCase:
    """Start, write, sign, submit, admit, review: as far as the story goes before the directive body's opinion."""
    begun = _begins(stage, story)
    case = _start(stage, story, begun)
    if story.target is S.DRAFT:
        return case
    signed = begun + timedelta(days=18)
    _sign(stage, story, case, signed, only_first=story.target is S.ALIGNING)
    if story.target is S.ALIGNING:
        return case
    submitted = signed + timedelta(days=3)
    _submit(stage, story, case, submitted)
    if story.target is S.WITHDRAWN:
        _withdraw(stage, story, case, submitted + timedelta(days=5))
    elif story.target is S.INCOMPLETE:
        _return(stage, story, case, submitted + timedelta(days=4))
    elif story.target in REACHES_REVIEW:
        admitted = submitted + timedelta(days=5)
        if story.target is S.IN_REVIEW:  # what is reviewed today was given to its reviewers lately
            admitted = max(admitted, stage.today - timedelta(days=14 - story.place % 4))
        _admit(stage, story, case, admitted)
        _review(stage, story, case, admitted + timedelta(days=2))
    return case


def _begins(stage: Stage, story: Story) -> date:
    """Annual cases began from June on, those of the open call in the last weeks."""
    if story.is_open_call:
        return stage.today - timedelta(days=34 - story.place % 9)
    if story.target is S.IN_REVIEW:
        return date(2026, 9, 8) - timedelta(days=story.place % 9)
    return date(2026, 6, 8) + timedelta(days=(story.place * 5) % 70)


def _start(stage: Stage, story: Story, day: date) -> BusinessCase:
    with stage.act(day) as session:
        lead = stage.team(session, story, "lead")
        call = stage.open_call if story.is_open_call else stage.annual
        unit = stage.country.units.get((story.at, "support"))
        fields = StartFields(
            title=story.title,
            kind=story.kind,
            call_id=call.id,
            institution_id=stage.country.institutions[story.at].id,
            unit_id=unit.id if unit else None,
        )
        case = start_case(session, lead, stage.pack, fields)
        case.priority = 1 + story.place % 5
        write_case(session, lead, stage.pack, case, story, half=story.target is S.DRAFT and story.place % 2 == 0)
    return case


def _sign(stage: Stage, story: Story, case: BusinessCase, day: date, *, only_first: bool) -> None:
    parts = ("fin", "exp", "cio")
    with stage.act(day - timedelta(days=1)) as session:
        row = session.get_one(BusinessCase, case.id)
        lacking = missing(session, stage.pack, row)
        if lacking:
            raise UnfinishedCase(f"{story.title}: " + "; ".join(f"{m.section}.{m.field} {m.text}" for m in lacking))
        chairs = {chair.role for chair in _board(session, stage, row).chairs}
    roles = {"fin": Role.FINANCE_MANAGER, "exp": Role.DIGITAL_EXPERT, "cio": Role.AGENCY_CIO}
    for number, part in enumerate(parts):
        if roles[part] not in chairs:
            continue
        with stage.act(day + timedelta(days=number)) as session:
            row = session.get_one(BusinessCase, case.id)
            signer = stage.team(session, story, part)
            chair = _board(session, stage, row).chair_of(roles[part])
            if chair is not None:
                sign_offs.sign(session, signer, stage.pack, row, roles[part], chair.digest)
        if only_first:
            return


def _board(session: Session, stage: Stage, case: BusinessCase) -> Board:
    return read_board(session, stage.pack, standing(session, stage.pack, case), read_content(session, stage.pack, case))


def _submit(stage: Stage, story: Story, case: BusinessCase, day: date) -> None:
    with stage.act(day, 16) as session:
        row = session.get_one(BusinessCase, case.id)
        digest = content_digest(read_content(session, stage.pack, row))
        # No lot is drawn: the states that the demonstration shows would depend on it.
        submission.submit(session, stage.team(session, story, "cio"), stage.pack, row, digest, lambda _n: 99)


def _withdraw(stage: Stage, story: Story, case: BusinessCase, day: date) -> None:
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        reason = "Se incorporará a una iniciativa conjunta con otra institución."
        move_case(session, stage.team(session, story, "cio"), stage.pack, row, "withdraw", reason)


def _return(stage: Stage, story: Story, case: BusinessCase, day: date) -> None:
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        reason = "El respaldo de los costos no permite verificar las cifras, y falta la línea base de un indicador."
        sections = [SectionCode.COSTS, SectionCode.INDICATORS]
        admissibility.return_case(session, stage.official(session, story, "analyst"), stage.pack, row, sections, reason)


def _admit(stage: Stage, story: Story, case: BusinessCase, day: date) -> None:
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        snapshot = newest_snapshot(session, row.id)
        if snapshot is not None:
            admissibility.admit(session, stage.official(session, story, "analyst"), stage.pack, row, snapshot.digest)


def _review(stage: Stage, story: Story, case: BusinessCase, day: date) -> None:
    """Two reviewers of other institutions; the last cases of the file still wait for some of it."""
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        if row.status is not S.IN_REVIEW or (story.target is S.IN_REVIEW and story.place % 4 == 3):
            return
        secretary = stage.official(session, story, "secretary")
        for person in _proposed(session, stage, secretary, row):
            assign(session, stage.pack, secretary, row, person)
        reviews = [review.id for review in reviews_of_case(session, row.id)]
    for number, review_id in enumerate(reviews):
        if story.target is S.IN_REVIEW and number >= story.place % 3:
            continue
        _write_review(stage, story, case, review_id, day + timedelta(days=4 + 3 * number), number)
    if story.target is S.IN_REVIEW:
        return
    with stage.act(day + timedelta(days=11)) as session:
        row = session.get_one(BusinessCase, case.id)
        move_case(session, stage.official(session, story, "secretary"), stage.pack, row, "close_reviews")


def _proposed(session: Session, stage: Stage, secretary: Viewer, case: BusinessCase) -> list[uuid.UUID]:
    for wanted in cases_to_assign(session, stage.pack, secretary):
        if wanted.case.id == case.id:
            return [candidate.person_id for candidate in wanted.proposed]
    return []


REASONS = (
    "El problema está medido y el rediseño quita pasos antes de comprar tecnología; la línea base es verificable.",
    "Los costos están respaldados, aunque la operación desde el segundo año debería quedar comprometida por escrito.",
    "Reutiliza identidad e interoperabilidad; falta detallar el plan de salida del contrato actual.",
    "El plan de inclusión es concreto y el canal asistido está financiado.",
    "El equipo es suficiente, pero el calendario del primer hito es exigente.",
)


QUESTION = "¿La cifra de la nube incluye el ambiente de pruebas y la salida de datos al término del contrato?"
ANSWER = "Sí: el ambiente de pruebas está en la línea de nube y la salida de datos, en la cotización del anexo."
RESOLUTION = "La respuesta y el anexo lo aclaran."


def _write_review(stage: Stage, story: Story, case: BusinessCase, review_id: uuid.UUID, day: date, number: int) -> None:
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        review = session.get_one(Review, review_id)
        reviewer = next(
            stage.viewer(session, key) for key, person in stage.country.people.items() if person == review.reviewer_id
        )
        reviewing.declare_no_conflict(session, stage.pack, reviewer, row, review)
        if story.place % 3 == 0 and number == 0:
            made = make_observation(
                session, reviewer, stage.pack, row, SectionCode.COSTS, ObservationKind.QUESTION, QUESTION
            )
            if story.target is not S.IN_REVIEW:
                answer_observation(session, stage.team(session, story, "lead"), row, made, ANSWER)
                resolve_observation(session, reviewer, stage.pack, row, made, RESOLUTION)
    with stage.act(day + timedelta(days=1)) as session:
        row = session.get_one(BusinessCase, case.id)
        review = session.get_one(Review, review_id)
        rubric = reviewing.rubric_of(stage.pack)
        weak = story.target in (S.UNFAVOURABLE, S.NOT_FUNDED)
        fields: dict[str, object] = {
            "summary": f"Revisé el expediente de «{story.title}» y sus anexos. " + REASONS[story.place % 5]
        }
        for place, code in enumerate(rubric.groups):
            fields[f"score.{code}"] = 1 if weak else 2 + (story.place + place + number) % 3 // 2 + (place % 2)
            fields[f"reason.{code}"] = REASONS[(place + story.place) % 5] + (
                " No se demuestra que lo existente no baste ni quién operará la solución; se pide rehacer esta parte."
                if weak
                else ""
            )
        reviewing.save_fields(session, stage.pack, reviewer, row, review, fields)
        drafts, summary = drafts_of(session, review.id)
        snapshot = newest_snapshot(session, row.id)
        if snapshot is not None and review.state is ReviewState.ACCEPTED:
            shown = reviewing.filing_digest(rubric, review, snapshot, drafts, summary)
            reviewing.file_review(session, stage.pack, stage.secret, reviewer, row, review, stage.password, shown)
