"""The lines of a case whose words are the same in every story: options, results, risks, shared solutions, team, operation."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.business_cases import models as m
from portfolio.business_cases import terms as t
from portfolio.business_cases.models import BusinessCase
from portfolio.demo.stories import Story


def write_options(session: Session, case: BusinessCase, story: Story) -> None:
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


def write_benefits(session: Session, case: BusinessCase, story: Story) -> None:
    session.add(
        m.BenefitLine(
            case_id=case.id,
            dimension="social",
            description=f"Menos espera y menos viajes: {story.change}.",
            beneficiaries=story.people[:300],
            amount_minor=story.cost * 38,
            starts_on=date(2028, 1, 1) + story.shift,
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
            starts_on=date(2028, 6, 1) + story.shift,
            evidence=f"Horas medidas en el piloto interno de mayo de {story.first_year - 1}.",
        )
    )


def write_indicators(session: Session, case: BusinessCase, story: Story) -> None:
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
                baseline_on=date(2026, 4, 30) + story.shift,
                target_on=date(2029, 6, 30),
                owner="Jefatura de la división usuaria",
                method="Registro del servicio, mensual; la fórmula y la fuente están en el anexo.",
                **row,
            )
        )


def write_risks(session: Session, case: BusinessCase) -> None:
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


def write_solutions(session: Session, case: BusinessCase) -> None:
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


def write_team(session: Session, case: BusinessCase, story: Story) -> None:
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
            m.MilestoneLine(
                case_id=case.id, position=position, title=title, due_on=due + story.shift, deliverable=deliverable
            )
        )


def write_operation(session: Session, case: BusinessCase, story: Story) -> None:
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
