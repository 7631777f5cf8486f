"""What a modification of a decided amount meets: the case's ledger, its codes, the envelope; and its effect, as pages show it."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portfolio.approvals.authorities import authority_refusal
from portfolio.approvals.code_queries import codes_of_case, taken_for_year
from portfolio.approvals.code_terms import CodeState
from portfolio.approvals.decision_rules import EnvelopeUse
from portfolio.approvals.models import Act, ApprovalCode, BudgetModification
from portfolio.approvals.modification_queries import proposed_rises, standing_entries, stored_lines
from portfolio.approvals.modification_rules import (
    Asked,
    CodesOfYear,
    ModificationFacts,
    YearChange,
    balance_of,
    changes_by_year,
    limits_codes,
    lines_of_balance,
    why_not_modify,
)
from portfolio.approvals.positions import envelope_uses
from portfolio.approvals.separation import Act as Duty
from portfolio.approvals.ties import separation_reasons
from portfolio.audit.canon import digest
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call

FORMAT = 1


@dataclass(frozen=True, slots=True)
class YearEffect:
    """A fiscal year before and after, what its codes hold and have drawn, and whether they are suspended by it."""

    change: YearChange
    codes: CodesOfYear
    suspends: bool
    to_issue: int


@dataclass(frozen=True, slots=True)
class Effect:
    """All that would come of a modification. `reasons`: why it may not be.

    `envelope`: the institution's as it stands now, without this modification, and `envelope_after` with it.
    """

    years: tuple[YearEffect, ...]
    before: int
    after: int
    envelope: EnvelopeUse
    envelope_after: EnvelopeUse
    suspended: tuple[ApprovalCode, ...]
    reasons: tuple[str, ...]

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def to_issue(self) -> int:
        """What is free for supplementary codes once it is confirmed, over all years that bind."""
        return sum(max(0, year.to_issue) for year in self.years)


def modification_facts(
    session: Session, pack: CountryPack, case: BusinessCase, leaving_out: uuid.UUID | None = None
) -> ModificationFacts:
    """Everything that the rules judge; `leaving_out` is the modification itself, once it is proposed."""
    call = session.get_one(Call, case.call_id)
    balance = balance_of(standing_entries(session, case.id))
    use = _envelope(session, call, case, leaving_out)
    codes = codes_of_case(session, case.id)
    years = {code.fiscal_year for code in codes} | {key[0] for key, _firmness in balance}
    return ModificationFacts(
        fiscal_year=call.fiscal_year,
        currency=case.currency,
        today=now(session).astimezone(pack.zone).date(),
        institution=session.get_one(Institution, case.institution_id).name,
        balance=balance,
        codes={
            year: CodesOfYear(
                held=taken_for_year(session, case.id, year),
                drawn=sum(c.reserved_minor + c.committed_minor for c in codes if c.fiscal_year == year),
            )
            for year in sorted(years)
        },
        envelope=use.ceiling,
        bound=use.confirmed + use.proposed,
    )


def _envelope(session: Session, call: Call, case: BusinessCase, leaving_out: uuid.UUID | None) -> EnvelopeUse:
    """Of the institution, without what is only typed, and without the modification that is looked at."""
    use = envelope_uses(session, call).get(case.institution_id, EnvelopeUse(None))
    own = 0
    if leaving_out is not None:
        every = proposed_rises(session, call)[case.institution_id]
        own = every - proposed_rises(session, call, leaving_out)[case.institution_id]
    return EnvelopeUse(use.ceiling, use.confirmed, use.proposed - own, 0)


def effect_of(
    session: Session, pack: CountryPack, case: BusinessCase, asked: Asked, leaving_out: uuid.UUID | None = None
) -> Effect:
    """What would come of it now."""
    facts = modification_facts(session, pack, case, leaving_out)
    changes = changes_by_year(asked, facts.balance)
    limited = {change.year for change in changes if limits_codes(change, facts)}
    rise = next((change.difference for change in changes if change.year == facts.fiscal_year), 0)
    bound = EnvelopeUse(facts.envelope, facts.bound)
    return Effect(
        years=tuple(
            YearEffect(
                change,
                codes := facts.codes.get(change.year, CodesOfYear()),
                change.year in limited,
                change.firm_after - codes.held,
            )
            for change in changes
        ),
        before=sum(change.before for change in changes),
        after=sum(change.after for change in changes),
        envelope=bound,
        envelope_after=EnvelopeUse(facts.envelope, facts.bound + rise),
        suspended=tuple(
            code
            for code in codes_of_case(session, case.id)
            if code.fiscal_year in limited and code.state is CodeState.ISSUED
        ),
        reasons=tuple(why_not_modify(asked, facts)),
    )


def why_not_open(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> list[str]:
    """Why this person may not propose a modification of the case, whatever it says; empty when they may."""
    if case.status is not CaseStatus.DECIDED:
        return [_("Only what is decided and funded is modified; this case is not.")]
    refused = authority_refusal(session, pack, actor, case, Power.BUDGET_DECISION)
    return [*([refused] if refused else []), *separation_reasons(session, pack, actor, case, Duty.DECIDE)]


def asked_of(session: Session, row: BudgetModification) -> Asked:
    """A stored modification as it was asked."""
    act = session.get_one(Act, row.act_id)
    return Asked(
        kind=row.kind,
        lines=stored_lines(row.lines),
        firm_through=row.firm_through,
        act_type=row.act_type,
        act_number=act.number,
        act_date=act.dated_on or row.effective_on,
        effective_on=row.effective_on,
        reasons=row.reasons,
    )


def modification_digest(session: Session, row: BudgetModification) -> str:
    """Of exactly what the second person confirms: the act, the reasons, the amounts, and the ledger that they change.

    When the ledger moves after the proposal, so does the digest, and the proposal is overtaken.
    """
    asked = asked_of(session, row)
    standing = balance_of(standing_entries(session, row.case_id))
    return digest(
        {
            "format": FORMAT,
            "modification": row.id,
            "case": row.case_id,
            "kind": asked.kind,
            "act": [asked.act_type.value, asked.act_number, asked.act_date.isoformat()],
            "effective": asked.effective_on,
            "reasons": asked.reasons,
            "firm_through": asked.firm_through,
            "amounts": [[line.year, line.tranche, line.budget_line, line.minor] for line in asked.lines],
            "standing": [
                [key[0], key[1], key[2], firmness.value, minor] for (key, firmness), minor in standing.items()
            ],
        }
    )


def standing_mark(session: Session, case_id: uuid.UUID) -> str:
    """A short digest of the ledger as a form showed it."""
    standing = balance_of(standing_entries(session, case_id))
    return digest([[*key, firmness.value, minor] for (key, firmness), minor in standing.items()])[:16]


def decided_total(session: Session, case_id: uuid.UUID) -> int:
    """What is decided for all years, firm and indicative."""
    return sum(line.minor for line in lines_of_balance(balance_of(standing_entries(session, case_id))))
