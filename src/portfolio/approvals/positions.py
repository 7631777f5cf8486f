"""Where the money of cases stands: requested, recommended, typed, proposed, decided; read for many cases in a few queries."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.deadlines import is_opinion_overdue
from portfolio.approvals.decision_rules import DecisionFacts, EnvelopeUse, Line
from portfolio.approvals.models import (
    BudgetDecision,
    BudgetEntry,
    DecisionDraft,
    Opinion,
    OpinionOverride,
    Reconsideration,
)
from portfolio.approvals.modification_queries import proposed_rises
from portfolio.approvals.terms import CountersignState, DecisionChoice, EntryKind, ReconsiderationState
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.db.clock import now
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import OpinionEffect
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call
from portfolio.strategy.queries import envelopes_of


@dataclass(frozen=True, slots=True)
class Position:
    """One case as the budget office sees it. `snapshot_id` and `snapshot_digest` are of the newest snapshot."""

    case: BusinessCase
    number: str
    snapshot_id: uuid.UUID
    snapshot_digest: str
    facts: DecisionFacts
    opinion: Opinion | None = None
    override: OpinionOverride | None = None
    draft: DecisionDraft | None = None
    proposed: BudgetDecision | None = None
    proposed_lines: tuple[Line, ...] = ()
    confirmed: BudgetDecision | None = None
    decided_lines: tuple[Line, ...] = ()

    @property
    def is_waiting_for_embargo(self) -> bool:
        """Confirmed, and not told to anybody outside yet."""
        return self.confirmed is not None and self.confirmed.published_at is None

    @property
    def draft_lines(self) -> tuple[Line, ...]:
        return () if self.draft is None else lines_of(self.draft)


def typed_lines(draft: DecisionDraft) -> tuple[Line, ...]:
    """The amounts of a draft as they were typed, whatever was chosen."""
    return tuple(Line(item["year"], item["minor"], item["tranche"], item["budget_line"]) for item in draft.lines)


def chosen(draft: DecisionDraft) -> DecisionChoice | None:
    """What was picked; an amount without a pick means to fund."""
    return draft.choice or (DecisionChoice.FUND if draft.lines else None)


def lines_of(draft: DecisionDraft) -> tuple[Line, ...]:
    """The amounts that count: none where the case is to be deferred or not funded, though some may still be typed."""
    return typed_lines(draft) if chosen(draft) is DecisionChoice.FUND else ()


def read_positions(
    session: Session, pack: CountryPack, call: Call, cases: Sequence[BusinessCase]
) -> dict[uuid.UUID, Position]:
    """By case, in the order given; cases that were never submitted are left out."""
    ids = [case.id for case in cases]
    snapshots = _newest_snapshots(session, ids)
    numbers = _numbers(session, cases)
    opinions = _present_opinions(session, ids)
    pending = _pending_reconsiderations(session, ids)
    overrides = _by_case(session, OpinionOverride, ids)
    drafts = _by_case(session, DecisionDraft, ids)
    proposed = _decisions(session, ids, CountersignState.PROPOSED)
    confirmed = _decisions(session, ids, CountersignState.CONFIRMED)
    entries = _entries(session, ids)
    found = {}
    for case in cases:
        if case.id not in snapshots:
            continue
        snapshot = snapshots[case.id]
        opinion = opinions.get(case.id)
        override = overrides.get(case.id)
        if override is not None and (opinion is None or override.opinion_id != opinion.id):
            override = None
        open_proposal = proposed.get(case.id)
        found[case.id] = Position(
            case=case,
            number=numbers.get(case.initiative_id) or "",
            snapshot_id=snapshot.id,
            snapshot_digest=snapshot.digest,
            facts=_facts(session, pack, call, case, snapshot.totals, opinion, override, case.id in pending),
            opinion=opinion,
            override=override,
            draft=drafts.get(case.id),
            proposed=open_proposal,
            proposed_lines=() if open_proposal is None else tuple(entries["proposed", open_proposal.id]),
            confirmed=confirmed.get(case.id),
            decided_lines=tuple(entries["decided", case.id]),
        )
    return found


def position_of(session: Session, pack: CountryPack, case: BusinessCase) -> Position:
    """One case. Raises `KeyError` for one that was never submitted."""
    call = session.get_one(Call, case.call_id)
    return read_positions(session, pack, call, [case])[case.id]


def _facts(
    session: Session,
    pack: CountryPack,
    call: Call,
    case: BusinessCase,
    totals: Mapping[str, Any],
    opinion: Opinion | None,
    override: OpinionOverride | None,
    is_reconsideration_open: bool,
) -> DecisionFacts:
    demands = case.track is None or pack.track(case.track).opinion
    return DecisionFacts(
        fiscal_year=call.fiscal_year,
        currency=case.currency,
        requested_by_year={int(year): minor for year, minor in sorted(totals.get("asked_by_year", {}).items())},
        recommended=None if opinion is None else opinion.recommended_minor,
        opinion=None if opinion is None else opinion.outcome,
        demands_opinion=demands,
        opinion_binds=pack.opinion.effect is OpinionEffect.BINDING,
        is_opinion_overdue=demands and opinion is None and is_opinion_overdue(session, pack, case, now(session)),
        has_override=override is not None,
        is_reconsideration_open=is_reconsideration_open,
    )


def _newest_snapshots(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """Columns only: the frozen text of a case is long and not needed here."""
    rows = session.execute(
        select(col(Snapshot.case_id), col(Snapshot.id), col(Snapshot.digest), col(Snapshot.totals))
        .where(col(Snapshot.case_id).in_(ids))
        .order_by(col(Snapshot.case_id), col(Snapshot.number))
    )
    return {row.case_id: row for row in rows}


def _numbers(session: Session, cases: Sequence[BusinessCase]) -> dict[uuid.UUID, str | None]:
    wanted = {case.initiative_id for case in cases}
    rows = session.execute(select(col(Initiative.id), col(Initiative.number)).where(col(Initiative.id).in_(wanted)))
    return {row.id: row.number for row in rows}


def _present_opinions(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Opinion]:
    """The newest signed opinion of each case, unless it was reopened (see `facts.present_opinion`)."""
    reopened = set(
        session.scalars(
            select(col(Reconsideration.opinion_id)).where(
                col(Reconsideration.case_id).in_(ids), col(Reconsideration.state) == ReconsiderationState.REOPENED
            )
        )
    )
    rows = session.scalars(
        select(Opinion)
        .where(col(Opinion.case_id).in_(ids), col(Opinion.signed_at).is_not(None))
        .order_by(col(Opinion.signed_at), col(Opinion.id))
    )
    newest = {row.case_id: row for row in rows}
    return {case_id: row for case_id, row in newest.items() if row.id not in reopened}


def _pending_reconsiderations(session: Session, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    return set(
        session.scalars(
            select(col(Reconsideration.case_id)).where(
                col(Reconsideration.case_id).in_(ids), col(Reconsideration.state) == ReconsiderationState.ASKED
            )
        )
    )


def _by_case(session: Session, model: Any, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    rows = session.scalars(
        select(model).where(col(model.case_id).in_(ids)).order_by(col(model.created_at), col(model.id))
    )
    return {row.case_id: row for row in rows}


def _decisions(session: Session, ids: Sequence[uuid.UUID], state: CountersignState) -> dict[uuid.UUID, BudgetDecision]:
    rows = session.scalars(
        select(BudgetDecision)
        .where(col(BudgetDecision.case_id).in_(ids), col(BudgetDecision.state) == state)
        .order_by(col(BudgetDecision.proposed_at), col(BudgetDecision.id))
    )
    return {row.case_id: row for row in rows}


def _entries(session: Session, ids: Sequence[uuid.UUID]) -> dict[tuple[str, uuid.UUID], list[Line]]:
    """("decided", case) → entries that are in force; ("proposed", decision) → those of a proposal."""
    rows = session.scalars(
        select(BudgetEntry)
        .where(col(BudgetEntry.case_id).in_(ids))
        .order_by(col(BudgetEntry.fiscal_year), col(BudgetEntry.tranche), col(BudgetEntry.id))
    )
    found: dict[tuple[str, uuid.UUID], list[Line]] = defaultdict(list)
    for row in rows:
        line = Line(row.fiscal_year, row.amount_minor, row.tranche, row.budget_line)
        is_proposal = row.kind is EntryKind.PROPOSED
        found["proposed" if is_proposal else "decided", row.decision_id if is_proposal else row.case_id].append(line)
    return found


def earlier_years(
    session: Session, cases: Iterable[BusinessCase], fiscal_year: int
) -> dict[tuple[uuid.UUID, int], int]:
    """(initiative, year) → what other cases of the initiative were given for last year and for this one (the carry-over)."""
    own = list(cases)
    rows = session.execute(
        select(col(BusinessCase.initiative_id), col(BudgetEntry.fiscal_year), func.sum(col(BudgetEntry.amount_minor)))
        .join(BusinessCase, col(BusinessCase.id) == col(BudgetEntry.case_id))
        .where(
            col(BusinessCase.initiative_id).in_({case.initiative_id for case in own}),
            col(BudgetEntry.case_id).not_in([case.id for case in own]),
            col(BudgetEntry.kind) != EntryKind.PROPOSED,
            col(BudgetEntry.fiscal_year).in_((fiscal_year - 1, fiscal_year)),
        )
        .group_by(col(BusinessCase.initiative_id), col(BudgetEntry.fiscal_year))
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def envelope_uses(session: Session, call: Call) -> dict[uuid.UUID, EnvelopeUse]:
    """By institution, over every case of the call whoever may see it: a ceiling that hides a case is no ceiling."""
    confirmed: defaultdict[uuid.UUID, int] = defaultdict(int)
    proposed: defaultdict[uuid.UUID, int] = defaultdict(int)
    rows = session.execute(
        select(
            col(BusinessCase.institution_id),
            col(BudgetEntry.kind),
            col(BudgetDecision.state),
            func.sum(col(BudgetEntry.amount_minor)),
        )
        .join(BudgetDecision, col(BudgetDecision.id) == col(BudgetEntry.decision_id))
        .join(BusinessCase, col(BusinessCase.id) == col(BudgetEntry.case_id))
        .where(col(BusinessCase.call_id) == call.id, col(BudgetEntry.fiscal_year) == call.fiscal_year)
        .group_by(col(BusinessCase.institution_id), col(BudgetEntry.kind), col(BudgetDecision.state))
    )
    for institution_id, kind, state, total in rows:
        if kind is not EntryKind.PROPOSED:
            confirmed[institution_id] += int(total)
        elif state is CountersignState.PROPOSED:
            proposed[institution_id] += int(total)
    for institution_id, rise in proposed_rises(session, call).items():
        proposed[institution_id] += rise
    drafted = _drafted(session, call)
    envelopes = envelopes_of(session, call.id)
    return {
        institution_id: EnvelopeUse(
            ceiling=envelopes[institution_id].amount_minor if institution_id in envelopes else None,
            confirmed=confirmed[institution_id],
            proposed=proposed[institution_id],
            drafted=drafted[institution_id],
        )
        for institution_id in {*envelopes, *confirmed, *proposed, *drafted}
    }


def _drafted(session: Session, call: Call) -> defaultdict[uuid.UUID, int]:
    """Typed amounts of cases for which nothing is proposed."""
    waiting = select(col(BudgetDecision.case_id)).where(col(BudgetDecision.state) == CountersignState.PROPOSED)
    rows = session.execute(
        select(col(BusinessCase.institution_id), DecisionDraft)
        .join(BusinessCase, col(BusinessCase.id) == col(DecisionDraft.case_id))
        .where(
            col(BusinessCase.call_id) == call.id,
            col(DecisionDraft.case_id).not_in(waiting),
        )
    )
    sums: defaultdict[uuid.UUID, int] = defaultdict(int)
    for institution_id, draft in rows:
        sums[institution_id] += sum(line.minor for line in lines_of(draft) if line.year == call.fiscal_year)
    return sums
