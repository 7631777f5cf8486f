"""The three scripts in a real browser, without the application: what is typed is kept, and sums are exact."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from portfolio.web.templates import make_environment
from script_stage import Stage, saved, state, wait_for_state

pytestmark = pytest.mark.browser

FORM = """{% from "macros/forms.html" import csrf_field, textarea %}{% from "macros/htmx.html" import autosave %}
<form method="post" action="/" {{ autosave("/save", 3, "someone") }}>{{ csrf_field("token") }}
{{ textarea(form, "why", "Why", limit=10, autosave=true) }}</form>"""
GRID = """<form><table data-grid data-decimal="," data-places="2" id="costs"><tbody>
<tr data-group="capital"><td><input name="a.0" data-sum="2027"></td><td><input name="b.0" data-sum="2028"></td>
<td data-total-row></td></tr></tbody><tfoot><tr><td data-total="2027"></td><td data-total="2028"></td>
<td data-total-all></td></tr></tfoot></table>
<template data-grid-row="costs"><tr data-group="capital"><td><input name="a.__n__" data-sum="2027"></td>
<td><input name="b.__n__" data-sum="2028"></td><td data-total-row></td></tr></template></form>"""

ROWS = """{% from "macros/htmx.html" import autosave %}
<form method="post" action="/" {{ autosave("/save", 0, "someone") }} data-text-pasted="Not saved yet">
<input type="hidden" name="csrf_token" value="token"><p data-form-state data-field-state></p>
<table data-grid data-decimal="," data-places="0" id="costs"><tbody><tr data-version="3">
<td><input type="hidden" name="line" value="k:3" data-line-version><input name="k.what" aria-label="What"></td>
<td><select name="k.unit" aria-label="Unit" data-grid-factor><option value="">CLP</option>
<option value="UF" data-factor="3841669/1000000" data-places="4">UF</option></select></td>
<td><select name="k.tax" aria-label="Tax" data-grid-factor><option value="yes">Sí</option>
<option value="no" data-factor="119/100">No</option></select></td>
<td><input name="k.y2027" aria-label="2027" data-sum="y2027"></td><td data-total-row></td></tr></tbody>
<tfoot><tr><td data-total="y2027"></td><td data-rest="y2027" data-of="1000000"></td></tr></tfoot></table>
<template data-grid-row="costs"><tr data-version="0"><td data-line-number></td><td><input name="__id__.what"></td></tr>
</template></form>"""
"""A row whose cells share one version, with amounts in an indexed unit of 38.416,69 pesos and four decimals."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page()
    yield found
    found.close()


@pytest.fixture
def form(page: Page) -> Stage:
    shown = {"raw": {"why": "Long queues"}, "errors": {}, "summary": []}
    return Stage(page, make_environment().from_string(FORM).render(form=shown))


def test_a_changed_field_is_saved_with_its_base_and_the_next_one_builds_on_the_answer(form: Stage) -> None:
    form.answers = [saved("4"), saved("5")]
    form.page.fill("#why", "Queues")
    wait_for_state(form, "10:42")
    form.page.fill("#why", "Longer queues")
    form.page.wait_for_function("() => document.forms[0].dataset.version === '5'")
    assert form.saved == [
        "csrf_token=token&field=why&version=3&value=Queues",
        "csrf_token=token&field=why&version=4&value=Longer+queues",
    ]
    assert form.page.evaluate("sessionStorage.length") == 0


def test_text_that_could_not_be_sent_is_brought_back_with_the_version_it_was_based_on(form: Stage) -> None:
    form.answers = [(503, "text/plain", "")]
    form.page.fill("#why", "Kept")
    wait_for_state(form, "trying again")
    form.page.once("dialog", lambda dialog: dialog.accept())
    form.answers = [(409, "text/html", '<p data-version="9">Ana wrote: Gone</p>'), saved("10")]
    form.open()
    assert form.page.input_value("#why") == "Kept"
    wait_for_state(form, "by someone else or in another window")
    assert "version=3" in form.saved[-1]
    assert form.page.locator(".app-field-conflict").inner_text() == "Ana wrote: Gone"
    form.page.fill("#why", "Both")
    wait_for_state(form, "10:42")
    assert "version=9" in form.saved[-1]


def test_a_sign_out_meanwhile_loses_nothing(form: Stage) -> None:
    form.answers = [(401, "text/html", "")]
    form.page.fill("#why", "Kept")
    wait_for_state(form, "signed out")
    assert "Kept" in form.page.evaluate("Object.values(sessionStorage).join()")


def test_characters_beyond_the_limit_are_counted(form: Stage) -> None:
    form.answers = [saved("4"), saved("5")]
    form.page.fill("#why", "0123456789ab")
    form.page.get_by_text("2 characters too many").wait_for()
    form.page.fill("#why", "01234567")
    form.page.get_by_text("2 characters left").wait_for()


def test_a_paste_from_a_spreadsheet_adds_rows_and_sums_to_the_last_cent(page: Page) -> None:
    stage = Stage(page, GRID)
    stage.page.evaluate("""() => {
      const first = document.querySelector("input");
      const data = new DataTransfer();
      data.setData("text/plain", "9.999.999.999.999.999,99\\t0,01\\r\\n0,1\\t0,2\\r\\n1.5\\t7\\r\\n");
      first.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    assert [stage.page.input_value(f"[name='b.{row}']") for row in range(3)] == ["0,01", "0,2", "7"]
    assert stage.page.locator("[data-total='2027']").inner_text() == "10.000.000.000.000.000,09"
    assert stage.page.locator("[data-total-all]").inner_text() == "10.000.000.000.000.007,30"
    assert stage.page.locator("[aria-invalid]").get_attribute("name") == "a.2"


@pytest.fixture
def rows(page: Page) -> Stage:
    return Stage(page, make_environment().from_string(ROWS).render())


def test_cells_of_one_row_go_one_after_the_other_and_build_on_each_others_version(rows: Stage) -> None:
    rows.answers = [saved("4"), saved("5")]
    rows.page.get_by_label("What").fill("Cloud")
    rows.page.get_by_label("2027").fill("12")
    rows.page.wait_for_function("() => document.querySelector('[data-line-version]').value === 'k:5'")
    assert rows.saved == [
        "csrf_token=token&field=k.what&version=3&value=Cloud",
        "csrf_token=token&field=k.y2027&version=4&value=12",
    ]


def test_totals_follow_unit_and_tax_rounded_half_up_as_the_server_does(rows: Stage) -> None:
    rows.answers = [saved(str(version)) for version in range(4, 9)]
    rows.page.get_by_label("2027").fill("12,55")
    rows.page.get_by_label("Unit").select_option("UF")
    assert rows.page.locator("[data-total-row]").inner_text() == "482.129"  # 12,55 × 38.416,69 = 482.129,4595
    rows.page.get_by_label("Tax").select_option("no")
    assert rows.page.locator("[data-total-row]").inner_text() == "573.734"  # × 1,19 = 573.734,056…
    assert rows.page.locator("[data-rest]").inner_text() == "426.266"


def test_what_is_pasted_into_a_row_waits_for_the_form_and_choices_match_without_accents(rows: Stage) -> None:
    rows.page.get_by_label("What").focus()
    rows.page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData("text/plain", "Cloud\\tUF\\tsi\\t1.250,5\\n");
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
    }""")
    assert rows.page.get_by_label("2027").input_value() == "1.250,5"
    assert rows.page.get_by_label("Tax").input_value() == "yes"
    assert state(rows) == "Not saved yet"
    rows.page.wait_for_timeout(1200)
    assert rows.saved == []


def test_a_form_pressed_while_a_cell_is_on_its_way_goes_with_the_version_that_cell_gets(rows: Stage) -> None:
    rows.page.evaluate("""() => {
        document.querySelector("form").insertAdjacentHTML("beforeend", "<button data-once>Save</button>");
        window.fetch = () => new Promise((answer) => {
            setTimeout(() => answer(new Response('{"version": "4", "saved_at": "10:42"}')), 400);
        });
    }""")
    rows.page.get_by_label("What").fill("Cloud")
    rows.page.get_by_label("2027").focus()
    with rows.page.expect_request(lambda request: request.is_navigation_request()) as sent:
        rows.page.get_by_role("button", name="Save").click()
    assert "line=k%3A4" in (sent.value.post_data or "")
