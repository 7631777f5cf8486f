"""Cross-checks of a pack, beyond what its schema can say; rooms above add their own with `register_check`."""

from portfolio.packs.checks_bodies import check_bodies, check_deciders, check_separation
from portfolio.packs.checks_content import check_budget_lines, check_money, check_rubric, check_words
from portfolio.packs.checks_tracks import check_choice, check_demands, check_sections
from portfolio.packs.faults import Check, Fault
from portfolio.packs.schema import CountryPack

OWN_CHECKS: tuple[Check, ...] = (
    check_deciders,
    check_separation,
    check_demands,
    check_sections,
    check_choice,
    check_rubric,
    check_words,
    check_money,
    check_budget_lines,
)

_registered: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Add a cross-check that every pack loaded from now on must pass; the same name replaces."""
    _registered[name] = check


def registered_checks() -> tuple[str, ...]:
    """Names of the checks of other rooms, in the order in which they were added."""
    return tuple(_registered)


def faults_of(pack: CountryPack) -> list[Fault]:
    """Every fault found by the checks of this room and by those that other rooms registered."""
    references = list(check_bodies(pack))
    if references:
        # Who decides cannot be worked out while names point nowhere.
        return references
    return [fault for check in (*OWN_CHECKS, *_registered.values()) for fault in check(pack)]
