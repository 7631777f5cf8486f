"""The one Jinja environment: strict about names, escaping everything, with the formats and words of the house."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portfolio import i18n, labels
from portfolio.resources import PACKAGE, folder
from portfolio.web import formatting
from portfolio.web.stacking import stacked

STATIC = PACKAGE / "static"


@cache
def static_url(path: str) -> str:
    """Address of a vendored file with its digest, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def make_environment(root: Path | None = None) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(root or folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext
    )
    environment.filters.update(
        money=formatting.money,
        amount=formatting.plain_amount,
        typed_amount=formatting.typed_amount,
        number=formatting.number,
        file_size=formatting.file_size,
        percent=formatting.percent,
        date=formatting.day,
        short_date=formatting.short_day,
        datetime=formatting.instant,
        exact=formatting.exact_time,
        label=labels.label,
        nl2p=formatting.paragraphs,
        stacked=stacked,
    )
    environment.globals.update(static=static_url)
    return environment


class Renderer:
    """Renders a template with what every page needs beside its own values."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def render(self, name: str, **context: Any) -> str:
        return self.environment.get_template(name).render(**context)
