"""What lines lack, rule by rule: each rule is broken alone, and its gap appears and goes."""

import uuid
from datetime import date
from typing import Any

import pytest

from portfolio.business_cases.lines import gaps, gaps_results
from portfolio.business_cases.lines.arithmetic import Entry
from portfolio.business_cases.lines.columns import LineSpec
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.gaps import LineFacts
from portfolio.business_cases.lines.reading import Line, blank_line
from portfolio.business_cases.lines.specs import INDICATORS, MILESTONES, OPTIONS, RISKS, SHARED_SOLUTIONS, TEAM
from portfolio.business_cases.lines.specs_money import COSTS, LOTS, OPERATION
from portfolio.business_cases.lines.totals import totals_of
from portfolio.business_cases.lines.vanity import is_vanity
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import CaseFact, TrackCode

CONTEXT = LineContext(load_pack("eclac"), "USD", (2027, 2028))


def line(spec: LineSpec, amounts: dict[int, int] | None = None, **values: Any) -> Line:
    blank = blank_line(spec, uuid.uuid4())
    return Line(blank.id, 1, {**blank.values, **values}, amounts or {})


def facts(
    *,
    track: TrackCode = TrackCode.FULL,
    costs: dict[int, int] | None = None,
    funding: dict[int, int] | None = None,
    touches: frozenset[CaseFact] = frozenset(),
    **lines: list[Line],
) -> LineFacts:
    spent = [Entry(year, "current", minor) for year, minor in (costs or {}).items()]
    given = [Entry(year, "asked", minor) for year, minor in (funding or {}).items()]
    return LineFacts(CONTEXT, track, lines, totals_of("USD", spent, given, []), touches)


def texts(found: Any) -> list[str]:
    return [gap.text for gap in found]


def option(kind: str, *, preferred: bool = False) -> Line:
    return line(OPTIONS, kind=kind, title=kind, reason="because", is_preferred=preferred)


def test_doing_nothing_is_compulsory_with_another_beside_it_and_one_preferred() -> None:
    assert len(texts(gaps.option_gaps(facts()))) == 2
    alone = [option("do_nothing", preferred=True)]
    assert texts(gaps.option_gaps(facts(options=alone))) == ["Add at least one option beside doing nothing"]
    both = [option("do_nothing"), option("buy", preferred=True)]
    assert texts(gaps.option_gaps(facts(options=both))) == []
    two = [option("do_nothing", preferred=True), option("buy", preferred=True)]
    assert texts(gaps.option_gaps(facts(options=two))) == ["Mark exactly one option as preferred"]


def test_a_cost_says_category_budget_line_nature_and_amounts() -> None:
    bare = facts()
    assert texts(gaps.cost_gaps(bare)) == ["Add at least one line with its amounts"]
    half = LineFacts(CONTEXT, TrackCode.FULL, {"costs": [line(COSTS, description="Cloud")]}, bare.totals, frozenset())
    found = list(gaps.unfilled(half))
    assert texts(found) == ["Cost 1: fill in Category, Budget line, Capital or current, Amounts by year"]
    assert found[0].anchor.endswith("-category")
    whole = line(COSTS, {2027: 5}, description="Cloud", category="cloud", budget_line="1.3", nature="current")
    assert not list(gaps.unfilled(LineFacts(CONTEXT, TrackCode.FULL, {"costs": [whole]}, bare.totals, frozenset())))


def test_sources_match_costs_year_by_year() -> None:
    found = texts(gaps.funding_gaps(facts(costs={2027: 100, 2028: 50}, funding={2027: 60, 2028: 90})))
    assert found == [
        "2027: 0.40 USD of the costs have no source",
        "2028: the sources exceed the costs by 0.40 USD",
    ]
    assert not texts(gaps.funding_gaps(facts(costs={2027: 100}, funding={2027: 100})))


RECORD = {"name": "Days to resolve", "unit": "days", "baseline": "20", "target": "5", "owner": "Head of services"}


def test_an_operational_indicator_always_and_one_of_inclusion_where_a_service_touches_people() -> None:
    touched = frozenset({CaseFact.PUBLIC_SERVICE})
    operational = line(INDICATORS, family="operational", **RECORD)
    inclusion = line(INDICATORS, family="inclusion", **{**RECORD, "name": "Share of rural users who finish"})
    excused = line(INDICATORS, family="inclusion", not_applicable_reason="An internal system for payroll")
    assert len(texts(gaps_results.indicator_gaps(facts()))) == 2
    assert texts(gaps_results.indicator_gaps(facts(touches=touched, indicators=[operational, inclusion]))) == []
    assert texts(gaps_results.indicator_gaps(facts(indicators=[operational, excused]))) == []
    refused = texts(gaps_results.indicator_gaps(facts(touches=touched, indicators=[operational, excused])))
    assert len(refused) == 1
    assert "touches a service to people" in refused[0]


@pytest.mark.parametrize("missing", ["baseline", "target", "owner"])
def test_an_indicator_without_baseline_target_or_owner_does_not_count(missing: str) -> None:
    half = line(INDICATORS, family="operational", **{**RECORD, missing: " "})
    assert "operational" in texts(gaps_results.indicator_gaps(facts(indicators=[half])))[0]


def test_a_vanity_count_does_not_count_as_the_operational_indicator() -> None:
    counted = line(
        INDICATORS, family="operational", **{**RECORD, "name": "Number of procedures online", "unit": "count"}
    )
    assert "mere count" in texts(gaps_results.indicator_gaps(facts(indicators=[counted])))[0]


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("Número de trámites en línea", "trámites", True),
        ("Cantidad de aplicaciones lanzadas", "aplicaciones", True),
        ("Número de serviços digitalizados", "serviços", True),
        ("Platforms in production", "count", False),
        ("Number of platforms in production", "count", True),
        ("Visitas al portal", "visitas", True),
        ("Descargas de la aplicación", "", True),
        ("Porcentaje de trámites resueltos en plazo", "%", False),
        ("Tiempo de respuesta", "días", False),
        ("Porcentaje de visitas que terminan el trámite", "%", False),
        ("Number of services delivered on time", "share of requests", False),
        ("Número de personas beneficiarias", "personas", False),
        ("Costo por transacción", "USD", False),
        ("Satisfacción con el servicio", "puntos", False),
    ],
)
def test_counts_of_things_and_visits_are_vanity_and_results_are_not(name: str, unit: str, expected: bool) -> None:
    assert is_vanity(name, unit) is expected


def test_risks_are_at_least_three_and_have_owner_and_treatment() -> None:
    risk = line(RISKS, event="Supplier leaves", owner="CIO", treatment="reduce")
    assert texts(gaps.risk_gaps(facts(risks=[risk]))) == ["Add 2 more risks"]
    assert texts(gaps.risk_gaps(facts(risks=[risk] * 3))) == []
    bare = line(RISKS, event="Supplier leaves")
    assert texts(gaps.unfilled(facts(risks=[bare]))) == ["Risk 1: fill in Treatment, Owner"]


def test_lots_of_a_year_do_not_exceed_its_costs() -> None:
    lots = [line(LOTS, title="A", fiscal_year=2027, amount_minor=70), line(LOTS, fiscal_year=2027, amount_minor=40)]
    assert texts(gaps.lot_gaps(facts(lots=lots, costs={2027: 110}))) == []
    assert texts(gaps.lot_gaps(facts(lots=lots, costs={2027: 109}))) == [
        "2027: the lots exceed the costs of the year by 0.01 USD"
    ]
    assert len(texts(gaps.lot_gaps(facts(touches=frozenset({CaseFact.PROCUREMENT}))))) == 1


def test_milestones_come_in_the_order_of_their_dates() -> None:
    team = [line(TEAM, role="Product owner")]
    late, early = line(MILESTONES, due_on=date(2028, 1, 1)), line(MILESTONES, due_on=date(2027, 1, 1))
    assert texts(gaps_results.delivery_gaps(facts(milestones=[early, late], team=team))) == []
    found = list(gaps_results.delivery_gaps(facts(milestones=[late, early], team=team)))
    assert [gap.anchor for gap in found] == [f"{early.id}-due_on"]
    assert len(texts(gaps_results.delivery_gaps(facts()))) == 2


def test_a_shared_solution_is_answered_and_says_why_it_is_not_reused() -> None:
    blank = line(SHARED_SOLUTIONS, solution="identity")
    refused = line(SHARED_SOLUTIONS, solution="payments", use="not_reused")
    told = line(SHARED_SOLUTIONS, solution="payments", use="not_reused", reason="No payments")
    found = texts(gaps.shared_solution_gaps(facts(shared_solutions=[blank, refused, told])))
    assert found == ["Digital identity: say whether it is reused", "Digital payments: say why it is not reused"]


def test_growth_beyond_a_tenth_and_new_lines_of_operation_say_why() -> None:
    lines = [
        line(OPERATION, service="A", amount_minor=110, previous_minor=100),
        line(OPERATION, service="B", amount_minor=111, previous_minor=100),
        line(OPERATION, service="C", amount_minor=5),
        line(OPERATION, service="D", amount_minor=500, previous_minor=100, reason="New offices"),
    ]
    found = list(gaps.operation_gaps(facts(operation=lines)))
    assert [gap.anchor.rsplit("-", 1)[0] for gap in found] == [str(lines[1].id), str(lines[2].id)]
