"""A case in review with the people around it: plain values, everything committed by whoever writes the stage."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from case_factories import a_call, a_content, a_submitted_case
from factories import a_person, an_institution
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.packs.loader import load_pack
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer

TITLE = "Ventanilla única del agua"
LONG = "The case shows this with figures of its own region and names who answers for it, year by year."
GROUPS = tuple(load_pack("eclac").rubric.groups)  # type: ignore[union-attr]
WORDS = "The problem is shown with figures; options are compared; delivery depends on one supplier."


DECLARED = ("public_service", "personal_data", "hosting", "procurement", "software_development")
"""What the case says of itself: enough for a typical number of standards."""


def declared_content(title: str, **standards: list[dict[str, Any]]) -> dict[str, Any]:
    """Content whose answers declare `DECLARED`; `standards`: line tables of that section."""
    sections: dict[str, Any] = {"standards": {"answers": {}, "lines": standards}}
    for section in load_pack("eclac").sections.values():
        for question in section.questions.values():
            if question.fact is not None and question.fact.value in DECLARED:
                found = sections.setdefault(section.code.value, {"answers": {}, "lines": {}})
                found["answers"][question.code] = "yes"
    return a_content(title, **sections)


@dataclass
class Stage:
    """Ids rather than rows: rows belong to the session that made them."""

    case_id: uuid.UUID
    agency: uuid.UUID
    secretary: Viewer
    analyst: Viewer
    officer: Viewer
    head: Viewer
    chair: Viewer
    cio: Viewer
    lead: Viewer
    auditor: Viewer
    budget: Viewer
    reviewers: list[Viewer] = field(default_factory=list)


def a_stage(
    session: Session,
    status: CaseStatus = CaseStatus.IN_REVIEW,
    *,
    reviewers: int = 3,
    content: dict[str, Any] | None = None,
    title: str = TITLE,
    track: str = "full",
) -> Stage:
    """Bodies of the neutral pack in their institutions, an agency with a case, and CIOs of other institutions."""
    directive = an_institution(session, "Ministerio de Gobierno Digital", code="DIG")
    presidency = an_institution(session, "Presidencia", code="PRES")
    finance = an_institution(session, "Ministerio de Finanzas", code="FIN")
    agency = an_institution(session, "Servicio de Aguas", code="AGUA")
    lead = a_person(session, (Role.CASE_LEAD, agency), name="Lía Formuladora")
    case = _case(session, agency, lead, status, title, track, content)
    return Stage(
        case_id=case.id,
        agency=agency.id,
        secretary=a_person(session, (Role.REVIEW_SECRETARY, directive), name="Sara Secretaria"),
        analyst=a_person(session, (Role.DIRECTIVE_ANALYST, directive), name="Ana Analista"),
        officer=a_person(session, (Role.STANDARDS_OFFICER, directive), name="Noé Normas"),
        head=a_person(session, (Role.DIRECTIVE_HEAD, directive), name="Hugo Director"),
        chair=a_person(session, (Role.COMMISSION_CHAIR, presidency), name="Pía Presidenta"),
        cio=a_person(session, (Role.AGENCY_CIO, agency), name="Ciro Jefe"),
        lead=lead,
        auditor=a_person(session, (Role.AUDITOR, presidency), name="Aldo Auditor"),
        budget=a_person(session, (Role.BUDGET_DECIDER, finance), name="Beto Presupuesto"),
        reviewers=[a_reviewer(session, f"Reviewer {n}") for n in range(1, reviewers + 1)],
    )


def _case(
    session: Session,
    agency: Institution,
    lead: Viewer,
    status: CaseStatus,
    title: str,
    track: str,
    content: dict[str, Any] | None,
) -> BusinessCase:
    call = a_call(session, "Proceso 2027")
    frozen = content or a_content(title, problem={"answers": {"statement": "Hay filas de tres horas."}})
    return a_submitted_case(session, agency, lead, call, status, title=title, track=track, content=frozen)


def a_reviewer(session: Session, name: str, institution: Institution | None = None) -> Viewer:
    """A CIO of another institution."""
    house = institution or an_institution(session, f"Institution of {name}")
    return a_person(session, (Role.REVIEWER, house), name=name)


def sheet_of(score: int, secret: str = "") -> dict[str, str]:
    """A whole review with one score; `secret` marks every text of it."""
    groups = {f"score.{code}": str(score) for code in GROUPS} | {f"reason.{code}": LONG + secret for code in GROUPS}
    return groups | {"summary": WORDS + secret}
