"""Leaving a page whose forms save while they are written: nothing refused or unsent is left behind, no old text comes back."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from portfolio.web.templates import make_environment
from script_stage import ORIGIN, Stage, saved, wait_for_state

pytestmark = pytest.mark.browser

PAGE = """{% from "macros/forms.html" import csrf_field, textarea %}{% from "macros/htmx.html" import autosave %}
<div id="messages">__MESSAGE__</div>
<form method="post" action="/table" {{ autosave("/save", 0, "someone") }} data-text-pasted="Not saved yet">{{ csrf_field("token") }}
<button type="submit">Save the table</button><p data-form-state></p>
<table><tr data-version="3"><td><input type="hidden" name="line" value="k:3" data-line-version>
<input name="k.what" id="k-what" aria-label="What" value="Cloud"></td>
<td><button type="submit" name="act" value="remove:k">Take away</button></td></tr></table></form>
<form method="post" action="/answers" {{ autosave("/save", 3, "someone") }}>{{ csrf_field("token") }}
{{ textarea(form, "why", "Why", autosave=true) }}
<button type="submit">Save and continue</button><p data-form-state id="told"></p></form>"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page()
    yield found
    found.close()


@pytest.fixture
def stage(page: Page) -> Stage:
    shown = {"raw": {"why": "Long queues"}, "errors": {}, "summary": []}
    return Stage(page, make_environment().from_string(PAGE).render(form=shown))


def refused(words: str) -> tuple[int, str, str]:
    return 422, "application/json", json.dumps({"error": words})


def press(stage: Stage, name: str) -> None:
    stage.page.get_by_role("button", name=name).click()


def focused(stage: Stage) -> str:
    return str(stage.page.evaluate("document.activeElement.name"))


def test_a_refused_cell_of_the_table_holds_the_button_of_the_questions(stage: Stage) -> None:
    stage.answers = [refused("Enter a shorter text"), saved("4")]
    stage.page.get_by_label("What").fill("Far too long")
    stage.page.get_by_label("Why").fill("Longer queues")
    press(stage, "Save and continue")
    stage.page.locator("#told").get_by_text("still on this page").wait_for()
    assert stage.page.url == f"{ORIGIN}/case"
    assert focused(stage) == "k.what"
    beside = stage.page.locator("td", has=stage.page.get_by_label("What"))
    assert "Enter a shorter text" in beside.inner_text()
    assert stage.page.get_by_label("What").get_attribute("aria-invalid") == "true"
    assert stage.page.get_by_label("What").get_attribute("aria-describedby") == "k-what-state"
    assert stage.page.get_by_label("What").input_value() == "Far too long"
    stage.answers = [saved("4")]
    stage.page.get_by_label("What").fill("Cloud")
    with stage.page.expect_navigation(url=f"{ORIGIN}/answers"):
        press(stage, "Save and continue")


def test_a_cell_that_still_waits_is_sent_before_the_page_is_left(stage: Stage) -> None:
    stage.answers = [saved("4")]
    stage.page.get_by_label("What").fill("Private cloud")
    with stage.page.expect_navigation(url=f"{ORIGIN}/answers"):
        press(stage, "Save and continue")
    assert stage.saved == ["csrf_token=token&field=k.what&version=3&value=Private+cloud"]
    assert stage.page.evaluate("Object.keys(sessionStorage).length") == 0


def test_a_conflict_in_the_table_holds_until_it_is_decided(stage: Stage) -> None:
    stage.answers = [(409, "text/html", '<div data-version="7">Ana wrote: Servers</div>')]
    stage.page.get_by_label("What").fill("Private cloud")
    press(stage, "Save and continue")
    stage.page.get_by_text("Ana wrote: Servers").wait_for()
    stage.page.locator("#told").get_by_text("still on this page").wait_for()
    assert focused(stage) == "k.what"
    stage.answers = [saved("8")]
    stage.page.get_by_label("What").fill("Both")
    with stage.page.expect_navigation(url=f"{ORIGIN}/answers"):
        press(stage, "Save and continue")
    assert "version=7" in stage.saved[-1]


def test_what_cannot_reach_the_server_is_not_left_behind(stage: Stage) -> None:
    stage.answers = [(503, "text/plain", "")]
    stage.page.get_by_label("What").fill("Private cloud")
    press(stage, "Save and continue")
    stage.page.locator("#told").get_by_text("still on this page").wait_for()
    assert stage.page.url == f"{ORIGIN}/case"
    assert "Private cloud" in stage.page.evaluate("Object.values(sessionStorage).join()")


def test_a_pasted_table_is_saved_by_its_own_button_first(stage: Stage) -> None:
    stage.page.evaluate("""() => document.getElementById("k-what").dispatchEvent(
        new CustomEvent("input", { bubbles: true, detail: { pasted: true } }))""")
    press(stage, "Save and continue")
    stage.page.locator("#told").get_by_text("still on this page").wait_for()
    assert stage.page.evaluate("document.activeElement.textContent") == "Save the table"
    assert stage.page.url == f"{ORIGIN}/case"


def test_a_line_with_a_refused_cell_can_be_taken_away(stage: Stage) -> None:
    stage.answers = [refused("Enter a shorter text")]
    stage.page.get_by_label("What").fill("Far too long")
    wait_for_words(stage, "Enter a shorter text")
    with stage.page.expect_navigation(url=f"{ORIGIN}/table"):
        press(stage, "Take away")


def test_after_a_sign_out_the_form_goes_to_be_carried_across_and_another_form_holds_it(stage: Stage) -> None:
    stage.answers = [(401, "text/html", "")]
    stage.page.get_by_label("Why").fill("Written while the session ended")
    with stage.page.expect_navigation(url=f"{ORIGIN}/answers"):
        press(stage, "Save and continue")
    stage.page.evaluate("sessionStorage.clear()")
    stage.open()
    stage.answers = [(401, "text/html", "")]
    stage.page.get_by_label("What").fill("Private cloud")
    press(stage, "Save and continue")
    stage.page.locator("#told").get_by_text("still on this page").wait_for()


def wait_for_words(stage: Stage, words: str) -> None:
    stage.page.get_by_text(words).wait_for()


def draft(stage: Stage, **more: object) -> None:
    kept = json.dumps({"values": ["Mine"], "version": "3", "base": ["Long queues"], **more})
    stage.page.evaluate("kept => sessionStorage.setItem('draft:someone:/save:why', kept)", kept)


def test_a_draft_comes_back_while_what_it_was_based_on_stands(stage: Stage) -> None:
    draft(stage)
    stage.answers = [saved("4")]
    stage.open()
    assert stage.page.get_by_label("Why").input_value() == "Mine"
    wait_for_state(stage, "10:42")
    assert stage.page.evaluate("sessionStorage.length") == 0


def test_a_draft_of_which_the_server_has_the_same_text_is_dropped(stage: Stage) -> None:
    draft(stage, values=["  Long\nqueues "], version="2", base=["Before"])
    stage.open()
    assert stage.page.get_by_label("Why").input_value() == "Long queues"
    assert stage.page.evaluate("sessionStorage.length") == 0
    assert not stage.page.get_by_text("brought back").is_visible()


def test_an_old_draft_and_a_changed_text_are_both_shown_and_the_person_chooses(stage: Stage) -> None:
    draft(stage, version="2", base=["Before"])
    stage.open()
    group = stage.page.get_by_role("group", name="Choose which one stays")
    assert stage.page.get_by_label("Why").input_value() == "Long queues"
    assert "Long queues" in group.inner_text()
    assert "Mine" in group.inner_text()
    stage.page.reload()  # not chosen yet: it is still there
    stage.answers = [saved("4")]
    group.get_by_role("button", name="Use my text").click()
    wait_for_state(stage, "10:42")
    assert stage.saved == ["csrf_token=token&field=why&version=3&value=Mine"]
    assert stage.page.evaluate("sessionStorage.length") == 0


def test_what_is_saved_can_be_kept_against_an_old_draft(stage: Stage) -> None:
    draft(stage, version="2", base=["Before"])
    stage.open()
    press(stage, "Keep what is saved")
    assert stage.page.get_by_label("Why").input_value() == "Long queues"
    assert stage.page.evaluate("sessionStorage.length") == 0
    assert stage.saved == []


def test_text_that_went_with_a_whole_form_is_dropped_only_when_the_next_page_says_it_was_saved(stage: Stage) -> None:
    stage.answers = [(503, "text/plain", "")]
    stage.page.get_by_label("Why").fill("1.000")
    with stage.page.expect_navigation(url=f"{ORIGIN}/answers"):
        press(stage, "Save and continue")  # no message there: a sign-in page, say
    assert "1.000" in stage.page.evaluate("Object.values(sessionStorage).join()")
    stage.answers = [(503, "text/plain", "")]
    stage.open()
    stage.body = stage.body.replace("__MESSAGE__", '<div class="app-message app-message--success">Saved</div>')
    with stage.page.expect_navigation(url=f"{ORIGIN}/answers"):
        press(stage, "Save and continue")
    assert stage.page.evaluate("sessionStorage.length") == 0
