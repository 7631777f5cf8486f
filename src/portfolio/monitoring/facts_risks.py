"""Risks of projects as a frame: how many are out of tolerance; nothing where a project keeps no register."""

import polars as pl
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.monitoring.portion import Portion, frame, text_of
from portfolio.packs.schema import CountryPack
from portfolio.risk.models import Risk
from portfolio.risk.oversight import out_of_tolerance
from portfolio.risk.terms import LIVE

RISKS = pl.Schema({"project": pl.String(), "severe_risks": pl.Int64()})
"""One row a project with a register, even if all its risks are closed: then none is severe."""


def read_risks(session: Session, pack: CountryPack, portion: Portion) -> pl.DataFrame:
    """`RISKS`: living risks rated beyond what a project may carry by itself."""
    is_severe = and_(col(Risk.state).in_(LIVE), out_of_tolerance(pack))
    query = (
        select(text_of(Risk.project_id), func.sum(case((is_severe, 1), else_=0)))
        .where(portion.holds(Risk.project_id))
        .group_by(col(Risk.project_id))
        .order_by(col(Risk.project_id))
    )
    return frame(session, query, RISKS)
