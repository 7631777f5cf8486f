"""What a budget decision binds: the digest of exactly what is shown of it, and of a page of several."""

from collections.abc import Iterable

from portfolio.approvals.decision_rules import Line
from portfolio.approvals.models import BudgetDecision
from portfolio.approvals.positions import Position
from portfolio.audit.canon import digest

FORMAT = 1


def decision_digest(position: Position, decision: BudgetDecision, lines: Iterable[Line]) -> str:
    """Of case, snapshot, opinion, outcome, amounts and reasons. The snapshot and the opinion are the present ones:
    when they change, so does the digest, and the proposal is overtaken."""
    return digest(
        {
            "format": FORMAT,
            "case": position.case.id,
            "number": position.number,
            "title": position.case.title,
            "snapshot": position.snapshot_digest,
            "opinion": None if position.opinion is None else position.opinion.digest,
            "override": decision.override_act_id,
            "without_opinion": decision.without_opinion,
            "outcome": decision.outcome,
            "reasons": decision.reasons,
            "currency": position.facts.currency,
            "amounts": [[line.year, line.tranche, line.budget_line, line.minor] for line in sorted_lines(lines)],
        }
    )


def sorted_lines(lines: Iterable[Line]) -> list[Line]:
    """Amounts that are something, by year, tranche and budget line."""
    return sorted((line for line in lines if line.minor), key=lambda line: line.key)


def shown_digest(positions: Iterable[Position]) -> str:
    """Of a page of proposals, whatever their order; what is confirmed is bound to all that was beside it."""
    return digest(
        sorted(
            [str(position.case.id), decision_digest(position, position.proposed, position.proposed_lines)]
            for position in positions
            if position.proposed is not None
        )
    )
