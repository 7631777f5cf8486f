"""What the code base may never hold: a client of other servers, code made from data, a table filled from a request."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "portfolio"
FILES = sorted(SOURCE.rglob("*.py"))

CLIENTS = {"httpx", "requests", "aiohttp", "urllib3", "urllib.request", "http.client", "ftplib", "telnetlib", "xmlrpc"}
"""The server fetches nothing: no address that somebody typed is ever opened (security.md T31)."""
FROM_DATA = {"pickle", "marshal", "shelve", "dill"}
CALLS = {"eval", "exec", "compile", "__import__", "sqlmodel_update", "from_string"}
"""Code or templates out of values, and rows out of whatever a request holds (F8, T24)."""


def imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_fetches_and_nothing_is_made_of_data(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = {name for name in imports(tree) if name in CLIENTS | FROM_DATA or name.split(".")[0] in CLIENTS | FROM_DATA}
    assert not wrong, f"{path}: {wrong}"
    called = {
        getattr(node.func, "id", getattr(node.func, "attr", ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and not _is_regex(node.func) and not _is_of_a_list_column(node.func)
    }
    assert not called & CALLS, f"{path}: {called & CALLS}"


def _is_of_a_list_column(called: ast.expr) -> bool:
    """`.list.eval(…)` of Polars takes an expression, and no text."""
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Attribute) and called.value.attr == "list"


def _is_regex(function: ast.expr) -> bool:
    """`re.compile` makes no code."""
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "re"


def test_the_check_would_notice() -> None:
    assert imports(ast.parse("from urllib import request\nimport httpx")) & CLIENTS == {"urllib.request", "httpx"}
