"""What the gate asks of a case before it moves: facts as plain values, and guards that return the reason why not."""

from collections.abc import Callable
from dataclasses import dataclass

from portfolio.approvals.terms import BudgetOutcome, OpinionOutcome, ReconsiderationState
from portfolio.business_cases.terms import CaseStatus
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is true of one case at one instant; gathered by `approvals.facts`, judged without a database.

    Numbers are counts. The defaults describe an empty case on a track that demands nothing.
    """

    # the draft
    missing: int = 0
    sign_offs_demanded: int = 0
    sign_offs_held: int = 0
    sections_unsigned: int = 0
    is_call_open: bool = True
    is_late_waived: bool = False
    # the track
    reviews_demanded: int = 0
    demands_check: bool = False
    demands_opinion: bool = False
    demands_decision: bool = False
    # returns, observations, reviews, standards
    returned_from: CaseStatus | None = None
    observations_open: int = 0
    blocking_open: int = 0
    reviews_filed: int = 0
    reviews_outstanding: int = 0
    is_third_review_needed: bool = False
    standards_unchecked: int = 0
    standards_unmet: int = 0
    # opinion and decision
    opinion: OpinionOutcome | None = None
    conditions: int = 0
    opinion_binds: bool = True
    is_opinion_overdue: bool = False
    reconsideration: ReconsiderationState | None = None
    decision: BudgetOutcome | None = None
    has_override: bool = False


Guard = Callable[[CaseFacts], str | None]


def nothing_is_missing(facts: CaseFacts) -> str | None:
    if facts.missing:
        return ngettext("%(n)s required answer is missing.", "%(n)s required answers are missing.", facts.missing) % {
            "n": facts.missing
        }
    return None


def enough_people_signed(facts: CaseFacts) -> str | None:
    lacking = facts.sign_offs_demanded - facts.sign_offs_held
    if lacking > 0:
        return ngettext(
            "%(n)s sign-off by another person is missing.", "%(n)s sign-offs by other people are missing.", lacking
        ) % {"n": lacking}
    return None


def every_section_is_signed(facts: CaseFacts) -> str | None:
    if facts.sections_unsigned:
        return ngettext(
            "%(n)s section is covered by no valid sign-off.",
            "%(n)s sections are covered by no valid sign-off.",
            facts.sections_unsigned,
        ) % {"n": facts.sections_unsigned}
    return None


def call_takes_cases(facts: CaseFacts) -> str | None:
    """The closing binds to the second; a recorded waiver lets one case in later."""
    if facts.is_call_open or facts.is_late_waived:
        return None
    return _("The call takes no cases now, and there is no leave for a late submission of this one.")


def returned_from(status: CaseStatus) -> Guard:
    """The resubmission goes back to where the return came from, and nowhere else."""

    def came_from_there(facts: CaseFacts) -> str | None:
        return None if facts.returned_from is status else _("The case was returned from another step.")

    return came_from_there


def track_has_reviews(facts: CaseFacts) -> str | None:
    return None if facts.reviews_demanded else _("The track of this case has no peer review.")


def track_has_no_reviews(facts: CaseFacts) -> str | None:
    if facts.reviews_demanded:
        return _("The track of this case demands peer review first.")
    return (
        None if facts.demands_opinion or facts.demands_decision else _("The track of this case ends at registration.")
    )


def track_ends_at_registration(facts: CaseFacts) -> str | None:
    if facts.reviews_demanded or facts.demands_opinion or facts.demands_decision:
        return _("The track of this case goes on after registration.")
    return None


def track_has_no_decision(facts: CaseFacts) -> str | None:
    return _("The track of this case demands a budget decision.") if facts.demands_decision else None


def track_has_a_decision(facts: CaseFacts) -> str | None:
    return None if facts.demands_decision else _("The track of this case has no budget decision.")


def reviews_are_in(facts: CaseFacts) -> str | None:
    lacking = facts.reviews_demanded - facts.reviews_filed
    if lacking > 0:
        return ngettext("%(n)s peer review is missing.", "%(n)s peer reviews are missing.", lacking) % {"n": lacking}
    return None


def third_review_is_in(facts: CaseFacts) -> str | None:
    return _("The reviews differ so much that a third one is needed.") if facts.is_third_review_needed else None


def some_review_is_in(facts: CaseFacts) -> str | None:
    return None if facts.reviews_filed else _("No peer review is in yet.")


def no_review_is_open(facts: CaseFacts) -> str | None:
    if facts.reviews_outstanding:
        return ngettext(
            "%(n)s peer review is still open.", "%(n)s peer reviews are still open.", facts.reviews_outstanding
        ) % {"n": facts.reviews_outstanding}
    return None


def nothing_blocks(facts: CaseFacts) -> str | None:
    if facts.blocking_open:
        return ngettext(
            "%(n)s blocking observation is not resolved.",
            "%(n)s blocking observations are not resolved.",
            facts.blocking_open,
        ) % {"n": facts.blocking_open}
    return None


def standards_are_checked(facts: CaseFacts) -> str | None:
    if facts.standards_unchecked:
        return ngettext(
            "%(n)s mandatory standard has no finding yet.",
            "%(n)s mandatory standards have no finding yet.",
            facts.standards_unchecked,
        ) % {"n": facts.standards_unchecked}
    return None


def standards_are_met(facts: CaseFacts) -> str | None:
    """Of those that were checked: the ones without a finding are said, and refused, by `standards_are_checked`."""
    found = facts.standards_unmet - facts.standards_unchecked
    if found > 0:
        return ngettext(
            "%(n)s mandatory standard is neither met nor waived.",
            "%(n)s mandatory standards are neither met nor waived.",
            found,
        ) % {"n": found}
    return None


def conditions_are_set(facts: CaseFacts) -> str | None:
    return None if facts.conditions else _("An opinion with conditions needs at least one condition.")


def opinion_says(outcome: OpinionOutcome) -> Guard:
    """The state follows the signed opinion, never the other way round."""

    def signed_so(facts: CaseFacts) -> str | None:
        return (
            None if facts.opinion is outcome else _("There is no signed opinion of this kind on the present version.")
        )

    return signed_so


def reconsideration_is_granted(facts: CaseFacts) -> str | None:
    if facts.reconsideration is ReconsiderationState.REOPENED:
        return None
    return _("No request for reconsideration has been granted.")


def decision_says(*outcomes: BudgetOutcome) -> Guard:
    """The state follows the decision that a second person confirmed."""

    def confirmed_so(facts: CaseFacts) -> str | None:
        return None if facts.decision in outcomes else _("There is no confirmed budget decision of this kind.")

    return confirmed_so


def opinion_is_there_or_overdue(facts: CaseFacts) -> str | None:
    """No decision without an opinion where the pack binds, and no hostage either (product.md, what never bends, 4)."""
    if facts.opinion is not None or not facts.demands_opinion or not facts.opinion_binds:
        return None
    return None if facts.is_opinion_overdue else _("There is no opinion yet, and its term has not run out.")


def opinion_lets_it_pass(facts: CaseFacts) -> str | None:
    """Against an unfavourable binding opinion only the authority that the pack names may decide, by an act of its own."""
    if facts.opinion is not OpinionOutcome.UNFAVOURABLE or not facts.opinion_binds or facts.has_override:
        return None
    return _(
        "The opinion is unfavourable and binding: only the authority that the rules name may override it, by an act."
    )
