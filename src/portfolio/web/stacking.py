"""Tables on narrow screens: every cell learns the words of its column, so that the style can show a row as a card."""

import re

from markupsafe import Markup

HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
HEADING = re.compile(r"<th\b([^>]*)>(.*?)</th>", re.DOTALL)
UNSEEN = re.compile(r'<(\w+)[^>]*(?:class="govuk-visually-hidden"|aria-hidden="true")[^>]*>.*?</\1>', re.DOTALL)
QUIET = re.compile(r'<span class="app-table__sub">.*?</span>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
SPAN = re.compile(r'colspan="(\d+)"')
PIECE = re.compile(r"<(tr|td|th)\b([^>]*)>(\s*</t[dh]>)?")
"""The beginning of a row or of a cell, and the end of a cell with nothing in it."""


def stacked(table: str) -> Markup:
    """The inside of a table, with `data-label` on each cell below its head and `data-blank` on those with nothing in them.

    Tables whose cells span rows, and those without exactly one row of headings, come back as they were: their cells have
    no column of their own. A cell that spans several columns gets no words.
    """
    table = str(table)  # what a macro hands over is Markup, which would escape every piece again
    head = HEAD.search(table)
    if head is None or "rowspan=" in table or head[0].count("<tr") != 1:
        return Markup(table)  # noqa: S704 - rendered and escaped already
    labels = _labels(head[0])
    column = 0

    def told(piece: re.Match[str]) -> str:
        nonlocal column
        name, attributes, ended = piece.groups()
        if name == "tr":
            column = 0
            return piece[0]
        span = SPAN.search(attributes)
        label = labels[column] if column < len(labels) and span is None else ""
        column += int(span[1]) if span else 1
        blank = " data-blank" if ended else ""
        return f'<{name}{attributes} data-label="{label}"{blank}>{ended or ""}' if label or blank else piece[0]

    return Markup(table[: head.end()] + PIECE.sub(told, table[head.end() :]))  # noqa: S704 - as above; only own words added


def _labels(head: str) -> list[str]:
    """The words of each column, without what is only heard or only seen and without the quieter second line."""
    found = []
    for attributes, inside in HEADING.findall(head):
        words = TAG.sub(" ", QUIET.sub("", UNSEEN.sub("", inside)))
        span = SPAN.search(attributes)
        found += [" ".join(words.split()).replace('"', "&quot;")] * (int(span[1]) if span else 1)
    return found
