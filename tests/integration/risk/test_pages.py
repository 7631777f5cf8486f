"""The pages of the register: who sees what, forms that come back, acts that lead on, scope across institutions."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.risk.models import Issue, Risk, RiskEscalation
from portfolio.risk.terms import EscalationState, RiskState
from risk_stage import RiskStage, a_project, a_risk, a_risk_stage
from visitors import PASSWORD, Visitor, Visitors

FIELDS = {
    "event": "The register is not ready",
    "category": "delivery",
    "proximity": "quarter",
    "response": "reduce",
    "owner": "Head of IT",
    "inherent_likelihood": "5",
    "inherent_impact": "4",
    "residual_likelihood": "4",
    "residual_impact": "4",
}
"""A risk that is rated high on the neutral pack's matrix."""


@dataclass
class Desk:
    stage: RiskStage
    visitors: Visitors
    database: Database

    def of(self, viewer: Viewer) -> Visitor:
        return self.visitors.of(viewer.person_id)

    def path(self, name: str, **more: object) -> str:
        return self.visitors.path(name, project_id=self.stage.project.id, **more)

    def only_risk(self) -> Risk:
        with self.database.reading() as session:
            return session.scalars(select(Risk).order_by(col(Risk.id).desc())).first()  # type: ignore[return-value]


@pytest.fixture
def desk(visitors: Visitors, database: Database) -> Desk:
    with database.writing() as session:
        stage = a_risk_stage(session)
    return Desk(stage, visitors, database)


def raised(desk: Desk, **more: str) -> Risk:
    lead = desk.of(desk.stage.lead)
    answer = lead.post(desk.path("risk.new"), {**FIELDS, **more})
    assert answer.status == 303, answer.main
    return desk.only_risk()


def test_an_empty_register_says_what_to_do(desk: Desk) -> None:
    shown = desk.of(desk.stage.lead).get(desk.path("risk.register"))
    assert "No risk is on the register." in shown.main
    assert "Raise a risk" in shown.main
    assert "Raise a risk" not in desk.of(desk.stage.analyst).get(desk.path("risk.register")).main


def test_the_catalogue_fills_in(desk: Desk) -> None:
    shown = desk.of(desk.stage.lead).get(desk.path("risk.new") + "?catalogue=R45")
    assert (shown.value("event") or "").strip() == "The tender favours large firms or receives no bids"
    assert shown.value("category") == "procurement"


def test_a_bad_risk_comes_back_with_its_errors_and_what_was_typed(desk: Desk) -> None:
    bad = {**FIELDS, "owner": "", "cost_low": "9", "cost_likely": "5", "cost_high": "10", "residual_impact": "6"}
    shown = desk.of(desk.stage.lead).post(desk.path("risk.new"), bad)
    assert shown.status == 422
    assert shown.error("cost_high") == "The three points must rise: least, most likely, most."
    assert (shown.value("event") or "").strip() == FIELDS["event"]
    shown = desk.of(desk.stage.lead).post(desk.path("risk.new"), {**FIELDS, "owner": "", "cost_low": "9"})
    assert shown.error("cost_high") == "Give the three points, or none of them."
    shown = desk.of(desk.stage.lead).post(desk.path("risk.new"), {**FIELDS, "owner": ""})
    assert shown.error("owner") == "Say who answers for the risk: a person, or a post."
    shown = desk.of(desk.stage.lead).post(desk.path("risk.new"), {**FIELDS, "residual_impact": "6"})
    assert shown.error("residual_likelihood") == "Choose one of the options"
    shown = desk.of(desk.stage.lead).post(desk.path("risk.new"), {**FIELDS, "contingent": "1.234"})
    assert "2 decimals" in shown.error("contingent")


def test_a_risk_raised_stands_in_the_matrix_and_its_cell_leads_to_it(desk: Desk) -> None:
    raised(desk)
    shown = desk.of(desk.stage.lead).get(desk.path("risk.register"))
    (cell,) = re.findall(r'href="([^"]*cell=4-4[^"]*)"', shown.text)
    assert "out of tolerance" in shown.main
    drilled = desk.of(desk.stage.lead).get(cell.replace("&amp;", "&").split("#")[0])
    assert FIELDS["event"] in drilled.main
    elsewhere = desk.of(desk.stage.lead).get(desk.path("risk.register") + "?cell=1-1")
    assert FIELDS["event"] not in elsewhere.main


def test_the_panel_and_what_waits_show_it(desk: Desk) -> None:
    raised(desk)
    assert (
        FIELDS["event"]
        in desk.of(desk.stage.lead).get(desk.visitors.path("desk.project", project_id=desk.stage.project.id)).main
    )
    assert "Answer escalated risks" in desk.of(desk.stage.analyst).get("/").main
    assert "Answer escalated risks" not in desk.of(desk.stage.chair).get("/").main


def test_the_tier_answers_and_the_project_cannot(desk: Desk) -> None:
    risk = raised(desk)
    where = desk.path("risk.answer", risk_id=risk.id)
    words = {"act": "keep", "answer": "Two lots, and a monthly note."}
    assert desk.of(desk.stage.lead).post(where, words).status == 403
    assert desk.of(desk.stage.chair).post(where, words).status == 409
    analyst = desk.of(desk.stage.analyst)
    assert analyst.post(where, {"act": "keep"}).error("answer") == "Fill in this field"
    shown = analyst.follow(analyst.post(where, words))
    assert "Two lots, and a monthly note." in shown.main
    with desk.database.reading() as session:
        assert session.scalars(select(col(RiskEscalation.state))).all() == [EscalationState.ANSWERED]


def test_accepting_asks_for_authority_and_password(desk: Desk) -> None:
    risk = raised(desk)
    until = (utc_now().date() + timedelta(days=90)).isoformat()
    lead, head = desk.of(desk.stage.lead), desk.of(desk.stage.head)
    proposed = lead.post(
        desk.path("risk.propose", risk_id=risk.id), {"acceptance_reason": "Cheap", "expires_on": until}
    )
    assert proposed.status == 303
    assert "Decide on acceptances of risks" in head.get("/").main
    assert "another authority" in desk.of(desk.stage.cio).get(desk.path("risk.show", risk_id=risk.id)).main
    shown = head.get(desk.path("risk.show", risk_id=risk.id))
    digest, where = shown.value("digest"), desk.path("risk.decide", risk_id=risk.id)
    wrong = head.post(where, {"outcome": "accept", "digest": digest, "password": "not this one"})
    assert (wrong.status, wrong.error("password")) == (422, "This is not your password. Nothing was done.")
    assert (
        desk.of(desk.stage.lead).post(where, {"outcome": "accept", "digest": digest, "password": PASSWORD}).status
        == 403
    )
    done = head.follow(head.post(where, {"outcome": "accept", "digest": digest, "password": PASSWORD}))
    assert "The acceptance is decided." in done.text
    assert desk.only_risk().state is RiskState.ACCEPTED


def test_rating_treating_and_evidence_are_kept_on_the_page(desk: Desk) -> None:
    risk, lead = raised(desk), desk.of(desk.stage.lead)
    page = desk.path("risk.show", risk_id=risk.id)
    rated = {"stance": "residual", "likelihood": "2", "impact": "2", "reason": "The supplier delivered"}
    for route, words in (
        ("risk.assess", rated),
        ("risk.add_action", {"text": "Buy by lots", "due_on": "2027-01-31", "cost": "1500.50"}),
        ("risk.add_evidence", {"kind": "milestone", "reference": "M3", "evidence": "Signed on time"}),
    ):
        assert lead.post(desk.path(route, risk_id=risk.id), words).status == 303
    shown = lead.get(page).main
    for words in ("The supplier delivered", "Buy by lots", "1,500.50", "M3", "Signed on time", "Lifted"):
        assert words in shown
    bad = lead.post(
        desk.path("risk.add_action", risk_id=risk.id), {"text": "x", "due_on": "2027-01-31", "cost": "1.234"}
    )
    assert (bad.status, "2 decimals" in bad.error("cost")) == (422, True)


def test_what_occurred_is_an_issue_that_somebody_resolves(desk: Desk) -> None:
    risk, lead = raised(desk), desk.of(desk.stage.lead)
    where = desk.path("risk.occur", risk_id=risk.id)
    assert lead.post(where, {"description": "Nothing came"}).error("severity") == "Fill in this field"
    words = {"description": "No bids", "severity": "serious", "issue_owner": "Purchases", "issue_due_on": "2027-02-01"}
    assert lead.post(where, words).status == 303
    with desk.database.reading() as session:
        issue = session.scalars(select(Issue)).one()
    assert "Say how it ended" in lead.get(desk.path("risk.register")).main
    ended = lead.post(desk.path("risk.resolve_issue", issue_id=issue.id), {"resolution": "Bought by agreement"})
    assert "Bought by agreement" in lead.follow(ended).main
    assert lead.get(desk.path("risk.edit", risk_id=risk.id)).status == 409


def test_editing_keeps_the_ratings(desk: Desk) -> None:
    risk, lead = raised(desk, contingent="12000"), desk.of(desk.stage.lead)
    form = lead.get(desk.path("risk.edit", risk_id=risk.id))
    assert (form.value("contingent"), form.value("response")) == ("12000.00", "reduce")
    words = {name: FIELDS[name] for name in ("category", "proximity", "response", "owner")}
    assert lead.post(desk.path("risk.edit", risk_id=risk.id), {**words, "event": "Other words"}).status == 303
    after = desk.only_risk()
    assert (after.event, after.residual_impact, after.contingent_minor) == ("Other words", 4, None)


def test_the_simulation_says_how_and_refuses_nonsense(desk: Desk) -> None:
    where, lead = desk.path("risk.simulation"), desk.of(desk.stage.lead)
    raised(desk)
    assert "there is nothing to draw" in lead.get(where).main
    points = {
        "cost_low": "100",
        "cost_likely": "200",
        "cost_high": "600",
        "days_low": "5",
        "days_likely": "9",
        "days_high": "30",
    }
    raised(desk, **points)
    first, again = lead.get(f"{where}?seed=7&correlation=0"), lead.get(f"{where}?seed=7&correlation=0")
    assert re.findall(r"<td class=\"app-num\"[^>]*>[^<]*", first.text) == re.findall(
        r"<td class=\"app-num\"[^>]*>[^<]*", again.text
    )
    assert "Seed 7" in first.main
    assert "P80" in first.main
    assert "1 living risk is not in the figures" in first.main
    assert lead.get(f"{where}?correlation=200").error("correlation") == "Enter 100 or less"


def test_another_institution_finds_nothing_of_it(desk: Desk) -> None:
    risk, stranger = raised(desk), desk.of(desk.stage.stranger)
    for path in (desk.path("risk.register"), desk.path("risk.show", risk_id=risk.id), desk.path("risk.new")):
        assert stranger.get(path).status == 404
    assert stranger.post(desk.path("risk.assess", risk_id=risk.id), {"stance": "residual"}).status == 404
    assert FIELDS["event"] not in stranger.get("/risks").main
    assert FIELDS["event"] in desk.of(desk.stage.lead).get("/risks").main


def test_oversight_sees_shared_causes_and_sums_each_currency_by_itself(desk: Desk) -> None:
    with desk.database.writing() as session:
        other = an_institution(session, "Tax Office")
        lead = a_person(session, (Role.CASE_LEAD, other))
        pesos = a_project(session, other, lead, title="Invoices")
        stage = desk.stage
        here = session.get_one(Project, stage.project.id)
        for project, amount in ((pesos, 500_000), (here, 20_000)):
            a_risk(session, stage, (3, 3), project=project, supplier="Andes Cloud", contingent_minor=amount)
    shown = desk.of(desk.stage.analyst).get("/risks")
    assert "Andes Cloud" in shown.main
    assert "Tax Office" in shown.main
    narrowed = desk.of(desk.stage.analyst).get("/risks?supplier=Andes%20Cloud")
    assert "2 of 2" in narrowed.main
    assert "Andes Cloud" not in desk.of(desk.stage.lead).get("/risks").main, "one's own projects share nothing"
    assert desk.of(desk.stage.analyst).get("/risks?cell=x&institution=y&show=z").status == 200
