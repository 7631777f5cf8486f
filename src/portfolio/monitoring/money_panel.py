"""Money on the first page of a project: what is paid of what is decided."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from sqlalchemy import exists, select
from sqlmodel import col

from portfolio.db.money import Money
from portfolio.execution.models import ExecutionEntry
from portfolio.monitoring.health_words import share
from portfolio.monitoring.money_facts import money_facts, share_of, total
from portfolio.projects.panels import Asking
from portfolio.web.formatting import money


def money_panel(asking: Asking) -> Mapping[str, Any] | None:
    """Nothing where the financial system has said nothing yet."""
    has_entries = select(exists().where(col(ExecutionEntry.project_id) == asking.project.id))
    if not asking.session.scalar(has_entries):
        return None  # most projects, and the sums by month take longer than the rest of the page
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
