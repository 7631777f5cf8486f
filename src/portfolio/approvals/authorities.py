"""Which of the pack's bodies may act on a case, and which people are that body today."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.lineages import PACK_SCHEME, lineages_of
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.db.memo import asked_once, remember, row_of
from portfolio.db.text import folded
from portfolio.i18n import gettext as _
from portfolio.packs.authority import Decider, InstitutionRelation, institution_relation, lawful_deciders
from portfolio.packs.bodies import Body
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import InstitutionCode, Membership, Recusal, Unit
from portfolio.people.queries import in_force
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer


def lawful_bodies(session: Session, pack: CountryPack, case: BusinessCase, power: Power) -> tuple[Decider, ...]:
    """The bodies that act together on this case, holders or their substitutes; empty when the pack names nobody lawful."""
    return lawful_deciders(pack, power, relation_to(session, case, pack))


def relation_to(session: Session, case: BusinessCase, pack: CountryPack) -> InstitutionRelation:
    """How the institutions of the case stand to each body of the pack."""
    return asked_once(
        session, _relation(case.id, pack), lambda: institution_relation(pack, *lineages_of(session, [case.id])[case.id])
    )


def foresee(session: Session, pack: CountryPack, cases: Collection[uuid.UUID]) -> None:
    """Ask at once what a reading session is going to ask of each of these cases: how it stands to the bodies."""
    for case_id, lineages in lineages_of(session, cases).items():
        remember(session, _relation(case_id, pack), institution_relation(pack, *lineages))


def _relation(case_id: uuid.UUID, pack: CountryPack) -> tuple[str, uuid.UUID, str]:
    return ("relation to the bodies", case_id, pack.code)


def acting_body(
    session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, power: Power
) -> Decider | None:
    """The lawful body whose person the viewer is on this case; nothing when they belong to none."""
    seats = {(grant.institution_id, grant.unit_id) for grant in viewer.grants}
    for decider in lawful_bodies(session, pack, case, power):
        if any(seat in seats for seat in _seats(session, pack, decider.body, seats)):
            return decider
    return None


def authority_refusal(
    session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, power: Power
) -> str | None:
    """Why the viewer's body may not act on this case, naming the one that may."""
    if acting_body(session, pack, viewer, case, power) is not None:
        return None
    lawful = lawful_bodies(session, pack, case, power)
    if not lawful:
        return _("The rules of the country name no body that may do this on this case.")
    named = ", ".join(str(decider.body.name) for decider in lawful)
    return _("On this case only people of %(bodies)s may do this.") % {"bodies": named}


def people_of_body(
    session: Session, pack: CountryPack, body: Body, roles: Iterable[Role], on: date
) -> Sequence[uuid.UUID]:
    """Persons who hold one of the roles in the body on that day; ordered."""
    rows = session.execute(
        select(col(Membership.person_id), col(Membership.institution_id), col(Membership.unit_id))
        .where(col(Membership.role).in_(list(roles)), in_force(on))
        .order_by(col(Membership.person_id))
    ).all()
    seats = _seats(session, pack, body, {(row.institution_id, row.unit_id) for row in rows})
    return list(dict.fromkeys(row.person_id for row in rows if (row.institution_id, row.unit_id) in seats))


def lawful_people(
    session: Session, pack: CountryPack, case: BusinessCase, power: Power, roles: Iterable[Role]
) -> list[uuid.UUID]:
    """Who may act on this case with a power: people of its lawful bodies, without the recused."""
    today = now(session).astimezone(pack.zone).date()
    wanted = list(roles)
    recused = set(session.scalars(select(col(Recusal.person_id)).where(col(Recusal.subject_id) == case.id)))
    found: dict[uuid.UUID, None] = {}
    for decider in lawful_bodies(session, pack, case, power):
        for person in people_of_body(session, pack, decider.body, wanted, today):
            if person not in recused:
                found[person] = None
    return list(found)


def _seats(
    session: Session, pack: CountryPack, body: Body, among: Iterable[tuple[uuid.UUID, uuid.UUID | None]]
) -> set[tuple[uuid.UUID, uuid.UUID | None]]:
    """Those of the given seats (institution, unit) that are seats of the body."""
    hosts = asked_once(session, ("hosts of a body", body.institution), lambda: _hosts(session, body))
    is_alone = sum(other.institution == body.institution for other in pack.bodies.values()) == 1
    names = {folded(text) for text in _unit_names(body)}
    found = set()
    for institution_id, unit_id in among:
        if institution_id not in hosts:
            continue
        if body.unit is None or (unit_id is None and is_alone) or _is_named(session, unit_id, names):
            found.add((institution_id, unit_id))
    return found


def _hosts(session: Session, body: Body) -> set[uuid.UUID]:
    """The institutions that the pack's code of the body's host stands for."""
    return set(session.scalars(_HOSTS, {"code": body.institution}))


_HOSTS = select(col(InstitutionCode.institution_id)).where(
    col(InstitutionCode.scheme) == PACK_SCHEME, col(InstitutionCode.code) == bindparam("code")
)


def _is_named(session: Session, unit_id: uuid.UUID | None, names: set[str]) -> bool:
    return unit_id is not None and folded(row_of(session, Unit, unit_id).name) in names


def _unit_names(body: Body) -> tuple[str, ...]:
    """What the unit of a body may be called: its code in the pack, or the body's own name in any language."""
    phrases = (body.name, body.short)
    return (body.unit or "", *(text for phrase in phrases for text in (phrase.es, phrase.pt, phrase.en)))
