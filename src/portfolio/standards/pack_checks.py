"""The cross-check that this room adds to packs: what a pack says about standards exists, and lowers no obligation."""

from collections.abc import Iterator

from portfolio.errors import ConfigurationError
from portfolio.packs.faults import Fault
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import StandardLevel
from portfolio.standards.library import load_library


def check_standards_choice(pack: CountryPack) -> Iterator[Fault]:
    """For `packs.checks.register_check("standards", check_standards_choice)`, called where the application is wired."""
    choice = pack.standards
    try:
        library = load_library(choice.library)
    except ConfigurationError as refused:
        yield Fault(("standards", "library"), str(refused))
        return
    for position, name in enumerate(choice.sets):
        if name not in library.sets:
            yield Fault(("standards", "sets", position), f"the library {library.code} has no set {name}")
    for position, code in enumerate(choice.separately):
        if code not in library.standards:
            yield Fault(("standards", "separately", position), f"the library {library.code} has no standard {code}")
    for code, level in choice.levels.items():
        standard = library.standards.get(code)
        if standard is None:
            yield Fault(("standards", "levels", code), f"the library {library.code} has no standard {code}")
        elif standard.level is StandardLevel.MUST and level is not StandardLevel.MUST:
            yield Fault(("standards", "levels", code), f"{code} is a must: a pack cannot lower it to {level}")
