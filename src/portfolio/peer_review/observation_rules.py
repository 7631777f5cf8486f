"""When observations are made, answered and resolved, and whose maker is named. Pure."""

import uuid
from dataclasses import dataclass

from portfolio.business_cases.terms import CaseStatus as S
from portfolio.i18n import gettext as _
from portfolio.peer_review.terms import ObservationKind, ObservationState
from portfolio.people.terms import Role

MAKING = frozenset({S.SUBMITTED, S.IN_REVIEW, S.CHECKING})
"""While a case is examined, reviewed or checked; with its institution it is answered, not questioned anew."""
ANSWERING = MAKING | {S.INCOMPLETE}
OBSERVER_ROLES = frozenset(
    {Role.DIRECTIVE_ANALYST, Role.DIRECTIVE_HEAD, Role.STANDARDS_OFFICER, Role.REVIEW_SECRETARY, Role.REVIEWER}
)


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made an observation: the institutions in which they observe for a body, none for a reviewer."""

    person_id: uuid.UUID
    institutions: frozenset[uuid.UUID] = frozenset()


def why_not_make(status: S, section_is_shown: bool) -> str | None:
    if status not in MAKING:
        return _("Observations are made while a case is examined, reviewed or checked.")
    return None if section_is_shown else _("Choose a section of this case.")


def why_not_answer(status: S, state: ObservationState) -> str | None:
    """More than one answer may be given until the observation is resolved."""
    if state is ObservationState.RESOLVED:
        return _("The observation is resolved already.")
    return None if status in ANSWERING else _("Observations on this case are closed.")


def why_not_resolve(
    state: ObservationState, maker: Maker, person_id: uuid.UUID, seats: frozenset[uuid.UUID], is_secretary: bool
) -> str | None:
    """The maker resolves, or somebody of the maker's body; a reviewer's, the review secretary too.

    `seats`: institutions in which the person observes for a body.
    """
    if state is ObservationState.RESOLVED:
        return _("The observation is resolved already.")
    if person_id == maker.person_id or maker.institutions & seats:
        return None
    if not maker.institutions and is_secretary:
        return None
    return _("Whoever made the observation, or their body, resolves it.")


def tone(kind: ObservationKind, state: ObservationState) -> str:
    """How pressing it looks: a tone of the house."""
    if state is ObservationState.RESOLVED:
        return "good"
    if state is ObservationState.ANSWERED:
        return "active"
    return "bad" if kind is ObservationKind.BLOCKING else "waiting"
