"""What every part of a pack has in common: frozen, strict about names, and honest about whose rule it is."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from portfolio.i18n import Phrase

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=60)]


class Part(BaseModel):
    """A piece of a pack."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Origin(Part):
    """A piece that is our design (`ours`, the default, shown on screen) or the country's rule, with its source."""

    ours: bool = True
    source: str = ""

    @model_validator(mode="after")
    def country_rules_name_their_source(self) -> Self:
        if not self.ours and not self.source:
            raise ValueError("says it is the country's own rule (ours: no) but names no source")
        return self


class Choice(Origin):
    """One entry of a list that a person chooses from; `code` is its key in the file."""

    code: Code
    label: Phrase
    help: Phrase | None = None
