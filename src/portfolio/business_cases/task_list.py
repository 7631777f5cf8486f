"""Progress of a formulation on one page: sections and their state, what is missing, money, time left, track and why."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.completeness import Standing, missing, standing, whole_life_is_zero
from portfolio.business_cases.editing import why_locked
from portfolio.business_cases.extras import ExtraInput, extras_for
from portfolio.business_cases.lines.totals import case_totals
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.queries import authors_of
from portfolio.business_cases.section_pages import lock_reason
from portfolio.business_cases.section_states import section_rows
from portfolio.business_cases.team import why_not_manage
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import visible_to
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.labels import capitalised
from portfolio.packs.questions import Question
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseFact, WordCode
from portfolio.people.models import Person, Unit
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call
from portfolio.strategy.queries import envelope_of, waivers_of
from portfolio.strategy.rules import has_closed, may_submit
from portfolio.strategy.shown import shown_call
from portfolio.web.formatting import money


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip."""

    label: str
    value: str
    note: str = ""
    tone: str = ""


def task_list(
    request: Request[Any, Any, Any], session: Session, pack: CountryPack, case: BusinessCase
) -> dict[str, Any]:
    """The context of `business_cases/sections.html`."""
    state = standing(session, pack, case)
    lacking = missing(session, pack, case, state)
    rows = section_rows(session, pack, state, lacking)
    call = session.get_one(Call, case.call_id)
    waivers = waivers_of(session, case.id)
    at = now(session)
    lead = [row for row in rows if row.required]
    return {
        "case": case,
        "unit": session.get(Unit, case.unit_id) if case.unit_id else None,
        "kind": pack.kinds[case.kind].label,
        "required": lead,
        "optional": [row for row in rows if not row.required],
        "complete": None if case.submitted_at else sum(row.tone == "good" for row in lead),
        "titles": {row.code: row.title for row in rows},
        "missing": lacking,
        "state": state,
        "is_guess": whole_life_is_zero(state.totals),
        "facts": declared_in_words(pack, state),
        "figures": _figures(session, pack, request.user, state, call),
        "authors": authors_of(session, case.id),
        "lead": session.get_one(Person, case.lead_id).name,
        "may_manage_team": _may_manage(request, case),
        "call": shown_call(call, at),
        "cannot_submit": may_submit(call, waivers, at),
        "waived_until": max((waiver.until for waiver in waivers), default=None),
        "may_ask_late": has_closed(call, at) and not waivers,
        "locked": why_locked(case),
        "reading": lock_reason(request, session, case, None),
        "extras": extras_for(ExtraInput(request, session, pack, state, lacking)),
    }


def _may_manage(request: Request[Any, Any, Any], case: BusinessCase) -> bool:
    viewer = whole_viewer(request)
    return viewer is not None and not why_not_manage(viewer, case)


def declared_in_words(pack: CountryPack, state: Standing) -> list[str]:
    """The questions whose yes declared a fact, by which standards are chosen."""
    asking: dict[CaseFact, Question] = {}
    for code in state.shown:
        for question in pack.section(code).shown_questions:
            if question.fact in state.facts and state.answers[code].get(question.code) == "yes":
                asking.setdefault(question.fact, question)
    return [str(question.label) for question in asking.values()]


def _figures(session: Session, pack: CountryPack, viewer: Viewer, state: Standing, call: Call) -> list[Figure]:
    totals, case = state.totals, state.case
    gap = totals.gap
    figures = [
        Figure(_("Whole-life cost"), money(totals.whole_life)),
        Figure(
            _("Funding"),
            money(totals.funding),
            "" if whole_life_is_zero(totals) and totals.is_balanced else _matching(gap),
            "" if totals.is_balanced else "caution",
        ),
        Figure(_("Asked in this case"), money(totals.asked)),
    ]
    envelope = envelope_of(session, call.id, case.institution_id)
    word = capitalised(str(pack.word(WordCode.ENVELOPE)))
    if envelope is None:
        figures.append(Figure(word, _("not stated")))
    else:
        asked = asked_by_institution(session, pack, viewer, state, call.fiscal_year)
        figures.append(
            Figure(
                word,
                money(Money(envelope.currency, envelope.amount_minor)),
                _("The institution's cases ask for %(amount)s in %(year)s")
                % {"amount": money(asked), "year": call.fiscal_year},
                "caution" if asked.minor > envelope.amount_minor else "",
            )
        )
    figures.append(Figure(_("Priority in the institution"), str(case.priority) if case.priority else _("not stated")))
    return figures


def _matching(gap: Money) -> str:
    if gap.minor == 0:
        return _("Matches the costs")
    if gap.minor > 0:
        return _("%(amount)s of the costs have no source") % {"amount": money(gap)}
    return _("%(amount)s more than it costs") % {"amount": money(Money(gap.currency, -gap.minor))}


def asked_by_institution(session: Session, pack: CountryPack, viewer: Viewer, state: Standing, year: int) -> Money:
    """What the institution's cases of the call ask for in its year, as far as this person may find them."""
    case = state.case
    others = session.scalars(
        select(BusinessCase)
        .where(
            col(BusinessCase.call_id) == case.call_id,
            col(BusinessCase.institution_id) == case.institution_id,
            col(BusinessCase.id) != case.id,
            col(BusinessCase.status) != CaseStatus.WITHDRAWN,
            visible_to(viewer),
        )
        .order_by(col(BusinessCase.id))
    )
    total = state.totals.asked_by_year.get(year, Money(case.currency, 0))
    for other in others:
        total = total + case_totals(session, pack, other).asked_by_year.get(year, Money(case.currency, 0))
    return total
