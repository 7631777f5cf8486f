"""Changing what was decided, as an act of two persons: one proposes new amounts by an act, another confirms exactly that.

It is no move: the case stays decided. Earlier entries of the ledger stay as they are; the differences are new ones.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.audiences import people_to_notify
from portfolio.approvals.authorities import authority_refusal, lawful_people
from portfolio.approvals.code_queries import locked_code
from portfolio.approvals.code_states import suspend_code
from portfolio.approvals.decision_rules import Line, Posting
from portfolio.approvals.decisions import hold_envelope
from portfolio.approvals.facts import newest_decision
from portfolio.approvals.models import Act, ApprovalCode, BudgetEntry, BudgetModification
from portfolio.approvals.modification_queries import open_modification
from portfolio.approvals.modification_reads import (
    Effect,
    asked_of,
    effect_of,
    modification_digest,
    modification_facts,
    standing_mark,
    why_not_open,
)
from portfolio.approvals.modification_rules import Asked, lines_of_balance, modification_postings
from portfolio.approvals.moves import keep_decided_in_step
from portfolio.approvals.separation import Act as Duty
from portfolio.approvals.separation import conflicts
from portfolio.approvals.terms import ActKind, CountersignState
from portfolio.approvals.ties import actor_facts, make_duty, ties_of
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.labels import label
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.projects.standing import is_suspended
from portfolio.strategy.models import Call

TOLD = ("agency", "buyers", "directive")
"""Audiences of a confirmed modification: those whom the funding was told to."""


def propose_modification(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, asked: Asked, mark: str
) -> BudgetModification:
    """The first person's act. `mark`: that of the ledger as the form showed it (`standing_mark`).

    Raises `Refused` with every reason: the person, the case, the amounts, the codes, the envelope.
    """
    lock_for_move(session, case)
    reasons = why_not_open(session, actor, pack, case)
    if open_modification(session, case.id) is not None:
        reasons.append(_("A modification of this case already waits for a second person."))
    decision = newest_decision(session, case.id)
    if reasons or decision is None:
        raise Refused(*(reasons or [_("There is no confirmed budget decision of this kind.")]))
    if mark != standing_mark(session, case.id):
        raise Refused(_("The decided amounts changed while you were typing. Read them again: nothing was proposed."))
    hold_envelope(session, session.get_one(Call, case.call_id), case.institution_id)
    effect = effect_of(session, pack, case, asked)
    if reasons := [*effect.reasons, *_while_suspended(session, case, effect)]:
        raise Refused(*reasons)
    act = Act(kind=ActKind.MODIFICATION, number=asked.act_number.strip(), dated_on=asked.act_date)
    session.add(act)
    session.flush()
    row = BudgetModification(
        case_id=case.id,
        decision_id=decision.id,
        kind=asked.kind,
        lines=_as_json(asked.lines),
        before=_as_json(lines_of_balance(modification_facts(session, pack, case).balance)),
        firm_through=asked.firm_through,
        act_type=asked.act_type,
        act_id=act.id,
        effective_on=asked.effective_on,
        reasons=asked.reasons.strip(),
        proposed_by_id=actor.person_id,
        proposed_at=now(session),
    )
    session.add(row)
    session.flush()
    row.digest = modification_digest(session, row)
    record(
        session, actor, Tag.MODIFICATION_PROPOSED, row, words=row.reasons, case=case.id, modification=row.kind.value,
        was=str(effect.before), amount=str(effect.after), digest=row.digest,
    )  # fmt: skip
    people = set(lawful_people(session, pack, case, Power.BUDGET_DECISION, (Role.BUDGET_DECIDER,)))
    _tell(session, case, "modification_proposed", people - {actor.person_id}, effect, by=actor.name)
    session.flush()
    return row


def _while_suspended(session: Session, case: BusinessCase, effect: Effect) -> list[str]:
    """A suspended project gets no new tranche and none becomes firm; what is decided may still be lowered."""
    if effect.after >= effect.before and is_suspended(session, case.initiative_id):
        return [_("The project of this case is suspended: what is decided for it is only lowered until it is resumed.")]
    return []


def why_not_confirm(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, row: BudgetModification
) -> list[str]:
    """Why this person may not be the second one, or why the proposal is overtaken; empty when they may."""
    if row.state is not CountersignState.PROPOSED:
        return [_("This was decided already.")]
    reasons = []
    if case.status is not CaseStatus.DECIDED:
        reasons.append(_("Only what is decided and funded is modified; this case is not."))
    if refused := authority_refusal(session, pack, actor, case, Power.BUDGET_DECISION):
        reasons.append(refused)
    today = now(session).astimezone(pack.zone).date()
    ties = replace(ties_of(session, case), proposers=frozenset({row.proposed_by_id}))
    reasons += conflicts(actor_facts(session, actor, today), ties, Duty.CONFIRM)
    if row.digest != modification_digest(session, row):
        reasons.append(_("The decided amounts changed after this was proposed: it has to be proposed again."))
    return reasons


def confirm_modification(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    case: BusinessCase,
    row: BudgetModification,
    password: str,
    digest: str,
) -> BudgetModification:
    """The second person's act: the differences enter the ledger, and codes that hold more than is decided now are suspended.

    `digest`: that of the page (`modification_digest`). Raises `FieldRefused` for the password, `Refused` with every reason.
    """
    prove(session, secret, actor, password, digest)
    lock_for_move(session, case)
    session.refresh(row)
    if digest != row.digest:
        raise Refused(_("What was proposed changed while you were looking. Read it again: nothing was confirmed."))
    hold_envelope(session, session.get_one(Call, case.call_id), case.institution_id)
    asked = asked_of(session, row)
    for code in sorted(effect_of(session, pack, case, asked, row.id).suspended, key=lambda code: str(code.id)):
        locked_code(session, code.id)  # a draw that comes now waits, and finds the code suspended
    effect = effect_of(session, pack, case, asked, row.id)
    standing = _while_suspended(session, case, effect)
    if reasons := [*why_not_confirm(session, actor, pack, case, row), *effect.reasons, *standing]:
        raise Refused(*reasons)
    row.state, row.confirmed_by_id, row.confirmed_at = CountersignState.CONFIRMED, actor.person_id, now(session)
    balance = modification_facts(session, pack, case, row.id).balance
    entries = [_entry(session, pack, row, case, posting) for posting in modification_postings(asked, balance)]
    session.add_all(entries)
    session.flush()
    row.entries = [str(entry.id) for entry in entries]
    for code in effect.suspended:
        _suspend(session, actor, asked, code)
    keep_decided_in_step(session, case)
    make_duty(session, case, actor, DutyKind.DECIDER)
    record(
        session, actor, Tag.DECISION_MODIFIED, row, words=row.reasons, case=case.id, modification=row.kind.value,
        was=str(effect.before), amount=str(effect.after), digest=digest, suspended=len(effect.suspended),
    )  # fmt: skip
    people = {person for name in TOLD for person in people_to_notify(session, pack, case, name, but=actor.person_id)}
    _tell(session, case, "decision_modified", people, effect, reason=row.reasons)
    session.flush()
    return row


def send_back_modification(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, row: BudgetModification, reason: str
) -> None:
    """The second person refuses, or the first takes back. Raises `Refused`."""
    lock_for_move(session, case)
    session.refresh(row)
    if row.state is not CountersignState.PROPOSED:
        raise Refused(_("This was decided already."))
    if refused := authority_refusal(session, pack, actor, case, Power.BUDGET_DECISION):
        raise Refused(refused)
    if not reason.strip():
        raise Refused(_("A reason is required."))
    is_stale = row.digest != modification_digest(session, row)
    row.state = CountersignState.STALE if is_stale else CountersignState.REFUSED
    row.refusal = reason.strip()
    record(session, actor, Tag.MODIFICATION_REJECTED, row, words=row.refusal, case=case.id, stale=is_stale)
    owe(
        session,
        "modification_sent_back",
        {row.proposed_by_id} - {actor.person_id},
        subject_id=case.id,
        path=f"/cases/{case.id}/modification",
        number=session.get_one(Initiative, case.initiative_id).number or "",
        title=case.title,
        reason=row.refusal,
    )
    session.flush()


def _as_json(lines: Sequence[Line]) -> list[dict[str, int | str]]:
    return [
        {"year": line.year, "tranche": line.tranche, "budget_line": line.budget_line, "minor": line.minor}
        for line in lines
        if line.minor
    ]


def _entry(
    session: Session, pack: CountryPack, row: BudgetModification, case: BusinessCase, posting: Posting
) -> BudgetEntry:  # fmt: skip
    return BudgetEntry(
        decision_id=row.decision_id,
        case_id=case.id,
        kind=posting.kind,
        firmness=posting.firmness,
        fiscal_year=posting.line.year,
        tranche=posting.line.tranche,
        budget_line=posting.line.budget_line,
        amount_minor=posting.line.minor,
        currency=case.currency,
        entered_on=now(session).astimezone(pack.zone).date(),
    )


def _suspend(session: Session, actor: Viewer, asked: Asked, code: ApprovalCode) -> None:
    """Nothing new is reserved above what is decided now; what is reserved may still be committed or released."""
    reason = _("%(type)s %(number)s lowered what is decided below the ceilings of this case's codes.") % {
        "type": label(asked.act_type),
        "number": asked.act_number,
    }
    suspend_code(session, actor, code.id, reason)


def _tell(
    session: Session, case: BusinessCase, kind: str, people: set[uuid.UUID], effect: Effect, **more: Any
) -> None:  # fmt: skip
    page = "modification" if kind == "modification_proposed" else "decision"
    owe(
        session,
        kind,
        people,
        subject_id=case.id,
        path=f"/cases/{case.id}/{page}",
        number=session.get_one(Initiative, case.initiative_id).number or "",
        title=case.title,
        before=Money(case.currency, effect.before),
        after=Money(case.currency, effect.after),
        **more,
    )
