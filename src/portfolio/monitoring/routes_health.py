"""The health of the portfolio: by institution, down to its projects."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.labels import label
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.flag_words import Sign, kept_flags
from portfolio.monitoring.health_terms import Flag
from portfolio.monitoring.health_words import share
from portfolio.monitoring.portfolio_health import (
    PAGE,
    BodyHealth,
    HealthAsked,
    ProjectLine,
    bodies,
    everything,
    lines,
)
from portfolio.monitoring.rating_words import gap_share
from portfolio.monitoring.ratings_page import Level, level_of
from portfolio.monitoring.ratios import WHOLE
from portfolio.monitoring.warning_panel import warning_panel
from portfolio.people.permissions import Permission
from portfolio.projects.panels import Panel, register_panel
from portfolio.projects.terms import ProjectStage
from portfolio.web.addresses import book_of
from portfolio.web.formatting import number, short_day
from portfolio.web.forms import Form
from portfolio.web.pages import page

HERE = "monitoring.health"

register_panel(Panel(5, "monitoring/_warning_panel.html", Permission.PROJECT_READ, warning_panel))


@dataclass(frozen=True, slots=True)
class ShownBody:
    """A line of figures; blank for what is not known."""

    name: str
    href: str
    projects: str
    rated: str
    gap_index: str
    optimistic: str
    quality: str
    errors: str
    stalest: str
    with_signs: str


@dataclass(frozen=True, slots=True)
class ShownProject:
    """A project with its ratings and its signs."""

    number: str
    title: str
    institution: str
    href: str
    stage: ProjectStage
    declared: Level
    computed: Level
    gap: str
    quality: str
    quality_href: str
    stale: str
    signs: list[Sign]


@get("/health", name=HERE, permission=Permission.PROJECT_READ, sync_to_thread=True, include_in_schema=False)
def show_health(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    """`?institution=…&stage=pilot&sign=late_returns&after=…`; what cannot be read narrows nothing."""
    at, viewer, reverse = now(session), request.user, book_of(request)
    today = at.astimezone(pack_of(request).zone).date()
    asked = asked_of(request.query_params)
    found = bodies(session, viewer, at, today, asked)
    projects = lines(session, viewer, at, today, asked)
    here = reverse(HERE)
    more = projects[PAGE - 1] if len(projects) > PAGE else None
    everywhere = found if asked == HealthAsked() else bodies(session, viewer, at, today, HealthAsked())
    return page(
        request,
        "monitoring/health.html",
        total=_shown(everything(found), ""),
        in_comment=everything(found).in_comment,
        bodies=[_shown(one, f"{here}?{urlencode({'institution': str(one.institution_id)})}#projects") for one in found],
        projects=[_project(one, reverse) for one in projects[:PAGE]],
        form=Form(dict(request.query_params)),
        institutions=[(str(one.institution_id), one.institution) for one in everywhere],
        stages=[(one.value, label(one)) for one in ProjectStage if one not in ENDED],
        signs=[(one.value, label(one)) for one in Flag],
        is_narrowed=asked != HealthAsked(),
        here=here,
        first=f"{here}?{_query(asked)}" if asked.after else "",
        next="" if more is None else f"{here}?{_query(asked, after=f'{more.signs}.{more.project_id}')}#projects",
        today=short_day(today),
    )


def asked_of(params: Mapping[str, Any]) -> HealthAsked:
    return HealthAsked(
        institution_id=_id(params.get("institution")),
        stage=next((one for one in ProjectStage if one.value == params.get("stage")), None),
        flag=next((one for one in Flag if one.value == params.get("sign")), None),
        after=_place(params.get("after") or ""),
    )


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


MOST_SIGNS = len(Flag)


def _place(text: str) -> tuple[int, uuid.UUID] | None:
    signs, _dot, last = text.partition(".")
    found = _id(last)
    if found is None or not signs.isascii() or not signs.isdigit() or len(signs) > len(str(MOST_SIGNS)):
        return None
    return int(signs), found


def _query(asked: HealthAsked, **more: str) -> str:
    kept = {
        "institution": str(asked.institution_id or ""),
        "stage": asked.stage.value if asked.stage else "",
        "sign": asked.flag.value if asked.flag else "",
        **more,
    }
    return urlencode({name: value for name, value in kept.items() if value})


def _shown(body: BodyHealth, href: str) -> ShownBody:
    def of(basis_points: int | None) -> str:
        return "" if basis_points is None else share(basis_points)

    return ShownBody(
        name=body.institution,
        href=href,
        projects=number(body.projects),
        rated=number(body.rated),
        gap_index=gap_share(body.gap_index_bp),
        optimistic=of(body.optimistic_bp),
        quality=of(body.quality_bp),
        errors=number(body.errors),
        stalest="" if body.stalest is None else number(body.stalest),
        with_signs=number(body.with_signs),
    )


def _project(line: ProjectLine, reverse: Any) -> ShownProject:
    note = _("In comment") if line.is_in_comment else ""
    return ShownProject(
        number=line.number,
        title=line.title or _("Without a title"),
        institution=line.institution,
        href=reverse("monitoring.ratings", project_id=line.project_id),
        stage=line.stage,
        declared=level_of(line.declared),
        computed=level_of(line.computed, note),
        gap=gap_share(line.gap_bp),
        quality=share((line.passed * WHOLE * 2 + line.checked) // (2 * line.checked)) if line.checked else "",
        quality_href=reverse("monitoring.data_quality", project_id=line.project_id),
        stale="" if line.stale_days is None else number(line.stale_days),
        signs=kept_flags(line.flags),
    )


def routes() -> list[Any]:
    return [show_health]
