"""Bad input everywhere: the forms that people of the demonstration meet, every route that writes, every address with a hostile query.

Nothing that a person sends is a 500, and whoever is refused reads which field to mend.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator

import pytest
from litestar.routes import HTTPRoute

from crawling import Met, Walk, a_demonstration, walk
from visitors import COOKIE, NS, Page, Visitor, Visitors, words

TITLES = (
    "Certificados del registro civil en línea para consulados",
    "Corrección de partidas sin trámite judicial",
    "Inscripción de nacimientos en la maternidad",
    "Agenda médica por mensaje de texto",
    "Defunciones con certificado médico digital",
    "Apostilla electrónica",
    "Cambio de domicilio una sola vez",
    "Intercambio de datos de emergencias entre comunas",
    "Centro de datos secundario propio",
    "Atención por videollamada",
)
"""One case in each state of the road."""
ENOUGH = 60
"""Fewer forms than these mean that the walk no longer finds its way, and that the tests below say nothing."""
FINAL = frozenset(
    {
        "/sign-out",
        "/people/{person_id:uuid}/disable",
        "/people/{person_id:uuid}/roles/{membership_id:uuid}/end",
        "/institutions/{institution_id:uuid}/{act:str}",
    }
)
"""Acts after which somebody is no longer who they were: they come last."""
ROUNDS = 4
ANSWERS = frozenset({200, 303, 400, 401, 403, 404, 405, 409, 413, 422, 429})
LONG = "ñ" * 100_000
HOSTILE = {
    "nothing": "",
    "long": LONG,
    "nul": "a\x00b",
    "astral": "𝔘𝔫𝔦 👩🏽‍⚖️ \u202e\ufeff",
    "markup": "<script>hit()</script>{{7*7}}'\"",
    "number": "1e999",
    "negative": "-99999999999999999999999,999.9.9",
    "nan": "NaN",
    "date": "2026-02-30",
    "year": "99999-13-01T99:99",
    "uuid": str(uuid.UUID(int=7)),
    "digits": "٣٤²",
}
QUERIES = (
    "after=garbage&before=garbage&page=-1&sort=x&order=sideways&q=" + "x" * 5000,
    "amount=1e999&from_amount=-1&minimum=NaN&maximum=1e999&year=99999999999&call=x&status=x&institution=x&as_at=2026-02-30",
    "q=%00&after=%00&sort=%00&call=%00&status=%00",
    "q=%ed%a0%80&after=%ff%fe&sort=%F0%9F%98%80",
    "q=1&q=2&status=a&status=b&a[b]=c&=&&&;",
)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    with a_demonstration(tmp_path_factory.mktemp("var"), TITLES) as found:
        yield found


@pytest.fixture(scope="module")
def walked(demonstration: Visitors) -> Walk:
    return walk(demonstration)


def in_order(walked: Walk) -> list[Met]:
    """Forms with much to fill in first: what is only a button moves things on, and leaving comes last."""
    return sorted(walked.forms.values(), key=lambda met: (met.route in FINAL, -len(met.fields), met.action))


def test_every_link_that_is_shown_leads_somewhere(walked: Walk) -> None:
    assert len(walked.forms) >= ENOUGH, sorted({met.route for met in walked.forms.values()})
    assert not walked.broken, walked.broken


def test_an_empty_form_is_told_which_fields_to_fill_in(demonstration: Visitors, walked: Walk) -> None:
    """Every entry of a summary begins with the name of its field, and its link leads to that field."""
    problems, summaries = [], 0
    for met in in_order(walked):
        answer = demonstration.of(met.person_id).post(met.action, {**met.hidden, **dict.fromkeys(met.fields, "")})
        if answer.status >= 500:
            problems.append(f"{met.route}: {answer.status}")
        for problem in nameless(answer):
            problems.append(f"{met.route} on {met.place}: {problem}")
        summaries += answer.status == 422 and "data-error-summary" in answer.text
    assert not problems, "\n".join(problems)
    assert summaries >= 15


def nameless(answer: Page) -> list[str]:
    """Entries of the answer's summary that name no field, or point to nothing."""
    if not answer.is_html or "data-error-summary" not in answer.text:
        return []
    found = []
    ids = {element.get("id") for element in answer.tree.iter()}
    for box in answer.tree.iter():
        if box.get("data-error-summary") is None:
            continue
        for entry in box.iter(f"{NS}li"):
            link = entry.find(f"{NS}a")
            if link is None:
                continue
            target = (link.get("href") or "").removeprefix("#")
            if target not in ids:
                found.append(f"«{words(entry)}» points to #{target}, which is not there")
            if not re.search(r"\w.*[:?] \S", words(entry)):
                found.append(f"«{words(entry)}» names no field (#{target})")
    return found


def sent(visitor: Visitor, path: str, body: dict[str, str]) -> int:
    """The status alone: reading thousands of refusals as pages takes longer than making them."""
    answer = visitor.client.post(
        path,
        data={"csrf_token": visitor.csrf, **body},
        headers={"cookie": f"{COOKIE}={visitor.token}", "sec-fetch-site": "same-origin"},
        follow_redirects=False,
    )
    return int(answer.status_code)


@pytest.mark.parametrize("first", range(ROUNDS))
def test_hostile_text_in_any_field_is_never_a_failure(demonstration: Visitors, walked: Walk, first: int) -> None:
    """Each field gets another kind in each round, over what the page sends by itself, then in place of that too."""
    problems, answers = [], Counter[int]()
    kinds = list(HOSTILE.values())
    step = len(kinds) // ROUNDS
    for met in in_order(walked):
        if met.route in FINAL and first < ROUNDS - 1:
            continue
        visitor = demonstration.of(met.person_id)
        mixed = {
            name: kinds[(place + first * step) % len(kinds)]
            for place, name in enumerate((*met.fields, *met.hidden, "unknown"))
        }
        for body in ({**mixed, **met.hidden}, mixed, dict.fromkeys(met.fields, kinds[first * step])):
            status = sent(visitor, met.action, body)
            answers[status] += 1
            if status not in ANSWERS:
                problems.append(f"{met.route} {[(name, text[:20]) for name, text in body.items()][:12]}: {status}")
    assert not problems, "\n".join(problems)
    assert answers[422] + answers[400] > answers.total() / 3, answers


def everywhere(visitors: Visitors, method: str) -> list[str]:
    """An address of each route of a method, with plausible parameters of things that do not exist."""
    samples = {"uuid": str(uuid.UUID(int=7)), "int": "7", "str": "x", "path": "x", "date": "2026-08-03"}
    return [
        re.sub(r"\{[^}:]+(?::([a-z]+))?\}", lambda found: samples[found[1] or "str"], route.path)
        for route in visitors.app.routes
        if isinstance(route, HTTPRoute) and method in route.methods
    ]


def somebody_of_each_role(demonstration: Visitors, walked: Walk) -> list[Visitor]:
    return [
        demonstration.of(person_id)
        for person_id, _address in {one[0]: one for one in walked.addresses.values()}.values()
    ]


def test_no_route_that_writes_fails_on_a_body_it_does_not_know(demonstration: Visitors, walked: Walk) -> None:
    problems = []
    for visitor in somebody_of_each_role(demonstration, walked):
        for path in everywhere(demonstration, "POST"):
            if path == "/sign-out":
                continue
            for body in ({}, {"field": "x.y", "value": "ñ" * 9000, "version": "v:zz", "file": "x", "digest": "ñ" * 70}):
                status = sent(visitor, path, body)
                if status not in ANSWERS:
                    problems.append(f"{path} {sorted(body)}: {status}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("body", [b"a=%ed%a0%80&b=%ff", b"\x00" * 1000, b"a=1&" * 6000, b"a" * 300_000])
def test_a_body_that_is_no_form_is_refused(demonstration: Visitors, walked: Walk, body: bytes) -> None:
    problems = []
    visitor = somebody_of_each_role(demonstration, walked)[0]
    for path in everywhere(demonstration, "POST"):
        answer = demonstration.client.post(
            path,
            content=body,
            headers={
                "cookie": f"{COOKIE}={visitor.token}",
                "sec-fetch-site": "same-origin",
                "content-type": "application/x-www-form-urlencoded",
            },
            follow_redirects=False,
        )
        if answer.status_code not in ANSWERS:
            problems.append(f"{path}: {answer.status_code}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("query", QUERIES, ids=["cursors", "numbers", "nul", "surrogates", "repeated"])
def test_no_page_fails_on_a_hostile_query(demonstration: Visitors, walked: Walk, query: str) -> None:
    problems = []
    for _route, (person_id, address) in sorted(walked.addresses.items()):
        path = address.partition("?")[0]
        answer = demonstration.of(person_id).raw(f"{path}?{query}")
        if answer.status_code not in ANSWERS:
            problems.append(f"{path}: {answer.status_code}")
    for path in everywhere(demonstration, "GET"):
        answer = demonstration.nobody.raw(f"{path}?{query}")
        if answer.status_code not in ANSWERS and path != "/readyz":
            problems.append(f"{path} (nobody): {answer.status_code}")
    assert not problems, "\n".join(problems)
