"""Templates parse, hold no sentence outside the catalogues, no script, no style, and stay small."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from portfolio.web.templates import make_environment

ROOT = Path(__file__).parents[2] / "templates"
NAMES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
MAX_LINES = 150
ATTRIBUTES_ONLY = {"macros/htmx.html", "macros/_parts.html"}
"""Macros whose output is attributes of an element: their plain text is never read by a person."""


@pytest.mark.parametrize("name", NAMES)
def test_it_parses(name: str) -> None:
    make_environment().get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_its_filters_and_tests_exist(name: str) -> None:
    """Jinja looks a name inside a condition up only when the condition holds: the page breaks on the day on which it does."""
    assert _strangers((ROOT / name).read_text(encoding="utf-8")) == set()


def test_a_stranger_inside_a_condition_is_found() -> None:
    assert _strangers("{% if x %}{{ y | instantly }}{% if y is odder %}{% endif %}{% endif %}") == {
        "instantly",
        "odder",
    }
    assert _strangers("{% filter louder %}{{ x | map('softer') }}{% endfilter %}") == {"louder", "softer"}


def _strangers(source: str) -> set[str]:
    """Names of filters and tests that the environment does not know, those given to `map`, `select` and `reject` too."""
    environment = make_environment()
    tree = environment.parse(source)
    filters = {node.name for node in tree.find_all(nodes.Filter)}
    tests = {node.name for node in tree.find_all(nodes.Test)}
    for node in tree.find_all(nodes.Filter):
        named = node.args[0].value if node.args and isinstance(node.args[0], nodes.Const) else None
        if node.name == "map" and isinstance(named, str):
            filters.add(named)
        if node.name in ("select", "reject") and isinstance(named, str):
            tests.add(named)
    return (filters - set(environment.filters)) | (tests - set(environment.tests))


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_no_bare_text_and_nothing_unsafe(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MAX_LINES, "two parts, please"
    plain = re.sub(r"{#.*?#}", "", source, flags=re.S)
    plain = re.sub(r"{%-?\s*raw.*?endraw\s*-?%}", "", plain, flags=re.S)
    for pattern in (r"\|\s*safe\b", r"hx-on", r"hx-vars", r"javascript:", r"<script>", r"\sstyle=", r"js:"):
        assert not re.search(pattern, plain), pattern
    plain = re.sub(r"{% block width %}[^{]*{% endblock %}", " ", plain)  # a class of the page, not a sentence
    plain = re.sub(r"{%.*?%}|{{.*?}}", " ", plain, flags=re.S)
    plain = re.sub(r"<[^>]*>", " ", plain, flags=re.S)
    plain = re.sub(r"&\w+;", " ", plain)
    words = [
        word for word in re.findall(r"[^\W\d_]{3,}", plain) if word not in {"CSV", "XLSX", "DOCX", "JSON", "PDF", "SHA"}
    ]
    assert name in ATTRIBUTES_ONLY or not words, words[:10]


@pytest.mark.parametrize("name", NAMES)
def test_an_attribute_without_a_value_does_not_run_into_the_next(name: str) -> None:
    """Line ends after a block are dropped: `checked{% endif %}` at the end of a line becomes `checkedaria-describedby=…`."""
    source = (ROOT / name).read_text(encoding="utf-8")
    bare = r"\b(?:checked|selected|readonly|disabled|multiple|hidden|required|open){% endif %}\s*\n\s*(?:{%|[a-z])"
    assert not re.findall(bare, source)


MACROS = {
    name for path in (ROOT / "macros").glob("*.html") for name in re.findall(r"macro (\w+)", path.read_text("utf-8"))
}


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("macros/")])
def test_it_imports_the_macros_it_uses_and_no_more(name: str) -> None:
    """A part that lives on the imports of the page around it breaks in the next page that includes it."""
    source = re.sub(r"{#.*?#}", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.S)
    imports = re.findall(r'{% from "[^"]+" import ([^%]+?) %}', source)
    asked = {one.strip().split(" as ")[-1] for names in imports for one in names.split(",")}
    body = re.sub(r'{% from "[^"]+" import [^%]+? %}', "", source)
    own = set(re.findall(r"macro (\w+)", body))
    called = set(re.findall(r"(?<![\w.'\"])(\w+)\(", " ".join(re.findall(r"{[{%].*?[%}]}", body, flags=re.S))))
    assert called & (MACROS | {"form_key_field"}) <= asked | own
    assert {one for one in asked if not re.search(rf"\b{one}\b", body)} == set()
