"""Bodies of the State that are added, renamed, closed, and their codes and units. Nothing is deleted: dates say what held when."""

import uuid
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.text import folded, sort_key
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext
from portfolio.identity.institution_queries import codes, former_names, units
from portfolio.identity.people_forms import CloseFields, CodeFields, InstitutionFields, RenameFields, UnitFields
from portfolio.identity.people_queries import today
from portfolio.people.models import Institution, InstitutionCode, InstitutionName, Membership, Unit
from portfolio.people.viewer import Viewer

ALWAYS = date(1900, 1, 1)
DEEPEST = 8


def add_institution(session: Session, actor: Viewer, fields: InstitutionFields) -> Institution:
    """Raises `FieldRefused` for a name that another body bears today, or a parent that is none."""
    _check_name(session, fields.name, None)
    _check_parent(session, fields.parent_id, None)
    row = Institution(
        name=fields.name,
        short_name=fields.short_name,
        kind=fields.kind,
        parent_id=fields.parent_id,
        valid_from=fields.valid_from,
        sort_key=sort_key(fields.name),
        search_text=folded(f"{fields.name} {fields.short_name}")[:400],
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.INSTITUTION_ADDED, row)
    return row


def correct_institution(session: Session, actor: Viewer, row: Institution, fields: InstitutionFields) -> None:
    """What was entered wrongly: the name as it always should have been, kind, parent. A new name by law is `rename`."""
    _check_name(session, fields.name, row.id)
    _check_parent(session, fields.parent_id, row)
    row.kind, row.parent_id, row.valid_from = fields.kind, fields.parent_id, fields.valid_from
    row.is_verified = True
    _bear(row, fields.name, fields.short_name)
    session.flush()
    _keep_findable(session, row)
    record(session, actor, Tag.INSTITUTION_CHANGED, row, corrected=True)


def rename(session: Session, actor: Viewer, row: Institution, fields: RenameFields) -> None:
    """The same body under a new name from a day on; the former name is kept with its last day and can still be found."""
    _check_name(session, fields.name, row.id)
    if fields.first_day > today(session):
        raise FieldRefused("first_day", gettext("The name is already in force: choose today or an earlier day"))
    if fields.name == row.name:
        raise FieldRefused("name", gettext("The body already bears this name"))
    latest = next(iter(former_names(session, row.id)), None)
    if latest is not None and fields.first_day <= latest.valid_to:
        raise FieldRefused("first_day", gettext("The last change of name was later than that"))
    former = InstitutionName(
        institution_id=row.id,
        name=row.name,
        short_name=row.short_name,
        valid_to=fields.first_day - timedelta(days=1),
        ground=fields.ground,
    )
    session.add(former)
    _bear(row, fields.name, fields.short_name)
    session.flush()
    _keep_findable(session, row)
    record(session, actor, Tag.INSTITUTION_CHANGED, row, words=fields.ground, first_day=fields.first_day)


def close(session: Session, actor: Viewer, row: Institution, fields: CloseFields) -> None:
    """The last day of a body, and who takes its place. Roles held there end with it; what it did stays under its name."""
    if fields.successor_id == row.id or (fields.successor_id and session.get(Institution, fields.successor_id) is None):
        raise FieldRefused("successor_id", gettext("Choose one of the options"))
    if row.valid_from is not None and fields.last_day < row.valid_from:
        raise FieldRefused("last_day", gettext("The body would end before it begins"))
    if row.valid_to is not None:
        raise Refused(gettext("This body already has a last day."))
    row.valid_to, row.successor_id = fields.last_day, fields.successor_id
    ending = session.scalars(select(Membership).where(col(Membership.institution_id) == row.id)).all()
    for membership in ending:
        if membership.valid_from > fields.last_day:
            session.delete(membership)
        elif membership.valid_to is None or membership.valid_to > fields.last_day:
            membership.valid_to = fields.last_day
    record(session, actor, Tag.INSTITUTION_CHANGED, row, words=fields.ground, last_day=fields.last_day)


def add_code(session: Session, actor: Viewer, row: Institution, fields: CodeFields) -> InstitutionCode:
    """An official code from a day on; the body's earlier code of the scheme ends the day before."""
    begins = fields.valid_from or ALWAYS
    taken = session.scalars(
        select(InstitutionCode).where(
            col(InstitutionCode.scheme) == fields.scheme, col(InstitutionCode.code) == fields.code
        )
    ).all()
    if any(code.valid_to is None or code.valid_to >= begins for code in taken):
        raise FieldRefused("code", gettext("A body already has this code"))
    for earlier in codes(session, row.id):
        if earlier.scheme == fields.scheme and (earlier.valid_to is None or earlier.valid_to >= begins):
            if earlier.valid_from >= begins:
                raise FieldRefused(
                    "valid_from", gettext("The body has a code of this scheme that begins on or after that day")
                )
            earlier.valid_to = begins - timedelta(days=1)
    code = InstitutionCode(institution_id=row.id, scheme=fields.scheme, code=fields.code, valid_from=begins)
    session.add(code)
    record(session, actor, Tag.INSTITUTION_CHANGED, row, scheme=fields.scheme, code=fields.code)
    return code


def add_unit(session: Session, actor: Viewer, row: Institution, fields: UnitFields) -> Unit:
    siblings = units(session, row.id)
    if any(folded(unit.name) == folded(fields.unit_name) and unit.valid_to is None for unit in siblings):
        raise FieldRefused("unit_name", gettext("The body already has a unit of this name"))
    if fields.unit_parent_id is not None and fields.unit_parent_id not in {unit.id for unit in siblings}:
        raise FieldRefused("unit_parent_id", gettext("Choose one of the options"))
    unit = Unit(
        institution_id=row.id, name=fields.unit_name, parent_id=fields.unit_parent_id, valid_from=today(session)
    )
    session.add(unit)
    session.flush()
    record(session, actor, Tag.UNIT_ADDED, unit)
    return unit


def close_unit(session: Session, actor: Viewer, unit: Unit) -> None:
    """From tomorrow on nobody is given a role in it. Refused while somebody holds one."""
    on = today(session)
    held = session.scalars(select(Membership).where(col(Membership.unit_id) == unit.id)).all()
    if any(row.valid_to is None or row.valid_to > on for row in held):
        raise Refused(gettext("Somebody holds a role in this unit; end it first."))
    unit.valid_to = on
    record(session, actor, Tag.UNIT_CHANGED, unit, last_day=on)


def _bear(row: Institution, name: str, short_name: str) -> None:
    row.name, row.short_name, row.sort_key = name, short_name, sort_key(name)


def _keep_findable(session: Session, row: Institution) -> None:
    """Former names find the body too."""
    words = [row.name, row.short_name, *(former.name for former in former_names(session, row.id))]
    row.search_text = folded(" ".join(words))[:400]


def _check_name(session: Session, name: str, own_id: uuid.UUID | None) -> None:
    same = session.scalars(select(Institution).where(col(Institution.sort_key) == sort_key(name))).all()
    if any(row.id != own_id and row.valid_to is None for row in same):
        raise FieldRefused("name", gettext("Another body bears this name"))


def _check_parent(session: Session, parent_id: uuid.UUID | None, own: Institution | None) -> None:
    """The parent exists, and is not below its own child."""
    for _depth in range(DEEPEST):
        if parent_id is None:
            return
        parent = session.get(Institution, parent_id)
        if parent is None or (own is not None and parent.id == own.id):
            raise FieldRefused("parent_id", gettext("A body cannot stand below itself or below none"))
        parent_id = parent.parent_id
    raise FieldRefused("parent_id", gettext("The tree of bodies has %(n)s levels at most") % {"n": DEEPEST})
