"""Conflicts of interest that the rules compute: from the tree of institutions, memberships, authorship and recusals.

Pure: facts in, reasons out. Used when reviewers are proposed and assigned, and again at every act of a reviewer. Whoever acts for
somebody else must satisfy the rules for both persons (security.md, S12).
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from portfolio.i18n import gettext as _
from portfolio.peer_review.terms import ConflictKind

Ids = frozenset[uuid.UUID]
NOBODY: Ids = frozenset()

MONTHS_REMEMBERED = 24
"""How long a former institution still counts as one's own (S3)."""


@dataclass(frozen=True, slots=True)
class PersonTies:
    """A person: institutions and units of today, institutions left within the last 24 months, and whom they act for."""

    person_id: uuid.UUID
    institutions: Ids = NOBODY
    units: Ids = NOBODY
    past: Ids = NOBODY
    acting_for: tuple["PersonTies", ...] = ()


@dataclass(frozen=True, slots=True)
class CaseTies:
    """A case: its institution, everything above and below it, who takes part, and who wrote, advised, signed or acted."""

    institution: uuid.UUID
    unit: uuid.UUID | None = None
    above: Ids = NOBODY
    below: Ids = NOBODY
    participants: Ids = NOBODY
    authors: Ids = NOBODY
    advisers: Ids = NOBODY
    signatories: Ids = NOBODY
    officials: Ids = NOBODY
    recused: Ids = NOBODY

    @property
    def around(self) -> Ids:
        """Every institution whose people may not review."""
        return frozenset({self.institution}) | self.above | self.below | self.participants


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """One reason. `of_principal`: it is that of the person acted for."""

    kind: ConflictKind
    of_principal: bool = False


def conflicts(person: PersonTies, case: CaseTies) -> tuple[Conflict, ...]:
    """Every reason why this person may not review the case; empty when they may."""
    own = [Conflict(kind) for kind in _kinds(person, case)]
    others = [Conflict(kind, True) for principal in person.acting_for for kind in _kinds(principal, case)]
    return (*own, *dict.fromkeys(others))


def _kinds(person: PersonTies, case: CaseTies) -> Iterator[ConflictKind]:
    if case.unit is not None and case.unit in person.units:
        yield ConflictKind.UNIT
    places = (
        (ConflictKind.INSTITUTION, frozenset({case.institution})),
        (ConflictKind.ABOVE, case.above),
        (ConflictKind.BELOW, case.below),
        (ConflictKind.PARTICIPANT, case.participants),
    )
    yield from (kind for kind, found in places if person.institutions & found)
    if person.past & case.around:
        yield ConflictKind.PAST
    chairs = (
        (ConflictKind.AUTHOR, case.authors),
        (ConflictKind.ADVISER, case.advisers),
        (ConflictKind.SIGNATORY, case.signatories),
        (ConflictKind.OFFICIAL, case.officials),
        (ConflictKind.RECUSED, case.recused),
    )
    yield from (kind for kind, people in chairs if person.person_id in people)


def words(conflict: Conflict) -> str:
    """The reason as a sentence in the reader's language."""
    sentences = {
        ConflictKind.UNIT: _("Works in the unit that presents the case."),
        ConflictKind.INSTITUTION: _("Works in the institution that presents the case."),
        ConflictKind.ABOVE: _("Works in an institution above the one that presents the case."),
        ConflictKind.BELOW: _("Works in an institution below the one that presents the case."),
        ConflictKind.PARTICIPANT: _("Works in an institution that takes part in the case."),
        ConflictKind.PAST: _("Worked in an institution of the case within the last 24 months."),
        ConflictKind.AUTHOR: _("Wrote a version of the case."),
        ConflictKind.ADVISER: _("Advised on a version of the case."),
        ConflictKind.SIGNATORY: _("Signed off a version of the case."),
        ConflictKind.OFFICIAL: _("Acts on the case for another body."),
        ConflictKind.RECUSED: _("Is recused from the case."),
    }
    sentence = sentences[conflict.kind]
    if conflict.of_principal:
        return _("The person they act for: %(reason)s") % {"reason": sentence}
    return sentence
