"""One risk as its page shows it: what it is, how it stands, what was said of it, and the acts that this person may do."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import label
from portfolio.packs.terms import Tier
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.risk import forms
from portfolio.risk.acceptances import digest_of, proposed_acceptance, refusals_of
from portfolio.risk.audience import today_of
from portfolio.risk.escalations import may_answer
from portfolio.risk.matrix_view import ShownRating, shown_rating
from portfolio.risk.models import Risk, RiskEscalation
from portfolio.risk.opened import Opened, head, steps
from portfolio.risk.queries import Dossier, dossier_of, place_of
from portfolio.risk.register_page import contingent_of, lines_of
from portfolio.risk.rules import above, carrier, chance_fault, may_keep
from portfolio.risk.simulated import chance_of
from portfolio.risk.standing import open_escalation
from portfolio.risk.terms import ActionState, EvidenceKind, Severity, Stance
from portfolio.risk.treatment import offered_moves
from portfolio.web.formatting import money, number, percent, short_day
from portfolio.web.forms import Form, blank

PAGE = "risk/risk.html"


@dataclass(frozen=True, slots=True)
class StanceLine:
    """A stance: its rating and its two steps in words; no rating for a target that nobody set."""

    words: str
    rating: ShownRating | None
    steps: str


@dataclass(frozen=True, slots=True)
class Past:
    """One assessment of the history."""

    when: Any
    who: str
    stance: str
    rating: ShownRating
    figures: str
    reason: str


def risk_context(
    session: Session, found: Opened, risk: Risk, given: Mapping[str, Form[Any]] | None = None
) -> dict[str, Any]:
    """`given`: forms that came back with errors, by their name on the page."""
    dossier = dossier_of(session, risk)
    people = names(session, dossier.people() | {risk.raised_by_id})
    return {
        "frame": head(session, found),
        "risk": risk,
        "line": lines_of(session, found.pack, [risk], found.url_for)[0],
        "stances": _stances(found, risk),
        "facts": _facts(found, risk),
        "history": [_past(found, row, people) for row in dossier.assessments],
        "dossier": dossier,
        "people": people,
        "tiers": {tier: str(found.pack.label(tier)) for tier in Tier},
        "late": _late(dossier, today_of(session, found.pack)),
        "costs": {row.id: _amount(risk, row.cost_minor) for row in dossier.actions},
        "ratings": {code: shown_rating(found.pack.risk, code) for code in _codes(dossier)},
        "carried_by": str(found.pack.label(carrier(found.pack.risk, risk.rating))),
        "forms": {**_blank_forms(risk), **(given or {})},
        "lists": _lists(found, risk),
        "may": _acts(session, found, risk),
    }


def _late(dossier: Dossier, today: date) -> dict[uuid.UUID, str]:
    """By action that is not finished: how late it is, in words."""
    going = [row for row in dossier.actions if row.state in (ActionState.PLANNED, ActionState.IN_PROGRESS)]
    return {
        row.id: ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}
        for row in going
        if (days := (today - row.due_on).days) > 0
    }


def _codes(dossier: Dossier) -> set[str]:
    return {row.rating for row in dossier.acceptances} | {row.rating for row in dossier.escalations}


def _stances(found: Opened, risk: Risk) -> list[StanceLine]:
    shown = []
    matrix = found.pack.risk.in_force
    for stance in Stance:
        place = place_of(risk, stance)
        if place is None or risk.matrix != matrix.code:
            shown.append(StanceLine(label(stance), None, _("not stated") if place is None else _("on another matrix")))
            continue
        likelihood, impact = matrix.likelihood[place[0] - 1], matrix.impact[place[1] - 1]
        code = matrix.cells[place[0] - 1][place[1] - 1]
        words = _("likelihood: %(likelihood)s; impact: %(impact)s") % {
            "likelihood": likelihood.label,
            "impact": impact.label,
        }
        shown.append(StanceLine(label(stance), shown_rating(found.pack.risk, code), words))
    return shown


def _past(found: Opened, row: Any, people: Mapping[Any, str]) -> Past:
    return Past(
        when=row.assessed_at,
        who=people.get(row.assessed_by_id, _("the system")),
        stance=label(row.stance),
        rating=shown_rating(found.pack.risk, row.rating),
        figures=f"{row.likelihood} × {row.impact}",
        reason=row.reason or _("First rating, when the risk was raised."),
    )


def _amount(risk: Risk, minor: int | None) -> str:
    return _("not stated") if minor is None else money(Money(risk.currency, minor))


def _facts(found: Opened, risk: Risk) -> list[dict[str, Any]]:
    rows = [
        (_("Cause"), risk.cause),
        (_("Effect"), risk.effect),
        (_("Category"), " · ".join(part for part in (label(risk.category), risk.catalogue) if part)),
        (_("Proximity"), label(risk.proximity)),
        (_("Response"), label(risk.response)),
        (_("Chance"), _chance(found, risk)),
        (_("Supplier"), risk.supplier),
        (_("Component"), risk.component),
        (_("Early sign"), risk.early_sign),
        (
            _("Contingent liability"),
            contingent_of([risk]) + (f" · {risk.contingent_basis}" if risk.contingent_basis else ""),
        ),
        (
            _("Cost if it happens"),
            _points([_amount(risk, minor) for minor in _costs(risk)]) if risk.cost_high_minor is not None else "",
        ),
        (
            _("Delay if it happens, in days"),
            _points([number(day) for day in _days(risk)]) if risk.days_high is not None else "",
        ),
        (_("Next review"), short_day(risk.next_review_on) if risk.is_live else ""),
    ]
    return [{"label": words, "value": value or _("not stated")} for words, value in rows]


def _chance(found: Opened, risk: Risk) -> str:
    """As somebody stated it, with what it contradicts since; else that of the residual likelihood, and that it is that."""
    shown = percent(chance_of(found.pack, risk) / 100)
    if risk.chance is None:
        return _("%(chance)s, that of the residual likelihood") % {"chance": shown}
    matrix = found.pack.risk.in_force
    fault = chance_fault(matrix, risk.chance, risk.residual_likelihood) if risk.matrix == matrix.code else ""
    stated = _("%(chance)s, as stated") % {"chance": shown}
    return f"{stated}. {fault}." if fault else stated


def _costs(risk: Risk) -> tuple[int | None, ...]:
    return risk.cost_low_minor, risk.cost_likely_minor, risk.cost_high_minor


def _days(risk: Risk) -> tuple[int | None, ...]:
    return risk.days_low, risk.days_likely, risk.days_high


def _points(shown: Sequence[str]) -> str:
    return _("least %(low)s; most likely %(likely)s; most %(high)s") % dict(
        zip(("low", "likely", "high"), shown, strict=True)
    )


def _blank_forms(risk: Risk) -> dict[str, Form[Any]]:
    return {
        "assess": blank(
            forms.AssessFields,
            stance=Stance.RESIDUAL.value,
            likelihood=str(risk.residual_likelihood),
            impact=str(risk.residual_impact),
        ),
        "action": blank(forms.ActionFields),
        "evidence": blank(forms.EvidenceFields, kind=EvidenceKind.NOTE.value),
        "acceptance": blank(forms.ProposeFields),
        "decision": blank(forms.DecideFields),
        "answer": blank(forms.AnswerFields),
        "move": blank(forms.MoveFields),
        "issue": blank(forms.IssueFields, issue_owner=risk.owner),
    }


def _lists(found: Opened, risk: Risk) -> dict[str, Any]:
    matrix = found.pack.risk.in_force
    return {
        "stances": [(stance.value, label(stance)) for stance in Stance],
        "likelihoods": steps(matrix.likelihood),
        "impacts": steps(matrix.impact),
        "action_states": [(state.value, label(state)) for state in ActionState],
        "kinds": [(kind.value, label(kind)) for kind in EvidenceKind],
        "severities": [(member.value, label(member)) for member in Severity],
        "outcomes": [("accept", _("Accept the risk until that day")), ("refuse", _("Refuse the acceptance"))],
    }


@dataclass(frozen=True, slots=True)
class Acts:
    """What this person may do here now; blank texts and empty lists where nothing is offered."""

    write: bool
    propose: bool
    moves: Sequence[str]
    occur: bool
    answer: RiskEscalation | None
    answers: Sequence[tuple[str, str]]
    decide_digest: str
    decide_refusals: Sequence[str]


def _acts(session: Session, found: Opened, risk: Risk) -> Acts:
    writes = found.may(Permission.RISK_WRITE)
    waits, proposed = open_escalation(session, risk.id), proposed_acceptance(session, risk.id)
    answers = waits is not None and may_answer(found.pack, found.whole, waits.tier)
    decides = proposed is not None and found.may(Permission.RISK_ACCEPT)
    refusals = (
        refusals_of(session, found.whole, found.pack, found.project, risk, proposed) if decides and proposed else []
    )
    moves = offered_moves(session, found.whole, found.project, risk) if writes else []
    return Acts(
        write=writes and risk.is_live,
        propose=writes and risk.is_live and proposed is None and not _accepted(risk),
        moves=[move for move in moves if move != "occur"],
        occur="occur" in moves,
        answer=waits if answers else None,
        answers=_answers(found, waits, risk) if waits is not None and answers else (),
        decide_digest=digest_of(risk, proposed) if decides and proposed and not refusals else "",
        decide_refusals=refusals,
    )


def _accepted(risk: Risk) -> bool:
    return risk.state.value == "accepted"


def _answers(found: Opened, waits: RiskEscalation, risk: Risk) -> list[tuple[str, str]]:
    kept = may_keep(found.pack.risk, waits.tier, risk.rating) is None
    higher = above(waits.tier)
    options = [("keep", _("Answer: this tier takes note and says what it expects"))] if kept else []
    if higher is not None:
        words = _("Pass it on to the next tier: %(tier)s") % {"tier": found.pack.label(higher)}
        options.append(("pass_on", words))
    return options
