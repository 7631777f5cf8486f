"""Cells of a table learn the words of their column, for screens on which a row is a card."""

import re

from markupsafe import Markup

from portfolio.web.stacking import stacked

HEAD = """<thead><tr>
<th scope="col" class="app-wide"><a href="/x?sort=a">Initiative</a><span aria-hidden="true">▲</span></th>
<th scope="col">Say "when"<span class="app-table__sub">in days</span></th>
<th scope="col"><span class="govuk-visually-hidden">Acts</span></th>
</tr></thead>"""


def table(*rows: str) -> Markup:
    return Markup(HEAD + "<tbody>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</tbody>")  # noqa: S704 - written here


def labels(markup: str) -> list[str]:
    return re.findall(r'data-label="([^"]*)"', markup)


def test_a_cell_has_the_words_of_its_column_without_what_is_only_heard_or_only_seen() -> None:
    found = stacked(table("<th scope='row'>A</th><td>2 &lt; 3</td><td>go</td>", "<th>B</th><td>4</td><td>go</td>"))
    assert labels(found) == ["Initiative", "Say &quot;when&quot;"] * 2
    assert "2 &lt; 3" in found
    assert found.startswith(HEAD), "the head stays as it was"


def test_a_cell_with_nothing_in_it_is_marked() -> None:
    found = stacked(table("<th>A</th><td class='app-num'> \n</td><td>go</td>"))
    assert found.count("data-blank") == 1
    assert "<td class='app-num' data-label=\"Say &quot;when&quot;\" data-blank>" in found


def test_a_cell_over_several_columns_has_no_words_and_the_next_one_has_its_own() -> None:
    found = stacked(table('<td colspan="2">all of it</td><td>go</td>', '<th>A</th><td colspan="2">rest</td>'))
    assert labels(found) == ["Initiative"]


def test_tables_without_a_column_for_each_cell_come_back_as_they_were() -> None:
    whole = table('<td rowspan="2">A</td><td>1</td><td>2</td>', "<td>3</td><td>4</td>")
    assert stacked(whole) == whole
    headless = Markup("<tbody><tr><td>A</td></tr></tbody>")
    assert stacked(headless) == headless
    twice = Markup("<thead><tr><th>A</th></tr><tr><th>B</th></tr></thead><tbody><tr><td>1</td></tr></tbody>")
    assert stacked(twice) == twice
