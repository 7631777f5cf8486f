"""The way of an external review (handbook W12): the whole table of moves, who makes them, and what each demands."""

from dataclasses import dataclass

from portfolio.closure.terms import ExternalState
from portfolio.closure.terms import ExternalState as S
from portfolio.i18n import N_, ngettext
from portfolio.i18n import gettext as _
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.terms import Role
from portfolio.workflow.engine import Transition, Workflow


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """Everything that the guards judge: the findings of the review, and whether this person answered for the institution."""

    unanswered: int = 0
    unsettled: int = 0
    is_answerer: bool = False
    belongs_there: bool = False


def every_finding_answered(facts: ReviewFacts) -> str | None:
    if facts.unanswered:
        return ngettext(
            "%(count)s finding has no answer yet.", "%(count)s findings have no answer yet.", facts.unanswered
        ) % {"count": facts.unanswered}
    return None


def every_finding_settled(facts: ReviewFacts) -> str | None:
    if facts.unsettled:
        return ngettext(
            "%(count)s finding is not settled yet.", "%(count)s findings are not settled yet.", facts.unsettled
        ) % {"count": facts.unsettled}
    return None


def another_verifies(facts: ReviewFacts) -> str | None:
    return _("Whoever answered for the institution does not verify it.") if facts.is_answerer else None


def from_outside(facts: ReviewFacts) -> str | None:
    return (
        _("A person of the institution that is reviewed does not conduct the review.") if facts.belongs_there else None
    )


ORDERERS = frozenset(role for role in Role if Permission.EXTERNAL_REVIEW_ORDER in GRANTS[role])
ANSWERERS = frozenset(role for role in Role if Permission.EXTERNAL_REVIEW_ANSWER in GRANTS[role])

Row = Transition[ExternalState, Role, ReviewFacts]

EXTERNAL: Workflow[ExternalState, Role, ReviewFacts] = Workflow(
    initial=S.ORDERED,
    final=frozenset({S.CLOSED}),
    transitions=(
        Row("begin", frozenset({S.ORDERED}), S.IN_PROGRESS, ORDERERS, N_("The review begins"), (from_outside,),
            needs_reason=True),
        Row("report", frozenset({S.IN_PROGRESS}), S.FINDINGS, ORDERERS, N_("The report is handed in"), (from_outside,),
            needs_reason=True),
        Row("respond", frozenset({S.FINDINGS}), S.RESPONSE, ANSWERERS, N_("The institution responds"),
            (every_finding_answered,), needs_reason=True),
        Row("ask_again", frozenset({S.RESPONSE}), S.FINDINGS, ORDERERS, N_("Ask for a better response"),
            (from_outside,), needs_reason=True),
        Row("verify", frozenset({S.RESPONSE}), S.VERIFIED, ORDERERS, N_("Verify that it was done"),
            (from_outside, another_verifies, every_finding_settled), needs_reason=True),
        Row("close", frozenset({S.VERIFIED}), S.CLOSED, ORDERERS, N_("Close the review"), (from_outside,),
            needs_reason=True),
    ),
)  # fmt: skip
