"""What the inputs of rules on data are called."""

from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.monitoring.quality_rule import INSTITUTIONS, PROJECTS

_COLUMNS = {
    "code": N_("code"),
    "investment_code": N_("code of the public investment system"),
    "title": N_("title"),
    "description": N_("description"),
    "sector": N_("sector or theme"),
    "executing_unit": N_("executing unit"),
    "funding_sources": N_("sources of funding"),
    "starts_on": N_("start of the works"),
    "ends_on": N_("end of the works"),
    "stage": N_("stage"),
    "phase": N_("phase"),
    "locations": N_("places"),
    "planned_progress_bp": N_("planned physical progress"),
    "actual_progress_bp": N_("reported physical progress"),
    "targets": N_("targets of indicators"),
    "zero_targets": N_("targets of indicators"),
    "achieved": N_("measurements"),
    "zero_achieved": N_("measurements"),
    "components": N_("components"),
    "components_incoherent": N_("components"),
    "total_cost": N_("total cost"),
    "budget": N_("budget"),
    "programmed_budget": N_("programmed budget"),
    "approved_budget": N_("approved budget"),
    "paid": N_("amounts paid"),
    "in_treasury_budget": N_("budget of the year in the treasury's system"),
    "treasury_budget": N_("budget of the year in the treasury's system"),
    "processes": N_("procurement processes"),
    "processes_without_state": N_("procurement processes"),
    "live_processes": N_("procurement processes"),
    "contracts": N_("contracts"),
    "contracts_without_state": N_("states of contracts"),
    "live_contracts": N_("contracts"),
    "updated_on": N_("day of the last change"),
    "earliest_date": N_("dates of milestones"),
    "latest_date": N_("dates of milestones"),
    "pending": N_("pending milestones"),
    "overdue_forecasts": N_("pending milestones"),
    "committed": N_("amounts committed"),
    "accrued": N_("amounts accrued"),
    "contracted": N_("total of the contracts"),
    "invoices": N_("invoices"),
    "early_invoices": N_("invoices"),
    "ceilings": N_("ceilings of approval codes"),
    "undecided_lines": N_("decisions by budget line"),
    "progress_drops": N_("physical progress of two periods"),
    "impossible_values": N_("measurements"),
    "investment_lines": N_("investment lines of the budget"),
    "lines_without_project": N_("investment lines of the budget"),
}

NOT_HELD = {
    "R22": N_(
        "The files of the financial system give what is planned, committed, accrued and paid, month by month; they do not give the "
        "budget of the year, which this rule compares with what was decided here."
    ),
    "R23": N_(
        "Contracts are kept here and each has a state; the procurement processes that lead to them are kept by the procurement system."
    ),
}
"""Why a rule cannot be asked though its subject is near to what is kept here."""

KNOWN = frozenset((*PROJECTS, *INSTITUTIONS))


def input_words(columns: tuple[str, ...]) -> str:
    """The inputs that a rule lacks, each named once."""
    return ", ".join(dict.fromkeys(_(_COLUMNS[name]) for name in columns if name in _COLUMNS))
