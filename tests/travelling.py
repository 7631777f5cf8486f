"""Steps of a journey down the road of a case: opening its pages, pressing a form's button, confirming with the password."""

import dataclasses
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from browsing import Site, Someone
from portfolio.business_cases import models as m
from portfolio.business_cases.models import BusinessCase
from portfolio.demo.stories import stories
from portfolio.demo.writing import write_case
from portfolio.i18n import language
from portfolio.packs.terms import SectionCode
from portfolio.people.models import Person
from portfolio.people.queries import load_viewer

AMOUNTS = (
    (m.CostAmount, m.CostAmount.cost_id, m.CostLine),
    (m.FundingAmount, m.FundingAmount.funding_id, m.FundingLine),
)
"""Amounts by year, their key to a line, and the line: what the browser writes itself, beside options and the problem."""


@dataclass
class Journey:
    """A window and the case it travels with."""

    someone: Someone
    has_scripts: bool
    case_id: str = ""

    @property
    def site(self) -> Site:
        return self.someone.site

    @property
    def page(self) -> Page:
        return self.someone.page

    def become(self, key: str) -> Page:
        return self.someone.become(key)

    def go(self, path: str) -> Page:
        return self.someone.go(path)

    def start(self, title: str) -> None:
        """The registry's case lead starts a case in the call that is open all year."""
        self.describe(title)
        self.press("/cases/new")
        found = re.search(r"/cases/([0-9a-f-]{36})/", self.page.url + "/")
        assert found, self.page.url
        self.case_id = found[1]

    def describe(self, title: str) -> Page:
        """Fill the page that starts a case, by the way of the menu."""
        page = self.become("lead")
        page.locator("nav a[href='/cases']:visible").first.click()
        page.locator("main a[href='/cases/new']").first.click()
        page.locator("[name=title]").fill(title)
        page.locator("[name=kind][value=new]").check()
        call = page.locator("[name=call_id] option", has_text="Ventanilla permanente").get_attribute("value")
        page.locator("[name=call_id]").select_option(call)
        page.locator("[name=institution_id]").select_option(label="Servicio de Registro Civil")
        return page

    def open(self, place: str) -> Page:
        """A page of the case."""
        return self.go(f"/cases/{self.case_id}/{place}")

    def press(self, action: str, *, name: str = "", value: str = "", refused: bool = False) -> None:
        """Press a button of the form that is sent to an address ending so, and insist on how it is answered."""
        form = self.page.locator(f'form[method=post][action$="{action}"]').first
        button = f'button[name="{name}"][value="{value}"]' if name else "button:not([type=button])"
        with self.page.expect_navigation() as answered:
            form.locator(button).first.click()
        status = answered.value.status
        assert (status >= 400) is refused, f"{action}: {status}\n{self.page.locator('main').inner_text()[:1500]}"

    def confirm(self, action: str) -> None:
        """Type the password into a binding act and press its button."""
        form = self.page.locator(f'form[method=post][action*="{action}"]').first
        assert form.count(), f"{self.page.url} offers no {action}\n{self.page.locator('main').inner_text()[:1500]}"
        form.locator("[name=password]").fill(self.site.password)
        with self.page.expect_navigation() as answered:
            form.locator("button", has=self.page.locator(":scope")).last.click()
        assert answered.value.status < 400, self.page.locator("main").inner_text()[:1500]

    def paste(self, field: Locator, text: str) -> None:
        """Paste into a field as a person does from a spreadsheet."""
        field.focus()
        self.page.evaluate(
            """text => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
              document.activeElement.dispatchEvent(event);
            }""",
            text,
        )

    def download(self, kind: str) -> bytes:
        """The portfolio as shown, in that format."""
        with self.page.expect_download() as coming:
            self.page.locator(f'button[name=format][value="{kind}"]').click()
        return Path(coming.value.path()).read_bytes()


def key_of(site: Site, person_id: str) -> str:
    """The key by which the first page of the demonstration knows a person."""
    database = site.database()
    with database.reading() as session:
        email = session.get_one(Person, uuid.UUID(person_id)).email
    database.engine.dispose()
    return email.split("@")[0].replace(".", "_")


def fill_the_middle(site: Site, case_id: str, title: str) -> None:
    """The long middle of the form as the demonstration writes it, without what the browser types itself."""
    story = dataclasses.replace(stories()[0], title=title, cost=100_000)
    database = site.database()
    with language("es"), database.writing() as session:
        case = session.get_one(BusinessCase, uuid.UUID(case_id))
        author = session.scalars(select(Person).where(col(Person.email) == "lead@demo.example")).one()
        actor = load_viewer(session, author.id, case.created_at.date())
        write_case(session, actor, site.pack, case, story)
        _forget_what_is_typed(session, case)
    database.engine.dispose()


def _forget_what_is_typed(session: Session, case: BusinessCase) -> None:
    for amounts, key, lines in AMOUNTS:
        ids = select(col(lines.id)).where(col(lines.case_id) == case.id)
        for row in session.scalars(select(amounts).where(col(key).in_(ids))).all():
            session.delete(row)
        session.flush()
        _forget(session, lines, case)
    _forget(session, m.OptionLine, case)
    problem = col(m.CaseAnswer.section) == SectionCode.PROBLEM.value
    for answer in session.scalars(select(m.CaseAnswer).where(col(m.CaseAnswer.case_id) == case.id, problem)).all():
        session.delete(answer)


def _forget(session: Session, model: Any, case: BusinessCase) -> None:
    for row in session.scalars(select(model).where(model.case_id == case.id)).all():
        session.delete(row)
