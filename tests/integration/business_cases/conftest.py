"""A case lead with a draft in an open call, committed. Requests use the real clock, so the call is open around it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.business_cases.models import BusinessCase
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call
from visitors import Visitor, Visitors


@dataclass
class Scene:
    """Who is there: the lead and a colleague of one institution, a stranger of another, and the lead's draft."""

    institution: Institution
    lead: Viewer
    colleague: Viewer
    stranger: Viewer
    call: Call
    case: BusinessCase
    visitors: Visitors

    @property
    def visitor(self) -> Visitor:
        return self.visitors.of(self.lead.person_id)

    def at(self, page: str) -> str:
        return f"/cases/{self.case.id}/{page}"


def an_open_call(session: Session) -> Call:
    return a_call(session, opens_at=utc_now() - timedelta(days=30), closes_at=utc_now() + timedelta(days=30))


@pytest.fixture
def scene(database: Database, visitors: Visitors) -> Scene:
    with database.writing() as session:
        institution = an_institution(session)
        lead = a_person(session, (Role.CASE_LEAD, institution), name="Ana Rojas")
        colleague = a_person(session, (Role.CASE_LEAD, institution), name="Luis Pérez")
        stranger = a_person(session, (Role.CASE_LEAD, an_institution(session)))
        call = an_open_call(session)
        case = a_case(session, institution, lead, call, title="Certificates without queues")
    return Scene(institution, lead, colleague, stranger, call, case, visitors)
