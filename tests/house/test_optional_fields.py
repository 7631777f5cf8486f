"""A field that is sometimes required says when, and never that it is optional."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FIELD = re.compile(r"\{\{\s*\w+(?:\.\w+)*\((?:[^{}]|\{[^{}]*\})*optional=true(?:[^{}]|\{[^{}]*\})*\}\}")
CONDITION = re.compile(r"\b(?:required|needed|needs|must|unless|only (?:for|if|where))\b", re.IGNORECASE)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_what_is_required_under_a_condition_is_not_called_optional(path: Path) -> None:
    fields = FIELD.findall(path.read_text(encoding="utf-8"))
    assert [field for field in fields if CONDITION.search(field)] == []


def test_the_rule_finds_what_it_looks_for() -> None:
    assert CONDITION.search(
        FIELD.findall('{{ text_field(form, "why", _("Why"), hint=_("A refusal needs one."), optional=true) }}')[0]
    )
    assert not FIELD.findall('{{ text_field(form, "why", _("Why"), hint=_("A refusal needs one.")) }}')
