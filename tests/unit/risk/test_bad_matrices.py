"""Matrices that cannot work stop the start, with file, line and reason."""

from pathlib import Path

import pytest

from portfolio.errors import ConfigurationError
from portfolio.packs.checks import register_check
from portfolio.packs.loader import load_pack
from portfolio.risk.pack_checks import check_risk_roles

STEP = "{label: {es: a, pt: a, en: a}, help: {es: a, pt: a, en: a}}"
CHANCES = "[" + ", ".join(f"{{percent: {chance}, {STEP[1:]}" for chance in (10, 40, 80)) + "]"
SCALE = f"[{STEP}, {STEP}, {STEP}]"


def a_matrix(cells: str, likelihood: str = CHANCES) -> str:
    return (
        f"risk:\n  matrices:\n    mine:\n      likelihood: {likelihood}\n      impact: {SCALE}\n      cells: {cells}\n"
    )


GOOD = "[[low, low, high], [low, medium, high], [medium, high, extreme]]"

FAULTS = {
    "a cell is missing": (a_matrix("[[low, low, high], [low, medium], [medium, high, extreme]]"), "of 3 impacts each"),
    "a row is missing": (a_matrix("[[low, low, high], [medium, high, extreme]]"), "3 rows"),
    "milder with more impact": (a_matrix(GOOD.replace("[low, low, high]", "[low, high, medium]")), "gets milder"),
    "milder with more likelihood": (
        a_matrix("[[low, high, high], [low, low, high], [low, high, extreme]]"),
        "gets milder",
    ),
    "an unknown rating": (a_matrix(GOOD.replace("extreme", "terrible")), "unknown rating terrible"),
    "never the worst": (a_matrix(GOOD.replace("extreme", "high")), "from the mildest rating to the worst"),
    "chances that fall": (a_matrix(GOOD, CHANCES.replace("percent: 80", "percent: 20")), "they must rise"),
    "steps without a chance": (a_matrix(GOOD, SCALE), "needs a percent"),
    "too small": (a_matrix("[[low, low], [low, extreme]]", CHANCES.replace("percent: 80, ", "")), "cells"),
    "no such matrix": ("risk: {matrix: seven}", "no matrix seven"),
    "no such rating tolerated": ("risk:\n  tolerance: {operational: terrible}", "which is no rating"),
    "a tier that tolerates less": ("risk:\n  tolerance: {directive: low}", "tolerates less"),
    "a top that cannot carry": ("risk:\n  tolerance: {strategic: high}", "must carry every rating"),
    "letters that repeat": ("risk:\n  ratings:\n    high: {letter: {es: E, pt: E, en: E}}", "same letter"),
    "patterns that repeat": ("risk:\n  ratings:\n    high: {pattern: solid}", "same pattern"),
    "nobody of that name": ("risk:\n  ratings:\n    high: {accepted_by: [king]}", "no role king"),
    "an authority without the permission": ("risk:\n  ratings:\n    high: {accepted_by: [buyer]}", "not granted"),
    "a tier that may not answer": (
        "risk:\n  escalation:\n    directive: {answered_by: [auditor]}",
        "not granted risk_answer",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_refused(name: str, tmp_path: Path) -> None:
    register_check("risk", check_risk_roles)
    text, reason = FAULTS[name]
    path = tmp_path / "bad.yaml"
    path.write_text(f"extends: [eclac]\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=reason) as refused:
        load_pack(path)
    assert "bad.yaml" in str(refused.value) or "base_risk.yaml" in str(refused.value)


def test_a_matrix_of_ones_own_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(f"extends: [eclac]\n{a_matrix(GOOD)}  matrix: mine\n", encoding="utf-8")
    assert load_pack(path).risk.in_force.cells[2][2] == "extreme"
