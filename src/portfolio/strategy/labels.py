"""Words of calls and their stages."""

from portfolio.i18n import N_
from portfolio.labels import register
from portfolio.strategy.terms import CallKind, CallStageCode

register(
    {
        CallKind.ANNUAL: N_("Once a year"),
        CallKind.OPEN: N_("Open all year"),
        CallStageCode.FORMULATION: N_("Formulation and submission"),
        CallStageCode.ADMISSIBILITY: N_("Admissibility"),
        CallStageCode.REVIEW: N_("Peer review"),
        CallStageCode.OPINION: N_("Technical opinion"),
        CallStageCode.DECISION: N_("Budget decision"),
    }
)
