"""YAML is read as written: strings, with the line of every value, and nothing that surprises."""

import pytest

from portfolio.packs.yaml_marks import Mark, name_entries, overlay, parse_marked


def reasons(text: str) -> list[str]:
    return [str(problem) for problem in parse_marked(text, "f.yaml").problems]


def test_scalars_stay_strings_and_remember_their_line() -> None:
    tree = parse_marked("country: NO\nrate: 0.10\nday: 2025-03-31\nlist:\n  - on\n  - 0755\n", "f.yaml")
    assert tree.value == {"country": "NO", "rate": "0.10", "day": "2025-03-31", "list": ["on", "0755"]}
    assert tree.mark(("rate",)) == Mark("f.yaml", 2)
    assert tree.mark(("list", 1)) == Mark("f.yaml", 6)


def test_a_place_that_was_not_written_has_the_mark_of_what_encloses_it() -> None:
    tree = parse_marked("a:\n  b:\n    c: x\n", "f.yaml")
    assert tree.mark(("a", "b", "missing", 3)) == Mark("f.yaml", 2)
    assert tree.mark(("nowhere",)) == Mark("f.yaml", 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: a is written twice (first on line 1)"),
        ("x:\n  a: 1\n  a: 2\n", "f.yaml:3: x.a is written twice (first on line 2)"),
        ("a: 1\nb:\n", "f.yaml:2: b has no value"),
        ("a: &one {b: x}\nc: *one\n", "f.yaml:1: aliases and very deep nesting are not allowed: write the value out"),
        ("- a\n- b\n", "f.yaml:1: must be a mapping of names to values"),
        ("", "f.yaml:1: must be a mapping of names to values"),
        ("a: [1, 2\nb: 3\n", "f.yaml:2: is not valid YAML: "),
        ("? [a, b]\n: x\n", "f.yaml:1: a name must be plain text"),
    ],
)
def test_bad_text_is_refused_with_its_line(text: str, told: str) -> None:
    assert any(reason.startswith(told) for reason in reasons(text)), reasons(text)


def test_every_problem_of_a_file_is_told() -> None:
    assert len(reasons("a: 1\na: 2\nb:\nc: 1\nc: 2\n")) == 3


def test_tags_make_no_objects() -> None:
    assert parse_marked('a: !!python/object/apply:os.system ["true"]\n', "f.yaml").value == {"a": ["true"]}


def test_overlay_joins_mappings_replaces_the_rest_and_keeps_where_each_came_from() -> None:
    under = parse_marked("a:\n  x: 1\n  y: [1, 2, 3]\nb: 2\n", "under.yaml")
    over = parse_marked("\n\na:\n  y: [9]\nc: 3\n", "over.yaml")
    tree = overlay(under, over)
    assert tree.value == {"a": {"x": "1", "y": ["9"]}, "b": "2", "c": "3"}
    assert tree.mark(("a", "x")) == Mark("under.yaml", 2)
    assert tree.mark(("a", "y", 0)) == Mark("over.yaml", 4)
    assert tree.mark(("a", "y", 2)) == Mark("over.yaml", 4)
    assert tree.mark(("c",)) == Mark("over.yaml", 5)


def test_entries_are_named_by_their_key_and_may_not_lie() -> None:
    tree = parse_marked("s:\n  one: {t: x}\n  two:\n    code: three\n", "f.yaml")
    name_entries(tree, ("s",))
    assert isinstance(tree.value, dict)
    assert tree.value["s"] == {"one": {"t": "x", "code": "one"}, "two": {"code": "three"}}
    assert [str(problem) for problem in tree.problems] == ["f.yaml:4: two calls itself three"]
