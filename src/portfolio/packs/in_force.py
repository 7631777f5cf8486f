"""The pack of this installation, made known to what shows words, amounts and hours.

A country names roles, acts and outcomes itself. `NAMED` says which text of the catalogues stands for which word of the
pack: that text is then the pack's word on every screen, and the catalogue only what stands in where no pack is in force.
"""

from portfolio import i18n
from portfolio.i18n import N_
from portfolio.labels import capitalised
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import WordCode
from portfolio.web import formatting

NAMED: dict[str, WordCode] = {
    N_("Case lead"): WordCode.CASE_LEAD,
    N_("Finance manager"): WordCode.FINANCE_MANAGER,
    N_("Digital expert"): WordCode.DIGITAL_EXPERT,
    N_("Agency CIO"): WordCode.AGENCY_CIO,
    N_("Head of service"): WordCode.HEAD_OF_SERVICE,
    N_("Analyst of the directive body"): WordCode.DIRECTIVE_ANALYST,
    N_("Head of the directive body"): WordCode.DIRECTIVE_HEAD,
    N_("Call"): WordCode.CALL,
    N_("Envelope"): WordCode.ENVELOPE,
    N_("Track"): WordCode.TRACK,
    N_("Admissibility"): WordCode.ADMISSIBILITY,
    N_("Peer review"): WordCode.PEER_REVIEW,
    N_("Observation"): WordCode.OBSERVATION,
    N_("Waiver"): WordCode.WAIVER,
    N_("Opinion"): WordCode.OPINION,
    N_("Favourable"): WordCode.OPINION_FAVOURABLE,
    N_("Favourable with conditions"): WordCode.OPINION_WITH_CONDITIONS,
    N_("Unfavourable"): WordCode.OPINION_UNFAVOURABLE,
    N_("Returned with observations"): WordCode.OPINION_RETURNED,
    N_("Without opinion"): WordCode.WITHOUT_OPINION,
    N_("Override of the opinion"): WordCode.OVERRIDE,
    N_("Reconsideration"): WordCode.RECONSIDERATION,
    N_("Budget decision"): WordCode.BUDGET_DECISION,
    N_("Funded"): WordCode.FUNDED,
    N_("Partly funded"): WordCode.PARTLY_FUNDED,
    N_("Deferred"): WordCode.DEFERRED,
    N_("Not funded"): WordCode.NOT_FUNDED,
    N_("Tranche"): WordCode.TRANCHE,
    N_("Condition"): WordCode.CONDITION,
    N_("Approval code"): WordCode.CODE,
}
"""Text of the catalogues → word of the pack."""


def put_in_force(pack: CountryPack) -> None:
    """Set once at start: the country's clock and separators, and its names."""
    formatting.use_country(pack.time_zone, pack.country)
    i18n.use_names({text: pack.word(code).changed(capitalised) for text, code in NAMED.items()})
