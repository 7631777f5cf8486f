"""One test client that visits as any person and checks the house rules on every page it gets."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any

import html5lib
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.identity.models import Account
from portfolio.identity.passwords import hash_password
from portfolio.identity.sessions import open_session
from portfolio.people.viewer import SYSTEM

NS = "{http://www.w3.org/1999/xhtml}"
COOKIE = "__Host-pf"
PASSWORD = "a long phrase nobody guesses"
"""What binding acts ask again of whoever `visitors.of` signed in."""


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


@dataclass
class Page:
    """An answer, with the questions tests ask of it."""

    status: int
    text: str
    headers: Any
    url: str

    def __post_init__(self) -> None:
        self.is_html = "html" in self.headers.get("content-type", "")
        if self.is_html and self.text:
            self.tree = html5lib.parse(self.text, treebuilder="etree")
            if "<html" in self.text:
                check_house_rules(self)

    @property
    def heading(self) -> str:
        found = self.tree.find(f".//{NS}h1")
        return "" if found is None else words(found)

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    def by_id(self, name: str) -> Any:
        return next((e for e in self.tree.iter() if e.get("id") == name), None)

    def error(self, name: str) -> str:
        """The message beside a field."""
        found = self.by_id(f"{name}-error")
        return "" if found is None else re.sub(r"^Error:\s*", "", words(found))

    def value(self, name: str) -> str | None:
        """What a field shows."""
        for element in self.tree.iter():
            if element.get("name") == name:
                if element.tag == f"{NS}textarea":
                    return element.text or ""
                if element.tag == f"{NS}select":
                    chosen = [o for o in element.iter(f"{NS}option") if o.get("selected") is not None]
                    return chosen[0].get("value") if chosen else None
                return element.get("value")
        return None

    @property
    def main(self) -> str:
        found = self.by_id("main")
        return words(found if found is not None else self.tree)


def words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def check_house_rules(page: Page) -> None:
    """One h1, a title that starts with it, no id twice, every field labelled, no inline script, CSP present."""
    headings = list(page.tree.iter(f"{NS}h1"))
    assert len(headings) == 1, f"{page.url}: {len(headings)} h1"
    title = next(page.tree.iter(f"{NS}title")).text or ""
    start = words(headings[0])[:20]
    assert title.strip().startswith(start) or start in title, (
        f"{page.url}: the title {title!r} does not begin with the heading"
    )
    ids = [e.get("id") for e in page.tree.iter() if e.get("id")]
    twice = {name for name in ids if ids.count(name) > 1}
    assert not twice, f"{page.url}: ids twice: {twice}"
    labels = {e.get("for") for e in page.tree.iter(f"{NS}label")}
    for element in page.tree.iter():
        if element.tag in (f"{NS}input", f"{NS}select", f"{NS}textarea") and element.get("type") not in (
            "hidden",
            "submit",
        ):
            named = element.get("aria-label") or element.get("aria-labelledby") or element.get("id") in labels
            assert named, f"{page.url}: field {element.get('name')} has no label"
        if element.tag == f"{NS}script":
            assert element.get("src"), f"{page.url}: inline script"
        assert not element.get("style"), f"{page.url}: inline style"
        if element.tag == f"{NS}form":
            assert element.get("action"), f"{page.url}: a form without an action"
    assert "default-src 'none'" in page.headers.get("content-security-policy", ""), f"{page.url}: no CSP"


class Visitor:
    """One browser of one person (or nobody)."""

    def __init__(self, client: TestClient[Litestar], token: str = "", csrf: str = "") -> None:
        self.client, self.token, self.csrf = client, token, csrf

    def _headers(self, extra: dict[str, str] | None) -> dict[str, str]:
        cookie = {"cookie": f"{COOKIE}={self.token}; pf_language=en"} if self.token else {"cookie": "pf_language=en"}
        return {**cookie, **(extra or {})}

    def get(self, path: str, *, headers: dict[str, str] | None = None) -> Page:
        answer = self.client.get(path, headers=self._headers(headers), follow_redirects=False)
        return Page(answer.status_code, answer.text, answer.headers, path)

    def raw(self, path: str) -> Any:
        """The bare answer, for files."""
        return self.client.get(path, headers=self._headers(None), follow_redirects=False)

    def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        files: Any = None,
        headers: dict[str, str] | None = None,
        part: bool = False,
    ) -> Page:
        fields = {"csrf_token": self.csrf, **(data or {})}
        extra = {"sec-fetch-site": "same-origin", **(headers or {})}
        if part:
            extra |= {"HX-Request": "true", "HX-Request-Type": "partial"}
        answer = self.client.post(path, data=fields, files=files, headers=self._headers(extra), follow_redirects=False)
        return Page(answer.status_code, answer.text, answer.headers, path)

    def follow(self, page: Page) -> Page:
        """Where a 303 leads."""
        assert page.status == 303, (page.status, page.main if page.is_html else page.text)
        return self.get(page.location)


class Visitors:
    """The application, visited as anyone: `visitors.of(person_id)`, `visitors.nobody`."""

    def __init__(self, app: Litestar, database: Database) -> None:
        self.app, self.database = app, database
        self.client: TestClient[Litestar] = TestClient(
            app, base_url="https://testserver.local", raise_server_exceptions=False
        )

    def __enter__(self) -> Visitors:
        self.client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, value, trace)

    @property
    def nobody(self) -> Visitor:
        return Visitor(self.client)

    def of(self, person_id: uuid.UUID) -> Visitor:
        """Signed in with both factors, without the sign-in page: its own tests walk that."""
        with self.database.writing() as session:
            account = session.scalar(select(Account).where(col(Account.person_id) == person_id))
            if account is None:
                account = Account(person_id=person_id, password_hash=_password_hash())
                session.add(account)
                record(session, SYSTEM, Tag.ACCOUNT_ACTIVATED, account)
                session.flush()
            token, row = open_session(session, account, "password+totp", "127.0.0.1", "tests")
            csrf = row.csrf_token
        return Visitor(self.client, token, csrf)

    def path(self, name: str, **parameters: Any) -> str:
        return self.app.route_reverse(name, **parameters)
