"""A file as evidence of a condition: looked at first, shown with its digest, taken out by whoever sees the case."""

import hashlib
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from factories import a_person, an_institution
from gate_stage import Stage, a_ready_case, a_stage
from portfolio.approvals.models import Condition, ConditionFile
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.engine import Database
from portfolio.files import quota
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from visitors import Page, Visitors

CSV = b"item;amount\nlicences;100\n"
DIGEST = hashlib.sha256(CSV).hexdigest()


@dataclass
class Desk:
    stage: Stage
    condition: Condition
    stranger: Viewer
    visitors: Visitors

    @property
    def at(self) -> str:
        return f"/conditions/{self.condition.id}"

    def supply(self, content: bytes = CSV, name: str = "acta.csv", text: str = "Act 7, signed") -> Page:
        visitor = self.visitors.of(self.stage.cio.person_id)
        return visitor.post(f"{self.at}/evidence", {"text": text}, files={"file": (name, content)})


@pytest.fixture
def desk(database: Database, visitors: Visitors) -> Desk:
    with database.writing() as session:
        stage = a_stage(session)
        case = a_ready_case(session, stage)
        case.status = CaseStatus.CONDITIONED
        condition = Condition(
            case_id=case.id, text="Show the act", owner="CIO", evidence="The act", due_on=date(2027, 3, 1)
        )
        session.add(condition)
        record(session, SYSTEM, Tag.OPINION_DRAFTED, case)
        session.flush()
        return Desk(stage, condition, a_person(session, (Role.AGENCY_CIO, an_institution(session))), visitors)


def rows(database: Database) -> list[ConditionFile]:
    with database.reading() as session:
        return list(session.scalars(select(ConditionFile)))


def test_a_file_is_supplied_shown_with_its_digest_and_comes_out_byte_by_byte(desk: Desk, database: Database) -> None:
    answer = desk.supply()
    assert answer.status == 303, answer.main
    row = rows(database)[0]
    assert (row.file_name, row.size, row.sha256) == ("acta.csv", len(CSV), DIGEST)
    analyst = desk.visitors.of(desk.stage.analyst.person_id)
    page = analyst.get(desk.at)
    assert "acta.csv" in page.text
    assert DIGEST in page.text.replace("<wbr>", "")
    found = analyst.raw(f"{desk.at}/files/{row.id}")
    assert found.content == CSV
    assert "sandbox" in found.headers["content-security-policy"]
    assert found.headers["content-disposition"].startswith("attachment")
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.CONDITION_EVIDENCED.value)).one()
    assert DIGEST in event.canon


def test_evidence_takes_of_the_space_that_all_files_of_an_institution_share(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "QUOTA", len(CSV) + 5)
    assert desk.supply().status == 303
    assert desk.supply(CSV + b"8;late\n", "other.csv").error("file").startswith("Your institution has used up")


def test_another_institution_gets_no_evidence(desk: Desk, database: Database) -> None:
    desk.supply()
    row = rows(database)[0]
    assert desk.visitors.of(desk.stranger.person_id).raw(f"{desk.at}/files/{row.id}").status_code == 404


def test_what_the_inspection_refuses_does_not_come_in_and_the_text_stays(desk: Desk, database: Database) -> None:
    answer = desk.supply(b"MZ\x90\x00 program", "acta.pdf", "A text that must not be lost")
    assert answer.status == 422
    assert answer.error("file")
    assert "A text that must not be lost" in answer.text
    assert rows(database) == []


def test_the_same_file_twice_is_refused_and_another_one_is_added(desk: Desk, database: Database) -> None:
    desk.supply()
    assert "attached already" in (desk.supply().error("file") or "")
    assert desk.supply(b"item;amount\nservers;7\n", "otra.csv").status == 303
    assert [row.file_name for row in rows(database)] == ["acta.csv", "otra.csv"]


def test_evidence_without_a_file_is_still_evidence(desk: Desk, database: Database) -> None:
    visitor = desk.visitors.of(desk.stage.cio.person_id)
    assert visitor.post(f"{desk.at}/evidence", {"text": "Report 7"}).status == 303
    assert rows(database) == []
