"""Early signs and the newest ratings of a project in a few lines, on its first page."""

from collections.abc import Mapping
from typing import Any

from portfolio.db.memo import row_of
from portfolio.monitoring.flag_words import kept_flags
from portfolio.monitoring.portfolio_health import health_row
from portfolio.monitoring.rating_queries import sees_in_comment
from portfolio.monitoring.rating_words import period_words
from portfolio.monitoring.ratings_page import level_of
from portfolio.projects.models import Initiative
from portfolio.projects.panels import Asking
from portfolio.web.formatting import number, short_day


def warning_panel(asking: Asking) -> Mapping[str, Any] | None:
    """Nothing before the clock has reckoned the project for the first time."""
    row = health_row(asking.session, asking.project.id)
    if row is None:
        return None
    body = row_of(asking.session, Initiative, asking.project.initiative_id).institution_id
    today = asking.now.astimezone(asking.pack.zone).date()
    is_over = row.comment_until is None or row.comment_until < today
    sees_all = is_over or sees_in_comment(asking.viewer, body)
    computed_on = row.computed_on if sees_all else row.open_computed_on
    return {
        "declared_period": period_words(row.declared_on) if row.declared_on else "",
        "computed_period": period_words(computed_on) if computed_on else "",
        "are_of_two_periods": bool(row.declared_on and computed_on and row.declared_on != computed_on),
        "as_at": short_day(row.as_at),
        "declared": level_of(row.declared),
        "computed": level_of(row.computed if sees_all else row.open_computed),
        "signs": kept_flags(row.flags if sees_all else row.open_flags),
        "passed": number(row.rules_passed),
        "checked": number(row.rules_checked),
        "ratings_href": asking.url_for("monitoring.ratings", project_id=asking.project.id),
        "quality_href": asking.url_for("monitoring.data_quality", project_id=asking.project.id),
    }
