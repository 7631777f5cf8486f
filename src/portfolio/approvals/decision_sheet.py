"""The budget decision sheet: one row a case, grouped by institution, with the envelope of each and what remains of it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import authority_refusal
from portfolio.approvals.decision_drafts import drafted_outcome, mark_of, why_closed
from portfolio.approvals.decision_rules import EnvelopeUse, Line, sums_by_year, why_not_now
from portfolio.approvals.positions import Position, earlier_years, envelope_uses, read_positions, typed_lines
from portfolio.approvals.sheet_paging import Cursor, Span, page_of
from portfolio.approvals.terms import BudgetOutcome, CountersignState, SheetState
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES, CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.db.money import Money
from portfolio.db.text import folded
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call

WITHOUT_OPINION = "none"
OPEN = frozenset({SheetState.TO_DECIDE, SheetState.OVERDUE, SheetState.AGAIN, SheetState.TYPED})
"""Rows in which something can be entered."""

_ON_THE_SHEET = SUBMITTED_STATES - {CaseStatus.WITHDRAWN, CaseStatus.CLOSED}


@dataclass(frozen=True, slots=True)
class SheetFilter:
    """What the sheet shows; empty texts and nothing mean everything.

    `keep`: cases that are shown all the same: what somebody was entering when it left the filter by being entered.
    """

    institution_id: uuid.UUID | None = None
    opinion: str = ""
    state: str = ""
    text: str = ""
    keep: frozenset[uuid.UUID] = frozenset()

    @property
    def is_set(self) -> bool:
        return bool(self.institution_id or self.opinion or self.state or self.text)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One case. Amounts are Money or nothing; nothing is "not stated", never zero."""

    position: Position
    institution: str
    track: str
    state: SheetState
    closed_because: str
    requested: Money
    requested_this_year: Money
    recommended: Money | None
    last_year: Money | None
    carry_over: Money | None
    outcome: BudgetOutcome | None
    this_year: Money | None
    following_year: Money | None
    later: Money | None
    is_detailed: bool
    mark: str
    reason: str

    @property
    def case_id(self) -> uuid.UUID:
        return self.position.case.id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """The rows of one institution and its envelope. `shown_this_year`: sum of this year's amounts in the rows shown."""

    institution_id: uuid.UUID
    institution: str
    envelope: EnvelopeUse
    rows: tuple[SheetRow, ...]
    shown_this_year: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of a call as one person may see it: one page of it, and the figures of all.

    `counts`: all rows by state, before the filter. `totals`: of every row that the filter lets through, `page_totals` of
    those on the page.
    """

    call: Call
    groups: tuple[SheetGroup, ...]
    counts: Mapping[SheetState, int]
    envelope: EnvelopeUse
    totals: Mapping[str, Money]
    page_totals: Mapping[str, Money]
    span: Span = field(default_factory=Span)
    institutions: Sequence[tuple[uuid.UUID, str]] = ()
    shown: SheetFilter = field(default_factory=SheetFilter)

    @property
    def rows(self) -> list[SheetRow]:
        return [row for group in self.groups for row in group.rows]

    @property
    def has_past(self) -> bool:
        """Whether anything is known of earlier years: a column of nothing but «not stated» is left out."""
        return any(row.last_year or row.carry_over for row in self.rows)

    def beyond_page(self, name: str) -> Money:
        """What a total holds of rows that are not on the page."""
        return Money(self.call.currency, self.totals[name].minor - self.page_totals[name].minor)


def cases_of(session: Session, viewer: Viewer, pack: CountryPack, call: Call) -> list[BusinessCase]:
    """Cases of the call whose track ends in a budget decision: by institution, its own priority, and id."""
    decided_on = [code.value for code, track in pack.tracks.items() if track.decision]
    return list(
        session.scalars(
            select(BusinessCase)
            .join(Institution, col(Institution.id) == col(BusinessCase.institution_id))
            .where(
                visible_to(viewer),
                col(BusinessCase.call_id) == call.id,
                col(BusinessCase.status).in_(_ON_THE_SHEET),
                col(BusinessCase.track).in_(decided_on),
            )
            .order_by(
                col(Institution.sort_key),
                col(BusinessCase.priority).is_(None),
                col(BusinessCase.priority),
                col(BusinessCase.id),
            )
        )
    )


def read_sheet(
    session: Session,
    viewer: Viewer,
    pack: CountryPack,
    call: Call,
    shown: SheetFilter,
    cursor: Cursor | None = None,
    size: int | None = None,
) -> Sheet:
    """Rows that the person may see, filtered: a page of them, or all without a size. Envelopes count every case of the call."""
    cases = cases_of(session, viewer, pack, call)
    names = _institutions(session, cases)
    rows = _rows(session, viewer, pack, call, cases, names)
    wanted = [row for row in rows if _is_shown(row, shown)]
    on_page, span = page_of(rows, wanted, cursor or Cursor(), size or max(1, len(wanted)))
    uses = envelope_uses(session, call)
    return Sheet(
        call=call,
        groups=_groups(on_page, uses),
        counts={state: sum(row.state is state for row in rows) for state in SheetState},
        envelope=_whole(uses),
        totals=_totals(call, wanted),
        page_totals=_totals(call, on_page),
        span=span,
        institutions=list(names.items()),
        shown=shown,
    )


def read_rows(
    session: Session, viewer: Viewer, pack: CountryPack, call: Call, wanted: Collection[uuid.UUID]
) -> list[SheetRow]:
    """The rows of these cases, whatever page they are on, in the order of the sheet; those of nobody's sheet are left out."""
    cases = [case for case in cases_of(session, viewer, pack, call) if case.id in wanted]
    return _rows(session, viewer, pack, call, cases, _institutions(session, cases))


def _rows(
    session: Session,
    viewer: Viewer,
    pack: CountryPack,
    call: Call,
    cases: Sequence[BusinessCase],
    names: Mapping[uuid.UUID, str],
) -> list[SheetRow]:
    positions = read_positions(session, pack, call, cases)
    earlier = earlier_years(session, cases, call.fiscal_year)
    return [
        _row(
            pack,
            call,
            position,
            names[position.case.institution_id],
            earlier,
            _foreign(session, viewer, pack, position),
        )
        for position in positions.values()
    ]


def _institutions(session: Session, cases: Sequence[BusinessCase]) -> dict[uuid.UUID, str]:
    ids = {case.institution_id for case in cases}
    rows = session.execute(
        select(col(Institution.id), col(Institution.name))
        .where(col(Institution.id).in_(ids))
        .order_by(col(Institution.sort_key), col(Institution.id))
    )
    return {row.id: row.name for row in rows}


def _row(
    pack: CountryPack,
    call: Call,
    position: Position,
    institution: str,
    earlier: Mapping[tuple[uuid.UUID, int], int],
    foreign: str,
) -> SheetRow:
    case, facts = position.case, position.facts
    closed = why_closed(pack, position) or " ".join(why_not_now(facts)) or foreign
    lines = _lines_shown(position)
    sums = sums_by_year(lines)
    later = sum(minor for year, minor in sums.items() if year > call.fiscal_year + 1)

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(case.currency, minor)

    return SheetRow(
        position=position,
        institution=institution,
        track=str(pack.track(case.track).name) if case.track else "",
        state=(state := _state(position, closed)),
        closed_because="" if state is SheetState.CONFIRMED else closed,
        requested=Money(case.currency, facts.requested),
        requested_this_year=Money(case.currency, facts.requested_this_year),
        recommended=money(facts.recommended),
        last_year=money(earlier.get((case.initiative_id, call.fiscal_year - 1))),
        carry_over=money(earlier.get((case.initiative_id, call.fiscal_year))),
        outcome=_outcome(position),
        this_year=money(sums.get(call.fiscal_year)),
        following_year=money(sums.get(call.fiscal_year + 1)),
        later=money(later or None),
        is_detailed=_is_detailed(lines, call.fiscal_year),
        mark=mark_of(position.draft),
        reason=_reason(position),
    )


def _foreign(session: Session, viewer: Viewer, pack: CountryPack, position: Position) -> str:
    """Why another body decides on this case: the budget office's own house has a substitute."""
    if not viewer.can(Permission.DECISION_WRITE):
        return ""
    return authority_refusal(session, pack, viewer, position.case, Power.BUDGET_DECISION) or ""


def _lines_shown(position: Position) -> tuple[Line, ...]:
    if position.proposed is not None:
        return position.proposed_lines
    if position.draft is not None:
        return typed_lines(position.draft)
    return position.decided_lines


def _is_detailed(lines: Sequence[Line], fiscal_year: int) -> bool:
    """Whether amounts are split by tranche or budget line, which only the page of the case shows."""
    near = [line for line in lines if line.year in (fiscal_year, fiscal_year + 1)]
    return any(line.tranche != 1 or line.budget_line for line in near)


def _outcome(position: Position) -> BudgetOutcome | None:
    if position.proposed is not None:
        return position.proposed.outcome
    drafted = drafted_outcome(position)
    if drafted is not None or position.confirmed is None:
        return drafted
    return position.confirmed.outcome


def _reason(position: Position) -> str:
    for source in (position.proposed, position.draft, position.confirmed):
        if source is not None:
            return source.reasons
    return ""


def _state(position: Position, closed: str) -> SheetState:
    if position.proposed is not None:
        return SheetState.PROPOSED
    is_deferred = position.case.status is CaseStatus.DEFERRED and not position.is_waiting_for_embargo
    confirmed = position.confirmed
    if confirmed is not None and confirmed.state is CountersignState.CONFIRMED and not is_deferred:
        return SheetState.CONFIRMED
    if closed:
        return SheetState.NOT_READY
    if position.draft is not None:
        return SheetState.TYPED
    if is_deferred:
        return SheetState.AGAIN
    return SheetState.OVERDUE if position.facts.is_without_opinion else SheetState.TO_DECIDE


def _is_shown(row: SheetRow, shown: SheetFilter) -> bool:
    opinion = row.position.facts.opinion
    said = WITHOUT_OPINION if opinion is None else opinion.value
    needle = folded(shown.text)
    return row.case_id in shown.keep or (
        (shown.institution_id is None or row.position.case.institution_id == shown.institution_id)
        and (not shown.opinion or shown.opinion == said)
        and (not shown.state or shown.state == row.state.value)
        and (not needle or needle in folded(f"{row.position.number} {row.position.case.title}"))
    )


def _groups(rows: Sequence[SheetRow], uses: Mapping[uuid.UUID, EnvelopeUse]) -> tuple[SheetGroup, ...]:
    by_institution: dict[uuid.UUID, list[SheetRow]] = {}
    for row in rows:
        by_institution.setdefault(row.position.case.institution_id, []).append(row)
    return tuple(
        SheetGroup(
            institution_id=institution_id,
            institution=found[0].institution,
            envelope=uses.get(institution_id, EnvelopeUse(None)),
            rows=tuple(found),
            shown_this_year=sum(row.this_year.minor for row in found if row.this_year),
        )
        for institution_id, found in by_institution.items()
    )


def _whole(uses: Mapping[uuid.UUID, EnvelopeUse]) -> EnvelopeUse:
    """All envelopes together; without a ceiling when none is set. Institutions without one are not part of it."""
    limited = [use for use in uses.values() if use.ceiling is not None]
    counted = limited or list(uses.values())
    return EnvelopeUse(
        ceiling=sum(use.ceiling or 0 for use in limited) if limited else None,
        confirmed=sum(use.confirmed for use in counted),
        proposed=sum(use.proposed for use in counted),
        drafted=sum(use.drafted for use in counted),
    )


def _totals(call: Call, rows: Sequence[SheetRow]) -> dict[str, Money]:
    """Sums of the rows shown, by column; amounts in another currency than the call's are not among them."""
    own = [row for row in rows if row.position.case.currency == call.currency]

    def total(name: str) -> Money:
        found = (getattr(row, name) for row in own)
        return Money(call.currency, sum(amount.minor for amount in found if amount is not None))

    names = (
        "requested",
        "requested_this_year",
        "recommended",
        "this_year",
        "following_year",
        "later",
        "last_year",
        "carry_over",
    )
    return {name: total(name) for name in names}
