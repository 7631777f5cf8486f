"""Each rule on data passes what is right and finds what is not; what could not be checked is never passed."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.monitoring.data_quality import (
    BY_INSTITUTION,
    FINDINGS,
    RULES,
    SUMMARY,
    Checked,
    check_data,
    rule,
)
from portfolio.monitoring.quality_rule import INSTITUTIONS, PROJECTS, Subject
from portfolio.monitoring.quality_rules_public import PUBLIC_RULES

SHARED_DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
PUBLISHED = SHARED_DATA / "mapainversiones_rules" / "reglas_do.csv"
AS_AT = date(2026, 11, 25)

GOOD: dict[str, Any] = {
    "project": "a",
    "institution": "x",
    "code": "PF-1",
    "investment_code": "SNIP-1",
    "title": "Land registry",
    "description": "Replace the paper land registry of three provinces by a digital service with assisted channels.",
    "sector": "justice",
    "executing_unit": "Registry office",
    "funding_sources": 1,
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "stage": "pilot",
    "phase": "investment",
    "locations": 3,
    "planned_progress_bp": 5_000,
    "actual_progress_bp": 4_000,
    "targets": 2,
    "zero_targets": 0,
    "achieved": 2,
    "zero_achieved": 0,
    "components": 4,
    "components_incoherent": 0,
    "total_cost": 1_000,
    "budget": 600,
    "programmed_budget": 600,
    "approved_budget": 600,
    "paid": 300,
    "in_treasury_budget": True,
    "treasury_budget": 600,
    "processes": 1,
    "processes_without_state": 0,
    "live_processes": 1,
    "contracts": 1,
    "contracts_without_state": 0,
    "live_contracts": 1,
    "updated_on": date(2026, 11, 1),
    "earliest_date": date(2026, 2, 1),
    "latest_date": date(2027, 1, 31),
    "pending": 1,
    "overdue_forecasts": 0,
    "committed": 400,
    "accrued": 300,
    "contracted": 500,
    "invoices": 1,
    "early_invoices": 0,
    "ceilings": 450,
    "undecided_lines": 0,
    "progress_drops": 0,
    "impossible_values": 0,
}

BAD: list[tuple[str, dict[str, Any]]] = [
    ("R01", {"code": None}),
    ("R02", {"investment_code": "  "}),
    ("R03", {"sector": None}),
    ("R04", {"executing_unit": ""}),
    ("R05", {"funding_sources": 0}),
    ("R05", {"funding_sources": None}),
    ("R06", {"description": "Land registry."}),
    ("R06", {"description": "project project project project project project"}),
    (
        "R06",
        {
            "title": "Ángela Catastro nacional digital multipropósito de las provincias",
            "description": "ANGELA: catastro nacional, digital, multiproposito de las provincias",
        },
    ),
    ("R07", {"ends_on": date(2025, 12, 31)}),
    ("R07", {"starts_on": None}),
    ("R08", {"total_cost": None}),
    ("R09", {"stage": "somewhere"}),
    ("R09", {"stage": None}),
    ("R10", {"planned_progress_bp": None}),
    ("R11", {"actual_progress_bp": None}),
    ("R12", {"zero_targets": 1}),
    ("R12", {"targets": 0}),
    ("R13", {"stage": "operating", "achieved": 0}),
    ("R13", {"stage": "closed", "zero_achieved": 1, "live_contracts": 0}),
    ("R14", {"phase": "execution"}),
    ("R15", {"budget": None}),
    ("R16", {"programmed_budget": 0}),
    ("R17", {"approved_budget": None}),
    ("R18", {"locations": 0}),
    ("R19", {"components_incoherent": 1}),
    ("R21", {"in_treasury_budget": False}),
    ("R22", {"treasury_budget": 599}),
    ("R23", {"processes_without_state": 1}),
    ("R24", {"live_processes": 0}),
    ("R25", {"contracts_without_state": 1}),
    ("R26", {"live_contracts": 0}),
    ("R26", {"stage": "closed", "live_contracts": 1}),
    ("P01", {"updated_on": date(2026, 8, 16)}),
    ("P01", {"updated_on": None}),
    ("P02", {"paid": 601}),
    ("P03", {"total_cost": 0}),
    ("P04", {"total_cost": 60_000}),
    ("P04", {"total_cost": 6}),
    ("P05", {"title": "InformatizaciÃ³n"}),
    ("P05", {"description": "Registro \ufffd de la propiedad en tres provincias del norte, con canal asistido."}),
    ("P06", {"actual_progress_bp": 10_001}),
    ("P07", {"actual_progress_bp": 0}),
    ("P08", {"earliest_date": date(1999, 12, 31)}),
    ("P08", {"latest_date": date(2037, 1, 1)}),
    ("P09", {"overdue_forecasts": 1}),
    ("P10", {"contracted": 601}),
    ("P11", {"accrued": 299}),
    ("P12", {"committed": 299}),
    ("P12", {"accrued": None, "committed": 299}),
    ("P13", {"ceilings": 299}),
    ("P14", {"undecided_lines": 1}),
    ("P15", {"early_invoices": 1}),
    ("P16", {"progress_drops": 1}),
    ("P17", {"impossible_values": 1}),
]


def check(*rows: dict[str, Any], bodies: pl.DataFrame | None = None) -> Checked:
    return check_data(pl.DataFrame([{**GOOD, **row} for row in rows], schema=PROJECTS), AS_AT, bodies)


def found(checked: Checked) -> set[str]:
    return set(checked.findings["rule"])


def test_nothing_is_found_on_a_good_project() -> None:
    checked = check({})
    assert found(checked) == set()
    row = checked.summary.row(0, named=True)
    assert row["rules_checked"] == row["rules_passed"]
    assert row["stale_days"] == 24
    assert [each.rule.code for each in checked.not_checked] == ["R20"]


@pytest.mark.parametrize(("code", "given"), BAD)
def test_each_rule_finds_what_it_is_for(code: str, given: dict[str, Any]) -> None:
    assert code in found(check(given))


def test_the_examples_leave_no_rule_out() -> None:
    assert {code for code, _given in BAD} | {"R20"} == {each.code for each in RULES}


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the shared data folder is not beside the project")
def test_there_is_a_rule_for_each_published_one() -> None:
    with PUBLISHED.open(encoding="utf-8", newline="") as stream:
        numbers = [int(row["No"]) for row in csv.DictReader(stream)]
    assert [each.code for each in PUBLIC_RULES] == [f"R{number:02}" for number in numbers]
    assert len(numbers) == 26


def test_codes_are_the_projects_own() -> None:
    checked = check({}, {"project": "b"}, {"project": "c", "code": "PF-3", "investment_code": "SNIP-3"})
    doubles = checked.findings.filter(pl.col("rule").is_in(["R01", "R02"]))
    assert doubles["project"].to_list() == ["a", "a", "b", "b"]


def test_a_rule_is_not_asked_of_those_it_does_not_apply_to() -> None:
    planned = check({"stage": "planned", "actual_progress_bp": None, "in_treasury_budget": False, "live_contracts": 0})
    assert found(planned) == set()
    assert planned.summary["rules_checked"].item() < check({}).summary["rules_checked"].item()


def test_rules_without_their_columns_are_listed_and_never_passed() -> None:
    frame = pl.DataFrame([GOOD], schema=PROJECTS).select("project", "institution", "code")
    checked = check_data(frame, AS_AT)
    assert checked.summary.row(0, named=True) == {
        "project": "a",
        "institution": "x",
        "rules_checked": 1,
        "rules_passed": 1,
        "errors": 0,
        "warnings": 0,
        "not_checked": len(RULES) - 2,
        "stale_days": None,
    }
    assert {each.rule.code for each in checked.not_checked} == {each.code for each in RULES} - {"R01"}
    lacking = next(each for each in checked.not_checked if each.rule.code == "R07")
    assert lacking.missing == ("starts_on", "ends_on")


def test_what_cannot_be_told_is_not_checked() -> None:
    """A budget that is not in the treasury's file, contracts nobody counted: neither passed nor failed."""
    sure, unsure = check({}), check({"treasury_budget": None, "contracts": None, "live_contracts": None})
    assert found(unsure) == set()
    assert sure.summary["rules_checked"].item() - unsure.summary["rules_checked"].item() == 3


def test_the_institution_answers_for_lines_without_a_project() -> None:
    bodies = pl.DataFrame([("x", 10, 2), ("y", 5, 0), ("z", 0, 0)], schema=INSTITUTIONS, orient="row")
    checked = check({}, {"project": "b", "code": "PF-2", "investment_code": "SNIP-2", "sector": ""}, bodies=bodies)
    assert checked.findings.rows() == [
        ("x", None, "R20", "error", "imports"),
        ("x", "b", "R03", "error", "project"),
    ]
    assert checked.institutions.select("institution", "projects", "errors").rows() == [
        ("x", 2, 2),
        ("y", 0, 0),
        ("z", 0, 0),
    ]
    assert checked.not_checked == ()


def test_frames_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        check_data(pl.DataFrame({"project": ["a"], "institution": ["x"], "colour": ["red"]}), AS_AT)
    with pytest.raises(ValueError, match="budget"):
        check_data(pl.DataFrame({"project": ["a"], "institution": ["x"], "budget": [1.5]}), AS_AT)


def test_no_projects_give_empty_answers() -> None:
    checked = check_data(PROJECTS.to_frame(), AS_AT)
    assert checked.findings.schema == FINDINGS
    assert checked.summary.schema == SUMMARY
    assert checked.institutions.schema == BY_INSTITUTION


def test_a_rule_is_known_by_its_code() -> None:
    assert rule("R20").subject is Subject.INSTITUTION
    assert len({each.code for each in RULES}) == len(RULES)
    for each in RULES:
        schema = PROJECTS if each.subject is Subject.PROJECT else INSTITUTIONS
        assert set(each.needs) <= set(schema)


values: dict[Any, st.SearchStrategy[Any]] = {
    pl.Int64(): st.none() | st.integers(-(10**16), 10**16),
    pl.String(): st.none() | st.text(max_size=60),
    pl.Date(): st.none() | st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    pl.Boolean(): st.none() | st.booleans(),
}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.fixed_dictionaries({name: values[kind] for name, kind in PROJECTS.items()}), max_size=2))
def test_any_row_is_checked_and_the_sums_agree(rows: list[dict[str, Any]]) -> None:
    rows = [{**row, "project": str(n), "institution": "x"} for n, row in enumerate(rows)]
    checked = check_data(pl.DataFrame(rows, schema=PROJECTS), AS_AT)
    for row in checked.summary.iter_rows(named=True):
        assert row["rules_checked"] == row["rules_passed"] + row["errors"] + row["warnings"]
        assert row["errors"] + row["warnings"] == (checked.findings["project"] == row["project"]).sum()
