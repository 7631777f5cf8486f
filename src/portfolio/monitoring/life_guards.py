"""What each move of a project's life demands: facts in, the reason why not out. No database, no clock."""

from dataclasses import dataclass
from datetime import date

from portfolio.i18n import gettext as _
from portfolio.projects.terms import Standing


@dataclass(frozen=True, slots=True)
class PilotFacts:
    """The newest terms of a pilot; amounts in minor units."""

    exit_criteria: str
    cap_minor: int
    ends_on: date
    set_since_last_pilot: bool
    """Whether they were set after the last pilot began: a repeated pilot needs its own."""


@dataclass(frozen=True, slots=True)
class HandOverFacts:
    """The newest terms of a hand-over."""

    budget_minor: int
    budget_line: str
    team: str
    service_levels: str
    owner: str


@dataclass(frozen=True, slots=True)
class LifeFacts:
    """Everything that the guards judge. `today` is a day of the country's calendar.

    `unanswered`: criteria of the gate that have no answer. `criteria_met`: whether the lead says that the pilot's exit
    criteria are met; nothing before anybody was asked. `closing_open`: items of the close-out that are open and that no
    exception covers; it and `is_evaluated` are read only of projects in operation.
    """

    today: date
    standing: Standing = Standing.ON_COURSE
    pilot: PilotFacts | None = None
    hand_over: HandOverFacts | None = None
    unanswered: int = 0
    criteria_met: bool | None = None
    is_scale_passed: bool = False
    has_open_proposal: bool = False
    closing_open: tuple[str, ...] = ()
    is_evaluated: bool = False


def not_suspended(facts: LifeFacts) -> str | None:
    if facts.standing is Standing.SUSPENDED:
        return _("The project is suspended; it goes on only after it is resumed.")
    return None


def every_criterion_answered(facts: LifeFacts) -> str | None:
    if facts.unanswered:
        return _("Every entry criterion needs its evidence.")
    return None


def pilot_is_bounded(facts: LifeFacts) -> str | None:
    """Exit criteria, a cap and an end date: all three, or it is no pilot."""
    terms = facts.pilot
    if terms is None or not terms.exit_criteria.strip() or terms.cap_minor <= 0:
        return _("A pilot needs exit criteria, a cap and an end date; they are not set.")
    return None


def pilot_ends_later(facts: LifeFacts) -> str | None:
    if facts.pilot is not None and facts.pilot.ends_on <= facts.today:
        return _("The end date of the pilot is not in the future; set its terms again.")
    return None


def terms_are_new(facts: LifeFacts) -> str | None:
    if facts.pilot is not None and not facts.pilot.set_since_last_pilot:
        return _("A repeated pilot needs terms of its own; those that stand are of the pilot before.")
    return None


def pilot_may_end(facts: LifeFacts) -> str | None:
    """Handbook W6.3: its end date is reached, or its criteria are met."""
    if facts.criteria_met is False and (facts.pilot is None or facts.today < facts.pilot.ends_on):
        return _("The end date of the pilot has not come; before it, a pilot ends only when its exit criteria are met.")
    return None


def scale_gate_is_passed(facts: LifeFacts) -> str | None:
    if not facts.is_scale_passed:
        return _("Nothing goes into production without a passed scale gate.")
    return None


def hand_over_is_complete(facts: LifeFacts) -> str | None:
    """Budget and people move with the system (handbook I-69)."""
    terms = facts.hand_over
    if terms is None:
        return _("A hand-over needs an operating budget, a team, service levels and an owner; they are not set.")
    lacking = [
        words
        for words, is_there in (
            (_("an operating budget with its line"), terms.budget_minor > 0 and bool(terms.budget_line.strip())),
            (_("a team"), bool(terms.team.strip())),
            (_("service levels"), bool(terms.service_levels.strip())),
            (_("an owner"), bool(terms.owner.strip())),
        )
        if not is_there
    ]
    return _("The hand-over lacks: %(what)s") % {"what": ", ".join(lacking)} if lacking else None


def no_proposal_waits(facts: LifeFacts) -> str | None:
    if facts.has_open_proposal:
        return _("A gate of this project waits for its decision; nothing else moves until then.")
    return None


def close_out_is_complete(facts: LifeFacts) -> str | None:
    """Handbook W6.10, anchors G9: or the directive head excepted what is open, with a reason."""
    if facts.closing_open:
        return _("The close-out is not complete: %(what)s") % {"what": ", ".join(facts.closing_open)}
    return None


def is_evaluated(facts: LifeFacts) -> str | None:
    if not facts.is_evaluated:
        return _("A project is closed only after its evaluation was reviewed by somebody from elsewhere.")
    return None
