"""The institution's own word while it writes: with and without script, by two people, frozen and counted as missing."""

import json

import pytest
from sqlalchemy import select
from sqlmodel import col

from case_factories import an_answer
from portfolio.business_cases.completeness import missing
from portfolio.business_cases.content import read_content, section_digest
from portfolio.business_cases.models import BusinessCase, CaseRevision
from portfolio.business_cases.terms import CaseStatus
from portfolio.checks.assessment import standards_for
from portfolio.checks.models import SelfAssessment
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import StandardLevel
from review_stage import DECLARED

PACK = load_pack("eclac")


@pytest.fixture
def address(drafted):
    return f"/cases/{drafted.case_id}/standards"


@pytest.fixture
def criterion(database, drafted):
    return applying(database, drafted)[0].criteria[0].code


def applying(database, stage):
    with database.reading() as session:
        case = session.get_one(BusinessCase, stage.case_id)
        return [one for one in standards_for(session, PACK, case) if one.applies]


def declare(database, stage):
    with database.writing() as session:
        case = session.get_one(BusinessCase, stage.case_id)
        for section in PACK.sections.values():
            for question in section.questions.values():
                if question.fact is not None and question.fact.value in DECLARED:
                    an_answer(session, case, section.code, question.code, "yes", stage.lead)


def row_of(database, criterion):
    with database.reading() as session:
        return session.scalars(select(SelfAssessment).where(col(SelfAssessment.criterion) == criterion)).one()


def test_what_a_case_declares_brings_its_standards(database, drafted):
    before = {one.standard.code for one in applying(database, drafted)}
    declare(database, drafted)
    after = {one.standard.code for one in applying(database, drafted)}
    assert before < after
    assert 8 <= len(after) <= 15


def test_the_part_is_on_the_page_of_the_section_and_is_saved_without_script(
    database, visitors, drafted, address, criterion
):
    lead = visitors.of(drafted.lead.person_id)
    page = lead.get(f"/cases/{drafted.case_id}/sections/standards")
    assert "Standards that apply to this case" in page.main
    assert "do not apply, by rule" in page.main
    sent = {
        f"result.{criterion}": "met",
        f"evidence.{criterion}": "Annex 3",
        f"version.{criterion}": page.value(f"version.{criterion}"),
        f"seen.result.{criterion}": page.value(f"seen.result.{criterion}"),
        f"seen.evidence.{criterion}": page.value(f"seen.evidence.{criterion}"),
    }
    assert lead.post(address, sent).status == 303
    row = row_of(database, criterion)
    assert (row.result, row.evidence) == ("met", "Annex 3")
    with database.reading() as session:
        fields = session.scalars(select(col(CaseRevision.field))).all()
        assert sorted(fields) == [f"assessment:{criterion}:evidence", f"assessment:{criterion}:result"]


def test_autosave_keeps_a_field_and_tells_the_next_version(database, visitors, drafted, address, criterion):
    lead = visitors.of(drafted.lead.person_id)
    first = lead.post(f"{address}/save", {"field": f"result.{criterion}", "value": "partly", "version": "0"})
    assert first.status == 200, first.text
    version = json.loads(first.text)["version"]
    second = lead.post(f"{address}/save", {"field": f"evidence.{criterion}", "value": "Annex 1", "version": version})
    assert second.status == 200
    assert row_of(database, criterion).evidence == "Annex 1"


def test_two_people_lose_nothing(database, visitors, drafted, address, criterion):
    lead, cio = visitors.of(drafted.lead.person_id), visitors.of(drafted.cio.person_id)
    name = f"evidence.{criterion}"
    assert lead.post(f"{address}/save", {"field": name, "value": "From the lead", "version": "0"}).status == 200
    other = cio.post(f"{address}/save", {"field": name, "value": "From the CIO", "version": "0"})
    assert other.status == 409
    assert "From the lead" in other.text
    whole = cio.post(address, {name: "From the CIO", f"version.{criterion}": "v:0", f"seen.{name}": "0" * 16})
    assert whole.status == 409
    assert whole.value(name).strip() == "From the CIO"
    assert "From the lead" in whole.main
    assert row_of(database, criterion).evidence == "From the lead"
    again = {
        name: "From the CIO",
        f"version.{criterion}": whole.value(f"version.{criterion}"),
        f"seen.{name}": "0" * 16,
    }
    assert cio.post(address, again).status == 303
    assert row_of(database, criterion).evidence == "From the CIO"


@pytest.mark.parametrize(("part", "value"), [("result", "waived"), ("result", "x"), ("evidence", "x" * 2001)])
def test_a_bad_value_comes_back_beside_its_field(visitors, drafted, address, criterion, part, value):
    lead = visitors.of(drafted.lead.person_id)
    page = lead.post(address, {f"{part}.{criterion}": value})
    assert page.status == 422
    assert page.error(f"{part}-{criterion.replace('.', '-')}")
    assert lead.post(f"{address}/save", {"field": f"{part}.{criterion}", "value": value}).status == 422


def test_a_criterion_that_does_not_apply_is_not_taken(visitors, drafted, address):
    lead = visitors.of(drafted.lead.person_id)
    assert lead.post(f"{address}/save", {"field": "result.Z99.1", "value": "met", "version": "0"}).status == 422


def test_a_locked_case_takes_nothing(database, visitors, drafted, address, criterion):
    with database.writing() as session:
        from portfolio.audit.terms import Tag
        from portfolio.audit.trail import record

        case = session.get_one(BusinessCase, drafted.case_id)
        case.status = CaseStatus.ALIGNING
        record(session, drafted.cio, Tag.CASE_MOVED, case)
    lead = visitors.of(drafted.lead.person_id)
    assert lead.post(address, {f"result.{criterion}": "met"}).status == 409
    assert lead.post(f"{address}/save", {"field": f"result.{criterion}", "value": "met"}).status == 422


def test_nobody_of_another_institution_writes(visitors, drafted, address, criterion):
    for viewer in (drafted.officer, drafted.reviewers[0], drafted.auditor):
        assert visitors.of(viewer.person_id).post(address, {f"result.{criterion}": "met"}).status in (403, 404)


def test_every_mandatory_criterion_is_missing_until_answered_with_evidence(database, drafted):
    musts = [one for one in applying(database, drafted) if one.standard.level is StandardLevel.MUST]

    def lacking():
        with database.reading() as session:
            case = session.get_one(BusinessCase, drafted.case_id)
            return [m.text for m in missing(session, PACK, case) if m.text.startswith("Standard ")]

    assert len(lacking()) == len(musts)
    with database.writing() as session:
        for one in musts:
            for criterion in one.criteria:
                session.add(
                    SelfAssessment(
                        case_id=drafted.case_id,
                        criterion=criterion.code,
                        result="met",
                        edited_by_id=drafted.lead.person_id,
                    )
                )
    assert len(lacking()) == len(musts)
    with database.writing() as session:
        for row in session.scalars(select(SelfAssessment)):
            row.evidence = "Annex"
    assert lacking() == []


def test_the_content_holds_each_criterion_that_applies_and_its_digest_follows_the_answers(database, drafted):
    def content():
        with database.reading() as session:
            return read_content(session, PACK, session.get_one(BusinessCase, drafted.case_id))

    before = content()
    lines = before["sections"]["standards"]["lines"]
    assert {line["standard"] for line in lines["assessment"]} == {
        one.standard.code for one in applying(database, drafted)
    }
    assert len({line["standard"] for line in lines["assessment"]}) + len(lines["excluded"]) == 56
    with database.writing() as session:
        session.add(
            SelfAssessment(
                case_id=drafted.case_id,
                criterion=lines["assessment"][0]["id"],
                result="met",
                evidence="Annex",
                edited_by_id=drafted.lead.person_id,
            )
        )
    after = content()
    assert after["sections"]["standards"]["lines"]["assessment"][0]["result"] == "met"
    assert section_digest(before, "standards") != section_digest(after, "standards")
