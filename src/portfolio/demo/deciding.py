"""The second half of the road: the standards check, the opinion, the budget decision by two persons, codes and draws."""

import uuid
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portfolio.approvals import decision_drafts, decisions
from portfolio.approvals.code_issue import Wanted, issue_code, proposal_digest, propose_code
from portfolio.approvals.code_queries import decided_for_year, lots_of
from portfolio.approvals.code_terms import DrawKind
from portfolio.approvals.decision_digests import shown_digest
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.draws import Order, draw
from portfolio.approvals.grounds import grounds_of
from portfolio.approvals.models import ApprovalCode
from portfolio.approvals.opinion_rules import ConditionText
from portfolio.approvals.opinions import draft_of, opinion_digest, pass_on, save_opinion, sign_opinion
from portfolio.approvals.positions import position_of
from portfolio.approvals.terms import DecisionChoice, OpinionOutcome
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus as S
from portfolio.checks.forms import VerdictFields
from portfolio.checks.frozen import frozen_standards
from portfolio.checks.terms import CheckResult
from portfolio.checks.verdicts import Typed, give_verdicts
from portfolio.demo.road import Stage
from portfolio.demo.stories import Story
from portfolio.packs.terms import CaseKind
from portfolio.people.viewer import Viewer

BUDGET_HOUSES = ("FIN", "IMP", "ADU")
"""The finance ministry's own family: its cases are decided by the programming council of planning."""
OPINIONS = {
    S.RECOMMENDED: OpinionOutcome.FAVOURABLE,
    S.CONDITIONED: OpinionOutcome.WITH_CONDITIONS,
    S.UNFAVOURABLE: OpinionOutcome.UNFAVOURABLE,
    S.DECIDED: OpinionOutcome.FAVOURABLE,
    S.NOT_FUNDED: OpinionOutcome.UNFAVOURABLE,
    S.DEFERRED: OpinionOutcome.FAVOURABLE,
}
CHOICES = {S.DECIDED: DecisionChoice.FUND, S.NOT_FUNDED: DecisionChoice.NOT_FUND, S.DEFERRED: DecisionChoice.DEFER}

FAVOURABLE = (
    "El problema está bien medido y el rediseño precede a la tecnología. Los costos tienen respaldo y la operación queda "
    "comprometida. Se recomienda financiar."
)
CUT = "Se financia lo recomendado: la diferencia con lo solicitado es la parte sin respaldo de los servicios de nube."
NO_ROOM = "Sin espacio fiscal este año; puede volver a presentarse con nuevos antecedentes."
AGAINST = (
    "No se demuestra que las soluciones comunes no basten, los costos de operación no tienen respaldo y las evaluaciones de "
    "pares coinciden en que la iniciativa debe replantearse. Se invita a presentar una versión nueva."
)


def decide(stage: Stage, story: Story, case: BusinessCase) -> None:
    """From the closing of the reviews to draws on a code, as far as the story goes."""
    checked = min(date(2026, 10, 5) + timedelta(days=story.place % 20), stage.today - timedelta(days=18))
    if story.target is S.CHECKING:
        checked = stage.today - timedelta(days=6)
    if story.target is S.CHECKING and story.place % 2:
        return
    _check(stage, story, case, checked)
    outcome = OPINIONS.get(story.target)
    if outcome is None:
        return
    _give_opinion(stage, story, case, checked + timedelta(days=4), outcome)
    choice = CHOICES.get(story.target)
    if choice is None:
        return
    _decide_budget(stage, story, case, checked + timedelta(days=9), choice)
    if story.target is S.DECIDED and story.place % 3 != 2:
        _issue_codes(stage, story, case, checked + timedelta(days=12))


def _check(stage: Stage, story: Story, case: BusinessCase, day: date) -> None:
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        snapshot = newest_snapshot(session, row.id)
        if snapshot is None or not stage.pack.track(row.track or "").standards_check:
            return
        frozen = frozen_standards(stage.pack, snapshot)
        weak = story.target is S.CONDITIONED
        typed = {}
        for number, standard in enumerate(frozen.standards):
            is_weak = weak and number == 1
            fields = VerdictFields(
                result=CheckResult.PARTLY if is_weak else CheckResult.MET,
                evidence="Revisado en el expediente y en los anexos.",
                comment="La prueba de integración está comprometida y aún no se presenta."
                if is_weak
                else "Conforme con la evidencia.",
            )
            typed[standard.code] = Typed(fields)
        officer = stage.official(session, story, "standards")
        errors = give_verdicts(session, stage.pack, officer, row, snapshot, frozen, typed)
        if errors:
            raise AssertionError(f"{story.title}: {errors}")


def _give_opinion(stage: Stage, story: Story, case: BusinessCase, day: date, outcome: OpinionOutcome) -> None:
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        snapshot = newest_snapshot(session, row.id)
        asked = int(snapshot.totals["asked"]) if snapshot else 0
        analyst = stage.official(session, story, "analyst")
        grounds = [
            {"kind": g.kind.value, "id": str(g.id), "note": ""} for g in grounds_of(session, stage.pack, row)[:5]
        ]
        save_opinion(
            session,
            analyst,
            stage.pack,
            row,
            outcome=outcome,
            recommended_minor=None if outcome is OpinionOutcome.UNFAVOURABLE else asked * 92 // 100,
            reasons=AGAINST if outcome is OpinionOutcome.UNFAVOURABLE else FAVOURABLE,
            grounds=grounds,
            conditions=_conditions(stage, outcome, grounds),
        )
        pass_on(session, analyst, stage.pack, row)
    with stage.act(day + timedelta(days=1), 12) as session:
        row = session.get_one(BusinessCase, case.id)
        head = stage.official(session, story, "national_cio")
        draft = draft_of(session, row)
        if draft is not None:
            shown = opinion_digest(session, stage.pack, row, draft)
            sign_opinion(session, head, stage.pack, stage.secret, row, stage.password, shown)


def _conditions(stage: Stage, outcome: OpinionOutcome, grounds: list[dict[str, str]]) -> list[ConditionText]:
    if outcome is not OpinionOutcome.WITH_CONDITIONS:
        return []
    return [
        ConditionText(
            text="Presentar la prueba de integración con la plataforma común antes de adjudicar el desarrollo.",
            owner="Jefatura de TIC de la institución",
            evidence="Informe de prueba firmado por la Agencia de Gobierno Digital",
            due_on=(stage.today + timedelta(days=75)).isoformat(),
            tranche="1",
            ground=f"{grounds[0]['kind']}:{grounds[0]['id']}" if grounds else "",
        )
    ]


def deciders(stage: Stage, story: Story, session: Session) -> tuple[Viewer, Viewer]:
    keys = ("plan_budget", "plan_budget_second") if story.at in BUDGET_HOUSES else ("budget_decider", "budget_second")
    return stage.viewer(session, keys[0]), stage.viewer(session, keys[1])


def _decide_budget(stage: Stage, story: Story, case: BusinessCase, day: date, choice: DecisionChoice) -> None:
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        first, _second = deciders(stage, story, session)
        position = position_of(session, stage.pack, row)
        lines = _amounts(row, session) if choice is DecisionChoice.FUND else []
        reasons = CUT if choice is DecisionChoice.FUND else NO_ROOM
        decision_drafts.save_draft(session, first, stage.pack, position, choice, lines, reasons)
        decisions.propose(session, first, stage.pack, [row])
    with stage.act(day + timedelta(days=1), 15) as session:
        row = session.get_one(BusinessCase, case.id)
        _first, second = deciders(stage, story, session)
        shown = shown_digest([position_of(session, stage.pack, row)])
        decisions.confirm(session, second, stage.pack, stage.secret, [row], [row.id], stage.password, shown)


def _amounts(case: BusinessCase, session: Session) -> list[Line]:
    """What was asked in each year, less eight per cent: what the opinion recommended."""
    snapshot = newest_snapshot(session, case.id)
    asked = snapshot.totals["asked_by_year"] if snapshot else {}
    line = "1.3" if case.kind == CaseKind.OPERATION.value else "2.2"
    return [Line(int(year), int(minor) * 92 // 100, 1, line) for year, minor in sorted(asked.items())]


def _issue_codes(stage: Stage, story: Story, case: BusinessCase, day: date) -> None:
    """One code for the first lot, and orders on it where the story is old enough."""
    with stage.act(day) as session:
        row = session.get_one(BusinessCase, case.id)
        first, _second = deciders(stage, story, session)
        lot = lots_of(session, row)[0]
        year = story.first_year
        decided = decided_for_year(session, row.id, year)
        ceiling = min(lot.amount_minor or 0, decided) or decided
        since = stage.today + stage.shift - timedelta(days=20)
        wanted = Wanted(lot.id, year, ceiling, since, date(year, 12, 31))
        proposal = propose_code(session, first, stage.pack, row, wanted)
    if story.place % 3 == 1:
        return
    with stage.act(day + timedelta(days=1)) as session:
        row = session.get_one(BusinessCase, case.id)
        _first, second = deciders(stage, story, session)
        proposal = session.merge(proposal)
        code = issue_code(
            session, second, stage.pack, row, proposal, proposal_digest(proposal), stage.key, stage.base_url
        )
    if story.at == "REG":
        _draw(stage, code, story.first_year)


def _draw(stage: Stage, code: ApprovalCode, year: int) -> None:
    for number, (kind, percent, order) in enumerate(
        (
            (DrawKind.RESERVE, 45, f"LIC-{year}-014"),
            (DrawKind.COMMIT, 41, f"LIC-{year}-014"),
            (DrawKind.RESERVE, 20, f"OC-{year}-088"),
        )
    ):
        with stage.act(stage.today - timedelta(days=3 - number)) as session:
            buyer = stage.viewer(session, "buyer")
            amount = code.ceiling_minor * percent // 100
            order_asked = Order(kind, amount, code.currency, order, f"demo-{uuid.uuid5(code.id, str(number))}")
            draw(session, buyer, stage.pack, code.id, order_asked)
