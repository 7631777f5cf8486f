"""Who may see which act on the history of a case they can find.

The institution and the reviewers see the public acts of the road. The oversight bodies see more. What would tell who reviews,
and when, stays with those who assign reviews and with auditors; of an observation the others see that it was made, not by
whom. Proofs and refusals of single persons are the auditor's alone. A decision under embargo is not told, nor what follows
from it.
"""

from sqlalchemy.orm import Session

from portfolio.approvals.publication import is_embargoed
from portfolio.audit.terms import Tag
from portfolio.business_cases.models import BusinessCase
from portfolio.people.permissions import Permission, Reach
from portfolio.people.viewer import Viewer
from portfolio.reports.embargo import knows_decisions

DECISION = frozenset(
    tag
    for tag in Tag
    if tag.value.split(".")[0] in ("decision", "code", "project") and tag is not Tag.PROJECTS_IMPORTED
)
"""Acts that tell a decision."""

DRAFTS = frozenset(
    {Tag.DECISION_PROPOSED, Tag.DECISION_REJECTED, Tag.CODE_PROPOSED, Tag.CODE_REFUSED, Tag.CODE_CHANGE_PROPOSED}
    | {
        Tag.MODIFICATION_PROPOSED,
        Tag.MODIFICATION_REJECTED,
        Tag.CODE_CHANGE_REFUSED,
        Tag.OPINION_DRAFTED,
        Tag.CHECK_VERDICT_GIVEN,
        Tag.WAIVER_PROPOSED,
        Tag.OBSERVATION_MADE,
    }
)
"""Work of the oversight bodies that does not bind yet."""

REVIEWERS = frozenset(tag for tag in Tag if tag.value.split(".")[0] in ("reviewer", "review", "conflict"))
"""Acts that tell who reviews; the closing of the reviews is everybody's."""

SINGLE = frozenset({Tag.ACT_PROVED, Tag.ACT_REFUSED})

WORDS_SHOWN = frozenset(
    {
        Tag.CASE_MOVED,
        Tag.CASE_REOPENED,
        Tag.CASE_HANDED_OVER,
        Tag.CASE_TEAM_CHANGED,
        Tag.LATE_SUBMISSION_WAIVED,
        Tag.FILE_ATTACHED,
        Tag.DECISION_MODIFIED,
        Tag.PLAN_PROPOSED,
        Tag.PLAN_REFUSED,
        Tag.PLAN_TAKEN_BACK,
    }
)
"""Acts whose reason (or file name) was given for everybody who reads the case."""

_UNNAMED = frozenset({Tag.OBSERVATION_MADE, Tag.OBSERVATION_RESOLVED})


def _assigns_or_audits(viewer: Viewer) -> bool:
    return viewer.can(Permission.REVIEW_ASSIGN) or viewer.can(Permission.AUDIT_READ)


def _is_oversight(viewer: Viewer) -> bool:
    return viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING)


def may_see(viewer: Viewer, tag: Tag) -> bool:
    """Whether an act of this kind is shown to the whole viewer at all."""
    if tag in SINGLE:
        return viewer.can(Permission.AUDIT_READ)
    if tag in REVIEWERS and tag is not Tag.REVIEWS_CLOSED:
        return _assigns_or_audits(viewer)
    return tag not in DRAFTS or _is_oversight(viewer)


def is_named(viewer: Viewer, tag: Tag) -> bool:
    """Whether the person behind the act is shown: an observation may be a reviewer's."""
    return tag not in _UNNAMED or _assigns_or_audits(viewer)


def hides_decision(session: Session, viewer: Viewer, case: BusinessCase, tag: Tag) -> bool:
    """Whether an embargo keeps this kind of act from the viewer."""
    return tag in DECISION and not knows_decisions(viewer) and is_embargoed(session, case)
