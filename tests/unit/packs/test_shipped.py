"""The three packs that come with the product."""

from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path

import pytest

from portfolio.i18n import Phrase
from portfolio.packs.loader import SHIPPED, load_pack, load_shipped, pack_digest
from portfolio.packs.parts import Part
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseFact, OpinionEffect, Power, QuestionType, SectionCode, TrackCode


def phrases(value: object) -> list[Phrase]:
    if isinstance(value, Phrase):
        return [value]
    if isinstance(value, Part):
        return list(chain.from_iterable(phrases(getattr(value, name)) for name in type(value).model_fields))
    if isinstance(value, dict):
        return list(chain.from_iterable(phrases(each) for each in value.values()))
    if isinstance(value, tuple):
        return list(chain.from_iterable(phrases(each) for each in value))
    return []


@pytest.mark.parametrize("name", SHIPPED)
def test_every_word_is_there_in_three_languages(name: str) -> None:
    found = phrases(load_pack(name))
    assert len(found) > 400
    assert [phrase for phrase in found if not (phrase.es.strip() and phrase.pt.strip() and phrase.en.strip())] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_required_narrative_questions_show_a_good_and_a_bad_example(name: str) -> None:
    without = [
        f"{section.code}.{question.code}"
        for section in load_pack(name).sections.values()
        for question in section.shown_questions
        if question.type is QuestionType.LONG_TEXT
        and question.required
        and not (question.good_example and question.bad_example)
    ]
    assert without in ([], ["data.agreements"], ["feasibility.economic", "data.agreements"])


@pytest.mark.parametrize("name", SHIPPED)
def test_every_fact_can_be_declared(name: str) -> None:
    questions = [question for section in load_pack(name).sections.values() for question in section.shown_questions]
    assert {question.fact for question in questions} - {None} == set(CaseFact)


def test_chile() -> None:
    pack = load_pack("chile")
    assert (pack.currency, pack.minor_units, pack.tax.rate) == ("CLP", 0, Decimal("0.19"))
    assert pack.opinion.effect is OpinionEffect.BINDING
    assert not pack.opinion.ours
    assert pack.opinion.overdue.ours
    assert pack.discount_rate(date(2025, 3, 30)).rate == Decimal("0.06")
    assert pack.discount_rate(date(2025, 3, 31)).rate == Decimal("0.055")
    assert pack.section("strategy").questions["transformation_law"].label.es.endswith("21.180 cumple?")
    assert "22.11.003" in {line.code for line in pack.usable_budget_lines()}
    assert "22.11" not in {line.code for line in pack.usable_budget_lines()}


def test_ecuador_declares_above_twenty_thousand_and_issues_no_code() -> None:
    pack = load_pack("ecuador")
    assert pack.opinion.effect is OpinionEffect.ADVISORY
    assert not any(track.code_issued for track in pack.tracks.values())
    assert pack.body_with(Power.OVERRIDE) is None
    assert pack.track("full").conditions == ()


def test_the_neutral_pack_claims_nothing_for_a_country() -> None:
    pack = load_pack("eclac")

    def claims(value: object) -> list[object]:
        if isinstance(value, Part):
            inner = [claim for name in type(value).model_fields for claim in claims(getattr(value, name))]
            return [*inner, value] if getattr(value, "ours", True) is False else inner
        items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
        return [claim for item in items for claim in claims(item)]

    assert claims(pack) == []
    assert claims(load_pack("chile")) != []


def test_sections_come_in_the_order_of_the_form() -> None:
    pack = load_pack("eclac")
    order = list(SectionCode)
    for track in pack.tracks:
        shown = [order.index(section.code) for section in pack.shown_sections(track)]
        assert shown == sorted(shown)
        assert {section.code for section in pack.required_sections(track)} <= {
            section.code for section in pack.shown_sections(track)
        }
    assert len(pack.required_sections(TrackCode.FULL)) == len(SectionCode) - 1


def test_a_pack_is_read_once() -> None:
    assert load_pack("chile") is load_pack("chile")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text("extends: [chile]\nversion: '2026.2'\n", encoding="utf-8")
    assert load_pack(path).version == "2026.2"
    path.write_text("extends: [chile]\nversion: '2026.30'\n", encoding="utf-8")
    assert load_pack(path).version == "2026.30"


def test_the_digest_names_one_content() -> None:
    packs = load_shipped()
    digests = {name: pack_digest(pack) for name, pack in packs.items()}
    assert len(set(digests.values())) == 3
    changed: CountryPack = packs["chile"].model_copy(update={"version": "2026.2"})
    assert pack_digest(changed) != digests["chile"]
    assert pack_digest(packs["chile"].model_copy()) == digests["chile"]
