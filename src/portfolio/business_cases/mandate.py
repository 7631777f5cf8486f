"""Who may act on a case for a body of the State: asked here by the rooms below `approvals`, answered by `approvals`.

The pack's lawful bodies and the separation of duties need facts that only `approvals` has; the rooms that assign reviewers, check
standards and decide waivers lie below it. `approvals` registers its answers when it is wired; without them nothing is allowed.
"""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Mandates:
    """Three questions. `refusals`: why not, in words, empty when the person may. `body`: code of the body they act as."""

    refusals: Callable[[Session, CountryPack, Viewer, BusinessCase, Power], list[str]]
    body: Callable[[Session, CountryPack, Viewer, BusinessCase, Power], str | None]
    people: Callable[[Session, CountryPack, BusinessCase, Power, Collection[Role]], list[uuid.UUID]]


_answers: list[Mandates] = []


def register_mandates(mandates: Mandates) -> None:
    _answers[:] = [mandates]


def _answer() -> Mandates:
    if not _answers:
        raise RuntimeError("nothing says who may act on a case: portfolio.approvals.mandates was not imported")
    return _answers[0]


def refusals(session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, power: Power) -> list[str]:
    """Every reason why this person may not exercise the power on this case now; empty when they may."""
    return _answer().refusals(session, pack, viewer, case, power)


def acting_body(session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, power: Power) -> str | None:
    """Code of the lawful body whose person the viewer is on this case; nothing when they belong to none."""
    return _answer().body(session, pack, viewer, case, power)


def people(
    session: Session, pack: CountryPack, case: BusinessCase, power: Power, roles: Collection[Role]
) -> list[uuid.UUID]:
    """People of the lawful bodies who hold one of the roles, without the recused."""
    return _answer().people(session, pack, case, power, roles)
