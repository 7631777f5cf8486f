"""Cross-checks: every name of a body exists, and every institution's case has a lawful decider for every act."""

from collections.abc import Iterator

from portfolio.packs.authority import ancestors, demanded_powers, institution_relation, lawful_decider, lawful_deciders
from portfolio.packs.faults import Fault
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power

OUTSIDER = "~any"
"""A lineage code that no pack can use: an institution in which no body sits, or a unit below one in which one does."""


def check_bodies(pack: CountryPack) -> Iterator[Fault]:
    yield from _institutions(pack)
    for code, body in pack.bodies.items():
        if body.institution not in pack.institutions:
            yield Fault(("bodies", code, "institution"), f"there is no institution {body.institution}")
    for power, assignment in pack.powers.items():
        for field, named in (("holders", assignment.holders), ("substitutes", assignment.substitutes)):
            for position, code in enumerate(named):
                if code not in pack.bodies:
                    yield Fault(("powers", power, field, position), f"there is no body {code}")
        everyone = [*assignment.holders, *assignment.substitutes]
        for code in sorted({code for code in everyone if everyone.count(code) > 1}):
            yield Fault(("powers", power), f"{code} is named twice: a body is no substitute for itself")


def _institutions(pack: CountryPack) -> Iterator[Fault]:
    for code, host in pack.institutions.items():
        if host.parent is not None and host.parent not in pack.institutions:
            yield Fault(("institutions", code, "parent"), f"there is no institution {host.parent}")
        line = ancestors(pack, code)
        last = pack.institutions.get(line[-1])
        if last is not None and last.parent is not None and last.parent in line:
            yield Fault(("institutions", code, "parent"), f"{code} is its own ancestor")
    seats: dict[tuple[str, str | None], str] = {}
    for code, body in pack.bodies.items():
        seat = (body.institution, body.unit)
        if seat in seats:
            reason = f"sits in the same unit of the same institution as {seats[seat]}: name different units"
            yield Fault(("bodies", code), reason)
            yield Fault(("bodies", seats[seat]), f"sits in the same unit of the same institution as {code}")
        seats.setdefault(seat, code)


def lineages(pack: CountryPack) -> dict[str, tuple[str, ...]]:
    """The kinds of institution whose cases must be decidable, described for a message: each host institution, a unit or
    service below each, and an institution in which no body sits. Values are lineages as in `institution_relation`."""
    result: dict[str, tuple[str, ...]] = {"an institution in which no body sits": (OUTSIDER,)}
    for code in pack.institutions:
        line = ancestors(pack, code)
        result[f"{code} itself"] = line
        result[f"a unit or service of {code}"] = (OUTSIDER, *line)
    return result


def check_deciders(pack: CountryPack) -> Iterator[Fault]:
    for power in demanded_powers(pack):
        if power not in pack.powers:
            yield Fault(("powers",), f"nobody holds {power}, which the tracks demand")
            continue
        if power is Power.WAIVER and len(pack.powers[power].holders) != 2:
            yield Fault(("powers", power, "holders"), "a waiver is decided by two authorities: name two holders")
        for described, lineage in lineages(pack).items():
            if not lawful_deciders(pack, power, institution_relation(pack, lineage)):
                reason = f"no lawful decider for a case of {described}: name a substitute outside that house"
                yield Fault(("powers", power), reason)


MUST_DIFFER: tuple[tuple[Power, Power, str], ...] = (
    (Power.OPINION, Power.BUDGET_DECISION, "who gives the opinion does not decide the amount"),
    (Power.OPINION, Power.OVERRIDE, "who gave the opinion does not override it"),
    (Power.BUDGET_DECISION, Power.OVERRIDE, "who decides the amount does not override the opinion for itself"),
)


def check_separation(pack: CountryPack) -> Iterator[Fault]:
    """Opinion, budget decision and override are acts of different bodies for every case, substitutes included."""
    needed = demanded_powers(pack)
    for one, other, rule in MUST_DIFFER:
        if one not in needed or other not in needed:
            continue
        for described, lineage in lineages(pack).items():
            relation = institution_relation(pack, lineage)
            first, second = lawful_decider(pack, one, relation), lawful_decider(pack, other, relation)
            if first is not None and second is not None and first.body.code == second.body.code:
                reason = f"{first.body.code} would hold {one} and {other} for a case of {described}: {rule}"
                yield from (Fault(("powers", power), reason) for power in (one, other))
