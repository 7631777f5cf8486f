"""What a cross-check finds."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from portfolio.packs.schema import CountryPack
from portfolio.packs.yaml_marks import Place


class Fault(NamedTuple):
    """Something wrong at a place of the pack's tree, `("tracks", "full", "sign_offs")`."""

    place: Place
    reason: str


Check = Callable[[CountryPack], Iterable[Fault]]
