"""A filter with mistakes: each names its field and narrows nothing, and everything else of the filter still applies."""

import pytest

from portfolio.i18n import language
from portfolio.projects.terms import ProjectStage
from portfolio.reports.asked import read_asked


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"least": "many"}, "least", "Enter a number"),
        ({"most": "1e999"}, "most", "Enter a number"),
        ({"most": "9" * 400}, "most", "Enter a number"),
        ({"least": "200", "most": "100"}, "most", "below the lower one"),
        ({"currency": "ZZZ", "least": "1"}, "currency", "Choose one"),
        ({"institution": "x"}, "institution", "Choose one"),
        ({"state": "x"}, "state", "Choose one"),
        ({"stage": "x"}, "stage", "Choose one"),
        ({"text": "x" * 201}, "text", "Enter 200 characters or fewer: there are 201"),
        ({"theme": "x" * 61}, "theme", "there are 61"),
    ],
)
def test_a_mistake_is_told_by_its_field_and_the_rest_still_narrows(
    typed: dict[str, str], field: str, says: str
) -> None:
    asked = read_asked({"stage": "pilot", "source": "bank", **typed}, "USD")
    assert list(asked.errors) == [field]
    assert says in asked.errors[field]
    assert asked.raw[field] == typed[field]
    assert asked.filter.source == "bank"
    assert asked.filter.stage is (None if field == "stage" else ProjectStage("pilot"))
    assert (asked.filter.least, asked.filter.most, asked.filter.text, asked.filter.theme) == (None, None, "", "")


def test_amounts_are_typed_as_the_reader_writes_them() -> None:
    with language("es"):
        asked = read_asked({"least": "1.234,50", "most": "2.000"}, "USD")
    assert not asked.errors
    assert (asked.filter.currency, asked.filter.least, asked.filter.most) == ("USD", 123_450, 200_000)
