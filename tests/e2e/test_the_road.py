"""One case from its need to an approval code that a buyer draws on, in a real browser, with JavaScript and without it."""

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser

from browsing import Site, somebody
from travelling import Journey, fill_the_middle, key_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

COSTS = (
    ("Desarrollo e integración", "Desarrollo de software", "capital", "60000"),
    ("Nube y licencias", "Nube y alojamiento", "current", "25000"),
    ("Capacitación", "Capacitación y gestión del cambio", "current", "15000"),
)
"""Description, category, capital or current, amount of 2027: 100.000 dollars together."""


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def journey(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Journey]:
    with somebody(browser, site, scripts=request.param) as someone:
        yield Journey(someone, has_scripts=request.param)


def test_a_case_travels_from_need_to_approval_code(journey: Journey, browser: Browser) -> None:
    title = f"Copias de actas {'con' if journey.has_scripts else 'sin'} visita a la oficina"
    journey.start(title)
    fill_the_middle(journey.site, journey.case_id, title)
    _problem(journey)
    _options(journey)
    _costs(journey)
    _funding(journey)
    _attachment(journey)
    _sign_and_submit(journey)
    _admit_and_review(journey)
    _check_and_recommend(journey)
    _decide(journey)
    code = _issue(journey)
    _verify(journey.site, browser, code)
    _draw(journey, code)
    _find_in_the_portfolio(journey, title)
    journey.become("auditor")
    journey.go(f"/cases/{journey.case_id}/history")
    assert journey.page.locator("main li, main tr").count() > 15
    verdict = journey.site.command("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def _problem(journey: Journey) -> None:
    """Typed as a person would; with JavaScript nobody presses a button, and it is there all the same."""
    page = journey.open("sections/problem")
    fields = page.locator("form#answers textarea")
    for choice in page.locator("form#answers input[type=radio][value=yes]").all():
        choice.check()
    names = [field.get_attribute("name") for field in fields.all()]
    for name in names:
        page.locator(f'[name="{name}"]').fill(f"Cada año 41.000 personas viajan a la capital por una copia ({name}).")
    if journey.has_scripts:
        page.wait_for_function(
            "n => document.querySelectorAll('#answers .app-field-state--saved').length >= n", arg=len(names)
        )
    else:
        journey.press("/sections/problem", name="then", value="")
    journey.open("sections/problem")
    assert [field.input_value() for field in fields.all()] == [
        f"Cada año 41.000 personas viajan a la capital por una copia ({name})." for name in names
    ]


def _options(journey: Journey) -> None:
    page = journey.open("lines/options")
    for title, kind, preferred in (
        ("Seguir igual", "do_nothing", "no"),
        ("Comprar", "buy", "no"),
        ("Mixta", "mix", "yes"),
    ):
        card = page.locator("fieldset.app-line", has=page.locator("[name$='.title'][value='']")).first
        card.locator("[name$='.title']").fill(title)
        card.locator("[name$='.kind']").select_option(kind)
        card.locator("[name$='.whole_life_minor']").fill("100000")
        card.locator("[name$='.is_preferred']").select_option(preferred)
        card.locator("[name$='.reason']").fill("Por costo total y por control de los datos.")
        journey.press("/lines/options", name="act", value="")
    assert page.locator("[name$='.title'][value='Mixta']").count() == 1


def _costs(journey: Journey) -> None:
    """Three rows of a spreadsheet: into the grid where there is JavaScript, through the page of pasting where there is none."""
    rows = "".join(
        f"{words}\t{kind}\t1.3\t{'Capital' if nature == 'capital' else 'Corriente'}\t\tsí\tsí\t{amount}\n"
        for words, kind, nature, amount in COSTS
    )
    if journey.has_scripts:
        page = journey.open("lines/costs")
        journey.paste(page.locator("#grid-costs tbody tr [name$='.description'][value='']").first, rows)
        assert page.locator("#grid-costs [data-total-all]").inner_text().startswith("100.000")
        journey.press("/lines/costs", name="act", value="")
    else:
        page = journey.open("lines/costs/paste")
        page.locator("[name=text]").fill(rows)
        journey.press("/paste", name="act", value="read")
        assert page.locator("#pasted-rejected").count() == 0, page.locator("#pasted").inner_text()
        journey.press("/paste", name="act", value="add")
    page = journey.open("lines/costs")
    assert [box.input_value() for box in page.locator("[name$='.description']").all()][:3] == [row[0] for row in COSTS]


def _funding(journey: Journey) -> None:
    page = journey.open("lines/funding")
    for source, nature, amount in (("budget_request", "asked", "90000"), ("own_base", "own", "10000")):
        row = page.locator("#grid-funding tbody tr", has=page.locator("[data-line-version][value$=':0']")).first
        row.locator("[name$='.source']").select_option(source)
        row.locator("[name$='.nature']").select_option(nature)
        row.locator("[data-sum]").first.fill(amount)
        journey.press("/lines/funding", name="act", value="")
    journey.open("sections/funding")
    assert page.locator(".app-notice--caution", has_text="2027").count() == 0


def _attachment(journey: Journey) -> None:
    page = journey.open("sections/attachments")
    page.locator("[name=file]").set_input_files(
        {"name": "cotizaciones.csv", "mimeType": "text/csv", "buffer": b"rubro;monto\nNube;25.000,00\n"}
    )
    page.locator("[name=title]").fill("Cotizaciones de nube")
    journey.press("/attachments")
    assert page.get_by_text("cotizaciones.csv").count()


def _sign_and_submit(journey: Journey) -> None:
    page = journey.open("formulation")
    assert page.locator("#missing").count() == 0, page.locator("aside").inner_text()
    for key in ("finance", "expert", "cio"):
        journey.become(key)
        journey.open("sign-off")
        journey.confirm("/sign-off")
    journey.open("submit")
    journey.confirm("/submit")
    shown = journey.page.locator("main").inner_text()
    assert re.search(r"PF-2027-\d{6}", shown), shown
    assert re.search(r"([0-9a-f]{8} ){7}[0-9a-f]{8}", shown), shown


def _admit_and_review(journey: Journey) -> None:
    journey.become("analyst")
    journey.open("admission")
    journey.press("/admission")
    page = journey.become("secretary")
    journey.go("/reviews/assign")
    others = page.locator(f"section.app-section:not([id='case-{journey.case_id}']) select")
    for select in others.all():
        select.select_option("")
    reviewers = [select.input_value() for select in page.locator(f"[id='case-{journey.case_id}'] select").all()]
    assert len(reviewers) == 2
    assert all(reviewers), "the page proposes two reviewers"
    journey.press("/reviews/assign")
    for person in reviewers:
        _review(journey, key_of(journey.site, person))
    journey.become("secretary")
    journey.open("reviews")
    journey.press("/reviews/close")


def _review(journey: Journey, key: str) -> None:
    page = journey.become(key)
    journey.go(f"/cases/{journey.case_id}/review")
    journey.press("/review/accept")
    journey.open("review")
    for reason in page.locator("#criteria-form textarea[name^='reason.']").all():
        group = (reason.get_attribute("name") or "").removeprefix("reason.")
        page.locator(f"[name='score.{group}']").nth(3).check()
        reason.fill("El problema está medido y los costos tienen respaldo verificable en los anexos.")
    page.locator("#criteria-form textarea[name=summary]").fill("Se recomienda: el rediseño precede a la compra.")
    journey.press("/review", name="act", value="check")
    assert page.url.endswith("/review/file"), page.locator("main").inner_text()[:500]
    journey.confirm("/review/file")


def _check_and_recommend(journey: Journey) -> None:
    page = journey.become("standards")
    journey.open("check")
    findings = page.locator("select[name^='result.']").all()
    assert 5 <= len(findings) <= 56
    for select in findings:
        select.select_option("met")
    for note in page.locator("textarea[name^='evidence.'], textarea[name^='comment.']").all():
        note.fill("Conforme con el anexo técnico.")
    journey.press("/check")
    journey.become("analyst")
    journey.open("opinion")
    page.locator("[name=outcome][value=favourable]").check()
    page.locator("[name=recommended]").fill("90000")
    page.locator("[name=reasons]").fill("El problema está medido y la operación queda comprometida.")
    page.locator("[name=ground]").first.check()
    journey.press("/opinion", name="act", value="pass_on")
    journey.become("national_cio")
    journey.open("opinion")
    journey.confirm("/opinion/sign")


def _decide(journey: Journey) -> None:
    page = journey.become("budget_decider")
    journey.open("decision")
    page.locator("[name=choice][value=fund]").check()
    page.locator("[name='year-0']").fill("2027")
    page.locator("[name='tranche-0']").fill("1")
    page.locator("[name='line-0']").select_option("2.2")
    page.locator("[name='amount-0']").fill("80000")
    page.locator("[name=reasons]").fill("Se financia lo que tiene respaldo.")
    journey.press("/decision", name="act", value="propose")
    journey.become("budget_second")
    journey.go(f"/decisions/confirm?call={_call_of(journey)}")
    for box in page.locator("[name=chosen]").all():
        box.set_checked(box.get_attribute("value") == journey.case_id)
    journey.confirm("/decisions/confirm")
    journey.open("decision")
    assert "80.000" in page.locator("main").inner_text()


def _call_of(journey: Journey) -> str:
    page = journey.go("/decisions")
    found = page.locator("select[name=call] option", has_text="Ventanilla permanente").first.get_attribute("value")
    assert found
    return found


def _issue(journey: Journey) -> str:
    page = journey.become("budget_decider")
    journey.open("codes")
    page.locator("[name=fiscal_year]").fill("2027")
    page.locator("[name=ceiling]").fill("40000")
    page.locator("[name=not_before]").fill("2026-11-01")
    page.locator("[name=expires_on]").fill("2027-12-31")
    journey.press("/codes")
    journey.become("budget_second")
    journey.open("codes")
    journey.confirm("/issue")
    code = page.locator("td.app-code").first.inner_text()
    assert len(code.replace("-", "")) == 20, code
    return code


def _verify(site: Site, browser: Browser, code: str) -> None:
    """Anybody, signed in nowhere, with the code in lower case and without its hyphens."""
    with somebody(browser, site, scripts=False) as passer:
        passer.go("/v")
        passer.page.locator("[name=code]").fill(code.replace("-", "").lower())
        passer.page.get_by_role("button", name="Verify").click()
        passer.page.locator("#answer").wait_for()
        assert passer.page.locator("#answer .app-answer--good, #answer [class*=good]").count()
        assert passer.page.get_by_text("40,000").count()
        wrong = ("B" if code[0] != "B" else "C") + code[1:]
        passer.go(f"/v/{wrong}")
        assert passer.page.locator("#answer [class*=good]").count() == 0


def _draw(journey: Journey, code: str) -> None:
    page = journey.become("buyer")
    journey.go("/codes")
    page.get_by_role("link", name=code).click()
    for kind, amount in (("reserve", "30000"), ("commit", "28500,50")):
        page.locator("[name=kind]").select_option(kind)
        page.locator("[name=amount]").fill(amount)
        page.locator("[name=order_reference]").fill("LIC-2027-101")
        journey.press(urlsplit(page.url).path)
    assert "28.500,50" in page.locator("#draws, main").first.inner_text()
    page.locator("[name=kind]").select_option("reserve")
    page.locator("[name=amount]").fill("11500")
    page.locator("[name=order_reference]").fill("OC-9")
    journey.press(urlsplit(page.url).path, refused=True)
    assert page.locator("[name=amount]").input_value() == "11500"


def _find_in_the_portfolio(journey: Journey, title: str) -> None:
    page = journey.become("budget_analyst")
    journey.go(f"/portfolio?text={title.replace(' ', '+')}")
    row = page.locator("#portfolio-table tbody tr")
    assert row.count() == 1
    said = row.inner_text()
    assert "90.000" in said, said
    assert "80.000" in said, said
    assert "28.500" in said, said
    table = list(csv.reader(io.StringIO(journey.download("csv").decode("utf-8-sig")), delimiter=","))
    assert any(title in cell for line in table for cell in line)
    book = openpyxl.load_workbook(io.BytesIO(journey.download("xlsx")), read_only=True)
    cells = [value for sheet in book for line in sheet.iter_rows(values_only=True) for value in line]
    assert title in cells
    assert 80_000 in cells
    row.get_by_role("link", name=title).click()
    assert page.locator("h1").inner_text() == title
