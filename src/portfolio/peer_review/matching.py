"""Who is proposed to review what: free of conflicts, least busy first, then by experience. Pure, and able to say why."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may review one case. `open_reviews`: on their desk today; `on_theme`: filed on cases of its theme."""

    person_id: uuid.UUID
    name: str
    institution_id: uuid.UUID
    institution: str
    open_reviews: int = 0
    on_theme: int = 0
    same_kind: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A case that lacks reviewers. `taken`: institutions whose reviewers it has already."""

    case_id: uuid.UUID
    lacking: int
    candidates: tuple[Candidate, ...]
    taken: frozenset[uuid.UUID] = field(default_factory=frozenset)


def ranked(candidates: Sequence[Candidate], added: Counter[uuid.UUID] | None = None) -> list[Candidate]:
    """Least busy first (`added`: reviews that this batch already gives), then most experienced; names settle ties."""
    extra = added or Counter()
    return sorted(
        candidates,
        key=lambda one: (
            one.open_reviews + extra[one.person_id],
            -one.on_theme,
            not one.same_kind,
            one.name,
            str(one.person_id),
        ),
    )


def propose(needs: Sequence[Need]) -> dict[uuid.UUID, tuple[Candidate, ...]]:
    """Reviewers for each case, from different institutions where possible; fewer than lacking when too few are free.

    Cases with the fewest candidates choose first, so that an easy case does not take the only reviewer of a hard one.
    """
    added: Counter[uuid.UUID] = Counter()
    chosen: dict[uuid.UUID, tuple[Candidate, ...]] = {}
    for need in sorted(needs, key=lambda one: (len(one.candidates) - one.lacking, str(one.case_id))):
        picked: list[Candidate] = []
        for _round in range(need.lacking):
            houses = need.taken | {one.institution_id for one in picked}
            left = [one for one in ranked(need.candidates, added) if one not in picked]
            best = next((one for one in left if one.institution_id not in houses), left[0] if left else None)
            if best is None:
                break
            picked.append(best)
            added[best.person_id] += 1
        chosen[need.case_id] = tuple(picked)
    return chosen


def why(candidate: Candidate) -> list[str]:
    """What speaks for a candidate, in the order in which it counts."""
    reasons = [
        ngettext("%(n)s open review", "%(n)s open reviews", candidate.open_reviews) % {"n": candidate.open_reviews}
    ]
    if candidate.on_theme:
        reasons.append(
            ngettext("%(n)s review filed on this theme", "%(n)s reviews filed on this theme", candidate.on_theme)
            % {"n": candidate.on_theme}
        )
    if candidate.same_kind:
        reasons.append(_("works in an institution of the same kind"))
    return reasons
