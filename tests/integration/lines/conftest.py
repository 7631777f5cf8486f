"""A case lead with a draft in an open call, and ways to write in its tables as the pages do."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.lines.columns import LineSpec
from portfolio.business_cases.lines.reading import Line, lines_of
from portfolio.business_cases.lines.totals import LineTotals, case_totals
from portfolio.business_cases.models import BusinessCase, CaseRevision
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import new_id, utc_now
from portfolio.db.engine import Database
from portfolio.packs.loader import load_pack
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from visitors import Page, Visitor, Visitors


@dataclass
class Desk:
    """Lead and colleague of one institution, a stranger of another, and the lead's draft."""

    database: Database
    visitors: Visitors
    case_id: uuid.UUID
    lead: Viewer
    colleague: Viewer
    stranger: Viewer

    def at(self, table: str, rest: str = "") -> str:
        return f"/cases/{self.case_id}/lines/{table}{rest}"

    @property
    def visitor(self) -> Visitor:
        return self.visitors.of(self.lead.person_id)

    def lines(self, spec: LineSpec) -> list[Line]:
        with self.database.reading() as session:
            return lines_of(session, spec, self.case_id)

    def totals(self) -> LineTotals:
        with self.database.reading() as session:
            return case_totals(session, load_pack("eclac"), session.get_one(BusinessCase, self.case_id))

    def revisions(self) -> list[CaseRevision]:
        with self.database.reading() as session:
            query = select(CaseRevision).where(col(CaseRevision.case_id) == self.case_id)
            return list(session.scalars(query.order_by(col(CaseRevision.created_at), col(CaseRevision.field))))

    def set_status(self, status: CaseStatus, *open_sections: str) -> None:
        with self.database.writing() as session:
            case = session.get_one(BusinessCase, self.case_id)
            case.status, case.open_sections = status, list(open_sections)
            record(session, SYSTEM, Tag.CASE_MOVED, case)

    def save(self, table: str, *rows: dict[str, Any], visitor: Visitor | None = None, **fields: Any) -> Page:
        """The whole form; each row is {"id", "version", cell: text}, new ones without id."""
        data: dict[str, Any] = {"line": [], "act": "", "back": "page", "years": "4", **fields}
        for row in rows:
            key = row.get("id") or new_id()
            data["line"].append(f"{key}:{row.get('version', 0)}")
            data |= {f"{key}.{name}": text for name, text in row.items() if name not in ("id", "version")}
        return (visitor or self.visitor).post(self.at(table), data)

    def cell(
        self, table: str, line: uuid.UUID, key: str, value: str, version: int, visitor: Visitor | None = None
    ) -> Page:
        data = {"field": f"{line}.{key}", "value": value, "version": str(version)}
        return (visitor or self.visitor).post(self.at(table, "/cell"), data)


@pytest.fixture
def desk(database: Database, visitors: Visitors) -> Desk:
    with database.writing() as session:
        institution = an_institution(session, "Servicio de Registro")
        an_institution(session, "Ministerio de Salud")
        lead = a_person(session, (Role.CASE_LEAD, institution), name="Ana Rojas")
        colleague = a_person(session, (Role.CASE_LEAD, institution), name="Luis Pérez")
        stranger = a_person(session, (Role.CASE_LEAD, an_institution(session)))
        at = utc_now()
        call = a_call(session, opens_at=at - timedelta(days=30), closes_at=at + timedelta(days=30))
        case = a_case(session, institution, lead, call, title="Certificates without queues")
        case_id = case.id
    return Desk(database, visitors, case_id, lead, colleague, stranger)
