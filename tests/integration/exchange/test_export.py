"""Exports: the same figures in every format, by mandate and not by request, harmless in a spreadsheet, written down."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from sqlalchemy import select
from sqlmodel import col

from case_factories import a_call, a_case, a_submitted_case
from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.db.money import Money
from portfolio.documents.meta import matches_its_meta, meta_path
from portfolio.errors import Refused
from portfolio.exchange.exporting import export_for_system
from portfolio.exchange.importing import import_file
from portfolio.exchange.models import ExportRun, ImportRun
from portfolio.exchange.reading import read_file
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM

SHARED_DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the shared data folder is not beside the project")
HEAD = "codigo_bip,nombre,etapa,costo_clp,rate,institucion_formuladora,sector\n"


def bring(database, data, name, as_at=None):
    mapped = read_file(data, name, None, as_at)
    run = ImportRun(mapping=mapped.mapping.name, source=mapped.mapping.source, file_name=name, file_sha256="0" * 64)
    with database.writing() as session:
        import_file(session, SYSTEM, mapped, run)
    return run


def chile(*rows):
    return (HEAD + "".join(f"{row},\n" for row in rows)).encode()


def export(database, tmp_path, format_, **asked):
    path = tmp_path / f"out.{format_}"
    run = export_for_system(database, "eclac", format_, path, **asked)
    return run, path


def read_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def sheet_rows(path):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    return rows[0], rows[1:]


@needs_data
def test_exported_totals_equal_imported_ones_to_the_cent(database, tmp_path):
    imported = {}
    for file, as_at in (
        ("gmpp/GMPP_Government_Major_Projects_Portfolio_AR_Data_March_2022.csv", None),
        ("canada_gc_it_projects/gc-it-projects-2019.csv", None),
        ("chile_bip_fichas/fichas_bip_muestra.csv", date(2026, 10, 31)),
    ):
        run = bring(database, (SHARED_DATA / file).read_bytes(), Path(file).name, as_at)
        imported |= run.notes["totals"]["budget"]
    expected = {currency: f"{Money(currency, minor).amount:f}" for currency, minor in imported.items()}
    for format_ in ("csv", "json", "xlsx"):
        run, path = export(database, tmp_path, format_)
        assert run.rows == 235 + 463 + 33
        assert json.loads(meta_path(path).read_text())["totals"]["requested"] == expected
    sums = dict.fromkeys(imported, Decimal(0))
    for row in read_csv(tmp_path / "out.csv"):
        sums[row["currency"]] += Decimal(row["requested"] or 0)
    assert {currency: f"{amount:f}" for currency, amount in sums.items()} == expected
    projects = json.loads((tmp_path / "out.json").read_text())["projects"]
    assert sum(Decimal(p["requested"] or 0) for p in projects if p["currency"] == "GBP") == Decimal(expected["GBP"])


def test_the_formats_agree_and_each_names_its_digest(database, tmp_path):
    bring(database, chile("1-1,Uno,PERFIL,1500,RS,A", "2-2,Dos,PERFIL,0,RS,A"), "f.csv", date(2026, 10, 31))
    digests = set()
    for format_ in ("csv", "json", "xlsx", "docx"):
        run, path = export(database, tmp_path, format_)
        digests.add(run.data_sha256)
        assert run.file_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert matches_its_meta(path)
    assert len(digests) == 1
    rows = read_csv(tmp_path / "out.csv")
    assert [(row["title"], row["requested"], row["requested_state"]) for row in rows] == [
        ("Uno", "1500", "known"),
        ("Dos", "", "missing"),
    ]
    header, cells = sheet_rows(tmp_path / "out.xlsx")
    requested = list(header).index("Requested")
    assert [row[requested] for row in cells] == [1500, None]
    book = docx.Document(str(tmp_path / "out.docx"))
    text = "\n".join(paragraph.text for paragraph in book.paragraphs)
    for heading in ("By institution and programme", "By budget line", "By fiscal year", "first version", "Conditions"):
        assert heading in text


def test_a_formula_from_a_file_stays_a_text(database, tmp_path):
    bring(database, chile('1-1,"=HYPERLINK(""http://x"")",PERFIL,1,RS,+A'), "f.csv", date(2026, 10, 31))
    export(database, tmp_path, "csv")
    row = read_csv(tmp_path / "out.csv")[0]
    assert row["title"].startswith("'=")
    assert row["institution"] == "'+A"
    export(database, tmp_path, "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)


def test_the_command_never_exports_a_draft_and_narrows_to_a_call(database, tmp_path):
    with database.writing() as session:
        ministry = an_institution(session)
        lead = a_person(session, (Role.CASE_LEAD, ministry))
        first, second = a_call(session), a_call(session)
        a_case(session, ministry, lead, first, title="Borrador")
        a_submitted_case(session, ministry, lead, first, title="Primera", number="PF-1")
        a_submitted_case(session, ministry, lead, second, title="Segunda", number="PF-2")
        call = str(first.id)
    export(database, tmp_path, "csv")
    assert {row["title"] for row in read_csv(tmp_path / "out.csv")} == {"Primera", "Segunda"}
    export(database, tmp_path, "csv", call_id=call)
    assert {row["title"] for row in read_csv(tmp_path / "out.csv")} == {"Primera"}
    with pytest.raises(Refused):
        export(database, tmp_path, "csv", call_id="nonsense")


def test_as_at_a_day_tells_only_what_was_known_then(database, tmp_path):
    bring(database, chile("1-1,Uno,PERFIL,100,RS,A"), "f.csv", date(2020, 1, 1))
    bring(database, chile("1-1,Uno,PERFIL,200,RS,A", "2-2,Dos,PERFIL,7,RS,A"), "f.csv", date(2024, 1, 1))

    def amounts(day):
        export(database, tmp_path, "csv", as_at=day)
        return {row["title"]: (row["requested"], row["as_at"]) for row in read_csv(tmp_path / "out.csv")}

    assert amounts(date(2019, 12, 31)) == {}
    assert amounts(date(2021, 1, 1)) == {"Uno": ("100", "2020-01-01")}
    assert amounts(date(2024, 1, 1)) == {"Uno": ("200", "2024-01-01"), "Dos": ("7", "2024-01-01")}
    with pytest.raises(Refused):
        amounts(date(2999, 1, 1))


def test_the_second_book_tells_what_changed_since_the_first(database, tmp_path):
    bring(database, chile("1-1,Uno,PERFIL,100,RS,A"), "f.csv", date(2020, 1, 1))
    export(database, tmp_path, "docx")
    bring(database, chile("1-1,Uno,PERFIL,250,RS,A"), "f.csv", date(2021, 1, 1))
    _run, path = export(database, tmp_path, "docx")
    cells = [cell.text for table in docx.Document(str(path)).tables for row in table.rows for cell in row.cells]
    place = cells.index("Cambiada") if "Cambiada" in cells else cells.index("Changed")
    assert cells[place + 2 : place + 4] == ["100", "250"]


def test_the_buttons_export_what_is_seen_and_it_is_written_down(database, visitors):
    with database.writing() as session:
        ministry, other = an_institution(session, "Salud"), an_institution(session, "Otra")
        lead = a_person(session, (Role.CASE_LEAD, ministry))
        other_lead = a_person(session, (Role.CASE_LEAD, other))
        call = a_call(session)
        a_submitted_case(session, ministry, lead, call, title="De salud", number="PF-1")
        a_submitted_case(session, other, other_lead, call, title="De otra", number="PF-2")
    visitor = visitors.of(lead.person_id)
    answer = visitor.post("/portfolio/export", {"format": "csv", "query": "text=de"})
    assert answer.status == 200
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [row["title"] for row in rows] == ["De salud"]
    assert "institution_verified" not in rows[0]
    with database.reading() as session:
        run = session.scalars(select(ExportRun)).one()
        event = session.scalars(select(AuditEvent).where(col(AuditEvent.object_id) == run.id)).one()
    assert run.by_person_id == lead.person_id
    assert run.query["address"] == "text=de"
    assert run.file_sha256 in event.canon
    assert run.id.hex[:8] in answer.headers["content-disposition"]
    assert visitor.post("/portfolio/export", {"format": "exe", "query": ""}).status == 409


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_a_download_brings_its_card_beside_it_in_a_zip(database, visitors, format_):
    with database.writing() as session:
        ministry = an_institution(session, "Salud")
        lead = a_person(session, (Role.CASE_LEAD, ministry))
        a_submitted_case(session, ministry, lead, a_call(session), title="De salud", number="PF-1")
    visitor = visitors.of(lead.person_id)
    fields = {"csrf_token": visitor.csrf, "format": format_, "query": "", "card": "yes"}
    answer = visitor.client.post(
        "/portfolio/export", data=fields, headers=visitor._headers({"sec-fetch-site": "same-origin"})
    )  # fmt: skip
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["digest"] == f"sha-256={hashlib.sha256(answer.content).hexdigest()}"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        name, card_name = archive.namelist()
        card = json.loads(archive.read(card_name))
        assert (card["file"], card_name) == (name, f"{name}.meta.json")
        assert card["sha256"] == hashlib.sha256(archive.read(name)).hexdigest()
    assert {"name", "title", "kind", "description"} == set(card["columns"][0])
    with database.reading() as session:
        assert session.scalars(select(ExportRun)).one().file_sha256 == card["sha256"]
