"""Separation of duties when a role is given: pure functions that return every reason why not (security.md section 4).

They are asked when a role is proposed and again when it is confirmed; what depends on one case (who authored, who
reviews, who decides) is checked at the moment of acting by the rooms that own the acts.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portfolio.i18n import gettext
from portfolio.labels import label
from portfolio.people.permissions import EXCLUSIVE_ROLES, NOT_FOR_PEOPLE, REACH, Reach
from portfolio.people.terms import Holding, Role

LONGEST_SUBSTITUTION = timedelta(days=366)

INCOMPATIBLE: frozenset[frozenset[Role]] = frozenset(
    frozenset(pair)
    for pair in (
        (Role.AGENCY_CIO, Role.DIRECTIVE_HEAD),
        (Role.AGENCY_CIO, Role.BUDGET_DECIDER),
        (Role.HEAD_OF_SERVICE, Role.DIRECTIVE_HEAD),
        (Role.HEAD_OF_SERVICE, Role.BUDGET_DECIDER),
        (Role.CASE_LEAD, Role.DIRECTIVE_HEAD),
        (Role.CASE_LEAD, Role.BUDGET_DECIDER),
        (Role.DIRECTIVE_HEAD, Role.BUDGET_DECIDER),
        (Role.DIRECTIVE_HEAD, Role.REVIEWER),
        (Role.BUDGET_DECIDER, Role.REVIEWER),
        (Role.BUYER, Role.PROCUREMENT_VERIFIER),
        (Role.USER_MANAGER, Role.DIRECTIVE_HEAD),
        (Role.USER_MANAGER, Role.BUDGET_DECIDER),
    )
)
"""Pairs that no person holds at one time, wherever: who asks does not decide, who gives the opinion does not decide the
money or review (S5, S10), who buys does not verify (S11), who proposes roles does not sign with them (T11)."""

ONE_CHAIR: frozenset[Role] = frozenset({Role.AGENCY_CIO, Role.HEAD_OF_SERVICE, Role.COMMISSION_CHAIR})
"""Held in own right by one person of an institution (or unit) at a time; others act for them, by name and date."""

AGENCY_ROLES: frozenset[Role] = frozenset(
    role
    for role, reach in REACH.items()
    if reach is Reach.OWN and role is not Role.ADMINISTRATOR and role not in NOT_FOR_PEOPLE
) | {Role.REVIEWER}
"""What an institution's user manager may propose; the rest is the administrators'."""


@dataclass(frozen=True, slots=True)
class Held:
    """A role as the rules see it: who, what, where, how, from and to (both days included; nothing: without end)."""

    person_id: uuid.UUID
    role: Role
    institution_id: uuid.UUID
    unit_id: uuid.UUID | None = None
    holding: Holding = Holding.DIRECT
    for_person_id: uuid.UUID | None = None
    valid_from: date = date.min
    valid_to: date | None = None

    def meets(self, other: "Held") -> bool:
        """Whether the two have a day in common."""
        return self.valid_from <= (other.valid_to or date.max) and other.valid_from <= (self.valid_to or date.max)

    def same_chair(self, other: "Held") -> bool:
        return (self.role, self.institution_id, self.unit_id) == (other.role, other.institution_id, other.unit_id)


def reasons_against(
    new: Held, persons: Sequence[Held], principals: Sequence[Held], in_chair: Sequence[Held]
) -> list[str]:
    """Every reason why this role may not be given, in the reader's language; nothing when it may.

    `persons`: all the person holds; `principals`: all that the person acted for holds; `in_chair`: the same role in the
    same institution, whoever holds it. Past and future ones may be among them: only days in common count.
    """
    reasons = [
        *_dates(new),
        *_already(new, persons),
        *_beside(new, persons, gettext("The person")),
        *_chair(new, in_chair),
    ]
    if new.holding is not Holding.DIRECT:
        reasons += _acting(new, persons, principals)
    return list(dict.fromkeys(reasons))


def _dates(new: Held) -> Iterable[str]:
    if new.valid_to is not None and new.valid_to < new.valid_from:
        yield gettext("The role would end before it begins.")


def _already(new: Held, persons: Sequence[Held]) -> Iterable[str]:
    if any(new.same_chair(held) and new.holding is held.holding and new.meets(held) for held in persons):
        yield gettext("The person already holds this role there on some of these days.")


def _beside(new: Held, others: Sequence[Held], whose: str) -> Iterable[str]:
    """What must not stand beside the new role: in the person's own hands, or in the hands of whom they act for."""
    for held in others:
        if not new.meets(held) or (held.role is new.role):
            continue
        words = {"who": whose, "held": label(held.role), "new": label(new.role)}
        alone = {held.role, new.role} & EXCLUSIVE_ROLES
        if alone:
            words["alone"] = label(sorted(alone, key=lambda role: role.value)[0])
            yield gettext("%(who)s holds %(held)s: %(alone)s is held alone, beside no other role.") % words
        elif frozenset({held.role, new.role}) in INCOMPATIBLE:
            yield gettext("%(who)s holds %(held)s: nobody is that and %(new)s at the same time.") % words


def _chair(new: Held, in_chair: Sequence[Held]) -> Iterable[str]:
    if new.role not in ONE_CHAIR or new.holding is not Holding.DIRECT:
        return
    for held in in_chair:
        other = held.person_id != new.person_id and held.holding is Holding.DIRECT
        if other and new.same_chair(held) and new.meets(held):
            yield gettext("Somebody else holds %(role)s there on some of these days; end that role first.") % {
                "role": label(new.role)
            }


def _acting(new: Held, persons: Sequence[Held], principals: Sequence[Held]) -> Iterable[str]:
    """Acting for somebody: one level deep, with an end, never for oneself, under the rules of both persons (S12)."""
    if new.for_person_id == new.person_id:
        yield gettext("Nobody acts for themselves.")
    if new.valid_to is None:
        yield gettext("Acting for somebody needs a last day.")
    elif new.valid_to - new.valid_from > LONGEST_SUBSTITUTION:
        yield gettext("Acting for somebody lasts a year at most.")
    if not any(new.same_chair(held) and held.holding is Holding.DIRECT and _covers(held, new) for held in principals):
        yield gettext("The person acted for does not hold this role there in own right on all these days.")
    theirs = [held for held in principals if held.role is not new.role and held.holding is Holding.DIRECT]
    whose = gettext("The person acted for")
    yield from _beside(new, theirs, whose)
    for own in persons:
        if own.meets(new):
            meanwhile = replace(own, valid_from=new.valid_from, valid_to=new.valid_to)
            yield from _beside(meanwhile, theirs, whose)


def _covers(held: Held, new: Held) -> bool:
    return held.valid_from <= new.valid_from and (held.valid_to or date.max) >= (new.valid_to or date.max)


def why_not_confirm(
    decider_id: uuid.UUID, receiver_id: uuid.UUID, proposer_id: uuid.UUID | None, principal_id: uuid.UUID | None
) -> str | None:
    """S9: who proposes, who receives (or is acted for), and who confirms are different persons."""
    if decider_id == receiver_id:
        return gettext("Nobody confirms a role of their own.")
    if decider_id == proposer_id:
        return gettext("You proposed this role: a second person confirms it.")
    if decider_id == principal_id:
        return gettext("This role acts for you: another person confirms it.")
    return None
