"""The catalogue of indicators: data in the languages of the interface, read once."""

from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from portfolio.i18n import Phrase
from portfolio.kpis.terms import Dimension, Direction, Family, Frequency, UnitKind


class CatalogueEntry(BaseModel):
    """A ready indicator. `where`: the page it comes from, as the handbook's section 5 cites it. `least`, `most`: whole units
    below or above which no value can be; nothing where any can.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    family: Family
    name: Phrase
    unit_kind: UnitKind
    unit: Phrase
    least: int | None = None
    most: int | None = None
    direction: Direction
    frequency: Frequency
    formula: Phrase
    source: Phrase
    dimensions: tuple[Dimension, ...] = ()
    is_context: bool = False
    where: str


@cache
def catalogue() -> dict[str, CatalogueEntry]:
    """By code, in the order of the handbook. Raises pydantic's error for an entry that lacks something."""
    text = resources.files("portfolio.kpis").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    entries = [CatalogueEntry.model_validate(entry) for entry in yaml.safe_load(text)["indicators"]]
    return {entry.code: entry for entry in entries}
