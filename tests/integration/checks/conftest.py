"""A case under check whose institution has answered its standards; and one still being written."""

import pytest

from conftest import NOW
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.checks.frozen import frozen_standards
from portfolio.packs.loader import load_pack
from review_stage import TITLE, a_stage, declared_content

PACK = load_pack("eclac")


@pytest.fixture
def stage(database):
    with database.writing() as session:
        session.info["now"] = NOW
        return a_stage(session, CaseStatus.CHECKING, content=declared_content(TITLE))


@pytest.fixture
def drafted(database):
    with database.writing() as session:
        session.info["now"] = NOW
        return a_stage(session, CaseStatus.DRAFT)


@pytest.fixture
def frozen(database, stage):
    with database.reading() as session:
        return frozen_standards(PACK, newest_snapshot(session, stage.case_id))


@pytest.fixture
def the_case(database):
    """A function: the case of a stage as it stands now."""

    def read(stage):
        with database.reading() as session:
            return session.get_one(BusinessCase, stage.case_id)

    return read
