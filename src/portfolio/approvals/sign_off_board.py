"""Where the sign-offs of a case stand: who signs which sections, whose sign-off holds, what nobody has signed yet."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import SignOff
from portfolio.audit.canon import digest
from portfolio.business_cases.completeness import Standing
from portfolio.business_cases.content import Content, section_digest
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode, SignOffRole
from portfolio.packs.tracks import Track
from portfolio.people.terms import Role


@dataclass(frozen=True, slots=True)
class Chair:
    """One role that signs on a track: its sections, in the order of the form, and the sign-off that holds for it, if any.

    `lapsed` is the newest sign-off in this role whose sections changed since.
    """

    role: Role
    sections: tuple[SectionCode, ...]
    digest: str
    held: SignOff | None = None
    lapsed: SignOff | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The sign-offs of a case on the track it would take now."""

    demanded: int
    chairs: tuple[Chair, ...]
    unsigned: tuple[SectionCode, ...]

    @property
    def held(self) -> int:
        """Valid sign-offs, each by another person in another role."""
        return len({chair.held.person_id for chair in self.chairs if chair.held is not None})

    @property
    def signers(self) -> frozenset[uuid.UUID]:
        return frozenset(chair.held.person_id for chair in self.chairs if chair.held is not None)

    @property
    def is_complete(self) -> bool:
        return self.held >= self.demanded and not self.unsigned

    def chair_of(self, role: Role) -> Chair | None:
        return next((chair for chair in self.chairs if chair.role is role), None)


def sections_of(
    pack: CountryPack, track: Track, shown: Sequence[SectionCode], role: SignOffRole
) -> tuple[SectionCode, ...]:
    """What a role signs on a track: the sections it owns; the head of service signs the whole case.

    Sections whose owner does not sign on this track fall to the agency CIO.
    """
    if role is SignOffRole.HEAD_OF_SERVICE:
        return tuple(shown)
    signing = set(track.sign_off_roles)
    return tuple(
        code
        for code in shown
        if pack.section(code).owner is role
        or (role is SignOffRole.AGENCY_CIO and pack.section(code).owner not in signing)
    )


def covered_digest(content: Mapping[str, Any], sections: Iterable[str]) -> str:
    """SHA-256 over the digests of the sections that a sign-off covers, in the order given by their codes."""
    return digest([[str(code), section_digest(content, code)] for code in sorted(map(str, sections))])


def holds(sign_off: SignOff, content: Mapping[str, Any]) -> bool:
    """A sign-off holds while its sections are what they were, whatever else changed."""
    return sign_off.lapsed_at is None and sign_off.digest == covered_digest(content, sign_off.sections)


def standing_sign_offs(session: Session, case_id: uuid.UUID) -> Sequence[SignOff]:
    """Those that nothing has declared lapsed, oldest first; some may have lapsed by a change just now (see `holds`)."""
    return session.scalars(
        select(SignOff)
        .where(col(SignOff.case_id) == case_id, col(SignOff.lapsed_at).is_(None))
        .order_by(col(SignOff.signed_at), col(SignOff.id))
    ).all()


def read_board(session: Session, pack: CountryPack, state: Standing, content: Content) -> Board:
    """The sign-offs against the content given; `state` says which sections the track shows."""
    standing = standing_sign_offs(session, state.case.id)
    held = {Role(row.role): row for row in standing if holds(row, content)}
    chairs = tuple(_chair(session, pack, state, content, held, role) for role in state.track.sign_off_roles)
    covered = {code for row in held.values() for code in row.sections}
    return Board(
        demanded=state.track.sign_offs,
        chairs=chairs,
        unsigned=tuple(code for code in state.shown if code.value not in covered),
    )


def _chair(
    session: Session,
    pack: CountryPack,
    state: Standing,
    content: Content,
    held: Mapping[Role, SignOff],
    sign_off_role: SignOffRole,
) -> Chair:
    role = Role(sign_off_role.value)
    sections = sections_of(pack, state.track, state.shown, sign_off_role)
    lapsed = None
    if role not in held:
        lapsed = session.scalar(
            select(SignOff)
            .where(col(SignOff.case_id) == state.case.id, col(SignOff.role) == role.value)
            .order_by(col(SignOff.signed_at).desc(), col(SignOff.id))
            .limit(1)
        )
    return Chair(role, sections, covered_digest(content, sections), held.get(role), lapsed)
