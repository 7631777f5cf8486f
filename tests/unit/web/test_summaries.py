"""What an entry of the summary of errors calls its field: its label or legend, the row or group where that is not enough."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from portfolio.web.summaries import LONGEST, named
from portfolio.web.templates import make_environment

MACROS: Any = make_environment().get_template("macros/forms.html").module


class Forms:
    """The macros of the house, their answers as plain text."""

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **more: str(getattr(MACROS, name)(*given, **more))


FORMS = Forms()


@dataclass
class Shown:
    errors: dict[str, str]
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, str]]:
        return list(self.errors.items())


def entries(page: str) -> list[str]:
    """The entries of the summary as they are read."""
    found = re.findall(r"<li>(.*?)</li>", named(page).split("</ul>")[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", entry).split()) for entry in found]


def test_an_entry_begins_with_the_label_without_what_stands_aside() -> None:
    form = Shown({"title": "Fill in this field"})
    page = FORMS.error_summary(form) + FORMS.text_field(form, "title", "Title", hint="Short", optional=True)
    assert entries(page) == ["Title: Fill in this field"]
    assert 'href="#title"' in named(page)


def test_a_choice_is_called_by_its_legend_and_a_single_box_by_its_own_words() -> None:
    form = Shown({"kind": "Choose one of the options", "channels": "Choose fewer", "agree": "Tick it"})
    page = (
        FORMS.error_summary(form)
        + FORMS.radios(form, "kind", "What kind is it?", [("a", "New"), ("b", "Old")])
        + FORMS.checkboxes(form, "channels", "Channels", [("web", "Web"), ("desk", "Desk")])
        + FORMS.checkbox(form, "agree", "I agree")
    )
    assert entries(page) == ["What kind is it? Choose one of the options", "Channels: Choose fewer", "I agree: Tick it"]


@pytest.mark.parametrize(
    "group",
    [
        '<section><h2>{} <span class="app-muted">20 %</span></h2>{}</section>',
        "<fieldset><legend>{}</legend>{}</fieldset>",
        '<details><summary class="x">{}</summary>{}</details>',
        '<table><tr><th scope="row">{}<span class="app-table__sub">must</span></th><td>{}</td></tr></table>',
        '<div role="group" aria-label="{}">{}</div>',
    ],
)
def test_a_label_that_stands_twice_has_its_row_or_group_before_it(group: str) -> None:
    form = Shown({"reason.one": "Explain it", "reason.two": "Explain it"})
    page = FORMS.error_summary(form) + "".join(
        group.format(name, FORMS.textarea(form, f"reason.{code}", "Reason"))
        for code, name in (("one", "Organization"), ("two", "Costs"))
    )
    assert entries(page) == ["Organization · Reason: Explain it", "Costs · Reason: Explain it"]


def test_radios_that_repeat_are_told_apart_by_the_group_around_their_fieldset() -> None:
    form = Shown({"score.one": "Choose one of the options"})
    page = FORMS.error_summary(form) + "".join(
        f"<section><h2>{name}</h2>{FORMS.radios(form, f'score.{code}', 'Score', [('1', 'One'), ('2', 'Two')])}</section>"
        for code, name in (("one", "Organization"), ("two", "Costs"))
    )
    assert entries(page) == ["Organization · Score: Choose one of the options"]


def test_a_cell_is_called_by_the_name_that_only_a_screen_reader_hears() -> None:
    form = Shown({"amount-1": "Enter a number", "year-1": "Enter a year"})
    page = FORMS.error_summary(form) + (
        '<h3 id="head">Year</h3><input id="amount-1" aria-label="Amount, 2"><input id="year-1" aria-labelledby="head">'
    )
    assert entries(page) == ["Amount, 2: Enter a number", "Year: Enter a year"]


def test_a_message_that_names_its_field_is_left_as_it_is() -> None:
    form = Shown({"title": "Title is too long by 3", "": "Nothing was sent", "gone": "Not there"})
    page = FORMS.error_summary(form) + FORMS.text_field(form, "title", "Title")
    assert entries(page) == ["Title is too long by 3", "Nothing was sent", "Not there"]


def test_a_label_is_text_and_not_longer_than_an_entry_bears() -> None:
    form = Shown({"one": "Say it", "two": "Say it"})
    page = FORMS.error_summary(form) + (
        '<label for="one">a &lt;b&gt; c</label><input id="one"><label for="two">'
        + "word " * 60
        + '</label><input id="two">'
    )
    assert "a &lt;b&gt; c:" in named(page)
    assert len(entries(page)[1]) <= LONGEST + len("…: Say it")


def test_a_page_without_a_summary_is_not_touched() -> None:
    assert named("<p>label of</p>") == "<p>label of</p>"
