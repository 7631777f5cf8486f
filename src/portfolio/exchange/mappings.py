"""The mappings that come with the product (`mappings/*.yaml`) or lie in a folder of the administrator."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

from portfolio.documents.headers import bears
from portfolio.documents.mapping_schema import Mapping, load_mapping
from portfolio.documents.reading import ReadOptions, Table, read_bytes
from portfolio.errors import ConfigurationError, Refused
from portfolio.i18n import gettext as _


@cache
def shipped_mappings() -> dict[str, Mapping]:
    """Name → mapping, by name. Raises `ConfigurationError` with file, line and reason."""
    folder = resources.files("portfolio.exchange") / "mappings"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return _by_name(load_mapping(item.read_text(encoding="utf-8"), item.name) for item in files)


def mappings_in(folder: Path) -> dict[str, Mapping]:
    """Those of a folder, read each time; a name may replace a shipped one, a file may not repeat a name."""
    return _by_name(load_mapping(path.read_text(encoding="utf-8"), str(path)) for path in sorted(folder.glob("*.yaml")))


def _by_name(mappings: Iterable[Mapping]) -> dict[str, Mapping]:
    found: dict[str, Mapping] = {}
    for mapping in mappings:
        if mapping.name in found:
            raise ConfigurationError(f"two mappings are named {mapping.name}")
        found[mapping.name] = mapping
    return found


def recognise(header: Sequence[str], mappings: Iterable[Mapping]) -> list[Mapping]:
    """The mappings whose columns stand in a header, the one that demands most first."""
    fitting = [mapping for mapping in mappings if bears(header, mapping.recognise)]
    return sorted(fitting, key=lambda mapping: (-len(mapping.recognise), mapping.name))


def read_and_recognise(
    data: bytes,
    name: str,
    mappings: Iterable[Mapping],
    chosen: Mapping | None = None,
    options: ReadOptions | None = None,
) -> tuple[Table, Mapping]:
    """The table and its mapping: the chosen one, or the one that fits. Raises `Refused` when none or several do."""
    candidates = [chosen] if chosen is not None else list(mappings)
    signatures = tuple(mapping.recognise for mapping in candidates)
    options = options or ReadOptions()
    table = read_bytes(data, name, _with_signatures(options, signatures))
    if chosen is not None:
        return table, chosen
    fitting = recognise(table.header, candidates)
    if not fitting:
        raise Refused(_("The columns of this file are not those of any known source. Choose or write a mapping."))
    if len(fitting) > 1 and len(fitting[0].recognise) == len(fitting[1].recognise):
        names = ", ".join(str(mapping.title) for mapping in fitting)
        raise Refused(_("The file fits several sources: %(names)s. Choose one.") % {"names": names})
    return table, fitting[0]


def _with_signatures(options: ReadOptions, signatures: tuple[tuple[str, ...], ...]) -> ReadOptions:
    return options if options.signatures else replace(options, signatures=signatures)
