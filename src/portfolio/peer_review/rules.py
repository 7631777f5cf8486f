"""The arithmetic of reviews, what a review lacks, and when the seal opens. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.packs.rubric import LEVELS, Rubric
from portfolio.packs.terms import NamesShown

MIN_REASON = 20
"""Characters of a reason for a group. Ours: short enough for one sitting, long enough to say something."""
MIN_LOW_REASON = 80
"""Characters of the reason for a score of the pack's `low_score` or less. Ours."""
MIN_SUMMARY = 40
"""Characters of the summary. Ours."""
HUNDRED = 100
FULL = 100 * HUNDRED
"""The best weighted total, in hundredths of a point."""

SUMMARY = "summary"
"""The field of the overall words; groups have the fields `score.CODE` and `reason.CODE`."""
OVERALL = "*"
"""The code under which a draft of the summary is kept beside those of the groups."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reviewer has written on one group."""

    score: int | None = None
    reason: str = ""


def weighted_total(rubric: Rubric, scores: Mapping[str, int]) -> int:
    """0 to 10,000 hundredths of a point: each group's share of its best score, weighted. Exact: weights are whole per cents.

    KeyError when a group of the rubric has no score.
    """
    best = LEVELS - 1
    return sum(group.weight * scores[code] * HUNDRED for code, group in rubric.groups.items()) // best


def gap(totals: Sequence[int]) -> int:
    """The greatest difference between weighted totals, in hundredths; 0 for fewer than two."""
    return max(totals) - min(totals) if len(totals) > 1 else 0


def mean(totals: Sequence[int]) -> int | None:
    """The mean of weighted totals in hundredths, halves up; nothing for none. It informs and never decides."""
    return (2 * sum(totals) + len(totals)) // (2 * len(totals)) if totals else None


def calls_a_third(rubric: Rubric | None, totals: Sequence[int]) -> bool:
    """Whether totals differ by the pack's gap or more."""
    return rubric is not None and len(totals) > 1 and gap(totals) >= rubric.third_review_gap * HUNDRED


def shortest_reason(rubric: Rubric, score: int | None) -> int:
    """How many characters a reason needs: more below the pack's threshold."""
    return MIN_LOW_REASON if score is not None and score <= rubric.low_score else MIN_REASON


def lacking(rubric: Rubric, drafts: Mapping[str, Draft], summary: str) -> dict[str, str]:
    """What keeps a review from being filed: sentence by field, in the order of the page; empty when nothing does."""
    problems: dict[str, str] = {}
    for code in rubric.groups:
        draft = drafts.get(code, Draft())
        if draft.score is None:
            problems[f"score.{code}"] = _("Choose a score")
        if sentence := _reason_lacks(rubric, draft):
            problems[f"reason.{code}"] = sentence
    if len(summary.strip()) < MIN_SUMMARY:
        problems[SUMMARY] = _at_least(MIN_SUMMARY)
    return problems


def _reason_lacks(rubric: Rubric, draft: Draft) -> str:
    wanted = shortest_reason(rubric, draft.score)
    if len(draft.reason.strip()) >= wanted:
        return ""
    if wanted == MIN_LOW_REASON:
        return _("A score this low needs a fuller reason: at least %(n)s characters") % {"n": wanted}
    return _at_least(wanted)


def _at_least(count: int) -> str:
    return ngettext("Enter %(n)s character or more", "Enter %(n)s characters or more", count) % {"n": count}


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """How the reviews of a case stand. Counts; `third_needed`: totals differ by the pack's gap and no third is in yet.

    `superseded` reviews, on earlier versions, count nowhere.
    """

    demanded: int = 0
    filed: int = 0
    outstanding: int = 0
    third_needed: bool = False
    third_assigned: bool = False
    is_closed: bool = False

    @property
    def lacking(self) -> int:
        """Reviewers still to be assigned."""
        first = max(0, self.demanded - self.filed - self.outstanding)
        return first or int(self.third_needed and not self.third_assigned)

    @property
    def is_sealed(self) -> bool:
        """Nobody reads a score or a reason before all are in, a third one included, or the secretary closes."""
        if self.is_closed:
            return False
        return self.outstanding > 0 or self.filed < self.demanded or self.filed == 0 or self.third_needed


class Audience(Enum):
    """From where somebody looks at the reviews of a case."""

    OVERSIGHT = "oversight"
    AGENCY = "agency"
    REVIEWER = "reviewer"


def may_read(facts: ReviewFacts, audience: Audience) -> bool:
    """Oversight reads once the seal is open; the institution and the reviewers once the secretary has closed."""
    return not facts.is_sealed and (audience is Audience.OVERSIGHT or facts.is_closed)


def shows_names(rubric: Rubric, audience: Audience, has_opinion: bool) -> bool:
    """Whether reviewers are named: always to those who assigned them, to others as the pack says."""
    if audience is Audience.OVERSIGHT or rubric.names_shown is NamesShown.ALWAYS:
        return True
    return rubric.names_shown is NamesShown.AFTER_OPINION and has_opinion


def shows_institutions(rubric: Rubric, audience: Audience, has_opinion: bool) -> bool:
    """Whether the reviewer's institution is told; an anonymous review hides it with the name."""
    return shows_names(rubric, audience, has_opinion) or not rubric.anonymous_to_agency
