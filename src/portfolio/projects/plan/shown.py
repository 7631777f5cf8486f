"""What the pages of a plan show: rows of the table, figures, contradictions; words and tones, nothing computed in templates."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import label
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.models import Milestone
from portfolio.projects.plan.queries import Elsewhere, Plan, dependants_elsewhere, elsewhere
from portfolio.projects.plan.rules import (
    LATE_STATES,
    Item,
    clashes,
    is_weighted,
    knock_on,
    next_of,
    progress,
    state_of,
    variance_days,
)
from portfolio.projects.plan.terms import ItemState, PlanItemKind
from portfolio.web.formatting import percent, short_day

TONES = {
    ItemState.REACHED: "good",
    ItemState.REACHED_LATE: "caution",
    ItemState.ON_TIME: "good",
    ItemState.WILL_BE_LATE: "caution",
    ItemState.LATE: "bad",
    ItemState.UNDATED: "neutral",
    ItemState.LEFT: "quiet",
}


@dataclass(frozen=True, slots=True)
class Variance:
    """Days in words, and their tone."""

    text: str
    tone: str


def variance_words(days: int | None) -> Variance:
    """`days`: negative is late, as the rule counts."""
    if days is None:
        return Variance(_("not in that plan"), "quiet")
    if days == 0:
        return Variance(_("on the day"), "good")
    if days < 0:
        return Variance(ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}, "bad")
    return Variance(ngettext("%(n)s day early", "%(n)s days early", days) % {"n": days}, "good")


def moved_words(days: int) -> Variance:
    """By how much a date that is asked for differs from an approved one: later is positive."""
    if days == 0:
        return Variance(_("unchanged"), "quiet")
    if days > 0:
        return Variance(ngettext("%(n)s day later", "%(n)s days later", days) % {"n": days}, "caution")
    return Variance(ngettext("%(n)s day earlier", "%(n)s days earlier", -days) % {"n": -days}, "active")


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One row of the table of a plan."""

    title: str
    kind: str
    owner: str
    needs: Sequence[str]
    first: str
    current: str
    forecast: str
    actual: str
    percent: str
    to_first: Variance
    to_current: Variance
    state: str
    tone: str
    href: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip."""

    label: str
    value: str
    note: str = ""
    tone: str = ""


def shown_items(
    session: Session, viewer: Viewer, plan: Plan, as_at: date, edit: Callable[[uuid.UUID], str] | None
) -> list[ShownItem]:
    """`edit` makes the address of the form, where the viewer may write; `viewer` is the whole viewer."""
    others = seen_elsewhere(session, viewer, plan)
    return [_shown_item(row, plan, others, as_at, edit) for row in plan.rows]


def seen_elsewhere(session: Session, viewer: Viewer, plan: Plan) -> dict[uuid.UUID, Elsewhere]:
    """What this plan needs of other projects, as far as the viewer may find it."""
    return elsewhere(session, viewer, {edge.needs for edge in plan.edges} - plan.items.keys())


def _shown_item(
    row: Milestone,
    plan: Plan,
    others: Mapping[uuid.UUID, Elsewhere],
    as_at: date,
    edit: Callable[[uuid.UUID], str] | None,
) -> ShownItem:
    item = plan.items[row.id]
    state = state_of(item, as_at)
    return ShownItem(
        title=row.title,
        kind="" if row.kind is PlanItemKind.MILESTONE else label(row.kind),
        owner=row.owner,
        needs=[needs_words(plan, others, edge.needs, edge.lag) for edge in plan.edges if edge.milestone == row.id],
        first=_day(item.first),
        current=_day(item.current),
        forecast=_day(item.forecast),
        actual=_day(item.actual),
        percent="" if item.actual or not row.percent else percent(row.percent / 100),
        to_first=variance_words(_variance(item, item.first, as_at)),
        to_current=variance_words(_variance(item, item.current, as_at)),
        state=label(state),
        tone=TONES[state],
        href=edit(row.id) if edit and row.left_on is None else "",
    )


def _variance(item: Item, due: date | None, as_at: date) -> int | None:
    return None if item.has_left else variance_days(due, item.forecast, item.actual, as_at)


def _day(value: date | None) -> str:
    return short_day(value) if value else "–"


def needs_words(plan: Plan, others: Mapping[uuid.UUID, Elsewhere], needs: uuid.UUID, lag: int) -> str:
    """A title, with its project's number where it lies elsewhere; no title of what the viewer may not find."""
    if needs in plan.items:
        name = plan.items[needs].title
    elif needs in others:
        name = f"{others[needs].title} ({others[needs].number})"
    else:
        name = _("a milestone of another project")
    if not lag:
        return name
    if lag > 0:
        return ngettext("%(name)s and %(n)s day", "%(name)s and %(n)s days", lag) % {"name": name, "n": lag}
    return ngettext("%(name)s less %(n)s day", "%(name)s less %(n)s days", -lag) % {"name": name, "n": -lag}


def contradictions(session: Session, viewer: Viewer, plan: Plan) -> list[str]:
    """Forecasts that lie before what they need allows, in words, the worst first. `viewer` is the whole viewer."""
    others = seen_elsewhere(session, viewer, plan)
    expected = {**plan.expected, **{one.id: one.expected for one in others.values()}}
    standing = {row.id for row in plan.standing}
    found = []
    for clash in clashes(expected, plan.reached, [edge for edge in plan.edges if edge.milestone in standing]):
        found.append(
            ngettext(
                "«%(title)s» is expected on %(day)s, but needs «%(needs)s»: not before %(allowed)s, %(n)s day later.",
                "«%(title)s» is expected on %(day)s, but needs «%(needs)s»: not before %(allowed)s, %(n)s days later.",
                clash.days,
            )
            % {
                "title": plan.items[clash.edge.milestone].title,
                "day": short_day(clash.forecast),
                "needs": needs_words(plan, others, clash.edge.needs, 0),
                "allowed": short_day(clash.allowed),
                "n": clash.days,
            }
        )
    return found


@dataclass(frozen=True, slots=True)
class Effect:
    """What a moved date means: sentences about others, and how many of them the viewer may not find."""

    sentences: Sequence[str]
    hidden: int


def effect_of(session: Session, viewer: Viewer, project: Project, plan: Plan, moved: uuid.UUID, to: date) -> Effect:
    """On this plan, and on what other projects have that needs it directly. `viewer` is the whole viewer."""
    outward = dependants_elsewhere(session, project.id)
    others = {
        **seen_elsewhere(session, viewer, plan),
        **elsewhere(session, viewer, {edge.milestone for edge in outward}),
    }
    expected = {**plan.expected, **{one.id: one.expected for one in others.values()}}
    reached = {*plan.reached, *(one.id for one in others.values() if one.is_reached)}
    sentences = []
    for one in knock_on(expected, reached, [*plan.edges, *outward], moved, to):
        words = ngettext(
            "«%(title)s» is expected on %(day)s and could not be reached before %(earliest)s: %(n)s day later.",
            "«%(title)s» is expected on %(day)s and could not be reached before %(earliest)s: %(n)s days later.",
            one.days,
        )
        sentences.append(
            words
            % {
                "title": needs_words(plan, others, one.id, 0),
                "day": short_day(one.forecast),
                "earliest": short_day(one.earliest),
                "n": one.days,
            }
        )
    hidden = sum(1 for edge in outward if edge.needs == moved and edge.milestone not in others)
    return Effect(sentences, hidden)


def plan_figures(plan: Plan, as_at: date) -> list[Figure]:
    """What comes next, how much is late, how far it is, and by which approved plan."""
    items = [plan.items[row.id] for row in plan.standing]
    upcoming, share = next_of(items), progress(items)
    late = sum(state_of(item, as_at) is ItemState.LATE for item in items)
    to_be_late = sum(state_of(item, as_at) in LATE_STATES for item in items) - late
    reached = sum(item.actual is not None for item in items)
    newest = plan.baselines[-1] if plan.baselines else None
    return [
        Figure(
            _("Next milestone"),
            short_day(upcoming.forecast) if upcoming else _("none"),
            upcoming.title if upcoming else "",
        ),
        Figure(
            _("Late today"),
            str(late),
            _("and %(n)s forecast late") % {"n": to_be_late},
            "bad" if late else "",
        ),
        Figure(
            _("Physical progress"),
            percent(float(share)) if share is not None else _("not available"),
            _("by weight") if is_weighted(items) else _("%(n)s of %(all)s reached") % {"n": reached, "all": len(items)},
        ),
        Figure(
            _("Approved plan"),
            _("No. %(n)s") % {"n": newest.number} if newest else _("none yet"),
            f"{short_day(newest.approved_on)}, {label(newest.kind)}" if newest else "",
        ),
    ]
