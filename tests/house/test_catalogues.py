"""Every sentence has its words in Spanish and Portuguese, with the same placeholders."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "NP_": ((1, "c"), 2),
}
Sentence = tuple[str | tuple[str, ...], str | None]
"""A text, or singular and plural, and its context."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")


def catalogue(code: str) -> Catalog:
    return read_po(BytesIO((ROOT / f"src/portfolio/locale/{code}/LC_MESSAGES/messages.po").read_bytes()), locale=code)


def sentences() -> set[Sentence]:
    """Everything that sources and templates mark for translation."""
    found: set[Sentence] = set()
    jinja = {"extensions": "jinja2.ext.do", "silent": "false", "newstyle_gettext": "true"}
    for folder, methods in (
        (ROOT / "src/portfolio", [("**.py", "python")]),
        (ROOT / "templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    ):
        options = {"**.html": jinja, "**.txt": jinja}
        for _file, _line, message, _comments, context in extract_from_dir(
            str(folder), methods, options, keywords=KEYWORDS
        ):
            found.add((tuple(message) if isinstance(message, (tuple, list)) else message, context))
    return found


@pytest.mark.parametrize("code", ["es", "pt"])
def test_every_sentence_has_words(code: str) -> None:
    known = catalogue(code)
    missing = sorted(
        str(text)
        for text, context in sentences()
        if (entry := known.get(text if isinstance(text, str) else text[0], context)) is None
        or not entry.string
        or (isinstance(entry.string, tuple) and not all(entry.string))
    )
    assert not missing, f"{code}: {len(missing)} without words (make messages): {missing[:20]}"


@pytest.mark.parametrize("code", ["es", "pt"])
def test_placeholders_agree_and_nothing_is_fuzzy(code: str) -> None:
    wrong = []
    for entry in catalogue(code):
        if not entry.id:
            continue
        assert not entry.fuzzy, entry.id
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        wanted = set().union(*(PLACEHOLDER.findall(text) for text in ids))
        wrong += [text for text in strings if not set(PLACEHOLDER.findall(text)) <= wanted]
        if wanted and not any(set(PLACEHOLDER.findall(text)) == wanted for text in strings):
            wrong.append(str(entry.id))
    assert not wrong, wrong[:10]
