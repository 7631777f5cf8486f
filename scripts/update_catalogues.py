"""Bring the catalogues in line with the sources: new sentences come in empty, gone ones go. Used by `make messages`."""

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

LOCALE = Path(__file__).parents[1] / "src" / "portfolio" / "locale"
LANGUAGES = ("es", "pt")
BEGAN = datetime(2026, 11, 24, tzinfo=UTC)
"""A fixed date in the headers: the history of the catalogues is git's."""


def update(code: str, template: Catalog) -> list[str]:
    """Rewrite one catalogue, sorted and without dates or places, and return its sentences that have no words yet."""
    path = LOCALE / code / "LC_MESSAGES" / "messages.po"
    old = read_po(BytesIO(path.read_bytes()), locale=code) if path.exists() else Catalog(locale=code)
    new = Catalog(
        locale=code,
        header_comment=f"# Catalogue of portfolio: {code}",
        project="portfolio",
        version="1",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        creation_date=BEGAN,
        revision_date=BEGAN,
        fuzzy=False,
    )
    empty = []
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        string = known.string if known is not None else ("", "") if isinstance(message.id, tuple) else ""
        new.add(message.id, string, context=message.context, flags=message.flags)
        if not string or (isinstance(string, tuple) and not all(string)):
            empty.append(message.id[0] if isinstance(message.id, tuple) else str(message.id))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, new, sort_output=True, omit_header=False, width=120)
    return empty


def main() -> None:
    template = read_po(BytesIO(Path(sys.argv[1]).read_bytes()))
    for code in LANGUAGES:
        empty = update(code, template)
        sys.stdout.write(f"{code}: {len(template)} sentences, {len(empty)} without words\n")
        for text in empty:
            sys.stdout.write(f"  {text!r}\n")


if __name__ == "__main__":
    main()
