"""Loading packs: read, lay over what they extend, type, cross-check; refused with file, line and every reason."""

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

import rfc8785
from pydantic import ValidationError

from portfolio.errors import ConfigurationError
from portfolio.packs.checks import faults_of, registered_checks
from portfolio.packs.reading import named, problem_of, refuse
from portfolio.packs.schema import CountryPack
from portfolio.packs.yaml_marks import Marked, Problem, name_entries, overlay, read_marked

SHIPPED = ("eclac", "chile", "ecuador")
"""Names of the packs that come with the product, the default first."""

CODED: tuple[tuple[str, ...], ...] = (
    ("institutions",),
    ("bodies",),
    ("indexed_units",),
    ("tracks",),
    ("sections",),
    ("sections", "*", "questions"),
    ("sections", "*", "questions", "*", "choices"),
    ("rubric", "groups"),
    ("risk", "matrices"),
    ("risk", "ratings"),
    ("life", "gates"),
    ("life", "gates", "*", "criteria"),
    ("life", "closing"),
    ("deadlines",),
    ("kinds",),
    ("themes",),
    ("budget_lines",),
    ("cost_categories",),
    ("benefit_dimensions",),
    ("funding_sources",),
    ("procurement_methods",),
)
"""Mappings whose entries carry their key as `code`."""

MOST_EXTENDED = 8


def load_pack(path_or_name: str | Path) -> CountryPack:
    """A pack by the name of a shipped one or by path, read once until the file or the registered checks change.

    Raises ConfigurationError with one line for each problem: `file:line: reason`.
    """
    path = _path_of(path_or_name)
    return _load(path, tuple(_stamp(each) for each in _watched(path)), registered_checks())


def load_shipped() -> dict[str, CountryPack]:
    """Every shipped pack by name."""
    return {name: load_pack(name) for name in SHIPPED}


def data_folder() -> Path:
    return Path(str(resources.files("portfolio") / "packs" / "data"))


def pack_digest(pack: CountryPack) -> str:
    """SHA-256 in hex of a pack's canonical JSON: what a submission stores to say under which rules it was made."""
    return hashlib.sha256(rfc8785.dumps(pack.model_dump(mode="json"))).hexdigest()


def _path_of(path_or_name: str | Path) -> Path:
    text = str(path_or_name)
    if text in SHIPPED:
        return data_folder() / f"{text}.yaml"
    if isinstance(path_or_name, str) and "/" not in text and not text.endswith((".yaml", ".yml")):
        raise ConfigurationError(f"there is no country pack {text!r}: use {', '.join(SHIPPED)} or the path of a file")
    return Path(path_or_name)


def _watched(path: Path) -> list[Path]:
    return [path, *sorted(path.parent.glob("*.yaml"))]


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


@cache
def _load(path: Path, stamps: tuple[tuple[str, int, int], ...], checks: tuple[str, ...]) -> CountryPack:
    """The arguments after the path only say for how long the answer holds."""
    tree = read_tree(path)
    for pattern in CODED:
        name_entries(tree, pattern)
    refuse(tree.problems)
    try:
        pack = CountryPack.model_validate(tree.value)
    except ValidationError as invalid:
        refuse([problem_of(tree, error) for error in invalid.errors()])
        raise
    refuse([Problem(tree.own_mark(fault.place), named(fault.place, fault.reason)) for fault in faults_of(pack)])
    return pack


def read_tree(path: Path) -> Marked:
    """A pack file laid over what it `extends`: files beside it or among the shipped data, later over earlier."""
    return _read_tree(path, ())


def _read_tree(path: Path, above: tuple[Path, ...]) -> Marked:
    tree = read_marked(path, str(path) if path.parent != data_folder() else path.name)
    if not isinstance(tree.value, dict) or "extends" not in tree.value:
        return tree
    names = tree.value.pop("extends")
    place = tree.mark(("extends",))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        tree.problems.append(Problem(place, "extends must be a list of names"))
        return tree
    under = Marked({}, {(): place})
    for name in names:
        base = _base_path(path, str(name))
        if base is None:
            tree.problems.append(
                Problem(place, f"extends {name}, which is not a file beside it or among the shipped data")
            )
        elif base in (*above, path) or len(above) >= MOST_EXTENDED:
            tree.problems.append(Problem(place, f"extends {name}, which extends this file in turn"))
        else:
            under = overlay(under, _read_tree(base, (*above, path)))
    return overlay(under, tree)


def _base_path(path: Path, name: str) -> Path | None:
    if "/" in name or "\\" in name or name.startswith("."):
        return None
    for folder in (path.parent, data_folder()):
        candidate = folder / f"{name}.yaml"
        if candidate.is_file():
            return candidate
    return None
