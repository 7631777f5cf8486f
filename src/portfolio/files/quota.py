"""What an institution may keep: each room that keeps files counts its own bytes, and one quota holds for all of them."""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import gettext as _

QUOTA = 2 * 1024**3
"""Bytes of one institution."""

Count = Callable[[uuid.UUID], Select[Any]]
"""Institution → the statement that adds up the bytes of its files in one room (one row; nothing is zero)."""

_counts: list[Count] = []


def counts_for_quota(count: Count) -> Count:
    """A room's own count, from the module that keeps its files."""
    _counts.append(count)
    return count


def used_by(session: Session, institution_id: uuid.UUID) -> int:
    """Bytes of all files of an institution, whatever they belong to."""
    return sum(int(session.scalar(count(institution_id)) or 0) for count in _counts)


def check_place_for(session: Session, institution_id: uuid.UUID, size: int, *, is_present: bool) -> None:
    """`is_present`: whether the very file is attached there already. Raises `FieldRefused` for `file`."""
    if is_present:
        raise FieldRefused("file", _("This very file is attached already."))
    if used_by(session, institution_id) + size > QUOTA:
        raise FieldRefused("file", _("Your institution has used up its space for files. Ask the administrator."))
