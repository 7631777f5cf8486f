"""What is shown of the kept versions of a return: who put each up, who signed it, its digest, and what differs between two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.i18n import gettext as _
from portfolio.people.queries import names
from portfolio.returns.field_words import ShownDiffers, confirmed_of, differs_in_words, rows_of
from portfolio.returns.models import ProgressReturn, ReturnVersion
from portfolio.returns.queries import moves_of
from portfolio.returns.versions import content_of, differences, digest_of, versions_of
from portfolio.web.formatting import instant

UrlFor = Callable[..., str]


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A kept version: its page, who put it up, who signed it and when, and its digest."""

    number: int
    href: str
    writer: str
    kept_at: datetime
    signed: Sequence[str]
    digest: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Against:
    """What differs from an earlier version, whose words stand in `what`."""

    what: str
    rows: Sequence[ShownDiffers]


def shown_versions(session: Session, row: ProgressReturn, shown: str, url_for: UrlFor) -> list[ShownVersion]:
    """Oldest first; `shown`: the digest of what the page shows."""
    versions, moves = versions_of(session, row.id), moves_of(session, row.id)
    people = names(session, [*(move.made_by_id for move in moves), *(version.written_by_id for version in versions)])
    return [
        ShownVersion(
            number=version.number,
            href=url_for("returns.version", return_id=row.id, number=version.number),
            writer=people.get(version.written_by_id, "") if version.written_by_id else "",
            kept_at=version.kept_at,
            signed=[
                _("%(who)s, %(day)s") % {"who": people.get(move.made_by_id, ""), "day": instant(move.made_at)}
                for move in moves
                if move.move == "sign" and move.digest == version.digest and move.made_by_id
            ],
            digest=version.digest,
            is_shown=version.digest == shown,
        )
        for version in versions
    ]


def against(session: Session, row: ProgressReturn) -> Against | None:
    """What differs from the version that was put up before this one; for a first version, from the return it corrects."""
    here, digest = content_of(row), digest_of(row)
    by_digest = {version.digest: version for version in versions_of(session, row.id)}
    put_up = [move.digest for move in moves_of(session, row.id) if move.digest in by_digest and move.digest != digest]
    if put_up:
        earlier = by_digest[put_up[-1]]
        before = content_of(earlier)
        what = _("version %(number)s") % {"number": earlier.number}
    elif row.corrects_id is not None:
        before = content_of(session.get_one(ProgressReturn, row.corrects_id))
        what = _("what was published before")
    else:
        return None
    return Against(what, differs_in_words(differences(before, here), before, here))


def version_context(session: Session, row: ProgressReturn, version: ReturnVersion, url_for: UrlFor) -> dict[str, Any]:
    """A kept version as it was put up: its fields, what was confirmed, its digest, and what differs from the one before."""
    versions, content = versions_of(session, row.id), content_of(version)
    listed = shown_versions(session, row, version.digest, url_for)
    before = next((one for one in versions if one.number == version.number - 1), None)
    was = None if before is None else content_of(before)
    return {
        "row": row,
        "version": version,
        "shown": next(one for one in listed if one.is_shown),
        "fields": rows_of(content),
        "confirmed": confirmed_of(content),
        "before": before,
        "differs": [] if was is None else differs_in_words(differences(was, content), was, content),
        "versions": listed,
        "is_current": version.digest == digest_of(row),
    }
