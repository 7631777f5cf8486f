"""Which of the pack's bodies may act on a case, and which people are that body today."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, Uuid, and_, bindparam, literal, or_, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase, ParticipantLine
from portfolio.db.clock import now
from portfolio.db.memo import asked_once, row_of
from portfolio.db.text import folded
from portfolio.i18n import gettext as _
from portfolio.packs.authority import Decider, InstitutionRelation, institution_relation, lawful_deciders
from portfolio.packs.bodies import Body
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Institution, InstitutionCode, Membership, Recusal, Unit
from portfolio.people.queries import in_force
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer

PACK_SCHEME = "pack"
"""The scheme of official codes that link institutions to the hosts that a country pack names."""

MAX_DEPTH = 20


def lawful_bodies(session: Session, pack: CountryPack, case: BusinessCase, power: Power) -> tuple[Decider, ...]:
    """The bodies that act together on this case, holders or their substitutes; empty when the pack names nobody lawful."""
    return lawful_deciders(pack, power, relation_to(session, case, pack))


def relation_to(session: Session, case: BusinessCase, pack: CountryPack) -> InstitutionRelation:
    """How the institutions of the case stand to each body of the pack."""
    question = ("relation to the bodies", case.id, pack.code)
    return asked_once(session, question, lambda: institution_relation(pack, *lineages(session, case)))


def lineages(session: Session, case: BusinessCase) -> list[tuple[str, ...]]:
    """Of the case's institution and of each that takes part: the pack's code of it, then those of its ancestors, nearest
    first. One without a code goes by its id.
    """
    found: dict[uuid.UUID, dict[int, str]] = {}
    for row in session.execute(_LINEAGES, {"case": case.id, "institution": case.institution_id}):
        found.setdefault(row.start, {}).setdefault(row.depth, row.code or str(row.id))
    ordered = sorted(found, key=lambda start: start != case.institution_id)
    return [tuple(found[start][depth] for depth in sorted(found[start])) for start in ordered]


def _lineages_query() -> Select[Any]:
    """Each institution of the case and each of its ancestors: `start`, `depth` (0 is itself), `id`, `code`; newest code first."""
    own, child = aliased(Institution), aliased(Institution)
    climbed = (
        select(col(own.id).label("start"), col(own.id).label("id"), literal(0).label("depth"))
        .where(
            or_(
                col(own.id) == bindparam("institution", type_=Uuid()),
                col(own.id).in_(
                    select(col(ParticipantLine.institution_id)).where(
                        col(ParticipantLine.case_id) == bindparam("case", type_=Uuid())
                    )
                ),
            )
        )
        .cte("climbed", recursive=True)
    )
    climbed = climbed.union_all(
        select(climbed.c.start, col(child.parent_id), climbed.c.depth + 1)
        .join(child, col(child.id) == climbed.c.id)
        .where(col(child.parent_id).is_not(None), climbed.c.depth < MAX_DEPTH - 1)
    )
    code = aliased(InstitutionCode)
    is_of_pack = and_(col(code.institution_id) == climbed.c.id, col(code.scheme) == PACK_SCHEME)
    return (
        select(climbed.c.start, climbed.c.depth, climbed.c.id, col(code.code).label("code"))
        .join(code, is_of_pack, isouter=True)
        .order_by(climbed.c.start, climbed.c.depth, col(code.valid_from).desc())
    )


_LINEAGES = _lineages_query()


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
