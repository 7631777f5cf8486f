"""Issuing codes: one person proposes a ceiling for a lot and a year, another of the lawful body issues it, signed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import authority_refusal
from portfolio.approvals.code_queries import (
    codes_of_case,
    decided_for_year,
    lots_of,
    newest_snapshot,
    taken_for_year,
)
from portfolio.approvals.code_terms import CodeState
from portfolio.approvals.code_text import new_code
from portfolio.approvals.models import ApprovalCode, CodeProposal, Condition
from portfolio.approvals.separation import Act
from portfolio.approvals.statement import DecisionEvent, Statement, sign_statement
from portfolio.approvals.terms import CountersignState
from portfolio.approvals.ties import separation_reasons
from portfolio.audit.canon import digest
from portfolio.audit.models import AuditEvent
from portfolio.audit.signing_keys import SigningKey
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Duty, Institution
from portfolio.people.queries import holders
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.projects.standing import is_suspended
from portfolio.web.formatting import money

DECISION_EVENTS = ("decision.confirmed", "decision.modified", "opinion.signed", "case.submitted")
"""Acts that a code rests on: the statement names their places in the chain of decisions."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the proposer asks: a lot (or the whole case), the year, the ceiling with tax, and the days of validity."""

    lot_id: uuid.UUID | None
    fiscal_year: int
    ceiling_minor: int
    not_before: date
    expires_on: date
    replaces_id: uuid.UUID | None = None


def propose_code(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, wanted: Wanted
) -> CodeProposal:
    """The first person's act. Raises `Refused` for the case's state, the body or the person; `FieldRefused` for an amount."""
    lock_for_move(session, case)  # two proposals, or one and a cut of the decided amount, come one after the other
    _check_may_issue(session, actor, pack, case)
    _check_goes_on(session, case)
    lot = next((lot for lot in lots_of(session, case) if lot.id == wanted.lot_id), None)
    if lot is None:
        raise FieldRefused("lot_id", _("Choose one of the options"))
    if wanted.expires_on < wanted.not_before:
        raise FieldRefused("expires_on", _("The last day must not be before the first one."))
    if wanted.replaces_id is not None and wanted.replaces_id not in {code.id for code in replaceable(session, case)}:
        raise FieldRefused("replaces_id", _("Choose one of the options"))
    _check_fits(session, case, wanted.fiscal_year, wanted.ceiling_minor, wanted.replaces_id)
    proposal = CodeProposal(
        case_id=case.id,
        institution_id=case.institution_id,
        lot_id=lot.id,
        lot_title=lot.title,
        category=lot.category,
        fiscal_year=wanted.fiscal_year,
        ceiling_minor=wanted.ceiling_minor,
        currency=case.currency,
        not_before=wanted.not_before,
        expires_on=wanted.expires_on,
        snapshot_digest=newest_snapshot(session, case.id).digest,
        proposed_by_id=actor.person_id,
        proposed_at=now(session),
        replaces_id=wanted.replaces_id,
    )
    session.add(proposal)
    record(
        session, actor, Tag.CODE_PROPOSED, proposal, case=case.id, year=wanted.fiscal_year, amount=wanted.ceiling_minor
    )
    session.flush()
    return proposal


def proposal_digest(proposal: CodeProposal) -> str:
    """What the second person confirms: everything that the code will say."""
    return digest(
        {
            "proposal": proposal.id,
            "case": proposal.case_id,
            "lot": proposal.lot_id,
            "year": proposal.fiscal_year,
            "ceiling": str(proposal.ceiling_minor),
            "currency": proposal.currency,
            "from": proposal.not_before,
            "to": proposal.expires_on,
            "snapshot": proposal.snapshot_digest,
            "replaces": proposal.replaces_id,
        }
    )


def issue_code(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    proposal: CodeProposal,
    shown_digest: str,
    key: SigningKey,
    issuer: str,
) -> ApprovalCode:
    """The second person's act: the code exists, signed, and procurement can verify it.

    `issuer` is the address of this installation. Raises `Refused` when the proposal is no longer what was shown, when the
    proposer confirms themselves, or when the money is not there any more.
    """
    lock_for_move(session, case)
    _check_may_issue(session, actor, pack, case)
    _check_goes_on(session, case)
    _check_open(proposal, shown_digest)
    if actor.person_id == proposal.proposed_by_id:
        raise Refused(_("Whoever proposed a code does not issue it; a second person must."))
    if proposal.snapshot_digest != newest_snapshot(session, case.id).digest:
        proposal.state = CountersignState.STALE
        raise Refused(_("The case has a newer version than the one this was proposed for. Propose the code again."))
    _check_money(session, case, proposal)
    replaced = _supersede(session, actor, proposal)
    code = ApprovalCode(
        code=new_code(),
        case_id=case.id,
        institution_id=proposal.institution_id,
        lot_id=proposal.lot_id,
        lot_title=proposal.lot_title,
        category=proposal.category,
        fiscal_year=proposal.fiscal_year,
        generation=_next_generation(session, proposal),
        ceiling_minor=proposal.ceiling_minor,
        currency=proposal.currency,
        not_before=proposal.not_before,
        expires_on=proposal.expires_on,
        issued_at=now(session),
        proposed_by_id=proposal.proposed_by_id,
        issued_by_id=actor.person_id,
    )
    code.statement = _signed(session, case, code, key, issuer)
    session.add(code)
    session.flush()
    if replaced is not None:
        replaced.superseded_by_id = code.id
    proposal.state, proposal.decided_by_id, proposal.decided_at = (
        CountersignState.CONFIRMED,
        actor.person_id,
        now(session),
    )
    for person in (proposal.proposed_by_id, actor.person_id):
        session.add(Duty(person_id=person, subject_id=case.id, kind=DutyKind.ISSUER, began_at=now(session)))
    record(
        session,
        actor,
        Tag.CODE_ISSUED,
        code,
        case=case.id,
        year=code.fiscal_year,
        amount=code.ceiling_minor,
        digest=shown_digest,
        statement=digest(code.statement),
    )
    _tell_buyers(session, pack, case, code)
    session.flush()
    return code


def refuse_proposal(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, proposal: CodeProposal, reason: str
) -> None:
    """The second person says no, with a reason; the amount is free again."""
    _check_may_issue(session, actor, pack, case)
    if proposal.state is not CountersignState.PROPOSED:
        raise Refused(_("This was decided already."))
    if not reason.strip():
        raise FieldRefused("reason", _("A reason is required."))
    proposal.state, proposal.reason = CountersignState.REFUSED, reason.strip()
    proposal.decided_by_id, proposal.decided_at = actor.person_id, now(session)
    record(session, actor, Tag.CODE_REFUSED, proposal, words=reason.strip(), case=case.id)


def may_issue(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> list[str]:
    """Every reason why this person may not propose or issue codes of the case; empty when they may."""
    reasons = []
    if case.status is not CaseStatus.DECIDED:
        reasons.append(_("Codes are issued for cases whose funding is decided."))
    if not pack.track(case.track or "").code_issued if case.track else True:
        reasons.append(_("The rules of this track issue no codes."))
    if refusal := authority_refusal(session, pack, actor, case, Power.CODE_ISSUE):
        reasons.append(refusal)
    return [*reasons, *separation_reasons(session, pack, actor, case, Act.ISSUE_CODE)]


def replaceable(session: Session, case: BusinessCase) -> list[ApprovalCode]:
    """Codes of the case in whose place another may be issued: in force or suspended, and nothing drawn on them."""
    return [
        code
        for code in codes_of_case(session, case.id)
        if code.state in (CodeState.ISSUED, CodeState.SUSPENDED) and not code.reserved_minor + code.committed_minor
    ]


def _check_may_issue(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> None:
    reasons = may_issue(session, actor, pack, case)
    if reasons:
        raise Refused(*reasons)


def _check_goes_on(session: Session, case: BusinessCase) -> None:
    """A suspended project reserves nothing new: a new code would be a way around its suspended ones."""
    if is_suspended(session, case.initiative_id):
        raise Refused(_("The project of this case is suspended: it gets no new code until it is resumed."))


def _check_open(proposal: CodeProposal, shown_digest: str) -> None:
    if proposal.state is not CountersignState.PROPOSED:
        raise Refused(_("This was decided already."))
    if shown_digest != proposal_digest(proposal):
        raise Refused(_("The proposal is no longer what you were shown. Look at it again."))


def _check_fits(
    session: Session, case: BusinessCase, fiscal_year: int, wanted: int, replaces: uuid.UUID | None
) -> None:
    decided = decided_for_year(session, case.id, fiscal_year)
    left = decided - taken_for_year(session, case.id, fiscal_year, leaving_out=replaces)
    if wanted > left:
        raise FieldRefused(
            "ceiling",
            _("Only %(left)s of the %(decided)s decided for %(year)s is left for codes.")
            % {
                "left": money(Money(case.currency, left)),
                "decided": money(Money(case.currency, decided)),
                "year": fiscal_year,
            },
        )


def _check_money(session: Session, case: BusinessCase, proposal: CodeProposal) -> None:
    decided = decided_for_year(session, case.id, proposal.fiscal_year)
    if taken_for_year(session, case.id, proposal.fiscal_year, leaving_out=proposal.replaces_id) > decided:
        raise Refused(_("The decided amount no longer covers this code. Refuse it and propose another."))


def _supersede(session: Session, actor: Viewer, proposal: CodeProposal) -> ApprovalCode | None:
    if proposal.replaces_id is None:
        return None
    old = session.get_one(ApprovalCode, proposal.replaces_id, with_for_update=True)
    if old.state not in (CodeState.ISSUED, CodeState.SUSPENDED):
        raise Refused(_("The code to be replaced is no longer in force."))
    if old.reserved_minor + old.committed_minor:
        raise Refused(_("The code to be replaced was drawn on; release its orders first."))
    old.state, old.state_reason = CodeState.SUPERSEDED, ""
    record(session, actor, Tag.CODE_SUPERSEDED, old, case=old.case_id)
    return old


def _next_generation(session: Session, proposal: CodeProposal) -> int:
    newest = session.scalar(
        select(func.max(col(ApprovalCode.generation))).where(
            col(ApprovalCode.case_id) == proposal.case_id,
            col(ApprovalCode.fiscal_year) == proposal.fiscal_year,
            col(ApprovalCode.lot_id).is_(None)
            if proposal.lot_id is None
            else col(ApprovalCode.lot_id) == proposal.lot_id,
        )
    )
    return (newest or 0) + 1


def _signed(session: Session, case: BusinessCase, code: ApprovalCode, key: SigningKey, issuer: str) -> str:
    initiative = session.get_one(Initiative, case.initiative_id)
    institution = session.get_one(Institution, code.institution_id)
    conditions = session.scalars(
        select(Condition).where(col(Condition.case_id) == case.id).order_by(col(Condition.id))
    ).all()
    statement = Statement(
        iss=issuer,
        kid=key.kid,
        code=code.code,
        project=initiative.number or str(initiative.id),
        version_digest=newest_snapshot(session, case.id).digest,
        institution=institution.name,
        buyer_units=(institution.name,),
        purpose=code.lot_title or case.title,
        ceiling=code.ceiling_minor,
        currency=code.currency,
        fiscal_years=(code.fiscal_year,),
        not_before=code.not_before,
        expires=code.expires_on,
        conditions_digest=digest([[c.id, c.text, c.due_on] for c in conditions]),
        decision_events=_events_behind(session, case),
        issued_at=code.issued_at,
    )
    return sign_statement(key, statement).as_json()


def _events_behind(session: Session, case: BusinessCase) -> tuple[DecisionEvent, ...]:
    rows: Sequence[AuditEvent] = session.scalars(
        select(AuditEvent)
        .where(col(AuditEvent.action).in_(DECISION_EVENTS), col(AuditEvent.about_id) == case.id)
        .order_by(col(AuditEvent.seq))
    ).all()
    return tuple(DecisionEvent(seq=row.seq, hash=row.hash) for row in rows)


def _tell_buyers(session: Session, pack: CountryPack, case: BusinessCase, code: ApprovalCode) -> None:
    today = now(session).astimezone(pack.zone).date()
    people = {*holders(session, Role.BUYER, today, case.institution_id), case.lead_id}
    owe(
        session,
        "code_issued",
        people,
        subject_id=case.id,
        path=f"/cases/{case.id}/codes",
        title=case.title,
        lot=code.lot_title,
        ceiling=money(Money(code.currency, code.ceiling_minor)),
        since=code.not_before,
    )


def committed_total(session: Session, case_id: uuid.UUID) -> int:
    """What all codes of a case committed, in minor units: the figure of lists and exports."""
    return sum(code.committed_minor for code in codes_of_case(session, case_id))
