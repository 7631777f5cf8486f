"""Which trail this is: an id made by the first migration, so that checkpoints of another installation are told apart."""

import uuid

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import InstallationFact

KEY = "chain_id"


class NoChainId(Exception):
    """The database lost its trail's id, which the first migration gave it: somebody removed it."""


def chain_id_of(source: Session | Connection) -> str:
    """The id of the trail in this database, a UUID as text. Raises `NoChainId`."""
    found = source.execute(select(col(InstallationFact.value)).where(col(InstallationFact.key) == KEY)).scalar()
    if found is None:
        raise NoChainId("the database does not say which trail it holds")
    return str(uuid.UUID(found))
