"""Money on the first page of a project: what is paid of what is decided."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from sqlalchemy import exists
from sqlmodel import col

from portfolio.db.money import Money
from portfolio.execution.models import ExecutionEntry
from portfolio.monitoring.health_words import share
from portfolio.monitoring.money_facts import money_facts, share_of, total
from portfolio.projects.panels import PROJECT, Asking
from portfolio.web.formatting import money

HAS_MONEY = exists().where(col(ExecutionEntry.project_id) == PROJECT)
"""What the sums by month are made of; they take longer than the rest of the page."""


def money_panel(asking: Asking) -> Mapping[str, Any] | None:
    """Nothing where nothing was paid or planned until today."""
    facts = money_facts(asking.session, asking.pack, asking.project)
    today = asking.now.astimezone(asking.pack.zone).date()
    until = facts.months.filter(pl.col("month") <= today)
    paid, decided = total(until, "paid"), sum(facts.decided.values())
    if paid is None:
        return None
    return {
        "paid": money(Money(facts.currency, paid)),
        "decided": money(Money(facts.currency, decided)),
        "share": share(share_of(paid, decided)) if decided else "",
        "percent": min(100, share_of(paid, decided) // 100) if decided else 0,
        "href": asking.url_for("monitoring.money", project_id=asking.project.id),
    }
