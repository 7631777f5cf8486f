"""What browsers load: licences kept, nothing that is not free, nothing from elsewhere, small enough for a poor line."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "portfolio" / "static"
TEMPLATES = ROOT / "templates"
STYLES = sorted(STATIC.rglob("*.css"))
SCRIPTS = sorted(STATIC.rglob("*.js"))
OWN_SCRIPTS = sorted((STATIC / "js").glob("*.js"))
CONTRAST_OF_TEXT = 4.5
"""WCAG 2.2, success criterion 1.4.3."""


def compressed(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


@pytest.mark.parametrize("folder", sorted(path for path in (STATIC / "vendor").iterdir() if path.is_dir()), ids=name)
def test_what_is_not_ours_keeps_its_licence_and_is_listed(folder: Path) -> None:
    assert (folder / "LICENSE").read_text(encoding="utf-8").strip()
    assert f"`{folder.name}/`" in (STATIC / "vendor" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("style", STYLES, ids=name)
def test_styles_bring_no_font_no_crest_and_nothing_from_elsewhere(style: Path) -> None:
    text = style.read_text(encoding="utf-8")
    for unwanted in ("@font-face", "GDS Transport", "crest", "@import", "http:", "https:"):
        assert unwanted not in text
    for address in re.findall(r"url\(([^)]*)\)", text):
        assert address.strip("\"'").startswith("data:")


@pytest.mark.parametrize("script", OWN_SCRIPTS, ids=name)
def test_own_scripts_obey_the_content_security_policy(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    for unwanted in ("eval(", "new Function", "innerHTML", "document.write", ".style.", "http:", "https:"):
        assert unwanted not in text


def test_styles_and_scripts_fit_the_budget_of_a_first_visit() -> None:
    assert compressed(STYLES) + compressed(SCRIPTS) < 47_000
    assert compressed(OWN_SCRIPTS) < 12_000


def test_a_theme_is_five_properties() -> None:
    text = (STATIC / "css" / "theme.css").read_text(encoding="utf-8")
    assert re.findall(r"(--[a-z-]+):", text) == [
        "--govuk-brand-colour",
        "--govuk-link-colour",
        "--govuk-link-hover-colour",
        "--govuk-surface-background-colour",
        "--govuk-surface-border-colour",
    ]


def test_vendored_scripts_are_the_ones_that_the_page_vouches_for() -> None:
    page = (TEMPLATES / "_scripts.html").read_text(encoding="utf-8")
    found = dict(re.findall(r"static\('(vendor/[^']+)'\) }}\" integrity=\"(sha384-[^\"]+)\"", page))
    assert set(found) == {name(path) for path in SCRIPTS if "vendor" in path.parts}
    for path, integrity in found.items():
        digest = hashlib.sha384((STATIC / path).read_bytes()).digest()
        assert integrity == "sha384-" + base64.b64encode(digest).decode()


def test_every_file_that_a_template_asks_for_exists() -> None:
    asked = {
        path
        for template in TEMPLATES.rglob("*.html")
        for path in re.findall(r"static\(['\"]([^'\"]+)['\"]\)", template.read_text(encoding="utf-8"))
    }
    assert asked
    assert [path for path in sorted(asked) if not (STATIC / path).is_file()] == []


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tone", ["good", "caution", "bad", "active", "waiting", "special", "neutral"])
def test_the_words_of_a_tag_can_be_read_on_its_colour(tone: str) -> None:
    text = (STATIC / "css" / "app.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--app-([a-z-]+): (#[0-9a-f]{6});", text))
    dark, light = sorted((luminance(colours[tone]), luminance(colours[f"{tone}-soft"])))
    assert (light + 0.05) / (dark + 0.05) >= CONTRAST_OF_TEXT
