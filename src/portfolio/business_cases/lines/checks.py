"""Completeness of the lines: gathers what the checks look at, once, and runs them all."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from portfolio.business_cases.lines import gaps, gaps_results
from portfolio.business_cases.lines.gaps import Gap, LineFacts
from portfolio.business_cases.lines.reading import context_of, lines_of
from portfolio.business_cases.lines.specs import SPECS
from portfolio.business_cases.lines.specs_money import COSTS
from portfolio.business_cases.lines.totals import LineTotals, case_totals
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import TrackCode

if TYPE_CHECKING:
    from portfolio.business_cases.completeness import Standing


def line_gaps(session: Session, pack: CountryPack, state: "Standing") -> list[Gap]:
    """Everything that the lines of a case lack, whatever its track requires: the caller leaves out what does not count."""
    facts = line_facts(session, pack, state)
    return gaps.all_of(
        gaps.unfilled(facts),
        gaps.option_gaps(facts),
        gaps_results.benefit_gaps(facts),
        gaps.cost_gaps(facts),
        gaps.operation_gaps(facts),
        gaps.funding_gaps(facts),
        gaps_results.indicator_gaps(facts),
        gaps.shared_solution_gaps(facts),
        gaps.risk_gaps(facts),
        gaps_results.delivery_gaps(facts),
        gaps.lot_gaps(facts),
    )


def line_facts(session: Session, pack: CountryPack, state: "Standing") -> LineFacts:
    case = state.case
    totals = state.totals if isinstance(state.totals, LineTotals) else case_totals(session, pack, case)
    return LineFacts(
        context=context_of(session, pack, case, COSTS),
        track=TrackCode(state.track.code),
        lines={name: lines_of(session, spec, case.id) for name, spec in SPECS.items()},
        totals=totals,
        facts=state.facts,
    )
