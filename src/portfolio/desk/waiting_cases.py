"""Cases that wait, found once for all the groups about cases: what each shows, and who may lawfully act on it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from portfolio.approvals.authorities import acting_body, foresee
from portfolio.business_cases.models import BusinessCase, ParticipantLine
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.desk.waiting import Asking, Waiting, case_params
from portfolio.packs.terms import Power
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call

MOST_READ = 400
"""Cases of one group that are looked at; more than anybody does in a day."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case that waits, with what a line shows of it."""

    case: BusinessCase
    number: str
    institution: str
    closes_at: datetime

    def line(self, group: str, route: str, *, due: datetime | None = None, since: datetime | None = None) -> Waiting:
        """A line about this case; without dates of its own it shows those of the case's present step."""
        return Waiting(
            group=group,
            title=self.case.title,
            route=route,
            params=case_params(self.case.id),
            number=self.number,
            institution=self.institution,
            since=since or self.case.status_since,
            due=due if due is not None else self.case.due_at,
        )


def cases_in(
    asking: Asking, permission: Permission, statuses: Iterable[CaseStatus], *conditions: ColumnElement[bool]
) -> list[Found]:
    """Cases in these states that a role with this permission reaches, the oldest step first."""
    viewer = asking.viewer.narrowed(permission)
    if not viewer.grants:
        return []
    rows = asking.session.execute(
        select(BusinessCase, col(Initiative.number), col(Institution.name), col(Call.closes_at))
        .join(Initiative, col(Initiative.id) == col(BusinessCase.initiative_id))
        .join(Institution, col(Institution.id) == col(BusinessCase.institution_id))
        .join(Call, col(Call.id) == col(BusinessCase.call_id))
        .where(col(BusinessCase.status).in_(list(statuses)), visible_to(viewer), *conditions)
        .order_by(col(BusinessCase.status_since), col(BusinessCase.id))
        .limit(MOST_READ)
    )
    return [Found(case, number or "", institution, closes_at) for case, number, institution, closes_at in rows]


@dataclass(slots=True)
class Lawful:
    """Whether the viewer's body may act on a case, asked once for each institution unless others take part in the case."""

    asking: Asking
    permission: Permission
    power: Power
    _known: dict[uuid.UUID, bool] = field(default_factory=dict)

    def only(self, found: Sequence[Found]) -> list[Found]:
        partnered = self._partnered([item.case.id for item in found])
        first_of = {item.case.institution_id: item.case.id for item in reversed(found) if item.case.id not in partnered}
        foresee(self.asking.session, self.asking.pack, partnered | set(first_of.values()))
        return [item for item in found if self._may(item.case, item.case.id in partnered)]

    def _may(self, case: BusinessCase, partnered: bool) -> bool:
        if partnered:
            return self._ask(case)
        if case.institution_id not in self._known:
            self._known[case.institution_id] = self._ask(case)
        return self._known[case.institution_id]

    def _ask(self, case: BusinessCase) -> bool:
        viewer = self.asking.viewer.narrowed(self.permission)
        return acting_body(self.asking.session, self.asking.pack, viewer, case, self.power) is not None

    def _partnered(self, cases: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        if not cases:
            return set()
        rows = self.asking.session.scalars(
            select(col(ParticipantLine.case_id)).where(col(ParticipantLine.case_id).in_(cases)).distinct()
        )
        return set(rows)


def lawful_cases(
    asking: Asking,
    permission: Permission,
    power: Power,
    statuses: Iterable[CaseStatus],
    *conditions: ColumnElement[bool],
) -> list[Found]:
    """Those of `cases_in` on which the viewer's body may lawfully act."""
    return Lawful(asking, permission, power).only(cases_in(asking, permission, statuses, *conditions))


def with_case(found: Sequence[Found]) -> dict[uuid.UUID, Found]:
    return {item.case.id: item for item in found}


def retitled(line: Waiting, title: str, **params: Any) -> Waiting:
    """The same line about a part of the case, at an address of its own."""
    return replace(line, title=title, params=params or line.params)
