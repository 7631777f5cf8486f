"""The rules on data of one project: what failed, with the way to mend it; what could not be asked, with what it lacks; what passed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import label
from portfolio.monitoring.data_quality import RULES, answers_of, check_data
from portfolio.monitoring.facts import quality_rows, read_facts
from portfolio.monitoring.health_terms import Severity
from portfolio.monitoring.health_words import share
from portfolio.monitoring.places import FIXED_AT, address
from portfolio.monitoring.portion import id_text, only
from portfolio.monitoring.quality_rule import Rule, Subject
from portfolio.monitoring.quality_words import NOT_HELD, input_words
from portfolio.monitoring.ratios import WHOLE
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Project
from portfolio.web.formatting import number, short_day


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule: what it asks, and the place where what fails is mended."""

    code: str
    asks: str
    severity: str
    tone: str
    place: str
    href: str


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A rule that could not be asked, and why."""

    code: str
    asks: str
    why: str


@dataclass(frozen=True, slots=True)
class QualityShown:
    """The page; `share` is of the rules that could be asked."""

    share: str
    counts: str
    stale: str
    failed: Sequence[RuleShown]
    not_asked: Sequence[NotAsked]
    passed: Sequence[RuleShown]


def quality_shown(
    session: Session, pack: CountryPack, project: Project, as_at: date, url_for: Callable[..., str]
) -> QualityShown:
    """The rules run now; the project came from `get_project`."""
    portion = only(project.id)
    rows = quality_rows(session, pack, portion, read_facts(session, pack, portion, as_at))
    mine = pl.col("project") == id_text(session, project.id)
    answers = answers_of(rows, as_at).filter(mine).row(0, named=True)
    summary = check_data(rows, as_at).summary.filter(mine).row(0, named=True)
    by_answer: dict[bool | None, list[Rule]] = {True: [], False: [], None: []}
    for rule in RULES:
        if rule.subject is Subject.PROJECT:
            by_answer[answers.get(rule.code)].append(rule)

    def shown(rule: Rule) -> RuleShown:
        tone = "bad" if rule.severity is Severity.ERROR else "caution"
        href = address(url_for, FIXED_AT[rule.place], project.id)
        return RuleShown(rule.code, _(rule.checks), label(rule.severity), tone, label(rule.place), href)

    checked, passed = summary["rules_checked"], summary["rules_passed"]
    return QualityShown(
        share=share((passed * WHOLE * 2 + checked) // (2 * checked)) if checked else "",
        counts=_("%(passed)s of %(checked)s rules on data that could be asked are passed.")
        % {"passed": number(passed), "checked": number(checked)},
        stale=_stale(summary["stale_days"], as_at),
        failed=sorted(map(shown, by_answer[False]), key=lambda one: (one.tone, one.code)),
        not_asked=[NotAsked(rule.code, _(rule.checks), _why(rule, rows.columns)) for rule in by_answer[None]],
        passed=[shown(rule) for rule in by_answer[True]],
    )


def _why(rule: Rule, columns: Sequence[str]) -> str:
    lacking = tuple(name for name in rule.needs if name not in columns)
    if lacking and rule.code in NOT_HELD:
        return _(NOT_HELD[rule.code])
    if lacking:
        return _("Nothing here holds: %(inputs)s.") % {"inputs": input_words(lacking)}
    return _("It does not apply now, or what it compares is not known: %(inputs)s.") % {
        "inputs": input_words(rule.needs)
    }


def _stale(days: int | None, as_at: date) -> str:
    if days is None:
        return _("Nobody knows when the data were last brought up to date.")
    words = ngettext(
        "The newest record is %(num)s day old, as at %(day)s.",
        "The newest record is %(num)s days old, as at %(day)s.",
        days,
    )
    return words % {"num": number(days), "day": short_day(as_at)}
