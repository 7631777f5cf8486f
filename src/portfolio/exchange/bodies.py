"""Which institution a row of a file means: by official code, then by exact name, else a new one that nobody has verified."""

import hashlib
import uuid
from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.text import folded, sort_key
from portfolio.documents.mapping import MappedRecord
from portfolio.i18n import gettext as _
from portfolio.people.models import Institution, InstitutionCode

LONGEST_NAME, LONGEST_CODE = 200, 60


class Bodies:
    """Institutions of one source. A code is looked up among that source's codes only: «12» of another country is not ours.

    Two institutions of one name are not told apart by it: such a row gets a body of its source's own.
    """

    def __init__(self, session: Session, source: str) -> None:
        self._source = source
        codes = session.execute(
            select(col(InstitutionCode.code), col(InstitutionCode.institution_id)).where(
                col(InstitutionCode.scheme) == source
            )
        )
        self._by_code: dict[str, uuid.UUID] = {code: id_ for code, id_ in codes}  # noqa: C416  a Row is no pair to mypy
        names: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
        self._keys: dict[uuid.UUID, str] = {}
        rows = session.execute(select(col(Institution.id), col(Institution.name), col(Institution.sort_key)))
        for id_, name, key in rows:
            names[folded(name)].add(id_)
            self._keys[id_] = key
        self._by_name = {name: next(iter(ids)) for name, ids in names.items() if len(ids) == 1}
        self._made: list[Institution] = []
        self._codes: list[InstitutionCode] = []

    def of(self, record: MappedRecord) -> tuple[uuid.UUID, str, str]:
        """The institution of a row with its name and order key; what must be made for it waits in `taken`."""
        name = _text(record, "institution")
        code = _text(record, "institution_code") or name
        key = _code_key(code)
        id_ = self._by_code.get(key)
        if id_ is None and name:
            id_ = self._by_name.get(folded(name))
        if id_ is None:
            id_ = self._make(name or code, key)
        return id_, name or code, self._keys[id_]

    def taken(self) -> tuple[list[Institution], list[InstitutionCode]]:
        """The bodies made since the last call, and their codes, to be added in that order."""
        made, codes, self._made, self._codes = self._made, self._codes, [], []
        return made, codes

    def _make(self, name: str, key: str) -> uuid.UUID:
        shown = name[:LONGEST_NAME] or _("Institution not stated (%(source)s)") % {"source": self._source}
        row = Institution(name=shown, is_verified=False, sort_key=sort_key(shown), search_text=folded(shown)[:400])
        self._made.append(row)
        self._codes.append(InstitutionCode(institution_id=row.id, scheme=self._source, code=key))
        self._by_code[key] = row.id
        self._keys[row.id] = row.sort_key
        if name:
            self._by_name.setdefault(folded(name), row.id)
        return row.id


def _text(record: MappedRecord, field: str) -> str:
    value = record.values.get(field)
    return " ".join((value.text or "").split()) if value is not None else ""


def _code_key(code: str) -> str:
    """The code as its column holds it; a long one by its digest, an absent one by a sign that no code has."""
    plain = folded(code) or "-"
    return plain if len(plain) <= LONGEST_CODE else hashlib.sha256(plain.encode()).hexdigest()[:LONGEST_CODE]
