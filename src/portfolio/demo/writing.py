"""Fills a case as a diligent team would: answers, options, costs by year and their sources, results, risks, lots, team."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.business_cases import models as m
from portfolio.business_cases import terms as t
from portfolio.business_cases.editing import note_edit
from portfolio.business_cases.models import BusinessCase
from portfolio.checks.assessing import TypedField, save_assessment
from portfolio.checks.assessment import standards_for
from portfolio.db.clock import now
from portfolio.demo.stories import Story, read
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind, SectionCode
from portfolio.people.viewer import Viewer
from portfolio.strategy.queries import ACTION_LINE, action_lines_of

SHARES = ((2027, 45), (2028, 35), (2029, 20))
"""Percent of the whole-life cost in each fiscal year."""
COSTS = (
    ("Desarrollo e integración", "software_development", "2.2", "capital", t.Recurrence.ONE_OFF, 52),
    ("Nube y licencias", "cloud", "1.3", "current", t.Recurrence.RECURRENT, 23),
    ("Capacitación y canal asistido", "training", "1.2", "current", t.Recurrence.ONE_OFF, 12),
    ("Soporte y mejora continua", "support", "1.4", "current", t.Recurrence.RECURRENT, 13),
)
"""Description, category, budget line, nature, recurrence and percent of the whole."""


def write_case(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, story: Story, *, half: bool = False
) -> None:
    """Everything that the form asks; with `half`, only what a draft has after its first week."""
    _answers(session, actor, pack, case, story, half=half)
    if half:
        _costs(session, case, story)
        note_edit(session, actor, case, SectionCode.COSTS, [("costs", "", str(story.cost))])
        session.flush()
        return
    if story.kind is CaseKind.OPERATION:
        _operation(session, case, story)  # its lines are costs and what is asked at once
    else:
        _costs(session, case, story)
        _funding(session, case, story)
    _options(session, case, story)
    _benefits(session, case, story)
    _indicators(session, case, story)
    _risks(session, case)
    _solutions(session, case)
    _lots(session, case, story)
    _team(session, case)
    session.flush()
    _assess(session, actor, pack, case)
    note_edit(session, actor, case, SectionCode.COSTS, [("costs", "", str(story.cost))])
    session.flush()


def facts_of(story: Story) -> dict[str, str]:
    """Yes or no, and choices, by `section.question`."""
    facts: dict[str, str] = dict(read("narratives")["facts"])
    if story.uses_ai:
        facts["ai.uses_ai"] = "yes"
    if story.kind is CaseKind.PILOT:
        facts["delivery.is_pilot"] = "yes"
    return facts


def _answers(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, story: Story, *, half: bool
) -> None:
    texts: dict[str, dict[str, Sequence[str]]] = read("narratives")
    facts = facts_of(story)
    words = {
        "title": story.title,
        "institution": "la institución",
        "people": story.people,
        "problem": story.problem,
        "change": story.change,
    }
    for code, section in pack.sections.items():
        if half and code not in (SectionCode.PROBLEM, SectionCode.REDESIGN, SectionCode.COSTS):
            continue
        for question in section.shown_questions:
            value = facts.get(f"{code.value}.{question.code}", "")
            variants = texts.get(code.value, {}).get(question.code, ())
            if variants:
                value = variants[story.place % len(variants)].format(**words)
                value = value[:1].upper() + value[1:]
            if value:
                _answer(session, actor, case, code.value, question.code, value)
    lines = action_lines_of(session, case.call_id)
    if lines and not half:
        line = lines[story.place % len(lines)]
        _answer(session, actor, case, SectionCode.STRATEGY.value, ACTION_LINE, line.code)


def _answer(session: Session, actor: Viewer, case: BusinessCase, section: str, question: str, value: str) -> None:
    session.add(
        m.CaseAnswer(
            case_id=case.id,
            section=section,
            question=question,
            value=value,
            edited_by_id=actor.person_id,
            edited_at=now(session),
        )
    )


def _split(total: int, percent: int) -> int:
    """Whole minor units; the callers give the last part what is left."""
    return total * percent // 100


def cost_amounts(story: Story) -> list[dict[int, int]]:
    """For each cost line, minor units by fiscal year; together exactly the cost of the story."""
    whole = story.cost * 100
    years = (2027,) if story.kind in (CaseKind.OPERATION, CaseKind.EMERGENCY) else tuple(year for year, _ in SHARES)
    table: list[dict[int, int]] = []
    left = whole
    for number, (*_words, percent) in enumerate(COSTS):
        line = left if number == len(COSTS) - 1 else _split(whole, percent)
        left -= line
        amounts, rest = {}, line
        for year in years:
            share = dict(SHARES)[year] if len(years) > 1 else 100
            amounts[year] = rest if year == years[-1] else _split(line, share)
            rest -= amounts[year]
        table.append(amounts)
    return table


def _costs(session: Session, case: BusinessCase, story: Story) -> None:
    for position, (line, amounts) in enumerate(zip(COSTS, cost_amounts(story), strict=True)):
        description, category, budget_line, nature, recurrence, _percent = line
        row = m.CostLine(
            case_id=case.id,
            position=position,
            description=description,
            category=category,
            budget_line=budget_line,
            nature=nature,
            recurrence=recurrence.value,
        )
        session.add(row)
        session.flush()
        for year, amount in amounts.items():
            session.add(m.CostAmount(cost_id=row.id, fiscal_year=year, amount_minor=amount))


def _funding(session: Session, case: BusinessCase, story: Story) -> None:
    totals: dict[int, int] = {}
    for amounts in cost_amounts(story):
        for year, amount in amounts.items():
            totals[year] = totals.get(year, 0) + amount
    own = {year: amount // 10 for year, amount in totals.items()}
    for position, (source, nature, amounts) in enumerate(
        (
            ("budget_request", t.FundingNature.ASKED, {year: totals[year] - own[year] for year in totals}),
            ("own_base", t.FundingNature.OWN, own),
        )
    ):
        row = m.FundingLine(case_id=case.id, position=position, source=source, nature=nature.value)
        session.add(row)
        session.flush()
        for year, amount in amounts.items():
            session.add(m.FundingAmount(funding_id=row.id, fiscal_year=year, amount_minor=amount))


def _options(session: Session, case: BusinessCase, story: Story) -> None:
    whole = story.cost * 100
    rows: tuple[dict[str, Any], ...] = (
        {
            "kind": "do_nothing",
            "title": "Seguir igual",
            "whole_life_minor": whole // 3,
            "months": 0,
            "summary": "Mantener el sistema y los pasos actuales.",
            "reason": "El problema sigue y crece con la demanda.",
        },
        {
            "kind": "buy",
            "title": "Comprar una solución cerrada",
            "whole_life_minor": whole * 13 // 10,
            "months": 10,
            "summary": "Licencia y adaptación de un producto.",
            "reason": "Más cara en cinco años y deja los datos en el proveedor.",
        },
        {
            "kind": "mix",
            "title": "Componentes comunes y desarrollo propio",
            "whole_life_minor": whole,
            "months": 12,
            "summary": story.change[:1].upper() + story.change[1:] + ".",
            "is_preferred": True,
            "reason": "Menor costo total, reutiliza lo común y conserva el control de los datos.",
        },
    )
    for position, row in enumerate(rows):
        session.add(m.OptionLine(case_id=case.id, position=position, **row))


def _benefits(session: Session, case: BusinessCase, story: Story) -> None:
    session.add(
        m.BenefitLine(
            case_id=case.id,
            dimension="social",
            description=f"Menos espera y menos viajes: {story.change}.",
            beneficiaries=story.people[:300],
            amount_minor=story.cost * 38,
            starts_on=date(2028, 1, 1),
            evidence="Tiempo ahorrado por persona valorado al salario mínimo, según medición en seis oficinas.",
        )
    )
    session.add(
        m.BenefitLine(
            case_id=case.id,
            position=1,
            dimension="economic",
            description="Menos horas de digitación y menos papel en las oficinas.",
            beneficiaries="Equipos de atención",
            amount_minor=story.cost * 9,
            starts_on=date(2028, 6, 1),
            evidence="Horas medidas en el piloto interno de mayo de 2026.",
        )
    )


def _indicators(session: Session, case: BusinessCase, story: Story) -> None:
    days = 6 + story.place % 40
    rows: tuple[dict[str, Any], ...] = (
        {
            "family": "operational",
            "name": "Tiempo desde la solicitud hasta la respuesta",
            "unit": "días",
            "direction": "down",
            "baseline": str(days),
            "target": str(max(1, days // 6)),
        },
        {
            "family": "inclusion",
            "name": "Personas mayores de 65 años que lo completan sin ayuda o con canal asistido",
            "unit": "% de quienes empiezan",
            "direction": "up",
            "baseline": "41",
            "target": "85",
        },
        {
            "family": "experience",
            "name": "Personas que consideran fácil el trámite",
            "unit": "% de la encuesta",
            "direction": "up",
            "baseline": "52",
            "target": "80",
        },
    )
    for position, row in enumerate(rows):
        session.add(
            m.IndicatorLine(
                case_id=case.id,
                position=position,
                baseline_on=date(2026, 4, 30),
                target_on=date(2029, 6, 30),
                owner="Jefatura de la división usuaria",
                method="Registro del servicio, mensual; la fórmula y la fuente están en el anexo.",
                **row,
            )
        )


def _risks(session: Session, case: BusinessCase) -> None:
    rows = (
        (
            "delivery",
            "Datos históricos incompletos",
            "La migración se atrasa",
            "El servicio parte con menos trámites",
            3,
            3,
        ),
        ("procurement", "Pocas ofertas", "La licitación se declara desierta", "Cuatro meses de atraso", 2, 4),
        (
            "technology",
            "Credenciales robadas",
            "Acceso indebido a datos personales",
            "Daño a las personas y a la confianza",
            2,
            5,
        ),
        ("users", "Mala conexión", "Las personas abandonan el trámite", "Vuelven las filas", 3, 3),
    )
    for position, (category, cause, event, effect, likelihood, impact) in enumerate(rows):
        session.add(
            m.RiskLine(
                case_id=case.id,
                position=position,
                category=category,
                cause=cause,
                event=event,
                effect=effect,
                likelihood=likelihood,
                impact=impact,
                treatment="reduce",
                response="Medidas con fecha en el plan de proyecto, revisadas cada mes.",
                owner="Jefatura de TIC",
            )
        )


def _solutions(session: Session, case: BusinessCase) -> None:
    reused = {t.SharedSolution.IDENTITY, t.SharedSolution.INTEROPERABILITY, t.SharedSolution.DOMICILE}
    for position, solution in enumerate(t.SharedSolution):
        is_reused = solution in reused
        session.add(
            m.SharedSolutionLine(
                case_id=case.id,
                position=position,
                solution=solution.value,
                use=(t.Reuse.REUSED if is_reused else t.Reuse.NOT_RELEVANT).value,
                reason="" if is_reused else "El trámite no lo requiere en esta etapa.",
            )
        )


def _lots(session: Session, case: BusinessCase, story: Story) -> None:
    totals = cost_amounts(story)
    asked = sum(amounts[2027] for amounts in totals)
    asked -= asked // 10
    first = asked * 6 // 10
    for position, (title, category, method, amount) in enumerate(
        (
            ("Desarrollo e integración, primera etapa", "software_development", "open_tender", first),
            ("Nube y soporte del primer año", "cloud", "framework", asked - first),
        )
    ):
        session.add(
            m.LotLine(
                case_id=case.id,
                position=position,
                title=title,
                category=category,
                method=method,
                fiscal_year=2027,
                amount_minor=amount,
                is_pilot=story.kind is CaseKind.PILOT,
            )
        )


def _team(session: Session, case: BusinessCase) -> None:
    for position, (role, profession, share) in enumerate(
        (
            ("Dirección del proyecto", "Ingeniería industrial", 80),
            ("Diseño de servicio", "Diseño", 60),
            ("Arquitectura", "Informática", 50),
        )
    ):
        session.add(m.TeamLine(case_id=case.id, position=position, role=role, profession=profession, dedication=share))
    for position, (title, due, deliverable) in enumerate(
        (
            ("Línea base medida", date(2027, 3, 31), "Informe de línea base"),
            ("Primera entrega en uso", date(2027, 10, 29), "Servicio en dos oficinas"),
            ("Cobertura nacional", date(2028, 9, 29), "Servicio en todo el país"),
        )
    ):
        session.add(
            m.MilestoneLine(case_id=case.id, position=position, title=title, due_on=due, deliverable=deliverable)
        )


def _assess(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> None:
    """The institution's own word on each criterion that applies."""
    fields: dict[str, TypedField] = {}
    for standard in standards_for(session, pack, case):
        if standard.applies:
            for criterion in standard.criteria:
                fields[f"result.{criterion.code}"] = TypedField("met", 0)
                fields[f"evidence.{criterion.code}"] = TypedField(
                    "Anexo técnico, sección de normas; prueba del 14 de julio.", 0
                )
    save_assessment(session, pack, actor, case, fields)


def _operation(session: Session, case: BusinessCase, story: Story) -> None:
    whole = story.cost * 100
    first = whole * 6 // 10
    for position, (service, category, line, amount) in enumerate(
        (("Licencias y nube", "cloud", "1.3", first), ("Mesa de ayuda y soporte", "support", "1.4", whole - first))
    ):
        session.add(
            m.OperationLine(
                case_id=case.id,
                position=position,
                service=service,
                supplier="Proveedor adjudicado en 2024",
                contract=f"CM-2024-{100 + story.place}",
                budget_line=line,
                category=category,
                amount_minor=amount,
                previous_minor=amount * 97 // 100,
                reason="Reajuste pactado en el contrato",
            )
        )
