"""Ratings in words: levels with their tones, gaps, periods, and the figures behind each dimension."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import label
from portfolio.monitoring.health_terms import Confidence, Dimension, Missing, Source
from portfolio.monitoring.health_words import not_available, score, share
from portfolio.monitoring.rating_formula import CAP, FIRST_PLAN_BP
from portfolio.monitoring.rating_periods import period_end
from portfolio.web.formatting import money, number, short_day

TONES: Mapping[Confidence, str] = {
    Confidence.HIGH: "good",
    Confidence.MEDIUM_HIGH: "good",
    Confidence.MEDIUM: "caution",
    Confidence.MEDIUM_LOW: "caution",
    Confidence.LOW: "bad",
    Confidence.GREEN: "good",
    Confidence.AMBER: "caution",
    Confidence.RED: "bad",
}


def period_words(first: date) -> str:
    """A period by its days."""
    return _("%(first)s to %(last)s") % {"first": short_day(first), "last": short_day(period_end(first))}


def gap_words(levels: int | None, missing: str | None) -> str:
    """A gap in levels of the declared rating's scale, or why there is none."""
    if levels is None:
        return not_available(Missing(missing)) if missing else ""
    if levels == 0:
        return _("None: both say the same")
    pattern = (
        ngettext("%(num)s level more confident", "%(num)s levels more confident", levels)
        if levels > 0
        else ngettext("%(num)s level less confident", "%(num)s levels less confident", -levels)
    )
    return pattern % {"num": number(abs(levels))}


def gap_share(basis_points: int | None) -> str:
    """A gap as a share of its scale's range, with its sign; blank for none."""
    if basis_points is None:
        return ""
    return f"+{share(basis_points)}" if basis_points > 0 else share(basis_points)


def inputs_sentence(dimension: Dimension, facts: Mapping[str, Any]) -> str:
    """The figures that a dimension was reckoned from; blank where there are none."""
    return _SENTENCES[dimension](facts)


def _cost(facts: Mapping[str, Any]) -> str:
    planned, used = facts["planned_cost"], facts["cost_used"]
    if planned is None or used is None:
        return ""
    return _("Decided: %(planned)s; at the end: %(used)s (%(source)s).") % {
        "planned": money(Money(facts["currency"], planned)),
        "used": money(Money(facts["currency"], used)),
        "source": label(Source(facts["cost_source"])),
    }


def _schedule(facts: Mapping[str, Any]) -> str:
    planned, used = facts["planned_finish"], facts["finish_used"]
    if planned is None or used is None:
        return ""
    said = _("Start: %(start)s; approved finish: %(planned)s; finish: %(used)s (%(source)s).") % {
        "start": short_day(_day(facts["planned_start"])),
        "planned": short_day(_day(planned)),
        "used": short_day(_day(used)),
        "source": label(Source(facts["finish_source"])),
    }
    return f"{said} {_first_plan(facts)}".strip()


def _first_plan(facts: Mapping[str, Any]) -> str:
    """The first approved plan beside the one in force: a delay does not go away by being approved. Blank where it was not kept."""
    finish, days = facts.get("first_planned_finish"), facts.get("first_schedule_days")
    if finish is None or days is None:
        return ""
    pattern = (
        ngettext(
            "First approved finish: %(finish)s: %(n)s day late against it.",
            "First approved finish: %(finish)s: %(n)s days late against it.",
            -days,
        )
        if days < 0
        else _("First approved finish: %(finish)s: not late against it.")
    )
    told = pattern % {"finish": short_day(_day(finish)), "n": number(-days)}
    part = facts.get("first_schedule_variance_bp")
    if part is None or part >= -FIRST_PLAN_BP:
        return told
    return f"{told} " + _("That is %(share)s of its duration, and keeps the whole rating at %(cap)s at most.") % {
        "share": share(-part),
        "cap": score(CAP),
    }


def _milestones(facts: Mapping[str, Any]) -> str:
    if not facts["milestones_due"]:
        return ""
    return _("%(reached)s of %(due)s milestones that were due are reached.") % {
        "reached": number(facts["milestones_reached"]),
        "due": number(facts["milestones_due"]),
    }


def _indicators(facts: Mapping[str, Any]) -> str:
    if not facts["indicators_determined"]:
        return ""
    return _("%(met)s of %(determined)s indicators that can be determined are met.") % {
        "met": number(facts["indicators_met"]),
        "determined": number(facts["indicators_determined"]),
    }


def _risks(facts: Mapping[str, Any]) -> str:
    if facts["severe_risks"] is None:
        return ""
    count = facts["severe_risks"]
    return ngettext("%(num)s open risk is out of tolerance.", "%(num)s open risks are out of tolerance.", count) % {
        "num": number(count)
    }


def _data(facts: Mapping[str, Any]) -> str:
    if not facts["rules_checked"]:
        return ""
    return _("%(passed)s of %(checked)s rules on data that could be asked are passed.") % {
        "passed": number(facts["rules_passed"]),
        "checked": number(facts["rules_checked"]),
    }


def _day(kept: str | None) -> date | None:
    return None if kept is None else date.fromisoformat(kept)


_SENTENCES = {
    Dimension.COST: _cost,
    Dimension.SCHEDULE: _schedule,
    Dimension.MILESTONES: _milestones,
    Dimension.INDICATORS: _indicators,
    Dimension.RISKS: _risks,
    Dimension.DATA_QUALITY: _data,
}
