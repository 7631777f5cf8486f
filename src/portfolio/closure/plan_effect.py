"""What another end of the plan means for the money that was decided: years after it, and years of it without any."""

from portfolio.approvals.code_queries import decided_for_year, decided_years
from portfolio.db.memo import row_of
from portfolio.db.money import Money
from portfolio.execution.years import year_of
from portfolio.i18n import gettext as _
from portfolio.projects.models import Initiative
from portfolio.projects.plan.effects import NewEnd, register_effect
from portfolio.web.formatting import money, short_day


def money_after(asked: NewEnd) -> list[str]:
    """Firmly decided amounts of later years, and the years that the plan would reach without any."""
    if asked.project.case_id is None or asked.before == asked.after:
        return []
    amounts = {
        year: amount
        for year in decided_years(asked.session, asked.project.case_id)
        if (amount := decided_for_year(asked.session, asked.project.case_id, year))
    }
    if not amounts:
        return []
    currency = row_of(asked.session, Initiative, asked.project.initiative_id).currency
    last = year_of(asked.pack, asked.after)
    found = [
        _("Money: %(amount)s is decided for %(year)s, and the plan would end before, on %(day)s.")
        % {"amount": money(Money(currency, amount)), "year": year, "day": short_day(asked.after)}
        for year, amount in sorted(amounts.items())
        if year > last
    ]
    known = last if asked.before is None else year_of(asked.pack, asked.before)
    if last > max(amounts) and last > known:
        found.append(
            _("Money: the plan would end in %(year)s; nothing is firmly decided after %(last)s.")
            % {"year": last, "last": max(amounts)}
        )
    return found


register_effect("money", money_after)
