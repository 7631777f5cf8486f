"""Words of this room."""

from portfolio.i18n import N_
from portfolio.labels import register
from portfolio.monitoring.health_labels import HEALTH_LABELS
from portfolio.monitoring.life_terms import GateOutcome, PilotEnd, RequestState
from portfolio.monitoring.rating_labels import RATING_LABELS

register(
    {
        GateOutcome.PASSED: N_("Passed"),
        GateOutcome.WITH_CONDITIONS: N_("Passed with conditions"),
        GateOutcome.FAILED: N_("Not passed"),
        PilotEnd.END_DATE: N_("Its end date has come"),
        PilotEnd.CRITERIA_MET: N_("Its exit criteria are met"),
        RequestState.ASKED: N_("Asked for"),
        RequestState.GRANTED: N_("Granted"),
        RequestState.REFUSED: N_("Refused"),
    }
)
register(HEALTH_LABELS)
register(RATING_LABELS)
