"""The macros that every page is made of: labels, errors, escaping, tones; and error pages that need nothing."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from portfolio.web.summaries import named
from portfolio.web.templates import make_environment

ENVIRONMENT = make_environment()
BARE = {"language": "en", "product_name": "Portfolio", "mode": "production"}
"""All that the pages for a broken database or session may ask for."""


@dataclass
class Shown:
    raw: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, str]]:
        return list(self.errors.items())


def render(file: str, macro: str, *arguments: Any, **named: Any) -> str:
    template = ENVIRONMENT.get_template(f"macros/{file}.html")
    return str(getattr(template.module, macro)(*arguments, **named))


def test_a_field_with_an_error_says_so_to_those_who_do_not_see_it() -> None:
    form = Shown({"costs.total": "9 <b>"}, {"costs.total": "Enter a number"})
    field = render("forms", "text_field", form, "costs.total", "Total", hint="Without tax")
    assert '<label class="govuk-label" for="costs-total">Total' in field
    assert 'aria-describedby="costs-total-hint costs-total-error" aria-invalid="true"' in field
    assert 'value="9 &lt;b&gt;"' in field
    summary = named(render("forms", "error_summary", form) + field)
    assert '<a href="#costs-total"><span class="app-summary-label">Total:</span> Enter a number</a>' in summary


def test_a_field_without_hint_or_error_describes_nothing() -> None:
    field = render("forms", "textarea", Shown({"why": "</textarea>"}), "why", "Why")
    assert "aria-" not in field
    assert "&lt;/textarea&gt;</textarea>" in field


@pytest.mark.parametrize(("given", "ticked"), [("yes", True), ("no", False), ("", False)])
def test_a_single_checkbox_is_ticked_by_its_own_value_only(given: str, ticked: bool) -> None:
    box = render("forms", "checkbox", Shown({"agree": given}), "agree", "I agree")
    assert bool(re.search(r"\schecked\s", box)) is ticked


def test_the_first_of_several_choices_has_the_id_that_the_summary_links_to() -> None:
    form = Shown({"channels": ["web"]}, {"channels": "Choose fewer"})
    boxes = render("forms", "checkboxes", form, "channels", "Channels", [("desk", "Desk"), ("web", "Web")])
    assert 'id="channels" name="channels"' in boxes
    assert boxes.count("checked") == 1
    assert boxes.index("checked") > boxes.index('value="web"')


@pytest.mark.parametrize(("tone", "expected"), [("in_review", "active"), ("good", "good"), ("unheard of", "neutral")])
def test_a_status_has_the_tone_of_its_value(tone: str, expected: str) -> None:
    assert f'app-tag--{expected}">In review' in render("status", "status_tag", "In review", tone)


def test_every_tone_in_the_table_has_a_colour() -> None:
    status = ENVIRONMENT.get_template("macros/status.html").module
    assert set(status.TONES.values()) <= set(status.NAMES)  # type: ignore[attr-defined]


def test_htmx_attributes_always_carry_the_nonce() -> None:
    for macro in ("hx_get", "hx_post"):
        assert 'hx-nonce="abc"' in render("htmx", macro, "abc", "/risks", "#register")


@pytest.mark.parametrize("code", ["500", "503"])
def test_the_pages_for_what_is_broken_need_no_person_no_session_and_no_script(code: str) -> None:
    page = ENVIRONMENT.get_template(f"errors/{code}.html").render(BARE)
    assert page.count("<h1") == 1
    assert "<form" not in page
    assert "<script" not in page
