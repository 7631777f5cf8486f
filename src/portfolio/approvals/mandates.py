"""Answers the rooms below that ask who may act on a case (`business_cases.mandate`) or hears of its project (`projects.oversight`)."""

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from portfolio.approvals.authorities import acting_body, authority_refusal, lawful_people
from portfolio.approvals.separation import Act
from portfolio.approvals.ties import separation_reasons
from portfolio.business_cases.mandate import Mandates, register_mandates
from portfolio.business_cases.models import BusinessCase
from portfolio.db.memo import row_of
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.oversight import register_lawful

_ACTS = {
    Power.REVIEW_ASSIGNMENT: Act.ASSIGN_REVIEWERS,
    Power.STANDARDS_CHECK: Act.CHECK,
    Power.WAIVER: Act.WAIVE,
    Power.ADMISSIBILITY: Act.ADMIT,
    Power.OPINION: Act.OBSERVE,  # asked from below only by whoever makes an observation
}


def _refusals(session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, power: Power) -> list[str]:
    refused = authority_refusal(session, pack, viewer, case, power)
    reasons = [] if refused is None else [refused]
    return reasons + separation_reasons(session, pack, viewer, case, _ACTS[power])


def _body(session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, power: Power) -> str | None:
    found = acting_body(session, pack, viewer, case, power)
    return None if found is None else found.body.code


def _people(
    session: Session, pack: CountryPack, case: BusinessCase, power: Power, roles: Collection[Role]
) -> list[uuid.UUID]:
    return lawful_people(session, pack, case, power, roles)


def _overseers(session: Session, pack: CountryPack, case_id: uuid.UUID, roles: Collection[Role]) -> list[uuid.UUID]:
    return lawful_people(session, pack, row_of(session, BusinessCase, case_id), Power.OPINION, roles)


register_mandates(Mandates(_refusals, _body, _people))
register_lawful(_overseers)
