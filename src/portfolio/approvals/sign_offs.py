"""Signing off a case: different people, each for the sections of their role, bound to what they were shown."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.facts import WRITING
from portfolio.approvals.guards import CaseFacts, nothing_is_missing
from portfolio.approvals.models import SignOff
from portfolio.approvals.moves import move_case
from portfolio.approvals.separation import Act
from portfolio.approvals.sign_off_board import Board, Chair, holds, read_board, standing_sign_offs
from portfolio.approvals.ties import make_duty, separation_reasons
from portfolio.approvals.workflow import SIGNATORIES
from portfolio.audit.canon import digest as digest_of
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.completeness import Missing, Standing, missing, standing
from portfolio.business_cases.content import Content, read_content
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.i18n import language
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Person
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import SYSTEM, Viewer

CHANGED = "sections_changed"
"""Why a sign-off lapsed, as the row keeps it."""


@dataclass(frozen=True, slots=True)
class Signing:
    """What the page of the sign-offs shows: the board, what is missing, and the chair this person may take.

    `chair` is nothing when none of their roles signs here or is still free; `reasons` say why they may not sign now.
    """

    board: Board
    missing: tuple[Missing, ...]
    state: Standing
    chair: Chair | None
    reasons: tuple[str, ...]


def read_signing(session: Session, viewer: Viewer, pack: CountryPack, case: BusinessCase) -> Signing:
    """The sign-offs of a case as one person sees them; changes nothing."""
    state = standing(session, pack, case)
    board = read_board(session, pack, state, read_content(session, pack, case))
    lacking = tuple(missing(session, pack, case, state))
    chair = free_chair(board, viewer, case)
    reasons = () if chair is None else tuple(_against(session, viewer, pack, case, board, chair, len(lacking)))
    return Signing(board, lacking, state, chair, reasons)


def free_chair(board: Board, viewer: Viewer, case: BusinessCase) -> Chair | None:
    """The first chair that a role of this person in the institution may take and that nobody's valid sign-off holds."""
    roles = viewer.roles_in(case.institution_id) & SIGNATORIES
    return next((chair for chair in board.chairs if chair.role in roles and chair.held is None), None)


def sign(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, role: Role, digest: str) -> SignOff:
    """Sign the sections of one role. The first sign-off of a draft locks the case.

    `digest` is that of the sections shown. Raises `Refused` when they changed since, when the role is not the person's or
    is taken, when they signed already, or when something is missing. Ask for the password before.
    """
    lock_for_move(session, case)
    lapse_changed(session, actor, pack, case)
    state = standing(session, pack, case)
    board = read_board(session, pack, state, read_content(session, pack, case))
    chair = board.chair_of(role)
    if chair is None or role not in actor.roles_in(case.institution_id):
        raise Refused(_("None of your roles signs off this case."))
    if chair.held is not None:
        raise Refused(_("Another person has signed off in this role already."))
    reasons = _against(session, actor, pack, case, board, chair, len(missing(session, pack, case, state)))
    if reasons:
        raise Refused(*reasons)
    if digest != chair.digest:
        raise Refused(_("The sections changed since you opened the page. Read them again before you sign."))
    if case.status is CaseStatus.DRAFT:
        move_case(session, actor, pack, case, "begin_sign_off")
    row = SignOff(
        case_id=case.id,
        person_id=actor.person_id,
        role=role.value,
        sections=[code.value for code in chair.sections],
        digest=chair.digest,
        signed_at=now(session),
    )
    session.add(row)
    make_duty(session, case, actor, DutyKind.SIGNATORY)
    record(session, actor, Tag.CASE_SIGNED_OFF, case, role=role.value, sections=row.sections, digest=row.digest)
    session.flush()
    return row


def _against(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    board: Board,
    chair: Chair,
    lacking: int,
) -> list[str]:
    """Why this person may not take a free chair now; the digest apart."""
    if case.status not in WRITING:
        return [_("The case was submitted; its sign-offs are closed.")]
    principals = {g.acting_for_id for g in actor.grants if g.role is chair.role and g.acting_for_id is not None}
    reasons = []
    if actor.person_id in board.signers:
        reasons.append(_("You have signed off this case already. Each sign-off is another person's."))
    if principals & board.signers:
        reasons.append(_("The person you act for has signed off this case already."))
    if reason := nothing_is_missing(CaseFacts(missing=lacking)):
        reasons.append(reason)
    return [*reasons, *separation_reasons(session, pack, actor, case, Act.SIGN_OFF)]


def reopen(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, reason: str) -> None:
    """Unlock a case that is being signed off. Sign-offs hold until the sections they cover change."""
    lock_for_move(session, case)
    move_case(session, actor, pack, case, "reopen", reason)


def lapse_changed(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, content: Content | None = None
) -> list[SignOff]:
    """Declare lapsed whatever sign-off covers sections that changed, with an event and one notice for each."""
    standing_ones = standing_sign_offs(session, case.id)
    if not standing_ones:
        return []
    present = content or read_content(session, pack, case)
    lapsed = [row for row in standing_ones if not holds(row, present)]
    for row in lapsed:
        row.lapsed_at, row.lapse_reason = now(session), CHANGED
        record(session, actor, Tag.SIGN_OFF_LAPSED, case, sign_off=str(row.id), role=row.role)
        owe(
            session,
            "sign_off_lapsed",
            {row.person_id, case.lead_id},
            subject_id=case.id,
            path=f"/cases/{case.id}/sign-off",
            once_key=f"sign_off_lapsed:{row.id}",
            title=case.title,
            signer=session.get_one(Person, row.person_id).name,
        )
    session.flush()
    return lapsed


def lapse_everywhere(session: Session, pack: CountryPack) -> int:
    """For the timetable: notices of lapsed sign-offs go out although nobody opens the case. Returns how many lapsed."""
    cases = session.scalars(
        select(BusinessCase)
        .where(
            col(BusinessCase.status).in_(WRITING),
            col(BusinessCase.id).in_(select(col(SignOff.case_id)).where(col(SignOff.lapsed_at).is_(None))),
        )
        .order_by(col(BusinessCase.id))
    ).all()
    with language(pack.languages[0]):
        return sum(len(lapse_changed(session, SYSTEM, pack, case)) for case in cases)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the batch of an institution: what this person would sign of it, or why not yet."""

    case: BusinessCase
    signing: Signing

    @property
    def chair(self) -> Chair | None:
        return self.signing.chair

    @property
    def is_ready(self) -> bool:
        return self.signing.chair is not None and not self.signing.reasons

    @property
    def value(self) -> str:
        """What the form sends for it: the case, the role and the digest of what is signed."""
        chair = self.signing.chair
        return "" if chair is None else f"{self.case.id}:{chair.role.value}:{chair.digest}"


def sign_off_queue(session: Session, viewer: Viewer, pack: CountryPack) -> list[Waiting]:
    """Cases of the person's institutions that one of their roles has still to sign, the institution's first ones first."""
    cases: Sequence[BusinessCase] = session.scalars(
        select(BusinessCase)
        .where(visible_to(viewer), col(BusinessCase.status).in_(WRITING))
        .order_by(col(BusinessCase.priority).nulls_last(), col(BusinessCase.title), col(BusinessCase.id))
    ).all()
    found = [
        Waiting(case, read_signing(session, viewer, pack, case))
        for case in cases
        if viewer.roles_in(case.institution_id) & SIGNATORIES
    ]
    return [waiting for waiting in found if waiting.chair is not None]


def batch_digest(values: Sequence[str]) -> str:
    """The digest that the password is bound to when several cases are signed at once."""
    return digest_of(sorted(values))


def sign_many(session: Session, actor: Viewer, pack: CountryPack, values: Sequence[str]) -> int:
    """Sign each chosen case (`Waiting.value`), all or none; returns how many. Raises `Refused`, naming the case."""
    for value in sorted(values):
        case_id, role, digest = _parsed(value)
        case = session.scalar(select(BusinessCase).where(col(BusinessCase.id) == case_id, visible_to(actor)))
        if case is None:
            raise Refused(_("One of the cases is no longer there for you. Reload the page."))
        try:
            sign(session, actor, pack, case, role, digest)
        except Refused as refused:
            raise Refused(*(f"{case.title}: {reason}" for reason in refused.reasons)) from refused
    return len(values)


def _parsed(value: str) -> tuple[uuid.UUID, Role, str]:
    try:
        case_id, role, digest = value.split(":")
        return uuid.UUID(case_id), Role(role), digest
    except ValueError:
        raise Refused(_("The page is out of date. Reload it and try again.")) from None
