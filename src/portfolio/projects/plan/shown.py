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
    Progress,
    clashes,
    knock_on,
    needs_new_forecast,
    next_of,
    overdue,
    reckon_progress,
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
    """One row of the table of a plan; `notes` say what its dates alone do not."""

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
    notes: Sequence[str] = ()


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
    """`edit` makes the address of a milestone's page; `viewer` is the whole viewer."""
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
        href=edit(row.id) if edit else "",
        notes=_notes(item, plan, as_at),
    )


def _notes(item: Item, plan: Plan, as_at: date) -> list[str]:
    found = [_("needs a new forecast")] if needs_new_forecast(item, as_at) else []
    if plan.baselines and item.current is None and not item.has_left:
        found.append(_("in no approved plan: it does not count yet"))
    return found


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
    upcoming, done = next_of(items, as_at), reckon_progress(items)
    late = sum(state_of(item, as_at) is ItemState.LATE for item in items)
    to_be_late = sum(state_of(item, as_at) in LATE_STATES for item in items) - late
    newest = plan.baselines[-1] if plan.baselines else None
    return [
        Figure(
            _("Next milestone"),
            short_day(upcoming.forecast) if upcoming else _("none ahead"),
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
            percent(float(done.share)) if done.share is not None else _("not available"),
            _progress_note(done),
        ),
        Figure(
            _("Approved plan"),
            _("No. %(n)s") % {"n": newest.number} if newest else _("none yet"),
            f"{short_day(newest.approved_on)}, {label(newest.kind)}" if newest else "",
        ),
    ]


def _progress_note(done: Progress) -> str:
    if done.is_weighted:
        return _("by approved weight") if done.is_approved else _("by weight, not approved yet")
    reached = sum(item.actual is not None for item in done.counted)
    return _("%(n)s of %(all)s reached") % {"n": reached, "all": len(done.counted)}


def progress_words(plan: Plan) -> list[str]:
    """How the physical progress is reckoned, and what is lacking for it to go by weights; nothing for an empty plan."""
    done = reckon_progress(plan.items[row.id] for row in plan.standing)
    if not done.counted:
        return []
    found = [
        _("Physical progress counts the milestones of the plan approved at present, with the weights approved then.")
        if done.is_approved
        else _("No plan is approved yet: physical progress counts every milestone, with the weight in its form.")
    ]
    if done.unweighed:
        words = ngettext(
            "%(n)s of %(all)s has no weight: until a plan gives it one, each milestone counts the same.",
            "%(n)s of %(all)s have no weight: until a plan gives them one, each milestone counts the same.",
            len(done.unweighed),
        )
        found.append(words % {"n": len(done.unweighed), "all": len(done.counted)})
    elif not done.is_weighted:
        found.append(_("Every weight is 0: each milestone counts the same."))
    if done.waiting:
        words = ngettext(
            "%(n)s milestone is in no approved plan and does not count yet.",
            "%(n)s milestones are in no approved plan and do not count yet.",
            len(done.waiting),
        )
        found.append(words % {"n": len(done.waiting)})
    return found


@dataclass(frozen=True, slots=True)
class Overdue:
    """An open milestone whose day has passed: its days late in words, nothing where only its forecast has passed."""

    title: str
    late: str
    forecast: str
    needs_forecast: bool
    href: str


def overdue_rows(plan: Plan, as_at: date, at: Callable[[uuid.UUID], str]) -> list[Overdue]:
    """Those whose approved day has passed, the longest first, then those whose forecast alone has."""
    items = [plan.items[row.id] for row in plan.standing]
    late = overdue(items, as_at)
    seen = {item.id for item, _days in late}
    rest = [item for item in items if item.id not in seen and needs_new_forecast(item, as_at)]
    return [
        Overdue(
            item.title,
            ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days} if days else "",
            _day(item.forecast),
            needs_new_forecast(item, as_at),
            at(item.id),
        )
        for item, days in [*late, *((item, 0) for item in rest)]
    ]
