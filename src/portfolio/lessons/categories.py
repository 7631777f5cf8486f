"""The categories of lessons: data in the languages of the interface, read once."""

from functools import cache
from importlib import resources

import yaml

from portfolio.i18n import Phrase


@cache
def categories() -> dict[str, Phrase]:
    """By code, in the order of the file."""
    text = resources.files("portfolio.lessons").joinpath("categories.yaml").read_text(encoding="utf-8")
    return {entry["code"]: Phrase.model_validate(entry["name"]) for entry in yaml.safe_load(text)["categories"]}


def choices() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in categories().items()]


def name_of(code: str) -> str:
    """The category in words; a code that left the file stays readable as itself."""
    return str(categories().get(code, code))
