"""What the page of a project's ratings shows: the three ratings of each period in one row, and one period with all its grounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring import rating_gaps
from portfolio.monitoring.flag_words import flag_sentences
from portfolio.monitoring.health_terms import Confidence, Dimension, RatingKind
from portfolio.monitoring.health_words import formula_sentences, ground_sentence, score
from portfolio.monitoring.places import COMES_FROM, address
from portfolio.monitoring.portion import id_text, only
from portfolio.monitoring.rating_comments import may_comment
from portfolio.monitoring.rating_formula import SCALES
from portfolio.monitoring.rating_making import today_of
from portfolio.monitoring.rating_models import Rating, RatingComment
from portfolio.monitoring.rating_queries import comments_on, earlier_of, is_in_comment, ratings_of
from portfolio.monitoring.rating_review import open_request
from portfolio.monitoring.rating_words import TONES, gap_words, inputs_sentence, period_words
from portfolio.monitoring.ratings import reasons
from portfolio.monitoring.told import declared_of, read_told
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.web.formatting import instant, short_day

UrlFor = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Level:
    """A level as shown; blank words for none."""

    words: str = ""
    tone: str = "neutral"
    note: str = ""


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """The ratings of one period; the gaps compare the declared rating with the two others."""

    period: str
    href: str
    is_chosen: bool
    declared: Level
    computed: Level
    independent: Level
    gap_computed: str
    gap_independent: str


@dataclass(frozen=True, slots=True)
class Ground:
    """One dimension: what the formula made of it, the figures behind it, and the page that they come from."""

    dimension: str
    sentence: str
    figures: str
    href: str


@dataclass(frozen=True, slots=True)
class Said:
    """A comment of the institution."""

    who: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed rating with everything that it rests on."""

    level: Level
    made: str
    as_at: str
    until: str
    is_in_comment: bool
    grounds: Sequence[Ground]
    formula: Sequence[str]
    comments: Sequence[Said]
    comment_href: str
    earlier: Sequence[str]
    digest: str


@dataclass(frozen=True, slots=True)
class DeclaredShown:
    """A declared rating: who signed it, when, and the evidence that the return gives."""

    level: Level
    who: str
    on: str
    evidence: Sequence[dict[str, str]]
    href: str


@dataclass(frozen=True, slots=True)
class Independent:
    """An independent rating with what was looked at, by dimension."""

    level: Level
    who: str
    when: str
    summary: str
    evidence: Sequence[dict[str, str]]
    digest: str


def level_of(kept: Confidence | str | None, note: str = "") -> Level:
    if kept is None:
        return Level(note=note)
    level = Confidence(kept)
    return Level(label(level), TONES[level], note)


def ratings_context(
    session: Session, viewer: Viewer, pack: CountryPack, project: Project, url_for: UrlFor, period: str | None
) -> dict[str, Any]:
    """Everything of the template. `viewer` is the whole viewer, `period` what the address asks for: ISO 8601, or anything."""
    today = today_of(session, pack)
    ratings = ratings_of(session, viewer, project, today)
    declared = read_told(session, only(project.id)).declared
    rows = pl.concat([declared, frame_of(session, project, ratings)])
    found = rating_gaps.gaps(rows)
    periods = sorted(rows["period"].unique().to_list(), reverse=True)
    chosen = next((one for one in periods if one.isoformat() == period), periods[0] if periods else None)
    newest = found.filter(pl.col("period") == pl.col("period").max())
    asked = open_request(session, project.id)
    initiative = session.get_one(Initiative, project.initiative_id)
    may_ask = viewer.can_in(Permission.RATING_ASK, initiative.institution_id)
    return {
        "rows": [
            _row(one, one == chosen, rows, found, ratings, today, url_for, project) for one in periods
        ],
        "flags": flag_sentences(pl.concat([rating_gaps.never_moves(rows), rating_gaps.contradictions(newest)])),
        "chosen": None if chosen is None else period_words(chosen),
        "computed": _computed(session, viewer, pack, project, _of(ratings, chosen, RatingKind.COMPUTED), url_for),
        "declared": None if chosen is None else _declared(session, project, chosen, rows, url_for),
        "independent": _independent(session, _of(ratings, chosen, RatingKind.INDEPENDENT)),
        "asked": None
        if asked is None or not may_ask
        else {"who": names(session, [asked.reviewer_id]).get(asked.reviewer_id, ""), "due": short_day(asked.due_on)},
        "ask_href": url_for("monitoring.ask_rating", project_id=project.id) if may_ask and asked is None else "",
    }  # fmt: skip


def frame_of(session: Session, project: Project, ratings: Sequence[Rating]) -> pl.DataFrame:
    """`rating_gaps.RATINGS` of stored ratings, oldest first."""
    body = session.get_one(Initiative, project.initiative_id).institution_id
    mine, its = id_text(session, project.id), id_text(session, body)
    return pl.DataFrame(
        [(mine, its, row.period_on, row.kind.value, row.scale, row.level.value) for row in reversed(ratings)],
        schema=rating_gaps.RATINGS,
        orient="row",
    )


def _of(ratings: Sequence[Rating], period: date | None, kind: RatingKind) -> Rating | None:
    return next((row for row in ratings if row.period_on == period and row.kind is kind), None)


def _row(
    period: date,
    is_chosen: bool,
    rows: pl.DataFrame,
    found: pl.DataFrame,
    ratings: Sequence[Rating],
    today: date,
    url_for: UrlFor,
    project: Project,
) -> PeriodRow:
    declared = rows.filter((pl.col("period") == period) & (pl.col("kind") == RatingKind.DECLARED.value))
    computed = _of(ratings, period, RatingKind.COMPUTED)
    independent = _of(ratings, period, RatingKind.INDEPENDENT)
    gap = next(found.filter(pl.col("period") == period).iter_rows(named=True), None)
    href = url_for("monitoring.ratings", project_id=project.id)
    return PeriodRow(
        period=period_words(period),
        href=f"{href}?period={period.isoformat()}",
        is_chosen=is_chosen,
        declared=level_of(declared["level"].item() if declared.height else None),
        computed=Level() if computed is None else _level_of_computed(computed, today),
        independent=level_of(None if independent is None else independent.level),
        gap_computed="" if gap is None else gap_words(gap["gap_computed"], gap["gap_computed_missing"]),
        gap_independent="" if gap is None else gap_words(gap["gap_independent"], gap["gap_independent_missing"]),
    )


def _level_of_computed(rating: Rating, today: date) -> Level:
    note = (
        _("In comment until %(day)s") % {"day": short_day(rating.comment_until)} if is_in_comment(rating, today) else ""
    )
    shown = level_of(rating.level, note)
    return shown if rating.score is None else Level(f"{shown.words} · {score(rating.score)}", shown.tone, note)


def _computed(
    session: Session, viewer: Viewer, pack: CountryPack, project: Project, rating: Rating | None, url_for: UrlFor
) -> Computed | None:
    if rating is None:
        return None
    today = today_of(session, pack)
    earlier = earlier_of(session, rating)
    by_rating = comments_on(session, [*earlier, rating])
    said = [(row, one) for one in (*earlier, rating) for row in by_rating.get(one.id, [])]
    people = names(session, [row.made_by_id for row, _rating in said])
    may = may_comment(session, viewer, pack, project, rating)
    return Computed(
        level=_level_of_computed(rating, today),
        made=_("%(occasion)s, %(day)s") % {"occasion": label(rating.occasion), "day": instant(rating.made_at)},
        as_at=short_day(rating.as_at),
        until=short_day(rating.comment_until),
        is_in_comment=is_in_comment(rating, today),
        grounds=grounds_of(rating, url_for),
        formula=formula_sentences(SCALES[rating.scale]),
        comments=[_said(row, people.get(row.made_by_id, ""), one if one is not rating else None) for row, one in said],
        comment_href=url_for("monitoring.comment_rating", rating_id=rating.id) if may else "",
        earlier=[
            _("%(level)s, %(day)s") % {"level": _level_of_computed(row, today).words, "day": instant(row.made_at)}
            for row in earlier
        ],
        digest=rating.digest,
    )


def _said(row: RatingComment, who: str, about: Rating | None) -> Said:
    """A comment; `about` is the rating that it was made on where a later one took its place."""
    if about is not None:
        who = _("%(who)s, on the rating of %(day)s") % {"who": who, "day": instant(about.made_at)}
    return Said(who, instant(row.made_at), row.text)


def grounds_of(rating: Rating, url_for: UrlFor) -> list[Ground]:
    """Each dimension of a computed rating as it was reckoned then."""
    return [
        Ground(
            dimension=label(reason.part.dimension),
            sentence=ground_sentence(reason),
            figures=inputs_sentence(reason.part.dimension, rating.facts),
            href=address(url_for, COMES_FROM[reason.part.dimension], rating.project_id),
        )
        for reason in reasons(rating.reckoned)
    ]


def _declared(
    session: Session, project: Project, period: date, rows: pl.DataFrame, url_for: UrlFor
) -> DeclaredShown | None:
    """The declared rating of a period with what its return says of it."""
    found = rows.filter((pl.col("period") == period) & (pl.col("kind") == RatingKind.DECLARED.value))
    grounds = declared_of(session, project.id, period)
    if not found.height or grounds is None:
        return None
    return DeclaredShown(
        level=level_of(found["level"].item()),
        who=grounds.who,
        on="" if grounds.on is None else short_day(grounds.on),
        evidence=[{"label": name, "value": text} for name, text in grounds.evidence],
        href=url_for(grounds.route, **{grounds.parameter: grounds.return_id}),
    )


def _independent(session: Session, rating: Rating | None) -> Independent | None:
    if rating is None:
        return None
    who = "" if rating.made_by_id is None else names(session, [rating.made_by_id]).get(rating.made_by_id, "")
    return Independent(
        level=level_of(rating.level),
        who=who,
        when=instant(rating.made_at),
        summary=rating.summary,
        evidence=[
            {"label": label(one), "value": rating.evidence[one.value]}
            for one in Dimension
            if one.value in rating.evidence
        ],
        digest=rating.digest,
    )
