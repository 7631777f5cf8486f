"""Fills a case as a diligent team would: answers, options, costs by year and their sources, results, risks, lots, team."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portfolio.business_cases import models as m
from portfolio.business_cases import terms as t
from portfolio.business_cases.editing import note_edit
from portfolio.business_cases.models import BusinessCase
from portfolio.checks.assessing import TypedField, save_assessment
from portfolio.checks.assessment import standards_for
from portfolio.db.clock import now
from portfolio.demo.lines import (
    write_benefits,
    write_indicators,
    write_operation,
    write_options,
    write_risks,
    write_solutions,
    write_team,
)
from portfolio.demo.stories import Story, read
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind, SectionCode
from portfolio.people.viewer import Viewer
from portfolio.strategy.queries import ACTION_LINE, action_lines_of

SHARES = (45, 35, 20)
"""Percent of the whole-life cost in each fiscal year, from the first on."""
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
        write_operation(session, case, story)  # its lines are costs and what is asked at once
    else:
        _costs(session, case, story)
        _funding(session, case, story)
    write_options(session, case, story)
    write_benefits(session, case, story)
    write_indicators(session, case, story)
    write_risks(session, case)
    write_solutions(session, case)
    _lots(session, case, story)
    write_team(session, case, story)
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
    shares = (100,) if story.kind in (CaseKind.OPERATION, CaseKind.EMERGENCY) else SHARES
    years = [story.first_year + place for place in range(len(shares))]
    table: list[dict[int, int]] = []
    left = whole
    for number, (*_words, percent) in enumerate(COSTS):
        line = left if number == len(COSTS) - 1 else _split(whole, percent)
        left -= line
        amounts, rest = {}, line
        for year, share in zip(years, shares, strict=True):
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


def _lots(session: Session, case: BusinessCase, story: Story) -> None:
    totals = cost_amounts(story)
    asked = sum(amounts[story.first_year] for amounts in totals)
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
                fiscal_year=story.first_year,
                amount_minor=amount,
                is_pilot=story.kind is CaseKind.PILOT,
            )
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
