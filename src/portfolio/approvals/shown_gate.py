"""What the pages of sign-offs and submission show, in words: nothing is decided or counted in a template."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portfolio.approvals.sign_off_board import Board
from portfolio.approvals.sign_offs import Signing
from portfolio.business_cases.completeness import Missing
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.people.queries import names


@dataclass(frozen=True, slots=True)
class ShownChair:
    """A row of the table of sign-offs. `tone` is a tone of the house."""

    role: str
    sections: tuple[str, ...]
    state: str
    tone: str
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class MissingGroup:
    """What one section lacks, with the addresses of the fields."""

    title: str
    items: tuple[Missing, ...]


def grouped(digest: str) -> str:
    """A digest in groups of eight, so that two people can compare it aloud."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def section_titles(pack: CountryPack, codes: Iterable[SectionCode | str]) -> tuple[str, ...]:
    return tuple(str(pack.section(code).label) for code in codes)


def shown_chairs(session: Session, pack: CountryPack, board: Board) -> list[ShownChair]:
    """Every role that signs on the track, and how its sign-off stands."""
    signers = [row.person_id for chair in board.chairs for row in (chair.held, chair.lapsed) if row is not None]
    people = names(session, signers)
    return [_shown_chair(pack, people, board, index) for index in range(len(board.chairs))]


def _shown_chair(pack: CountryPack, people: Mapping[uuid.UUID, str], board: Board, index: int) -> ShownChair:
    chair = board.chairs[index]
    row = chair.held or chair.lapsed
    if chair.held is not None:
        state, tone = _("Signed off"), "good"
    elif chair.lapsed is not None:
        state, tone = _("Lapsed: its sections changed"), "caution"
    elif board.is_complete:
        state, tone = _("Not needed"), "quiet"
    else:
        state, tone = _("Not signed yet"), "waiting"
    return ShownChair(
        role=label(chair.role),
        sections=section_titles(pack, chair.sections),
        state=state,
        tone=tone,
        who="" if row is None else people.get(row.person_id, ""),
        at=None if row is None else row.signed_at,
    )


def missing_groups(pack: CountryPack, items: Sequence[Missing]) -> list[MissingGroup]:
    """By section, in the order of the form; what concerns the whole case comes first."""
    found: dict[str, list[Missing]] = {}
    for item in items:
        found.setdefault(item.section, []).append(item)
    return [
        MissingGroup(str(pack.section(code).label) if code else _("The whole case"), tuple(group))
        for code, group in found.items()
    ]


def progress(board: Board) -> str:
    """«2 of 3 sign-offs» in words."""
    words = ngettext("%(held)s of %(demanded)s sign-off", "%(held)s of %(demanded)s sign-offs", board.demanded)
    return words % {"held": board.held, "demanded": board.demanded}


def who_is_needed(board: Board) -> str:
    """How many of the roles have to sign, in words; more of them may than must."""
    count = {"demanded": board.demanded, "roles": len(board.chairs)}
    if board.demanded >= len(board.chairs):
        return _("Each of these roles signs, each held by another person.")
    return (
        _("%(demanded)s of these %(roles)s roles sign, each by another person; together they cover every section.")
        % count
    )


def waiting_words(pack: CountryPack, signing: Signing) -> tuple[str, ...]:
    """The sections that this person would sign."""
    return () if signing.chair is None else section_titles(pack, signing.chair.sections)
