"""What may be stored for a question, and how it is shown again."""

import pytest

from portfolio.business_cases.answers import accepted, said, typed
from portfolio.i18n import Phrase, language
from portfolio.packs.parts import Choice
from portfolio.packs.questions import Question
from portfolio.packs.terms import QuestionType


def _words(text: str) -> Phrase:
    return Phrase(es=text, pt=text, en=text)


def _question(kind: QuestionType, **more: object) -> Question:
    choices = {"a": Choice(code="a", label=_words("First"))} if kind is QuestionType.CHOICE else {}
    return Question(code="q", label=_words("Q"), help=_words("H"), type=kind, choices=choices, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", QuestionType)
def test_blank_stays_blank(kind: QuestionType) -> None:
    assert accepted(_question(kind), "  \n ", "USD") == ""
    assert said(_question(kind), "", "USD") == ""


@pytest.mark.parametrize(
    ("kind", "sent", "stored"),
    [
        (QuestionType.LONG_TEXT, " two\n\nparagraphs ", "two\n\nparagraphs"),
        (QuestionType.TEXT, "one \t line", "one line"),
        (QuestionType.CHOICE, "a", "a"),
        (QuestionType.YES_NO, "no", "no"),
        (QuestionType.NUMBER, "1,234.50", "1234.5"),
        (QuestionType.NUMBER, "0", "0"),
        (QuestionType.MONEY, "1,000.25", "1000.25"),
        (QuestionType.DATE, "2027-02-28", "2027-02-28"),
    ],
)
def test_good_answers(kind: QuestionType, sent: str, stored: str) -> None:
    assert accepted(_question(kind), sent, "USD") == stored


@pytest.mark.parametrize(
    ("kind", "sent", "sentence"),
    [
        (QuestionType.CHOICE, "b", "Choose one of the options"),
        (QuestionType.YES_NO, "maybe", "Choose one of the options"),
        (QuestionType.NUMBER, "many", "Enter a number, for example 1,234.5"),
        (QuestionType.NUMBER, "١٢", "Enter a number, for example 1,234.5"),
        (QuestionType.NUMBER, "9" * 16, "Enter a number with fewer digits"),
        (QuestionType.NUMBER, "1" + "0" * 400, "Enter a number with fewer digits"),
        (QuestionType.NUMBER, "0.1234567", "Enter fewer decimals"),
        (QuestionType.MONEY, "1.001", "Enter fewer decimals"),
        (QuestionType.DATE, "2027-02-29", "Enter a real date"),
        (QuestionType.DATE, "0001-01-01", "Enter a real date"),
        (QuestionType.DATE, "28/02/2027", "Enter a real date"),
    ],
)
def test_bad_answers_are_refused_in_words(kind: QuestionType, sent: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace(".", r"\.")):
        accepted(_question(kind), sent, "USD")


def test_a_text_that_is_too_long_says_by_how_much() -> None:
    with pytest.raises(ValueError, match="2 characters too many: the limit is 5"):
        accepted(_question(QuestionType.LONG_TEXT, max_length=5), "1234567", "USD")


def test_an_answer_is_shown_and_read_in_the_reader_s_own_way() -> None:
    money = _question(QuestionType.MONEY)
    with language("es"):
        assert typed(money, "1000.25") == "1000,25"
        assert accepted(money, "1000,25", "USD") == "1000.25"
    assert said(_question(QuestionType.YES_NO), "yes", "USD") == "Yes"
    assert said(_question(QuestionType.CHOICE), "gone", "USD") == "gone"
    assert said(_question(QuestionType.DATE), "nonsense", "USD") == "nonsense"
