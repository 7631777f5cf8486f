"""Where the institutions of cases stand in the tree of institutions, in the codes by which a country pack knows them."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, Uuid, and_, bindparam, literal, select, union
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase, ParticipantLine
from portfolio.people.models import Institution, InstitutionCode

PACK_SCHEME = "pack"
"""The scheme of official codes that link institutions to the hosts that a country pack names."""

MAX_DEPTH = 20


def lineages_of(session: Session, cases: Collection[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, ...]]]:
    """By case, of its institution first and then of each that takes part: the pack's code of it, then those of its ancestors,
    nearest first. One without a code goes by its id. One question, however many cases.
    """
    if not cases:
        return {}
    found: dict[uuid.UUID, dict[tuple[bool, uuid.UUID], dict[int, str]]] = {}
    for row in session.execute(_LINEAGES, {"cases": list(cases)}):
        lines = found.setdefault(row.case_id, {})
        lines.setdefault((row.start != row.owner, row.start), {}).setdefault(row.depth, row.code or str(row.id))
    return {
        case_id: [tuple(lines[start][depth] for depth in sorted(lines[start])) for start in sorted(lines)]
        for case_id, lines in found.items()
    }


def _query() -> Select[Any]:
    """Each institution of each case and each of its ancestors: `case_id`, `owner` (the case's own institution), `start`,
    `depth` (0 is itself), `id`, `code`; newest code first."""
    cases = bindparam("cases", type_=Uuid(), expanding=True)
    of_case: Any = select(
        col(BusinessCase.id).label("case_id"),
        col(BusinessCase.institution_id).label("owner"),
        col(BusinessCase.institution_id).label("start"),
    ).where(col(BusinessCase.id).in_(cases))
    takes_part: Any = (
        select(
            col(ParticipantLine.case_id).label("case_id"),
            col(BusinessCase.institution_id).label("owner"),
            col(ParticipantLine.institution_id).label("start"),
        )
        .join(BusinessCase, col(BusinessCase.id) == col(ParticipantLine.case_id))
        .where(col(ParticipantLine.case_id).in_(cases), col(ParticipantLine.institution_id).is_not(None))
    )
    starts = union(of_case, takes_part).subquery()
    child = aliased(Institution)
    climbed = select(
        starts.c.case_id, starts.c.owner, starts.c.start, starts.c.start.label("id"), literal(0).label("depth")
    ).cte("climbed", recursive=True)
    climbed = climbed.union_all(
        select(climbed.c.case_id, climbed.c.owner, climbed.c.start, col(child.parent_id), climbed.c.depth + 1)
        .join(child, col(child.id) == climbed.c.id)
        .where(col(child.parent_id).is_not(None), climbed.c.depth < MAX_DEPTH - 1)
    )
    code = aliased(InstitutionCode)
    is_of_pack = and_(col(code.institution_id) == climbed.c.id, col(code.scheme) == PACK_SCHEME)
    return (
        select(
            climbed.c.case_id,
            climbed.c.owner,
            climbed.c.start,
            climbed.c.depth,
            climbed.c.id,
            col(code.code).label("code"),
        )
        .join(code, is_of_pack, isouter=True)
        .order_by(climbed.c.case_id, climbed.c.start, climbed.c.depth, col(code.valid_from).desc())
    )


_LINEAGES = _query()
