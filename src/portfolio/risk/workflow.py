"""The states of a risk and the moves between them, as a table; who moves is asked by the routes' permission and the institution."""

from dataclasses import dataclass

from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.terms import Role
from portfolio.risk.terms import RiskState as S
from portfolio.workflow.engine import Transition, Workflow

WRITERS = frozenset(role for role in Role if Permission.RISK_WRITE in GRANTS[role])
AUTHORITIES = frozenset(role for role in Role if Permission.RISK_ACCEPT in GRANTS[role])


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What guards ask of a risk."""

    waits_for_answer: bool = False
    has_actions: bool = False


def nobody_is_asked(facts: RiskFacts) -> str | None:
    if facts.waits_for_answer:
        return _("The tier above has not answered yet: a risk that was escalated is not closed behind its back.")
    return None


def something_is_done(facts: RiskFacts) -> str | None:
    return None if facts.has_actions else _("There is no action of treatment yet.")


Row = Transition[S, Role, RiskFacts]

RISK_WORKFLOW: Workflow[S, Role, RiskFacts] = Workflow(
    initial=S.OPEN,
    final=(),
    transitions=(
        Row("treat", frozenset({S.OPEN}), S.TREATED, WRITERS, N_("Treat"), (something_is_done,)),
        Row("accept", frozenset({S.OPEN, S.TREATED}), S.ACCEPTED, AUTHORITIES, N_("Accept"), binds=True),
        Row("end_acceptance", frozenset({S.ACCEPTED}), S.OPEN, WRITERS, N_("End the acceptance")),
        Row(
            "close",
            frozenset({S.OPEN, S.TREATED, S.ACCEPTED}),
            S.CLOSED,
            WRITERS,
            N_("Close the risk"),
            (nobody_is_asked,),
            needs_reason=True,
        ),
        Row(
            "occur",
            frozenset({S.OPEN, S.TREATED, S.ACCEPTED}),
            S.OCCURRED,
            WRITERS,
            N_("It occurred"),
            needs_reason=True,
        ),
        Row(
            "reopen",
            frozenset({S.CLOSED, S.OCCURRED}),
            S.OPEN,
            WRITERS,
            N_("Open again"),
            needs_reason=True,
        ),
    ),
)
