"""Binding acts ask the password again, and wrong answers are counted whatever becomes of the act."""

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.engine import Database
from portfolio.errors import FieldRefused, Refused
from portfolio.identity import limits
from portfolio.identity.models import Account, Attempt
from portfolio.identity.passwords import hash_password
from portfolio.identity.step_up import proof_of, prove
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer

PASSWORD = "a long phrase nobody guesses"
SECRET = "a secret of this installation"
DIGEST = "a" * 64


@pytest.fixture
def head(database: Database) -> Viewer:
    with database.writing() as session:
        viewer = a_person(session, (Role.HEAD_OF_SERVICE, an_institution(session)))
        account = Account(person_id=viewer.person_id, password_hash=hash_password(PASSWORD))
        session.add(account)
        record(session, viewer, Tag.ACCOUNT_ACTIVATED, account)
    return viewer


def test_the_right_password_is_recorded_with_a_proof_over_the_digest(database: Database, head: Viewer) -> None:
    with database.writing() as session:
        prove(session, SECRET, head, PASSWORD, DIGEST)
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.ACT_PROVED.value)).one()
    assert DIGEST in event.canon
    assert proof_of(SECRET, head, DIGEST) in event.canon
    assert proof_of("another secret", head, DIGEST) not in event.canon


def test_a_wrong_password_undoes_the_act_and_is_remembered(database: Database, head: Viewer) -> None:
    with database.write() as session:
        session.add(Institution(name="half done", sort_key="half done", search_text="half done"))
        session.flush()
        with pytest.raises(FieldRefused) as refused:
            prove(session, SECRET, head, "not the password", DIGEST)
        assert refused.value.field == "password"
        session.rollback()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == 1
        assert session.scalar(select(func.count()).where(col(Institution.name) == "half done")) == 0
        actions = session.scalars(select(col(AuditEvent.action))).all()
    assert Tag.ACT_REFUSED.value in actions


def test_after_five_wrong_ones_even_the_right_password_waits(database: Database, head: Viewer) -> None:
    for _ in range(limits.PER_STEP_UP.failures):
        with database.write() as session, pytest.raises(FieldRefused):
            prove(session, SECRET, head, "wrong", DIGEST)
    with database.write() as session, pytest.raises(FieldRefused, match="Too many"):
        prove(session, SECRET, head, PASSWORD, DIGEST)


def test_nothing_shown_is_nothing_to_confirm(database: Database, head: Viewer) -> None:
    with database.write() as session, pytest.raises(Refused):
        prove(session, SECRET, head, PASSWORD, "")
