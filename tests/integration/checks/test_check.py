"""The officer's findings: one batch, all or nothing, on the frozen library, carried while nothing changed."""

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from case_factories import a_snapshot
from conftest import NOW
from portfolio.audit.models import AuditEvent
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.checks.frozen import frozen_standards
from portfolio.checks.models import Verdict
from portfolio.checks.queries import check_facts, verdicts_in_force
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import StandardLevel
from portfolio.standards.library import library_for
from review_stage import declared_content

PACK = load_pack("eclac")
TODAY = date(2026, 8, 3)


def musts(frozen):
    return [one.code for one in frozen.standards if one.level is StandardLevel.MUST]


def findings(frozen, result="met", comment="Seen in the annex."):
    return {f"result.{one.code}": result for one in frozen.standards} | {
        f"comment.{one.code}": comment for one in frozen.standards
    }


def facts_now(database, stage):
    with database.reading() as session:
        return check_facts(session, PACK, session.get_one(BusinessCase, stage.case_id), TODAY)


def test_a_case_sees_a_part_of_the_library_and_the_rest_with_its_rule(frozen):
    assert 8 <= len(frozen.standards) <= 15
    assert len(frozen.standards) + len(frozen.excluded) == len(library_for(PACK).standards) == 56
    assert all(rule for _title, rule in frozen.excluded)


def test_the_officer_saves_every_finding_at_once(database, visitors, stage, frozen):
    officer, address = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check"
    assert facts_now(database, stage).unchecked == tuple(musts(frozen))
    assert "The officer finds" in officer.get(address).main
    assert officer.post(address, findings(frozen)).status == 303
    found = facts_now(database, stage)
    assert (found.unchecked, found.unmet) == ((), ())
    with database.reading() as session:
        acts = session.scalars(select(col(AuditEvent.action))).all()
        assert acts.count("check.verdict_given") == len(frozen.standards)


def test_what_is_said_again_is_not_written_again(database, visitors, stage, frozen):
    officer, address = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check"
    officer.post(address, findings(frozen))
    page = officer.get(address)
    versions = {f"version.{one.code}": page.value(f"version.{one.code}") for one in frozen.standards}
    changed = findings(frozen) | {f"result.{musts(frozen)[0]}": "not_met"} | versions
    assert officer.post(address, changed).status == 303
    assert facts_now(database, stage).unmet == (musts(frozen)[0],)
    with database.reading() as session:
        acts = session.scalars(select(col(AuditEvent.action))).all()
        assert acts.count("check.verdict_given") == len(frozen.standards) + 1


def test_a_finding_that_says_otherwise_needs_a_comment_and_nothing_else_is_saved(database, visitors, stage, frozen):
    officer, address = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check"
    one, two = musts(frozen)[:2]
    sent = {f"result.{one}": "met", f"comment.{one}": "Seen", f"result.{two}": "not_met", f"evidence.{two}": "Annex 3"}
    page = officer.post(address, sent)
    assert page.status == 422
    assert page.error(f"comment-{two}")
    assert page.value(f"evidence.{two}").strip() == "Annex 3"
    with database.reading() as session:
        assert session.scalars(select(Verdict)).all() == []


def test_bad_findings_are_refused_beside_their_field(visitors, stage, frozen):
    officer, address = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check"
    one = musts(frozen)[0]
    for sent in ({f"result.{one}": "waived", f"comment.{one}": "x"}, {f"result.{one}": "splendid"}):
        page = officer.post(address, sent)
        assert page.status == 422
        assert page.error(f"result-{one}")
    long = officer.post(address, {f"result.{one}": "met", f"comment.{one}": "x" * 4001})
    assert long.error(f"comment-{one}") == "Enter 4,000 characters or fewer: there are 4,001"


def test_two_officers_do_not_overwrite_each_other(visitors, stage, frozen):
    officer, address = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check"
    one = musts(frozen)[0]
    assert (
        officer.post(address, {f"result.{one}": "met", f"comment.{one}": "First", f"version.{one}": "0"}).status == 303
    )
    page = officer.post(address, {f"result.{one}": "not_met", f"comment.{one}": "Second", f"version.{one}": "0"})
    assert page.status == 422
    assert "Somebody else changed this finding" in page.error(f"result-{one}")


def test_only_the_officer_of_the_lawful_body_finds_and_only_while_it_is_checked(database, visitors, stage, frozen):
    address = f"/cases/{stage.case_id}/check"
    for viewer in (stage.cio, stage.analyst, stage.head, stage.budget):
        assert visitors.of(viewer.person_id).post(address, findings(frozen)).status == 403
        assert visitors.of(viewer.person_id).get(address).status == 200
    with database.writing() as session:
        from portfolio.audit.terms import Tag
        from portfolio.audit.trail import record
        from portfolio.business_cases.terms import CaseStatus

        case = session.get_one(BusinessCase, stage.case_id)
        case.status = CaseStatus.RECOMMENDED
        record(session, stage.head, Tag.CASE_MOVED, case)
    assert visitors.of(stage.officer.person_id).post(address, findings(frozen)).status == 409


def lines_of(frozen, result, evidence="Annex"):
    library = library_for(PACK)
    return [
        {
            "id": criterion,
            "standard": one.code,
            "title": f"{one.code} frozen title",
            "level": one.level.value,
            "criterion": f"{criterion} frozen words",
            "result": result,
            "evidence": evidence,
        }
        for one in frozen.standards
        for criterion in library.standards[one.code].criteria
    ]


def resubmitted(database, stage, lines, number, library_digest):
    with database.writing() as session:
        session.info["now"] = NOW
        case = session.get_one(BusinessCase, stage.case_id)
        content = declared_content(case.title, assessment=lines, excluded=[])
        snapshot = a_snapshot(session, case, stage.lead, number=number, content=content)
        snapshot.library_digest = library_digest
        return snapshot.id


def test_a_finding_is_carried_to_a_new_version_while_the_answers_are_the_same(database, visitors, stage, frozen):
    officer, address = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check"
    digest = library_for(PACK).digest
    lines = lines_of(frozen, "met")
    resubmitted(database, stage, lines, 2, digest)
    assert officer.post(address, findings(frozen)).status == 303
    touched = musts(frozen)[0]
    changed = [line | {"evidence": "Another annex"} if line["standard"] == touched else line for line in lines]
    resubmitted(database, stage, changed, 3, digest)
    with database.reading() as session:
        in_force = verdicts_in_force(session, newest_snapshot(session, stage.case_id))
        assert touched not in in_force
        assert all(one.is_carried and one.snapshot_number == 2 for one in in_force.values())
    assert facts_now(database, stage).unchecked == (touched,)
    assert "Found on version 2" in officer.get(address).main


def test_a_disagreement_is_said(database, visitors, stage, frozen):
    resubmitted(database, stage, lines_of(frozen, "met"), 2, library_for(PACK).digest)
    officer, address = visitors.of(stage.officer.person_id), f"/cases/{stage.case_id}/check"
    officer.post(address, findings(frozen, "partly"))
    assert officer.get(address).main.count("They differ") == len(frozen.standards)


def test_a_library_that_changed_since_changes_nothing_of_a_frozen_case(database, visitors, stage, frozen):
    lines = lines_of(frozen, "met")[:3]
    resubmitted(database, stage, lines, 2, "f" * 64)
    with database.reading() as session:
        found = frozen_standards(PACK, newest_snapshot(session, stage.case_id))
    assert not found.is_present
    assert {one.title for one in found.standards} == {"frozen title"}
    assert sum(len(one.criteria) for one in found.standards) == 3
    page = visitors.of(stage.officer.person_id).get(f"/cases/{stage.case_id}/check")
    assert "The standards library has changed" in page.main
    assert "f" * 64 in page.main
