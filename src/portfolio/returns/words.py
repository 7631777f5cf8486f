"""The twelve fields of a return: the column of each, and its words."""

from portfolio.i18n import N_, gettext

FIELDS: dict[str, str] = {
    "physical": "physical_bp",
    "paid": "paid_minor",
    "forecast_finish": "forecast_finish",
    "forecast_cost": "forecast_cost_minor",
    "procurement": "procurement",
    "done": "done",
    "blocked": "blocked",
    "next_steps": "next_steps",
    "level": "level",
    "evidence_cost": "evidence_cost",
    "evidence_schedule": "evidence_schedule",
    "evidence_results": "evidence_results",
}
"""Field of the form → column. Twelve: more and nobody fills them in ten minutes."""

_WORDS: dict[str, str] = {
    "physical": N_("Physical progress"),
    "paid": N_("Paid to date"),
    "forecast_finish": N_("Forecast end"),
    "forecast_cost": N_("Forecast cost at completion"),
    "procurement": N_("State of the purchases"),
    "done": N_("What was achieved in the period"),
    "blocked": N_("What is blocked, and what is asked of whom"),
    "next_steps": N_("Next steps"),
    "level": N_("Confidence in delivery"),
    "evidence_cost": N_("What the rating rests on: cost"),
    "evidence_schedule": N_("What the rating rests on: dates"),
    "evidence_results": N_("What the rating rests on: results"),
}


def field_words(name: str) -> str:
    return gettext(_WORDS[name])
