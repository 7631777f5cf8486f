"""The catalogue of risks: 81 events in seven families, as data in three languages; picking one prefills a new risk."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from portfolio.i18n import Phrase
from portfolio.risk.terms import RiskCategory


class CatalogueRisk(BaseModel):
    """One entry: a stable code, its family, and the event in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    category: RiskCategory
    event: Phrase


_FILE = TypeAdapter(dict[RiskCategory, dict[str, Phrase]])


@cache
def catalogue() -> Mapping[str, CatalogueRisk]:
    """Every entry by its code, in the order of the file. Raises `ValueError` for a code given twice or a family left out."""
    text = (resources.files("portfolio") / "risk" / "data" / "catalogue.yaml").read_text(encoding="utf-8")
    families = _FILE.validate_python(yaml.safe_load(text))
    found: dict[str, CatalogueRisk] = {}
    for category, entries in families.items():
        for code, event in entries.items():
            if code in found:
                raise ValueError(f"the catalogue has {code} twice")
            found[code] = CatalogueRisk(code=code, category=category, event=event)
    if missing := set(RiskCategory) - set(families):
        raise ValueError(f"the catalogue has no risks of {sorted(member.value for member in missing)}")
    return found
