"""Words for the states of reviews and observations."""

from portfolio.i18n import N_, NP_
from portfolio.labels import register
from portfolio.peer_review.terms import ConflictKind, ObservationKind, ObservationState, ReviewState

register(
    {
        ReviewState.ASSIGNED: N_("Assigned"),
        ReviewState.ACCEPTED: N_("Under way"),
        ReviewState.FILED: N_("Filed"),
        ReviewState.DECLINED: N_("Declined"),
        ReviewState.RECUSED: N_("Recused"),
        ReviewState.REASSIGNED: N_("Given to somebody else"),
        ReviewState.CLOSED: N_("Closed without it"),
        ReviewState.SUPERSEDED: N_("On an earlier version"),
        ConflictKind.UNIT: N_("Same unit"),
        ConflictKind.INSTITUTION: N_("Same institution"),
        ConflictKind.ABOVE: N_("Institution above"),
        ConflictKind.BELOW: N_("Institution below"),
        ConflictKind.PARTICIPANT: N_("Participating institution"),
        ConflictKind.PAST: N_("Former institution"),
        ConflictKind.AUTHOR: N_("Author"),
        ConflictKind.ADVISER: N_("Adviser"),
        ConflictKind.SIGNATORY: N_("Signatory"),
        ConflictKind.OFFICIAL: N_("Acts for another body"),
        ConflictKind.RECUSED: N_("Recused"),
        ObservationKind.QUESTION: N_("Question"),
        ObservationKind.BLOCKING: N_("Blocking"),
        ObservationState.OPEN: NP_("observation", "Open"),
        ObservationState.ANSWERED: N_("Answered"),
        ObservationState.RESOLVED: N_("Resolved"),
    }
)
