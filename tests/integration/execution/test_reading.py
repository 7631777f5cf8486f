"""Old money is found again: files, rows and how each was settled, and every amount that a project ever had."""

from datetime import date

import pytest
from sqlalchemy import select

from factories import a_person, an_institution
from money_stage import a_money_scene, content, paid, record, scene_now
from portfolio.documents.reading import read_bytes
from portfolio.errors import FieldRefused
from portfolio.execution import differences, uploads
from portfolio.execution.files import OPTIONS
from portfolio.execution.forms import SettleFields
from portfolio.execution.models import ExecutionDifference, ExecutionRun
from portfolio.execution.terms import DifferenceState, RunState
from portfolio.i18n import language
from portfolio.people.permissions import Permission
from portfolio.people.terms import Role


@pytest.fixture
def scene(database):
    with database.writing() as session:
        return a_money_scene(session)


@pytest.fixture
def auditor(database, scene):
    with database.writing() as session:
        return a_person(session, (Role.AUDITOR, an_institution(session)), name="Auditor")


def strays(database):
    with database.reading() as session:
        return session.scalars(select(ExecutionDifference).order_by(ExecutionDifference.created_at)).all()


def settled(database, scene, row, **fields):
    actor = scene.stage.budget_analyst.narrowed(Permission.EXECUTION_IMPORT)
    form = SettleFields(**{"what": "assign", "number": scene.number, "reason": "Typed wrong", **fields})
    with database.writing() as session:
        found = differences.get_difference(session, actor, row.id)
        return differences.settle(session, actor, scene.pack, found, form)


def test_the_auditor_reads_files_rows_and_settlements_and_is_offered_no_act(database, visitors, scene, auditor):
    record(database, scene, content(scene) + content(scene, number="PF-2026-999999").split(b"\n", 1)[1])
    (row,) = strays(database)
    reader = visitors.of(auditor.person_id)
    hub = reader.get("/execution?year=2026")
    assert "/execution/files" in hub.text
    assert "/execution/differences" in hub.text
    file = reader.get(f"/execution/files/{row.run_id}")
    assert (file.status, scene.number in file.main, "100.50" in file.main) == (200, True, True)
    for address in ("/execution/files", "/execution/differences", f"/execution/differences/{row.id}"):
        page = reader.get(address)
        assert page.status == 200, address
        assert 'action="/execution' not in page.text.replace('action="/execution/differences"', ""), address
    assert reader.post(f"/execution/differences/{row.id}", {"what": "set_aside", "reason": "x"}).status == 403
    assert reader.get("/execution/files/sample.csv").status == 403
    settled(database, scene, row, what="set_aside")
    assert "Typed wrong" in reader.get(f"/execution/differences/{row.id}").main
    assert "Typed wrong" in reader.get(f"/execution/files/{row.run_id}").main


def test_what_was_said_before_is_read_with_its_file_and_as_at_a_day(database, visitors, scene, auditor):
    record(database, scene, content(scene, "9000"), date(2026, 7, 31))
    record(database, scene, content(scene, "14000"), date(2026, 8, 2))
    address = f"/projects/{scene.project.id}/money/history"
    page = visitors.of(auditor.person_id).get(address)
    assert page.status == 200
    assert {"9,000.00", "14,000.00", "siga.csv", "Holds", "Replaced"} == {
        words for words in ("9,000.00", "14,000.00", "siga.csv", "Holds", "Replaced") if words in page.main
    }
    assert "/execution/files/" in page.text
    lead = visitors.of(scene.stage.lead.person_id)
    assert "14,000.00" in lead.get(address).main
    assert "/execution/files/" not in lead.get(address).text  # no link to a page that would not open
    assert "14,000.00" not in lead.get(f"{address}?known=2026-08-02").main
    assert "14,000.00" not in lead.get(f"{address}?flow=planned").main
    assert "14,000.00" not in lead.get(f"{address}?month=2026-06").main
    assert "14,000.00" in lead.get(f"{address}?month=julio+2026&flow=paid&known=2026-08-03").main
    assert visitors.of(scene.stranger.person_id).get(address).status == 404


def test_an_assigned_row_adds_to_what_its_own_file_gave(database, scene):
    record(database, scene, content(scene, "100") + content(scene, "6", number="PF-2026-999999").split(b"\n", 1)[1])
    assert settled(database, scene, strays(database)[0]) == 1
    assert paid(database, scene) == [10_600]


def test_where_a_later_file_holds_an_assigned_row_is_history(database, visitors, scene):
    record(database, scene, content(scene, "6", number="PF-2026-999999"), date(2026, 7, 30))
    record(database, scene, content(scene, "100"), date(2026, 7, 31))
    (row,) = strays(database)
    with pytest.raises(FieldRefused) as refused:
        settled(database, scene, row)
    assert refused.value.field == "replaced"
    office = visitors.of(scene.stage.budget_analyst.person_id)
    asked = office.post(
        f"/execution/differences/{row.id}", {"what": "assign", "number": scene.number, "reason": "Typed wrong"}
    )
    assert asked.status == 422
    assert asked.by_id("replaced") is not None
    assert "/execution/files/" in asked.text
    assert settled(database, scene, row, replaced=True) == 0
    assert paid(database, scene) == [10_000]
    assert strays(database)[0].state is DifferenceState.REPLACED
    assert "Row 2" in office.get(f"/projects/{scene.project.id}/money/history").main


@pytest.mark.parametrize(("joins", "then"), [("add", 10_600), ("replace", 600)])
def test_a_person_says_whether_a_row_adds_to_an_earlier_file(database, scene, joins, then):
    record(database, scene, content(scene, "100"), date(2026, 7, 30))
    record(database, scene, content(scene, "6", number="PF-2026-999999"), date(2026, 7, 31))
    (row,) = strays(database)
    with pytest.raises(FieldRefused) as refused:
        settled(database, scene, row)
    assert refused.value.field == "joins"
    settled(database, scene, row, joins=joins)
    assert paid(database, scene) == [then]


def test_another_currency_is_refused_before_anything_else(database, scene):
    data = content(scene, "6", number="PF-2026-999999", line="no such line").replace(b",USD", b",EUR")
    record(database, scene, data)
    with pytest.raises(FieldRefused, match=r"EUR.*USD") as refused:
        settled(database, scene, strays(database)[0])
    assert refused.value.field == "number"


def test_the_project_of_a_row_is_found_by_its_title(database, visitors, scene):
    record(database, scene, content(scene, number="PF-2026-999999"))
    address = f"/execution/differences/{strays(database)[0].id}"
    office = visitors.of(scene.stage.budget_analyst.person_id)
    with database.reading() as session:
        from portfolio.projects.models import Initiative

        title = session.get(Initiative, scene.project.initiative_id).title
    assert f"{address}?number={scene.number}" in office.get(f"{address}?q={title.upper()}").text
    assert f"{address}?number={scene.number}" in office.get(f"{address}?q={scene.number.lower()}").text
    assert f"{address}?number=" not in office.get(f"{address}?q=nothing+like+it").text
    assert office.get(f"{address}?number={scene.number}").value("number") == scene.number


def prepared(database, scene, data, as_at):
    table = read_bytes(data, "siga.csv", OPTIONS)
    with database.writing() as session:
        session.info["now"] = scene_now(scene)
        actor = scene.stage.budget_analyst.narrowed(Permission.EXECUTION_IMPORT)
        run = uploads.prepare(session, actor, table, "siga.csv", "0" * 64, as_at)
        from portfolio.execution.files import preview

        return preview(session, actor, scene.pack, table, run.mapping, as_at, date(2026, 8, 3)), run.id


def test_what_happens_after_the_day_of_the_file_is_rejected_unless_planned(database, scene):
    seen, _run = prepared(database, scene, content(scene), date(2026, 1, 1))
    assert [one.column for one in seen.wrong] == ["Month"]
    planned = content(scene).replace(b"Pagado", b"Programado")
    assert prepared(database, scene, planned, date(2026, 1, 1))[0].wrong == []


def test_more_paid_than_accrued_in_one_row_is_said_and_taken(database, scene):
    data = f"proyecto,mes,devengado,pagado\n{scene.number},2026-07,5,6\n".encode()
    seen, _run = prepared(database, scene, data, date(2026, 7, 31))
    assert (len(seen.warned), len(seen.amounts), seen.wrong) == (1, 2, [])


@pytest.mark.parametrize("amount", ["9" * 30, "1.2345"])
def test_why_an_amount_is_not_taken_is_said_in_the_readers_language(database, scene, amount):
    with language("es"):
        seen, _run = prepared(database, scene, content(scene, amount), date(2026, 7, 31))
    assert "the amount" not in seen.wrong[0].reason
    assert seen.wrong[0].column == "Pagado"


def test_a_file_under_review_is_discarded_by_the_office_only(database, visitors, scene):
    office = visitors.of(scene.stage.budget_analyst.person_id)
    sent = office.post("/execution/files", {"as_at": "2026-07-31"}, files={"file": ("siga.csv", content(scene))})
    finance = visitors.of(scene.finance.person_id)
    assert finance.post(f"{sent.location}/discard", {}).status == 404
    assert office.post(f"{sent.location}/discard", {}).status == 303
    assert office.get(sent.location).status == 200
    assert office.post(sent.location, {}).status == 409
    with database.reading() as session:
        assert session.scalars(select(ExecutionRun)).one().state is RunState.DISCARDED
    assert paid(database, scene) == []


def test_the_columns_are_named_and_the_sample_is_read(database, visitors, scene):
    office = visitors.of(scene.stage.budget_analyst.person_id)
    page = office.get("/execution/files")
    assert "devengado" in page.main
    sample = office.raw("/execution/files/sample.csv")
    assert sample.status_code == 200
    seen, _run = prepared(database, scene, sample.text.encode(), date(2026, 8, 31))
    assert seen.missing == []
    assert seen.wrong == []


def test_the_list_leads_to_the_money_of_each_project_and_adds_up_by_currency(database, visitors, scene):
    record(database, scene, content(scene))
    page = visitors.of(scene.stage.budget_analyst.person_id).get("/execution?year=2026")
    assert f'href="/projects/{scene.project.id}/money"' in page.text
    assert "Total in USD" in page.main
