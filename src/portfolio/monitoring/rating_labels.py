"""Names of the members of `rating_terms`; `labels` registers them."""

from enum import Enum

from portfolio.i18n import N_, NP_
from portfolio.monitoring.rating_terms import RatingOccasion, RatingRequestState

RATING_LABELS: dict[Enum, str] = {
    RatingOccasion.PERIOD_ENDED: N_("The period ended"),
    RatingOccasion.RETURN_SUBMITTED: N_("A progress return was submitted"),
    RatingOccasion.ASKED_FOR: N_("Somebody from another institution was asked"),
    RatingRequestState.ASKED: NP_("rating", "Asked for"),
    RatingRequestState.FILED: NP_("rating", "Given"),
    RatingRequestState.DECLINED: NP_("rating", "Declined"),
}
