"""The budget decision as an act of two persons: one proposes amounts, another confirms exactly what was proposed.

The amounts are dated entries of the ledger. A confirmed decision moves its case at once, or when the embargo of the call
ends: until then nothing that an institution can see has changed.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from portfolio.approvals.authorities import authority_refusal, lawful_people
from portfolio.approvals.decision_digests import decision_digest, shown_digest
from portfolio.approvals.decision_drafts import why_closed
from portfolio.approvals.decision_rules import (
    Posting,
    confirmation_postings,
    outcome_of,
    over_envelope,
    proposal_postings,
    sums_by_year,
    why_not_decide,
)
from portfolio.approvals.models import Act, BudgetDecision, BudgetEntry
from portfolio.approvals.positions import Position, chosen, envelope_uses, position_of
from portfolio.approvals.publication import is_embargoed, publish
from portfolio.approvals.separation import Act as Duty
from portfolio.approvals.separation import conflicts
from portfolio.approvals.terms import CountersignState
from portfolio.approvals.ties import actor_facts, separation_reasons, ties_of
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call
from portfolio.strategy.queries import envelope_of


def propose(session: Session, actor: Viewer, pack: CountryPack, cases: Sequence[BusinessCase]) -> list[BudgetDecision]:
    """Make proposals of the drafts of these cases of one call; all of them or none.

    Raises `Refused` with every reason of every case, figures of a broken envelope included.
    """
    if not cases:
        raise Refused(_("Choose at least one case."))
    call = session.get_one(Call, cases[0].call_id)
    positions = []
    refusals: list[str] = []
    for case in cases:
        lock_for_move(session, case)
        position = position_of(session, pack, case)
        positions.append(position)
        reasons = why_not_propose(session, actor, pack, position)
        refusals += [f"{position.number}: {reason}" for reason in reasons]
    refusals += _envelope_refusals(session, call, positions)
    if refusals:
        raise Refused(*refusals)
    made = [_propose_one(session, actor, position) for position in positions]
    _tell_deciders(session, actor, pack, call, positions)
    return made


def why_not_propose(session: Session, actor: Viewer, pack: CountryPack, position: Position) -> list[str]:
    """Everything that stands against proposing the draft of a case, the envelope aside."""
    if reason := why_closed(pack, position):
        return [reason]
    draft = position.draft
    if draft is None:
        return [_("Nothing has been entered yet.")]
    refused = authority_refusal(session, pack, actor, position.case, Power.BUDGET_DECISION)
    return [
        *why_not_decide(chosen(draft), position.draft_lines, draft.reasons, position.facts),
        *([refused] if refused else []),
        *separation_reasons(session, pack, actor, position.case, Duty.DECIDE),
    ]


def _envelope_refusals(session: Session, call: Call, positions: Iterable[Position]) -> list[str]:
    """What is wanted now against what is bound already, by institution, with their envelopes held until the commit."""
    wanted: defaultdict[uuid.UUID, int] = defaultdict(int)
    for position in positions:
        wanted[position.case.institution_id] += sums_by_year(position.draft_lines).get(call.fiscal_year, 0)
    for institution_id in sorted(wanted, key=str):
        hold_envelope(session, call, institution_id)
    uses = envelope_uses(session, call)
    refusals = []
    for institution_id, amount in wanted.items():
        use = uses.get(institution_id)
        if use is None or not amount:
            continue
        name = session.get_one(Institution, institution_id).name
        refused = over_envelope(name, use.ceiling, use.confirmed + use.proposed, amount, call.currency)
        refusals += [refused] if refused else []
    return refusals


def hold_envelope(session: Session, call: Call, institution_id: uuid.UUID) -> None:
    """Two people who fill one envelope from two sides come one after the other."""
    envelope = envelope_of(session, call.id, institution_id)
    if envelope is not None:
        session.refresh(envelope, with_for_update=True)


def _propose_one(session: Session, actor: Viewer, position: Position) -> BudgetDecision:
    draft, facts, at = position.draft, position.facts, now(session)
    choice = None if draft is None else chosen(draft)
    if draft is None or choice is None:
        raise AssertionError("a draft without a choice was let through")
    is_override = facts.needs_override and position.override is not None
    decision = BudgetDecision(
        case_id=position.case.id,
        snapshot_id=position.snapshot_id,
        snapshot_digest=position.snapshot_digest,
        outcome=outcome_of(choice, position.draft_lines, facts),
        reasons=draft.reasons,
        without_opinion=facts.is_without_opinion,
        overrides_opinion=is_override,
        override_act_id=position.override.act_id if is_override and position.override else None,
        opinion_id=None if position.opinion is None else position.opinion.id,
        proposed_by_id=actor.person_id,
        proposed_at=at,
    )
    decision.digest = decision_digest(position, decision, position.draft_lines)
    session.add(decision)
    session.flush()
    postings = proposal_postings(position.draft_lines, facts.fiscal_year)
    for posting in postings:
        session.add(_entry(session, decision, posting, facts.currency))
    record(
        session,
        actor,
        Tag.DECISION_PROPOSED,
        decision,
        words=decision.reasons,
        case=position.case.id,
        outcome=decision.outcome,
        digest=decision.digest,
        snapshot=decision.snapshot_digest,
    )
    session.flush()
    return decision


def _entry(session: Session, decision: BudgetDecision, posting: Posting, currency: str) -> BudgetEntry:
    return BudgetEntry(
        decision_id=decision.id,
        case_id=decision.case_id,
        kind=posting.kind,
        firmness=posting.firmness,
        fiscal_year=posting.line.year,
        tranche=posting.line.tranche,
        budget_line=posting.line.budget_line,
        amount_minor=posting.line.minor,
        currency=currency,
        entered_on=now(session).date(),
    )


def _tell_deciders(
    session: Session, actor: Viewer, pack: CountryPack, call: Call, positions: Sequence[Position]
) -> None:
    """One notice a person for the whole batch."""
    told = {
        person
        for position in positions
        for person in lawful_people(session, pack, position.case, Power.BUDGET_DECISION, (Role.BUDGET_DECIDER,))
    } - {actor.person_id}
    owe(
        session,
        "decisions_proposed",
        told,
        subject_id=call.id,
        path=f"/decisions/confirm?call={call.id}",
        call=call.title,
        count=len(positions),
        by=actor.name,
    )


def why_not_confirm(session: Session, actor: Viewer, pack: CountryPack, position: Position) -> list[str]:
    """Why this person may not be the second one on the proposal of a case, or why it is overtaken; empty when they may."""
    decision = position.proposed
    if decision is None:
        return [_("Nothing is proposed for this case any more; reload the page.")]
    refused = authority_refusal(session, pack, actor, position.case, Power.BUDGET_DECISION)
    today = now(session).astimezone(pack.zone).date()
    ties = replace(ties_of(session, position.case), proposers=frozenset({decision.proposed_by_id}))
    reasons = [refused] if refused else []
    reasons += conflicts(actor_facts(session, actor, today), ties, Duty.CONFIRM)
    if is_overtaken(position):
        reasons.append(_("The case or its opinion changed after this was proposed: it has to be proposed again."))
    return reasons


def is_overtaken(position: Position) -> bool:
    """Whether the proposal is no longer about what it was made on: snapshot, opinion, override."""
    decision = position.proposed
    return decision is not None and decision.digest != decision_digest(position, decision, position.proposed_lines)


def confirm(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    shown: Sequence[BusinessCase],
    chosen: Iterable[uuid.UUID],
    password: str,
    digest: str,
    act: Act | None = None,
) -> list[BudgetDecision]:
    """Confirm the chosen ones of the proposals shown, all or none, and post them to the ledger.

    `digest` is that of the whole page as shown (`shown_digest`); anything that changed since refuses the act, with 409.
    `act`: the administrative act behind it, attached to each. Raises `FieldRefused` for the password.
    """
    if not chosen:
        raise FieldRefused("chosen", _("Tick at least one case."))
    prove(session, secret, actor, password, digest)
    for case in shown:
        lock_for_move(session, case)
    positions = {case.id: position_of(session, pack, case) for case in shown}
    if shown_digest(positions.values()) != digest:
        raise Refused(_("What was proposed changed while you were looking. Read it again: nothing was confirmed."))
    wanted = set(chosen)
    taken = [position for case_id, position in positions.items() if case_id in wanted]
    if not taken:
        raise Refused(_("Choose at least one case."))
    refusals = [
        f"{position.number}: {reason}"
        for position in taken
        for reason in why_not_confirm(session, actor, pack, position)
    ]
    if refusals:
        raise Refused(*refusals)
    if act is not None:
        session.add(act)
        session.flush()
    return [_confirm_one(session, actor, pack, position, digest, act) for position in taken]


def _confirm_one(
    session: Session, actor: Viewer, pack: CountryPack, position: Position, shown: str, act: Act | None
) -> BudgetDecision:
    decision, at = position.proposed, now(session)
    if decision is None:
        raise AssertionError("nothing proposed was let through")
    decision.state = CountersignState.CONFIRMED
    decision.confirmed_by_id, decision.confirmed_at = actor.person_id, at
    decision.act_id = None if act is None else act.id
    fiscal_year = position.facts.fiscal_year
    for posting in confirmation_postings(position.proposed_lines, position.decided_lines, fiscal_year):
        session.add(_entry(session, decision, posting, position.facts.currency))
    if position.draft is not None:
        session.delete(position.draft)
    session.flush()
    record(
        session,
        actor,
        Tag.DECISION_CONFIRMED,
        decision,
        case=position.case.id,
        outcome=decision.outcome,
        digest=decision.digest,
        shown=shown,
        snapshot=decision.snapshot_digest,
        without_opinion=decision.without_opinion,
        overrides_opinion=decision.overrides_opinion,
    )
    if not is_embargoed(session, position.case):
        publish(session, actor, pack, position.case, decision)
    return decision


def send_back(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, decision: BudgetDecision, reason: str
) -> None:
    """The second person refuses, or the first takes back; what was typed is still in the draft. Raises `Refused`."""
    lock_for_move(session, case)
    session.refresh(decision)
    if decision.state is not CountersignState.PROPOSED:
        raise Refused(_("Nothing is proposed for this case any more; reload the page."))
    if refused := authority_refusal(session, pack, actor, case, Power.BUDGET_DECISION):
        raise Refused(refused)
    if not reason.strip():
        raise Refused(_("A reason is required."))
    position = position_of(session, pack, case)
    is_stale = is_overtaken(position)
    decision.state = CountersignState.STALE if is_stale else CountersignState.REFUSED
    decision.refusal = reason.strip()
    record(session, actor, Tag.DECISION_REJECTED, decision, words=reason.strip(), case=case.id, stale=is_stale)
    owe(
        session,
        "decision_sent_back",
        {decision.proposed_by_id} - {actor.person_id},
        subject_id=case.id,
        path=f"/cases/{case.id}/decision",
        number=position.number,
        title=case.title,
        reason=reason.strip(),
    )
    session.flush()
