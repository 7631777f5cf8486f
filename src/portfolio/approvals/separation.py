"""Separation of duties on persons and units (security.md section 4), as pure rules used at the moment of acting.

`conflicts` says every reason why a person may not do an act on a case; assignment uses the same rules earlier. Whoever acts
for somebody else must satisfy them for both persons (S12).
"""

import uuid
from dataclasses import dataclass, field
from enum import Enum

from portfolio.i18n import gettext as _

MONTHS_OF_COOLING = 24
"""How long a former institution still counts as one's own (S3)."""

Seat = tuple[uuid.UUID, uuid.UUID | None]
"""An institution and the unit in it, or no unit."""


class Act(Enum):
    """What somebody is about to do on a case, as far as separation tells acts apart."""

    SIGN_OFF = "sign_off"
    ADMIT = "admit"
    OBSERVE = "observe"
    REVIEW = "review"
    ASSIGN_REVIEWERS = "assign_reviewers"
    CHECK = "check"
    WAIVE = "waive"
    OPINION = "opinion"
    RECONSIDER = "reconsider"
    DECIDE = "decide"
    CONFIRM = "confirm"
    ISSUE_CODE = "issue_code"


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """One person as the rules see them: institutions of the last 24 months, today's seats, and whom they act for."""

    person_id: uuid.UUID
    institutions: frozenset[uuid.UUID] = frozenset()
    seats: frozenset[Seat] = frozenset()
    acting_for: tuple["ActorFacts", ...] = ()


@dataclass(frozen=True, slots=True)
class CaseTies:
    """Who and what is tied to a case and to the other versions of its initiative. Sets of person or institution ids.

    `family` is the institution of the case, its parent, its children and the participating institutions.
    """

    family: frozenset[uuid.UUID] = frozenset()
    authors: frozenset[uuid.UUID] = frozenset()
    signatories: frozenset[uuid.UUID] = frozenset()
    reviewers: frozenset[uuid.UUID] = frozenset()
    opinion_signers: frozenset[uuid.UUID] = frozenset()
    deciders: frozenset[uuid.UUID] = frozenset()
    issuers: frozenset[uuid.UUID] = frozenset()
    recused: frozenset[uuid.UUID] = frozenset()
    opinion_seats: frozenset[Seat] = field(default_factory=frozenset)
    factor_resetters: frozenset[uuid.UUID] = frozenset()
    """Who lately asked for, or decided on, the reset of a second factor of somebody tied to the case."""
    proposers: frozenset[uuid.UUID] = frozenset()
    """Who proposed the very act that now waits for a second person."""


_AGENCY_ACTS = frozenset({Act.SIGN_OFF})
_BEFORE: dict[Act, tuple[str, ...]] = {
    Act.REVIEW: ("opinion_signers", "deciders", "issuers"),
    Act.OPINION: ("reviewers", "deciders", "issuers"),
    Act.RECONSIDER: ("reviewers", "deciders", "issuers"),
    Act.DECIDE: ("reviewers", "opinion_signers"),
    Act.CONFIRM: ("reviewers", "opinion_signers"),
    Act.ISSUE_CODE: ("reviewers", "opinion_signers"),
    Act.WAIVE: ("reviewers",),
}
"""S5: what else the person may not have been on the same case."""
_TWO_PERSONS = frozenset({Act.CONFIRM, Act.ISSUE_CODE, Act.WAIVE})


def conflicts(actor: ActorFacts, case: CaseTies, act: Act) -> list[str]:
    """Every reason why not, for the actor and for each person acted for; empty when the act may be done."""
    reasons = _conflicts_of(actor, case, act)
    for principal in actor.acting_for:
        reasons += [
            _("The person you act for may not do this: %(reason)s") % {"reason": reason}
            for reason in _conflicts_of(principal, case, act)
        ]
    return reasons


def _conflicts_of(actor: ActorFacts, case: CaseTies, act: Act) -> list[str]:
    if act in _AGENCY_ACTS:
        return _sole_author(actor, case)
    return [
        *_own_work(actor, case),
        *_own_house(actor, case),
        *_two_chairs(actor, case, act),
        *_units(actor, case, act),
    ]


def _sole_author(actor: ActorFacts, case: CaseTies) -> list[str]:
    """S2: who signs off may have written, but not everything alone. S13 binds here too."""
    if actor.person_id in case.factor_resetters:
        return [_("In the last 30 days you had a part in resetting the second factor of somebody of this case.")]
    if case.authors == {actor.person_id}:
        return [_("You alone wrote this case; its sign-offs need other people.")]
    return []


def _own_work(actor: ActorFacts, case: CaseTies) -> list[str]:
    """S1, S4 and S13: authorship of any version, recusal, and a reset of a factor bar every act of the other side."""
    reasons = []
    if actor.person_id in case.recused:
        reasons.append(_("You are recused from this case."))
    if actor.person_id in case.authors | case.signatories:
        reasons.append(_("You wrote, advised on or signed off a version of this case."))
    if actor.person_id in case.factor_resetters:
        reasons.append(_("In the last 30 days you had a part in resetting the second factor of somebody of this case."))
    return reasons


def _own_house(actor: ActorFacts, case: CaseTies) -> list[str]:
    """S3: the own institution of the last 24 months, its parent or child, and participating institutions."""
    if actor.institutions & case.family:
        return [
            _(
                "You work, or worked in the last 24 months, in an institution that takes part in this case or is tied to it."
            )
        ]
    return []


def _two_chairs(actor: ActorFacts, case: CaseTies, act: Act) -> list[str]:
    """S5 and S6: reviewer, signer of the opinion and issuer of the code are three people; the second person is another."""
    words = {
        "reviewers": _("You reviewed this case."),
        "opinion_signers": _("You signed the opinion on this case."),
        "deciders": _("You decided on the money of this case."),
        "issuers": _("You issued a code of this case."),
    }
    reasons = [words[chair] for chair in _BEFORE.get(act, ()) if actor.person_id in getattr(case, chair)]
    if act in _TWO_PERSONS and actor.person_id in case.proposers:
        reasons.append(_("You proposed this; another person confirms it."))
    return reasons


def _units(actor: ActorFacts, case: CaseTies, act: Act) -> list[str]:
    """S10: the unit that gave the opinion does not decide on the money."""
    if act in (Act.DECIDE, Act.CONFIRM) and actor.seats & case.opinion_seats:
        return [_("The unit that gave the opinion does not decide on the money.")]
    return []
