"""The cross-check that this room adds to packs: every role that a pack names for risks exists and may do what it is named for."""

from collections.abc import Iterator

from portfolio.packs.faults import Fault
from portfolio.packs.schema import CountryPack
from portfolio.packs.yaml_marks import Place
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.terms import Role


def check_risk_roles(pack: CountryPack) -> Iterator[Fault]:
    """For `packs.checks.register_check("risk", check_risk_roles)`, called where the application is wired."""
    for code, rating in pack.risk.ratings.items():
        place: Place = ("risk", "ratings", code, "accepted_by")
        yield from _faults(place, rating.accepted_by, Permission.RISK_ACCEPT)
    for tier, rule in pack.risk.escalation.items():
        place = ("risk", "escalation", tier.value, "answered_by")
        yield from _faults(place, rule.answered_by, Permission.RISK_ANSWER)


def _faults(place: Place, codes: tuple[str, ...], needed: Permission) -> Iterator[Fault]:
    roles = {role.value: role for role in Role}
    for position, code in enumerate(codes):
        if code not in roles:
            yield Fault((*place, position), f"there is no role {code}")
        elif needed not in GRANTS[roles[code]]:
            yield Fault((*place, position), f"the role {code} is not granted {needed.value}")
