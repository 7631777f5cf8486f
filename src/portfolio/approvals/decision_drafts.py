"""What is typed on the budget decision sheet or on the page of a case, kept until somebody proposes it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portfolio.approvals.authorities import authority_refusal
from portfolio.approvals.decision_rules import Line, outcome_of, suggested_lines, sums_by_year
from portfolio.approvals.models import DecisionDraft
from portfolio.approvals.positions import Position, chosen
from portfolio.approvals.terms import BudgetOutcome, DecisionChoice, OpinionOutcome
from portfolio.approvals.workflow import BEFORE_DECISION
from portfolio.audit.canon import digest
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.viewer import Viewer

EMPTY = "0" * 12
"""The mark of a case for which nothing is typed."""


def why_closed(pack: CountryPack, position: Position) -> str:
    """Why nothing can be typed for this case now; nothing when it can."""
    case = position.case
    if case.track is not None and not pack.track(case.track).decision:
        return _("The track of this case has no budget decision.")
    if position.is_waiting_for_embargo:
        return _("The decision is confirmed and becomes known when the embargo ends.")
    if position.proposed is not None:
        return _("The proposal waits for a second person.")
    if case.status not in BEFORE_DECISION:
        return _("In its present state this case is not decided on.")
    return ""


def mark_of(draft: DecisionDraft | None) -> str:
    """A short digest of what is typed: two people who looked at the same text have the same mark."""
    if draft is None:
        return EMPTY
    return digest([draft.choice, draft.reasons, draft.lines])[:12]


def save_draft(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    position: Position,
    choice: DecisionChoice | None,
    lines: Sequence[Line],
    reasons: str,
) -> None:
    """Keep what was typed, complete or not; a blank row takes the draft away. Raises `Refused`.

    Amounts of zero are left out. Nothing of this is in the trail: what binds begins with the proposal.
    """
    if reason := why_closed(pack, position):
        raise Refused(f"{position.number}: {reason}")
    if refused := authority_refusal(session, pack, actor, position.case, Power.BUDGET_DECISION):
        raise Refused(f"{position.number}: {refused}")
    kept = [
        {"year": line.year, "tranche": line.tranche, "budget_line": line.budget_line, "minor": line.minor}
        for line in lines
        if line.minor
    ]
    draft = position.draft
    if choice is None and not kept and not reasons.strip():
        if draft is not None:
            session.delete(draft)
        return
    if draft is None:
        draft = DecisionDraft(case_id=position.case.id, edited_by_id=actor.person_id, edited_at=now(session))
        session.add(draft)
    draft.choice, draft.lines, draft.reasons = choice, kept, reasons.strip()
    draft.edited_by_id, draft.edited_at = actor.person_id, now(session)
    session.flush()


def drafted_outcome(position: Position) -> BudgetOutcome | None:
    """What the draft would come to."""
    choice = None if position.draft is None else chosen(position.draft)
    return None if choice is None else outcome_of(choice, position.draft_lines, position.facts)


def fill_from_recommendation(session: Session, actor: Viewer, pack: CountryPack, positions: Sequence[Position]) -> int:
    """Enter what was recommended for the favourable cases that nobody typed anything for; how many got an amount.

    A start, not a decision: a person reads it, changes it and proposes it. Raises `Refused` for another body's case.
    """
    filled = 0
    for position in positions:
        is_favourable = position.facts.opinion in (OpinionOutcome.FAVOURABLE, OpinionOutcome.WITH_CONDITIONS)
        if position.draft is not None or not is_favourable or why_closed(pack, position):
            continue
        lines = suggested_lines(position.facts)
        if not sums_by_year(lines).get(position.facts.fiscal_year):
            continue
        save_draft(session, actor, pack, position, DecisionChoice.FUND, lines, "")
        filled += 1
    return filled
