"""The register of a project as its page shows it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Tier
from portfolio.people.queries import names
from portfolio.projects.models import Project
from portfolio.risk.audience import today_of
from portfolio.risk.matrix_view import Place, ShownMatrix, ShownRating, read_cell, shown_matrix, shown_rating
from portfolio.risk.models import Issue, Risk
from portfolio.risk.queries import RiskFilter, issues_of, matches, place_of, risks_of
from portfolio.risk.rules import carrier
from portfolio.risk.terms import IssueState, RiskCategory, RiskState, Stance
from portfolio.web.formatting import money, short_day


@dataclass(frozen=True, slots=True)
class Line:
    """A risk in a list."""

    risk: Risk
    rating: ShownRating
    owner: str
    href: str
    review: str
    is_late: bool
    is_out: bool


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    figures: Sequence[Figure]
    matrix: ShownMatrix
    lines: Sequence[Line]
    issues: Sequence[Issue]
    filter: RiskFilter
    raw: Mapping[str, str]
    options: Mapping[str, Sequence[tuple[str, str]]]
    stances: Sequence[tuple[str, str, bool]]
    is_empty: bool


def read_filter(asked: Mapping[str, str]) -> RiskFilter:
    """From the address; what means nothing narrows nothing."""
    states = {member.value: member for member in RiskState}
    categories = {member.value: member for member in RiskCategory}
    stances = {member.value: member for member in Stance}
    return RiskFilter(
        state=states.get(asked.get("state", "")),
        category=categories.get(asked.get("category", "")),
        rating=asked.get("rating", ""),
        everything=asked.get("state", "") == "all",
        stance=stances.get(asked.get("stance", ""), Stance.RESIDUAL),
        cell=read_cell(asked.get("cell", "")),
    )


def register_page(
    session: Session, pack: CountryPack, project: Project, asked: Mapping[str, str], url_for: Callable[..., str]
) -> RegisterPage:
    """`asked` are the parameters of the address."""
    wanted = read_filter(asked)
    if wanted.rating not in pack.risk.ratings:
        wanted = replace(wanted, rating="")
    risks, issues = risks_of(session, project.id), issues_of(session, project.id)
    base = url_for("risk.register", project_id=project.id)
    kept = {name: asked.get(name, "") for name in ("state", "category", "rating") if asked.get(name)}

    def address(place: Place) -> str:
        return with_query(base, {**kept, "stance": wanted.stance.value, "cell": f"{place[0]}-{place[1]}"}) + "#risks"

    shown = [risk for risk in risks if matches(risk, replace(wanted, cell=None))]
    placed = [place for risk in shown if risk.matrix == pack.risk.matrix and (place := place_of(risk, wanted.stance))]
    lines = lines_of(session, pack, [risk for risk in shown if matches(risk, wanted)], url_for)
    return RegisterPage(
        figures=figures_of(session, pack, risks, issues),
        matrix=shown_matrix(pack.risk, Counter(placed), wanted.cell, address, len(shown) - len(placed)),
        lines=lines,
        issues=issues,
        filter=wanted,
        raw={name: asked.get(name, "") for name in ("state", "category", "rating", "stance")},
        options=_options(pack),
        stances=[
            (label(stance), with_query(base, {**kept, "stance": stance.value}), stance is wanted.stance)
            for stance in Stance
        ],
        is_empty=not risks,
    )


def with_query(base: str, query: Mapping[str, str]) -> str:
    """An address with parameters; values are codes of ours, or quoted by the caller."""
    return f"{base}?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else base


def _options(pack: CountryPack) -> dict[str, list[tuple[str, str]]]:
    return {
        "state": [*((state.value, label(state)) for state in RiskState), ("all", _("All, ended ones too"))],
        "category": [(member.value, label(member)) for member in RiskCategory],
        "rating": [(code, str(rating.label)) for code, rating in pack.risk.ratings.items()],
    }


def lines_of(session: Session, pack: CountryPack, risks: Sequence[Risk], url_for: Callable[..., str]) -> list[Line]:
    """In the order given."""
    today, people = today_of(session, pack), names(session, [risk.owner_id for risk in risks])
    return [
        Line(
            risk=risk,
            rating=shown_rating(pack.risk, risk.rating),
            owner=people.get(risk.owner_id, risk.owner) if risk.owner_id else risk.owner,
            href=url_for("risk.show", project_id=risk.project_id, risk_id=risk.id),
            review=short_day(risk.next_review_on),
            is_late=is_late(risk, today),
            is_out=is_out(pack, risk),
        )
        for risk in risks
    ]


def is_late(risk: Risk, today: date) -> bool:
    """Whether its review is overdue."""
    return risk.is_live and risk.next_review_on < today


def is_out(pack: CountryPack, risk: Risk) -> bool:
    """Whether a living risk is rated beyond what the project carries by itself."""
    return risk.is_live and risk.rating in pack.risk.ratings and carrier(pack.risk, risk.rating) is not Tier.OPERATIONAL


def figures_of(session: Session, pack: CountryPack, risks: Sequence[Risk], issues: Sequence[Issue]) -> list[Figure]:
    """How many live, are out of tolerance, should have been looked at, became issues; and what they may oblige to pay."""
    today = today_of(session, pack)
    live = [risk for risk in risks if risk.is_live]
    out, late = sum(is_out(pack, risk) for risk in live), sum(is_late(risk, today) for risk in live)
    pending = sum(issue.state is IssueState.OPEN for issue in issues)
    return [
        Figure(_("Living risks"), str(len(live))),
        Figure(_("Out of tolerance"), str(out), tone="bad" if out else "good"),
        Figure(_("Reviews overdue"), str(late), tone="caution" if late else "good"),
        Figure(_("Open issues"), str(pending), tone="caution" if pending else "good"),
        Figure(_("Contingent liability"), contingent_of(live), _("of living risks, not weighted by chance")),
    ]


def contingent_of(risks: Sequence[Risk]) -> str:
    """Summed by currency, never across; «not stated» where no risk says one."""
    sums: dict[str, int] = {}
    for risk in risks:
        if risk.contingent_minor is not None:
            sums[risk.currency] = sums.get(risk.currency, 0) + risk.contingent_minor
    return " · ".join(money(Money(currency, sums[currency])) for currency in sorted(sums)) or _("not stated")


def asked_of(request: Any) -> dict[str, str]:
    """The parameters of an address; the last of a name counts."""
    return {name: str(value) for name, value in request.query_params.items()}
