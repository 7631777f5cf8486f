"""Every planted fault is refused with file, line and reason; `eclac` itself, laid under, has none."""

from pathlib import Path

import pytest

from portfolio.errors import ConfigurationError
from portfolio.packs.checks import faults_of, register_check, registered_checks
from portfolio.packs.faults import Fault
from portfolio.packs.loader import load_pack
from portfolio.packs.schema import CountryPack

PHRASE = "{es: x, pt: x, en: x}"
LEVELS = f"[{', '.join([PHRASE] * 5)}]"

FAULTS = {
    "unknown name": ("colour: blue", 2, "colour: is not a name"),
    "not a number": ("tax:\n  rate: much", 3, "tax.rate"),
    "tax above one": ("tax:\n  rate: '19'", 3, "tax.rate"),
    "no such zone": ("time_zone: America/Nowhere", 2, "not a time zone"),
    "no such currency": ("currency: ZZZ", 2, "not an ISO 4217 currency"),
    "no such language": ("languages: [es, fr]", 2, "no catalogue for fr"),
    "no such section": ("sections:\n  dreams: {owner: agency_cio}", 3, "dreams"),
    "country rule without source": ("opinion: {ours: no}", 2, "names no source"),
    "closure on no day": (f"calendar:\n  closures: [{{on: 02-30, reason: {PHRASE}}}]", 3, "calendar.closures"),
    "too few sign-offs": ("tracks:\n  operation: {sign_offs: 1}", 3, "sign-offs are too few"),
    "two sign-offs on the full track": ("tracks:\n  full:\n    sign_offs: 2", 4, "at least 3 different people"),
    "more sign-offs than roles": ("tracks:\n  operation:\n    sign_offs: 4", 4, "only 3 roles"),
    "a role twice": (
        "tracks:\n  operation:\n    sign_off_roles: [finance_manager, agency_cio, agency_cio]",
        4,
        "named twice",
    ),
    "an owner who may not sign": (
        "tracks:\n  operation:\n    sign_off_roles: [finance_manager, head_of_service]",
        4,
        "owned by agency_cio",
    ),
    "sections nobody signs": (
        "tracks:\n  carry_over: {sign_offs: 2}\nsections:\n  data: {required_in: [full, self_declaration, carry_over]}",
        3,
        "leave some unsigned",
    ),
    "one review": ("tracks:\n  full: {reviews: 1}", 3, "at least 2 reviews"),
    "reviews nobody uses": ("tracks:\n  full:\n    opinion: no", 3, "no opinion that would use it"),
    "check nobody uses": ("tracks:\n  self_declaration:\n    opinion: no", 3, "standards check is demanded"),
    "code without decision": ("tracks:\n  operation:\n    decision: no", 3, "a code needs a decided amount"),
    "decision without binding opinion": ("tracks:\n  operation:\n    opinion: no", 3, "no budget decision without"),
    "leads to nothing": (
        "tracks:\n  operation: {opinion: no, decision: no, code_issued: no}",
        3,
        "leads to nothing",
    ),
    "code without procurement": ("sections:\n  procurement:\n    required_in: [full]", 4, "issues codes"),
    "decision without costs": ("sections:\n  costs:\n    required_in: [full]", 4, "leads to a budget decision"),
    "check without section": ("sections:\n  standards:\n    required_in: [full]", 4, "has a standards check"),
    "full without indicators": ("sections:\n  indicators:\n    required_in: [carry_over]", 4, "full evaluation"),
    "rubric reads what is not there": (
        "sections:\n  exit:\n    required_in: [carry_over]\n    optional_in: []",
        1,
        "exit",
    ),
    "kind without track": (
        "tracks:\n  emergency:\n    conditions: [{kinds: [carry_over], below: {amount: 1, unit: USD}}]",
        2,
        "kind emergency at 0 minor units takes no track",
    ),
    "gap between amounts": (
        (
            "tracks:\n  full:\n    conditions: [{kinds: [new], at_least: {amount: 200000, unit: USD}},"
            " {kinds: [pilot], at_least: {amount: 250000, unit: USD}}]"
        ),
        2,
        "takes no track",
    ),
    "overlapping amounts": (
        (
            "tracks:\n  full:\n    conditions: [{kinds: [new], at_least: {amount: 50000, unit: USD}},"
            " {kinds: [pilot], at_least: {amount: 250000, unit: USD}}]"
        ),
        4,
        "takes two tracks",
    ),
    "bounds upside down": (
        (
            "tracks:\n  full:\n    conditions:\n"
            "      - {kinds: [new], at_least: {amount: 5, unit: USD}, below: {amount: 4, unit: USD}}"
        ),
        5,
        "at_least must be smaller",
    ),
    "unknown unit": (
        "tracks:\n  full:\n    conditions: [{kinds: [new, pilot], at_least: {amount: 5, unit: UTM}}]",
        2,
        "unknown unit: UTM",
    ),
    "mixed units": (
        (
            f"indexed_units:\n  UX: {{name: {PHRASE}, reference_value: 10, reference_on: 2025-01-01}}\n"
            "tracks:\n  full:\n    conditions: [{kinds: [new], at_least: {amount: 10000, unit: UX}},"
            " {kinds: [pilot], at_least: {amount: 250000, unit: USD}}]"
        ),
        4,
        "mix units",
    ),
    "track of nobody": ("tracks:\n  operation:\n    conditions: []", 4, "no case ever takes this track"),
    "overdue before its deadline": ("opinion:\n  overdue:\n    after: 3", 4, "before the opinion's own deadline"),
    "weights": ("rubric:\n  groups:\n    delivery:\n      weight: 20", 2, "sum to 105"),
    "four levels": (f"rubric:\n  groups:\n    delivery:\n      levels: [{PHRASE}, {PHRASE}]", 5, "levels"),
    "names always shown": ("rubric:\n  names_shown: always", 2, "anonymous"),
    "sixth group": (
        f"rubric:\n  groups:\n    six: {{title: {PHRASE}, help: {PHRASE}, weight: 1, sections: [ai], levels: {LEVELS}}}",
        3,
        "at most 5",
    ),
    "unknown body": ("powers:\n  opinion:\n    holders: [nobody]", 4, "there is no body nobody"),
    "substitute for itself": ("powers:\n  opinion:\n    substitutes: [directive]", 3, "named twice"),
    "unknown institution": ("bodies:\n  directive:\n    institution: MARS", 4, "there is no institution MARS"),
    "own ancestor": ("institutions:\n  DIG:\n    parent: ADG", 4, "its own ancestor"),
    "two bodies in one unit": ("bodies:\n  planning:\n    unit: programming", 2, "the same unit"),
    "no substitute": ("powers:\n  opinion:\n    substitutes: []", 3, "no lawful decider for a case of DIG itself"),
    "substitute of the same house": (
        "powers:\n  opinion:\n    substitutes: [executing]",
        3,
        "no lawful decider for a case of DIG itself",
    ),
    "budget office without substitute": (
        "powers:\n  budget_decision:\n    substitutes: []",
        3,
        "no lawful decider for a case of FIN itself",
    ),
    "one authority for waivers": ("powers:\n  waiver:\n    holders: [directive]", 4, "two authorities"),
    "waiver with one free substitute": (
        "bodies:\n  commission:\n    institution: DIG\n    unit: cabinet\npowers:\n  waiver:\n    substitutes: [planning]",
        7,
        "waiver: no lawful decider",
    ),
    "opinion and money in one hand": ("powers:\n  opinion:\n    holders: [budget]", 2, "does not decide the amount"),
    "override by the opinion's body": ("powers:\n  override:\n    holders: [directive]", 3, "does not override it"),
    "sentence without its place": ("sentences:\n  would_rise:\n    pt: Mais.", 4, "expected amount, track"),
    "sentence with broken braces": ("sentences:\n  any_amount:\n    en: 'any {'", 4, "broken braces"),
    "no such kind": (f"kinds:\n  wish: {{label: {PHRASE}}}", 3, "no such kind"),
    "budget line of no parent": ("budget_lines:\n  '1.1':\n    parent: '9'", 4, "no budget line 9"),
    "budget lines in a circle": ("budget_lines:\n  '1':\n    parent: '1.1'", 4, "its own ancestor"),
    "rates out of order": (
        "discount_rates:\n  - {rate: 0.05, valid_from: 2025-01-01}\n  - {rate: 0.06, valid_from: 2024-01-01}",
        4,
        "in the order of valid_from",
    ),
    "second rate without date": ("discount_rates:\n  - {rate: 0.05}\n  - {rate: 0.06}", 4, "only the first rate"),
    "hidden but required": (
        "sections:\n  problem:\n    questions:\n      statement:\n        hidden: yes",
        5,
        "cannot be hidden",
    ),
    "choice without choices": (
        "sections:\n  problem:\n    questions:\n      statement:\n        type: choice",
        5,
        "choices",
    ),
    "depends on a later question": (
        "sections:\n  problem:\n    questions:\n      statement:\n        asked_when: {question: serves_people, answer: 'yes'}",
        3,
        "not an earlier question",
    ),
    "depends on an impossible answer": (
        "sections:\n  ai:\n    questions:\n      decision:\n        asked_when: {question: uses_ai, answer: maybe}",
        3,
        "cannot have",
    ),
    "fact of a text": (
        "sections:\n  problem:\n    questions:\n      statement:\n        fact: ai",
        5,
        "declare a fact",
    ),
    "track named twice": ("sections:\n  problem:\n    optional_in: [full]", 3, "named twice"),
    "extends nothing": ("", 1, "not a file beside it"),
}


def refusal(folder: Path, body: str, extends: str = "eclac") -> str:
    path = folder / "bad.yaml"
    path.write_text(f"extends: [{extends}]\n{body}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_pack(path)
    return str(refused.value)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_refused_with_file_line_and_reason(name: str, tmp_path: Path) -> None:
    body, line, reason = FAULTS[name]
    told = refusal(tmp_path, body, "atlantis" if name == "extends nothing" else "eclac").splitlines()
    # A fault of what stands in a base file is told at its line there; line 1 of these bodies means "wherever it stands".
    there = f"bad.yaml:{line}: " if line > 1 or name == "extends nothing" else ".yaml:"
    assert any(there in row and reason in row for row in told), told


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    told = refusal(tmp_path, "colour: blue\nlanguages: [fr]\ntax:\n  rate: much")
    assert [row.split(":")[1] for row in told.splitlines()] == ["2", "3", "5"]


def test_reviews_without_a_rubric_are_refused(tmp_path: Path) -> None:
    neutral = (Path(__file__).parents[3] / "src/portfolio/packs/data/eclac.yaml").read_text(encoding="utf-8")
    path = tmp_path / "bad.yaml"
    path.write_text(neutral.replace("base_rubric, ", ""), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no rubric"):
        load_pack(path)


def test_missing_deadline_and_section_are_refused(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "src/portfolio/packs/data/eclac.yaml").read_text(encoding="utf-8")
    path = tmp_path / "bad.yaml"
    path.write_text(text.replace("base_sections_delivery, ", ""), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"sections\.delivery\.label: is missing"):
        load_pack(path)


def test_a_pack_that_extends_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text("extends: [bad]\n", encoding="utf-8")
    assert "in turn" in refusal(tmp_path, "", "two")


def test_a_name_outside_the_folder_cannot_be_extended(tmp_path: Path) -> None:
    assert "not a file beside it" in refusal(tmp_path, "", "../eclac")


def test_an_unknown_name_and_a_missing_file_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="there is no country pack 'atlantis'"):
        load_pack("atlantis")
    with pytest.raises(ConfigurationError, match=r"nowhere\.yaml:1: cannot be read"):
        load_pack("/nowhere.yaml")


def test_other_rooms_add_checks_with_the_line_of_what_they_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portfolio.packs.checks._registered", {})

    def no_dollars(pack: CountryPack) -> list[Fault]:
        return [Fault(("currency",), "no dollars here")] if pack.currency == "USD" else []

    register_check("dollars", no_dollars)
    assert registered_checks() == ("dollars",)
    assert "bad.yaml:2: currency: no dollars here" in refusal(tmp_path, "currency: USD")
    assert [fault.reason for fault in faults_of(load_pack("chile"))] == []
