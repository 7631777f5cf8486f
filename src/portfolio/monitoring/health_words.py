"""The arithmetic of delivery in sentences: reasons, flags and the formula of the rating, in the reader's language."""

from decimal import Decimal

from babel.numbers import format_percent

from portfolio.i18n import N_, ngettext
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring.health_terms import Confidence, Dimension, Flag, Missing
from portfolio.monitoring.rating_formula import CAP, FIRST_PLAN_BP, FORMULA, LEAST_COVERAGE, Measure, Part, Scale
from portfolio.monitoring.ratings import Reason
from portfolio.monitoring.ratios import WHOLE
from portfolio.web.formatting import locale, number


def share(basis_points: int) -> str:
    """Basis points as a percentage in the reader's language, with both decimals where it has them: bands are judged by them."""
    return format_percent(Decimal(basis_points) / WHOLE, format="#,##0.##%", locale=locale())


def score(hundredths: int) -> str:
    """A score of hundredths as a number between 1 and 5."""
    return number(Decimal(hundredths) / 100)


def not_available(missing: Missing) -> str:
    """What stands where a figure would."""
    return _("Not available: %(reason)s.") % {"reason": label(missing)}


def flag_sentence(flag: Flag, count: int, against: int, level: str | None = None, other: str | None = None) -> str:
    """One row of `rating_gaps.FLAGS` as a sentence that gives its reasons."""
    other_kind: type[Dimension] | type[Confidence] = Dimension if flag is Flag.RATED_ABOVE_EVIDENCE else Confidence
    return _flag_pattern(flag, count) % {
        "number": count,
        "limit": against,
        "found": share(count),
        "least": share(against),
        "level": label(Confidence(level)) if level else "",
        "other": label(other_kind(other)) if other else "",
    }


def _flag_pattern(flag: Flag, count: int) -> str:
    if flag is Flag.RETURN_MISSING:
        return ngettext(
            "A return has been overdue for %(number)s day.", "A return has been overdue for %(number)s days.", count
        )
    return _(_FLAG_SENTENCES[flag])


_FLAG_SENTENCES = {
    Flag.NEVER_MOVES: N_(
        "“%(level)s” was declared %(number)s periods in a row; from %(limit)s on the question is what holds it there."
    ),
    Flag.CONTRADICTS_COMPUTED: N_("Declared “%(level)s”, computed “%(other)s”."),
    Flag.CONTRADICTS_INDEPENDENT: N_("Declared “%(level)s”, rated independently “%(other)s”."),
    Flag.LATE_RETURNS: N_("%(number)s returns of the last twelve months came late or are overdue."),
    Flag.REPLANNED: N_("The plan was changed %(number)s times in twelve months."),
    Flag.UNCHANGED_NARRATIVE: N_(
        "The newest narrative has %(found)s of its word pairs in common with the one before; from %(least)s on it counts as "
        "unchanged."
    ),
    Flag.RATED_ABOVE_EVIDENCE: N_("Declared “%(level)s”, while this dimension scores %(number)s of 5: %(other)s."),
}


def formula_sentences(scale: Scale) -> list[str]:
    """The formula of the computed rating, a sentence a line: the parts, the mean, the cap, the coverage and the levels."""
    return [
        *(part_sentence(part) for part in FORMULA),
        _("The score is the mean of the parts that are available, each with its weight, rounded down."),
        _("A part that scores 1 keeps the whole at %(cap)s at most.") % {"cap": score(CAP)},
        _(
            "More than %(late)s late against the first approved plan keeps the whole at %(cap)s at most, whatever was approved later."
        )
        % {"late": share(FIRST_PLAN_BP), "cap": score(CAP)},
        _("There is no computed rating where the parts that are available weigh less than %(least)s of 100.")
        % {"least": LEAST_COVERAGE},
        *(
            _("From %(least)s on the level is “%(level)s”.") % {"least": score(least), "level": label(level)}
            for level, least in scale.levels
        ),
    ]


def part_sentence(part: Part) -> str:
    """What one dimension weighs, what is measured, and which measure gives 5, 4, 3, 2 or 1."""
    limits = [number(limit) if part.measure is Measure.COUNT else share(limit) for limit in part.limits]
    pattern = (
        _(
            "%(what)s: weight %(weight)s of 100. %(measure)s: a score of 5 from %(five)s on; of 4 from %(four)s; of 3 from "
            "%(three)s; of 2 from %(two)s; of 1 below that."
        )
        if part.more_is_better
        else _(
            "%(what)s: weight %(weight)s of 100. %(measure)s: a score of 5 up to %(five)s; of 4 up to %(four)s; of 3 up to "
            "%(three)s; of 2 up to %(two)s; of 1 beyond that."
        )
    )
    names = dict(zip(("five", "four", "three", "two"), limits, strict=True))
    return pattern % {
        "what": label(part.dimension),
        "weight": part.weight,
        "measure": _(_MEASURES[part.measure]),
        **names,
    }


_MEASURES = {
    Measure.SHARE_OVER: N_("Cost over the current baseline"),
    Measure.SHARE_LATE: N_("Delay against the current baseline, as a share of the planned duration"),
    Measure.SHARE_REACHED: N_("Milestones reached of those due"),
    Measure.SHARE_MET: N_("Indicators met of those that can be determined"),
    Measure.COUNT: N_("Open risks out of tolerance"),
    Measure.SHARE_PASSED: N_("Rules on data passed of those checked"),
}


def reason_sentence(reason: Reason) -> str:
    """One dimension of one rating: its measure and score, or why it is missing."""
    if reason.measure is None or reason.score is None:
        missing = reason.missing or reason.part.missing
        return f"{label(reason.part.dimension)}: {not_available(missing)}"
    shown = number(reason.measure) if reason.part.measure is Measure.COUNT else share(reason.measure)
    return _("%(what)s: %(measure)s, %(shown)s; scores %(score)s of 5 and weighs %(weight)s.") % {
        "what": label(reason.part.dimension),
        "measure": _(_MEASURES[reason.part.measure]),
        "shown": shown,
        "score": reason.score,
        "weight": reason.part.weight,
    }


def ground_sentence(reason: Reason) -> str:
    """The same where the dimension is named beside it."""
    if reason.measure is None or reason.score is None:
        return not_available(reason.missing or reason.part.missing)
    shown = number(reason.measure) if reason.part.measure is Measure.COUNT else share(reason.measure)
    return _("%(measure)s: %(shown)s. Scores %(score)s of 5 and weighs %(weight)s of 100.") % {
        "measure": _(_MEASURES[reason.part.measure]),
        "shown": shown,
        "score": reason.score,
        "weight": reason.part.weight,
    }
