"""The way of a return (handbook W7): the whole table of moves, who makes them, and what each demands."""

from dataclasses import dataclass

from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.people.terms import Role
from portfolio.returns.terms import ReturnState
from portfolio.returns.terms import ReturnState as S
from portfolio.workflow.engine import Transition, Workflow


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """Everything that the guards judge. `missing`: words of the fields that are empty."""

    missing: tuple[str, ...] = ()
    is_filler: bool = False
    is_signer: bool = False
    needs_reason: bool = False


def is_complete(facts: ReturnFacts) -> str | None:
    return _("These fields are empty: %(names)s") % {"names": ", ".join(facts.missing)} if facts.missing else None


def another_signs(facts: ReturnFacts) -> str | None:
    return _("Whoever filled the return does not sign it; somebody else must.") if facts.is_filler else None


def another_gives_back(facts: ReturnFacts) -> str | None:
    return _("You wrote this return: write it again instead.") if facts.is_filler else None


def another_verifies(facts: ReturnFacts) -> str | None:
    if facts.is_filler or facts.is_signer:
        return _("Whoever filled or signed the return does not verify it.")
    return None


def has_reason(facts: ReturnFacts) -> str | None:
    return _("A reason is required.") if facts.needs_reason else None


FILLERS = frozenset({Role.CASE_LEAD, Role.DIGITAL_EXPERT, Role.FINANCE_MANAGER, Role.AGENCY_CIO})
SPONSORS = frozenset({Role.HEAD_OF_SERVICE, Role.AGENCY_CIO})
VERIFIERS = frozenset({Role.DIRECTIVE_ANALYST, Role.DIRECTIVE_HEAD})

RETURNS: Workflow[ReturnState, Role, ReturnFacts] = Workflow(
    initial=S.DUE,
    final=frozenset({S.PUBLISHED}),
    transitions=(
        Transition(
            "fill", frozenset({S.DUE, S.RETURNED, S.FILLED}), S.FILLED, FILLERS, N_("Ready for the signature"),
            guards=(is_complete,),
        ),
        Transition(
            "sign", frozenset({S.FILLED}), S.SUBMITTED, SPONSORS, N_("Sign and hand in"),
            guards=(is_complete, another_signs), binds=True,
        ),
        Transition(
            "hand_back", frozenset({S.FILLED}), S.RETURNED, SPONSORS, N_("Send back to whoever wrote it"),
            guards=(another_gives_back, has_reason), needs_reason=True,
        ),
        Transition(
            "send_back", frozenset({S.SUBMITTED}), S.RETURNED, VERIFIERS, N_("Send back"),
            guards=(another_verifies, has_reason), needs_reason=True,
        ),
        Transition(
            "verify", frozenset({S.SUBMITTED}), S.VERIFIED, VERIFIERS, N_("Verify"), guards=(another_verifies,),
            binds=True,
        ),
        Transition("publish", frozenset({S.VERIFIED}), S.PUBLISHED, frozenset(), N_("Publish")),
    ),
)  # fmt: skip
"""`publish` has no role: the clock publishes what is verified, so that nobody holds a bad return back (decision 0018)."""

OPEN = frozenset({S.DUE, S.RETURNED, S.FILLED})
"""States in which the fields may be written."""
