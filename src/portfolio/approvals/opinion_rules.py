"""When an opinion is ready to be signed, without a database: what a draft lacks, and what the case still owes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from portfolio.approvals import guards as g
from portfolio.approvals.guards import CaseFacts, Guard
from portfolio.approvals.terms import OpinionOutcome
from portfolio.i18n import gettext as _

MOST_CONDITIONS = 12
FAVOURABLE = frozenset({OpinionOutcome.FAVOURABLE, OpinionOutcome.WITH_CONDITIONS})
MOVES = {
    OpinionOutcome.FAVOURABLE: "recommend",
    OpinionOutcome.WITH_CONDITIONS: "recommend_with_conditions",
    OpinionOutcome.UNFAVOURABLE: "recommend_against",
}
"""The move that each outcome makes; a return is no opinion but a move of its own."""


@dataclass(frozen=True, slots=True)
class ConditionText:
    """A condition as drafted; texts, so that an unfinished one is kept too."""

    text: str = ""
    owner: str = ""
    evidence: str = ""
    due_on: str = ""
    tranche: str = ""
    ground: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.text or self.owner or self.evidence or self.due_on or self.tranche)


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A draft as the rules see it. `grounds`: keys of the chosen ones; amounts in minor units."""

    outcome: OpinionOutcome | None = None
    recommended: int | None = None
    requested: int = 0
    reasons: str = ""
    grounds: tuple[str, ...] = ()
    conditions: tuple[ConditionText, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an opinion cannot be given yet, and the route of the page where that is put right (takes `case_id`)."""

    text: str
    route: str


_OBSTACLES: tuple[tuple[Guard, str], ...] = (
    (g.no_review_is_open, "peer_review.reviews"),
    (g.standards_are_checked, "checks.case"),
    (g.nothing_blocks, "peer_review.observations"),
)


def obstacles(facts: CaseFacts, outcome: OpinionOutcome | None) -> list[Obstacle]:
    """What the case still owes, all at once. Unmet mandatory standards stand only against a plainly favourable opinion."""
    found = [Obstacle(reason, route) for guard, route in _OBSTACLES if (reason := guard(facts))]
    if outcome in (None, OpinionOutcome.FAVOURABLE) and (reason := g.standards_are_met(facts)):
        found.append(Obstacle(reason, "checks.case"))
    return found


def lacks(draft: DraftFacts, in_record: Collection[str], today: date) -> list[str]:
    """What the draft lacks before it can be signed. `in_record`: keys of the grounds that the record holds now."""
    if draft.outcome not in MOVES:
        return [_("Choose the opinion.")]
    found = []
    if not draft.reasons.strip():
        found.append(_("Write the reasons."))
    if (
        not draft.grounds and in_record
    ):  # a track without reviews and check may leave nothing to cite but the case itself
        found.append(_("Choose at least one ground from the record: nothing in an opinion stands without its source."))
    if set(draft.grounds) - set(in_record):
        found.append(_("A chosen ground is no longer in the record."))
    if draft.outcome in FAVOURABLE:
        found += _amount_faults(draft)
    return found + _condition_faults(draft, today)


def _amount_faults(draft: DraftFacts) -> list[str]:
    if draft.recommended is None:
        return [_("Enter the recommended amount.")]
    if draft.recommended > draft.requested:
        return [_("No more can be recommended than was requested.")]
    return []


def _condition_faults(draft: DraftFacts, today: date) -> list[str]:
    wanted = [condition for condition in draft.conditions if not condition.is_blank]
    if draft.outcome is not OpinionOutcome.WITH_CONDITIONS:
        return [_("Only an opinion with conditions has conditions: remove them or choose it.")] if wanted else []
    if not wanted:
        return [_("An opinion with conditions needs at least one condition.")]
    return [
        fault for number, condition in enumerate(wanted, 1) for fault in _faults_of(number, condition, draft, today)
    ]


def _faults_of(number: int, condition: ConditionText, draft: DraftFacts, today: date) -> list[str]:
    """A condition says what, who, how it is shown, until when, and which ground asks for it."""
    found = []
    if not (condition.text and condition.owner and condition.evidence):
        found.append(_("Condition %(number)s needs its text, its owner and its evidence.") % {"number": number})
    due = day_of(condition.due_on)
    if due is None or due < today:
        found.append(_("Condition %(number)s needs a due date that has not passed.") % {"number": number})
    if condition.ground not in draft.grounds:
        found.append(_("Condition %(number)s needs the ground that asks for it.") % {"number": number})
    if condition.tranche and not (
        condition.tranche.isascii() and condition.tranche.isdigit() and int(condition.tranche)
    ):
        found.append(_("Condition %(number)s: the tranche is a number from 1.") % {"number": number})
    return found


def day_of(text: str) -> date | None:
    """A day as a date field sends it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def kept_conditions(conditions: Sequence[ConditionText]) -> list[ConditionText]:
    """Without the blank rows of the form, and no more than an opinion may have."""
    return [condition for condition in conditions if not condition.is_blank][:MOST_CONDITIONS]
