"""Letters: made from signed opinions only, one for an institution and a call or one for a case, and verifiable for ever."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import authority_refusal
from portfolio.approvals.conditions import conditions_of
from portfolio.approvals.facts import present_opinion
from portfolio.approvals.letter_document import letter_document
from portfolio.approvals.models import Letter, Opinion
from portfolio.audit.canon import digest, plain
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.visibility import visible_to
from portfolio.db.clock import now
from portfolio.errors import NotFound, Refused
from portfolio.files.store import FileStore
from portfolio.i18n import gettext as _
from portfolio.i18n import language
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Institution, Person
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LetterRow:
    """An institution in a call: its signed opinions, and the letters issued to it, newest first."""

    institution_id: uuid.UUID
    institution: str
    cases: tuple[BusinessCase, ...]
    letters: tuple[Letter, ...]


def verification_address(base_url: str, record_digest: str) -> str:
    return f"{base_url.rstrip('/')}/letters/check/{record_digest}"


def issue_letter(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    store: FileStore,
    base_url: str,
    cases: Sequence[BusinessCase],
) -> Letter:
    """One letter with the present opinions of these cases of one institution and call, in the first case's language.

    The file is on disk under its digest before the row names it. Raises `Refused` when a case has no signed opinion, or
    another body gives it.
    """
    opinions = [_signed(session, case) for case in cases]
    if not cases:
        raise Refused(_("No opinion has been signed for this institution."))
    if len({(case.institution_id, case.call_id) for case in cases}) > 1:
        raise Refused(_("A letter is for the cases of one institution in one call."))
    for case in cases:
        if refused := authority_refusal(session, pack, actor, case, Power.OPINION):
            raise Refused(refused)
    letter = Letter(
        call_id=cases[0].call_id,
        institution_id=cases[0].institution_id,
        case_ids=[str(case.id) for case in cases],
        opinion_ids=[str(opinion.id) for opinion in opinions],
        language=cases[0].language,
        file_sha256="",
        record_digest="",
        issued_at=now(session),
        issued_by_id=actor.person_id,
    )
    made = letter_record(session, pack, letter)
    letter.record_digest = digest(made)
    letter.file_sha256 = store.put(
        letter_document(pack, made, letter.record_digest, verification_address(base_url, letter.record_digest))
    )
    session.add(letter)
    session.flush()
    record(
        session,
        actor,
        Tag.LETTER_ISSUED,
        letter,
        case=cases[0].id if len(cases) == 1 else None,
        cases=letter.case_ids,
        digest=letter.record_digest,
        file=letter.file_sha256,
    )
    _tell_agency(session, pack, letter, made, cases)
    return letter


def _signed(session: Session, case: BusinessCase) -> Opinion:
    opinion = present_opinion(session, case.id)
    if opinion is None:
        raise Refused(_("%(title)s has no signed opinion.") % {"title": case.title})
    return opinion


def letter_record(session: Session, pack: CountryPack, letter: Letter) -> Record:
    """What a letter says, from its row and the signed opinions it names: the input of `letter_document`, and of its digest."""
    call, institution = session.get_one(Call, letter.call_id), session.get_one(Institution, letter.institution_id)
    opinions = [session.get_one(Opinion, uuid.UUID(opinion_id)) for opinion_id in letter.opinion_ids]
    with language(letter.language):
        cases = [_case_record(session, pack, opinion) for opinion in opinions]
        made = {
            "format": 1,
            "language": letter.language,
            "issued_at": letter.issued_at.isoformat(),
            "call": call.title,
            "fiscal_year": call.fiscal_year,
            "institution": institution.name,
            "body": ", ".join(dict.fromkeys(case["body"] for case in cases)),
            "cases": cases,
        }
    result: Record = plain(made)
    return result


def _case_record(session: Session, pack: CountryPack, opinion: Opinion) -> Record:
    case = session.get_one(BusinessCase, opinion.case_id)
    signer = session.get_one(Person, opinion.signed_by_id)
    return {
        "number": session.get_one(Initiative, case.initiative_id).number or "",
        "title": case.title,
        "outcome": opinion.outcome.value,
        "currency": case.currency,
        "recommended": opinion.recommended_minor,
        "reasons": opinion.reasons,
        "grounds": [{name: ground[name] for name in ("title", "text", "note")} for ground in opinion.grounds],
        "conditions": [
            {
                "text": condition.text,
                "owner": condition.owner,
                "evidence": condition.evidence,
                "due_on": condition.due_on.isoformat(),
                "tranche": condition.tranche,
            }
            for condition in conditions_of(session, opinion)
        ],
        "signed_by": signer.name,
        "signed_at": opinion.signed_at.isoformat() if opinion.signed_at else "",
        "body": str(pack.bodies[opinion.body].name) if opinion.body in pack.bodies else opinion.body,
        "opinion_digest": opinion.digest,
        "snapshot_digest": session.get_one(Snapshot, opinion.snapshot_id).digest,
    }


def _tell_agency(
    session: Session, pack: CountryPack, letter: Letter, made: Record, cases: Sequence[BusinessCase]
) -> None:
    today = now(session).astimezone(pack.zone).date()
    told = {case.lead_id for case in cases}
    for role in (Role.AGENCY_CIO, Role.HEAD_OF_SERVICE):
        told |= set(holders(session, role, today, letter.institution_id))
    owe(
        session,
        "letter_issued",
        told,
        subject_id=letter.call_id,
        path=f"/letters?call={letter.call_id}",
        call=made["call"],
        institution=made["institution"],
    )


def read_letters(session: Session, viewer: Viewer, call: Call) -> list[LetterRow]:
    """Institutions of the call with signed opinions that the person may see, in reading order."""
    rows = session.execute(
        select(BusinessCase, Institution)
        .join(Institution, col(Institution.id) == col(BusinessCase.institution_id))
        .where(
            visible_to(viewer),
            col(BusinessCase.call_id) == call.id,
            col(BusinessCase.id).in_(select(col(Opinion.case_id)).where(col(Opinion.signed_at).is_not(None))),
        )
        .order_by(
            col(Institution.sort_key),
            col(BusinessCase.priority).is_(None),
            col(BusinessCase.priority),
            col(BusinessCase.id),
        )
    ).all()
    found: dict[uuid.UUID, tuple[str, list[BusinessCase]]] = {}
    for case, institution in rows:
        if present_opinion(session, case.id) is not None:
            found.setdefault(institution.id, (institution.name, []))[1].append(case)
    letters = session.scalars(
        select(Letter).where(col(Letter.call_id) == call.id).order_by(col(Letter.issued_at).desc(), col(Letter.id))
    ).all()
    readable = [letter for letter in letters if may_read(session, viewer, letter)]
    return [
        LetterRow(key, name, tuple(cases), tuple(each for each in readable if each.institution_id == key))
        for key, (name, cases) in found.items()
    ]


def may_read(session: Session, viewer: Viewer, letter: Letter) -> bool:
    """Whoever may find every case of a letter; a recusal from one of them hides all of it."""
    wanted = {uuid.UUID(case_id) for case_id in letter.case_ids}
    seen = session.scalar(
        select(func.count()).select_from(BusinessCase).where(col(BusinessCase.id).in_(wanted), visible_to(viewer))
    )
    return seen == len(wanted)


def get_letter(session: Session, viewer: Viewer, letter_id: uuid.UUID) -> Letter:
    letter = session.get(Letter, letter_id)
    if letter is None or not may_read(session, viewer, letter):
        raise NotFound
    return letter


def letter_with_digest(session: Session, text: str) -> Letter | None:
    """The letter whose record or whose file has this digest; spaces and case do not count."""
    wanted = "".join(text.split()).lower()
    return session.scalar(
        select(Letter)
        .where(or_(col(Letter.record_digest) == wanted, col(Letter.file_sha256) == wanted))
        .order_by(col(Letter.issued_at), col(Letter.id))
        .limit(1)
    )
