"""What was promised against what was delivered: read from the decision, the plan, the indicators and the surveys, never typed.

The facts are plain values (text, whole numbers, ISO dates), so that they are frozen with an evaluation and shown again later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.code_queries import codes_of_case
from portfolio.db.memo import row_of
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.kpis.queries import Line, promises, scorecard, waves_of
from portfolio.kpis.rules import Target
from portfolio.kpis.terms import Channel, Result, SurveyTopic
from portfolio.kpis.words import brief_words, name_of
from portfolio.labels import label
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.queries import read_plan
from portfolio.web.formatting import money, number, short_day

Facts = dict[str, Any]
"""`{"currency", "requested", "decided", "committed", "milestones": [...], "indicators": [...], "waves": [...]}`."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison, in words."""

    what: str
    promised: str
    delivered: str
    note: str = ""


def facts_of(session: Session, project: Project, today: date) -> Facts:
    """The facts of a project on a day."""
    initiative = row_of(session, Initiative, project.initiative_id)
    codes = [] if project.case_id is None else codes_of_case(session, project.case_id)
    return {
        "as_at": today.isoformat(),
        "currency": initiative.currency,
        "requested": initiative.requested_minor,
        "decided": initiative.decided_minor,
        "committed": sum(code.committed_minor for code in codes) if codes else None,
        "milestones": _milestones(session, project),
        "indicators": _indicators(session, project, today),
        "waves": [
            {
                "wave": row.wave,
                "topic": row.topic.value,
                "channel": row.channel.value,
                "sample": row.sample_size,
                "score": row.score,
                "from": row.scale_from,
                "to": row.scale_to,
                "until": row.asked_to.isoformat(),
            }
            for row in waves_of(session, project)
        ],
    }


def _milestones(session: Session, project: Project) -> list[dict[str, Any]]:
    plan = read_plan(session, project.id)
    found = []
    for row in plan.standing:
        item = plan.items[row.id]
        promised = item.first or row.promised_on
        found.append(
            {"title": row.title, "promised": _iso(promised), "current": _iso(item.current), "actual": _iso(item.actual)}
        )
    return found


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _indicators(session: Session, project: Project, today: date) -> list[dict[str, Any]]:
    """Against the first curve: what was promised before anybody changed it."""
    lines = scorecard(session, project, today)
    first = promises(session, [line.indicator for line in lines], first=True)
    return [_indicator(line, first[line.indicator.id].points, today) for line in lines]


def _indicator(line: Line, points: Sequence[Target], today: date) -> dict[str, Any]:
    one = line.indicator
    last = _promise_due(points, today)
    return {
        "name": name_of(one),
        "promised": None if last is None else brief_words(one, last.value),
        "by": None if last is None else last.on.isoformat(),
        "latest": None if line.standing is None else brief_words(one, line.standing.value),
        "result": line.judged.result.value,
        "kind": one.kind.value,
    }


def _promise_due(points: Sequence[Target], today: date) -> Target | None:
    """What was promised for the newest day that has come; before the first one, what is promised for that."""
    come = [point for point in points if point.on <= today]
    return come[-1] if come else next(iter(points), None)


def money_rows(facts: Mapping[str, Any]) -> list[Compared]:
    """Asked for, decided and committed; what is not on record is said, never zero."""
    currency = facts.get("currency", "")

    def shown(key: str) -> str:
        minor = facts.get(key)
        return _("not on record") if minor is None else money(Money(currency, minor))

    return [
        Compared(
            _("Asked for by the case"), shown("requested"), shown("decided"), _("Delivered here is what was decided.")
        ),
        Compared(
            _("Decided for the project"),
            shown("decided"),
            shown("committed"),
            _("Delivered here is what was committed."),
        ),
    ]


def date_rows(facts: Mapping[str, Any]) -> list[Compared]:
    return [
        Compared(
            row["title"],
            _day(row["promised"]),
            _day(row["actual"]) if row["actual"] else _("not reached"),
            _late(row["promised"], row["actual"]),
        )
        for row in facts.get("milestones", ())
    ]


def _day(text: str | None) -> str:
    return short_day(date.fromisoformat(text)) if text else _("no date")


def _late(promised: str | None, actual: str | None) -> str:
    if not promised or not actual:
        return ""
    days = (date.fromisoformat(actual) - date.fromisoformat(promised)).days
    if days == 0:
        return _("on the day")
    return (_("%(days)s days later") if days > 0 else _("%(days)s days earlier")) % {"days": number(abs(days))}


def indicator_rows(facts: Mapping[str, Any]) -> list[Compared]:
    return [
        Compared(
            row["name"],
            _("%(value)s by %(day)s") % {"value": row["promised"], "day": _day(row["by"])}
            if row["promised"]
            else _("no target"),
            row["latest"] or _("not measured"),
            label(Result(row["result"])),
        )
        for row in facts.get("indicators", ())
    ]


def wave_rows(facts: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Survey, channel, people asked, score on its scale."""
    return [
        (
            f"{row['wave']} · {label(SurveyTopic(row['topic']))}",
            label(Channel(row["channel"])),
            number(row["sample"]),
            _("%(score)s on a scale from %(least)s to %(most)s")
            % {
                "score": number(row["score"] / 10_000),
                "least": number(row["from"] / 10_000),
                "most": number(row["to"] / 10_000),
            },
        )
        for row in facts.get("waves", ())
    ]
