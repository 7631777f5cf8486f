"""The reviewer's sheet: its fields as a form, what was typed, and what of it was touched."""

from collections.abc import Mapping
from typing import Any

from portfolio.audit.canon import digest
from portfolio.i18n import gettext as _
from portfolio.packs.rubric import LEVELS, Rubric
from portfolio.peer_review.rules import SUMMARY, Draft
from portfolio.web.forms import Form, Submitted
from portfolio.web.lengths import too_long

MAX_REASON = 4000
MAX_SUMMARY = 8000
SCORES = tuple(str(score) for score in range(LEVELS))


def fields_of(rubric: Rubric) -> list[str]:
    """Names of the fields in the order of the page."""
    return [name for code in rubric.groups for name in (f"score.{code}", f"reason.{code}")] + [SUMMARY]


def stored(rubric: Rubric, drafts: Mapping[str, Draft], summary: str) -> dict[str, str]:
    """What is kept, as the fields show it."""
    raw = {SUMMARY: summary}
    for code in rubric.groups:
        draft = drafts.get(code, Draft())
        raw[f"score.{code}"] = "" if draft.score is None else str(draft.score)
        raw[f"reason.{code}"] = draft.reason
    return raw


def seen(text: str) -> str:
    """Short digest of what a field shows: by it a save tells whether another window wrote meanwhile."""
    return digest(text)[:16]


def as_sheet(raw: Mapping[str, str], errors: Mapping[str, str] | None = None) -> Form[Any]:
    return Form(raw, errors or {})


def accepted(name: str, text: str) -> Any:
    """The value to keep. Raises `ValueError` with a sentence for the reader."""
    if name.startswith("score."):
        if text and text not in SCORES:
            raise ValueError(_("Choose one of the options"))
        return int(text) if text else None
    limit = MAX_SUMMARY if name == SUMMARY else MAX_REASON
    if len(text) > limit:
        raise ValueError(too_long(limit, len(text)))
    return text


def touched(rubric: Rubric, submitted: Submitted) -> dict[str, str]:
    """Fields whose text is not what the page had shown: only these are saved, so that an old window undoes nothing."""
    typed = {name: submitted.text(name) for name in fields_of(rubric) if _was_sent(name, submitted)}
    return {name: text for name, text in typed.items() if seen(text) != submitted.text(f"seen.{name}")}


def _was_sent(name: str, submitted: Submitted) -> bool:
    """Radios of which none is chosen send nothing, and mean nothing."""
    return submitted.has(name)
