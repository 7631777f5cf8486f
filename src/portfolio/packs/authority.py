"""Who may decide on a case: the holder of a power, or the named substitute when the holder's own house is concerned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portfolio.packs.bodies import Body, PowerAssignment
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import OpinionEffect, Power, Relation

InstitutionRelation = Callable[[Body], Relation]
"""How the institution(s) of one case stand to the institution of a body."""


@dataclass(frozen=True)
class Decider:
    """A body that may act; `instead_of`: the holder it stands in for; `because`: that holder's relation to the case."""

    body: Body
    instead_of: Body | None = None
    because: Relation = Relation.UNRELATED

    @property
    def is_substitute(self) -> bool:
        return self.instead_of is not None


def ancestors(pack: CountryPack, institution: str) -> tuple[str, ...]:
    """Codes from an institution of the pack up to its root, itself first; an unknown code stands alone."""
    line = [institution]
    while (host := pack.institutions.get(line[-1])) is not None and host.parent is not None and host.parent not in line:
        line.append(host.parent)
    return tuple(line)


def institution_relation(pack: CountryPack, *lineages: Sequence[str]) -> InstitutionRelation:
    """The relation of bodies to a case, from the official codes of its institutions.

    A lineage is the code of an institution followed by those of its ancestors, nearest first; give one for the case's
    institution and one for each participating institution. The first relation that is a conflict counts.
    """

    def relation(body: Body) -> Relation:
        found = (_relation_to(pack, body, tuple(lineage)) for lineage in lineages if lineage)
        return next((each for each in found if each is not Relation.UNRELATED), Relation.UNRELATED)

    return relation


def _relation_to(pack: CountryPack, body: Body, lineage: tuple[str, ...]) -> Relation:
    own = ancestors(pack, body.institution)
    if lineage[0] == body.institution:
        return Relation.SAME
    if body.institution in lineage:
        return Relation.BELOW
    if lineage[0] in own:
        return Relation.ABOVE
    governs = any(lineage[0] == other.institution for other in pack.bodies.values())
    if governs and set(own) & set(lineage):
        return Relation.SISTER_BODY
    return Relation.UNRELATED


def is_in_conflict(relation: Relation) -> bool:
    """Every relation but none: same institution, below or above it, or another governing body of one house."""
    return relation is not Relation.UNRELATED


def lawful_deciders(pack: CountryPack, power: Power, relation: InstitutionRelation) -> tuple[Decider, ...]:
    """The bodies that act together on a case, one for each holder of the power; empty when one has nobody lawful."""
    assignment = pack.powers.get(power)
    if assignment is None:
        return ()
    deciders: list[Decider] = []
    for code in assignment.holders:
        holder = pack.bodies[code]
        stands = relation(holder)
        if not is_in_conflict(stands):
            deciders.append(Decider(holder))
            continue
        substitute = _free_substitute(pack, assignment, relation, {decider.body.code for decider in deciders})
        if substitute is None:
            return ()
        deciders.append(Decider(substitute, instead_of=holder, because=stands))
    return tuple(deciders)


def _free_substitute(
    pack: CountryPack, assignment: PowerAssignment, relation: InstitutionRelation, taken: set[str]
) -> Body | None:
    for code in assignment.substitutes:
        body = pack.bodies[code]
        if code not in taken and code not in assignment.holders and not is_in_conflict(relation(body)):
            return body
    return None


def lawful_decider(pack: CountryPack, power: Power, relation: InstitutionRelation) -> Decider | None:
    """The body that decides, or the first of those that act together; None when the pack names nobody lawful."""
    return next(iter(lawful_deciders(pack, power, relation)), None)


def demanded_powers(pack: CountryPack) -> tuple[Power, ...]:
    """The powers that some case of this pack needs exercised, in the order of the road."""
    tracks = pack.tracks.values()
    needed = {Power.ADMISSIBILITY}
    if any(track.reviews for track in tracks):
        needed.add(Power.REVIEW_ASSIGNMENT)
    if any(track.standards_check for track in tracks):
        needed |= {Power.STANDARDS_CHECK, Power.WAIVER}
    if any(track.opinion for track in tracks):
        needed |= {Power.OPINION, Power.RECONSIDERATION}
        if pack.opinion.effect is OpinionEffect.BINDING:
            needed.add(Power.OVERRIDE)
    if any(track.decision for track in tracks):
        needed.add(Power.BUDGET_DECISION)
    if any(track.code_issued for track in tracks):
        needed.add(Power.CODE_ISSUE)
    return tuple(power for power in Power if power in needed)
