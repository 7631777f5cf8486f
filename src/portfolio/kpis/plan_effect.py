"""What another end of the plan means for what indicators promise: targets whose day the plan would pass, or no longer reaches."""

from portfolio.i18n import gettext as _
from portfolio.kpis.queries import scorecard
from portfolio.kpis.words import brief_words, name_of
from portfolio.projects.plan.effects import NewEnd, register_effect
from portfolio.web.formatting import short_day


def targets_between(asked: NewEnd) -> list[str]:
    """Targets promised for a day between the two ends, by indicator and day."""
    if asked.before is None or asked.before == asked.after:
        return []
    first, last = sorted((asked.before, asked.after))
    words = (
        _("Indicator «%(name)s»: %(value)s is promised for %(day)s, before the plan would end.")
        if asked.after > asked.before
        else _("Indicator «%(name)s»: %(value)s is promised for %(day)s, after the plan would end.")
    )
    return [
        words
        % {
            "name": name_of(line.indicator),
            "value": brief_words(line.indicator, point.value),
            "day": short_day(point.on),
        }
        for line in scorecard(asked.session, asked.project, asked.today)
        if line.indicator.stopped_on is None
        for point in line.promise.points
        if first <= point.on <= last and point.on != asked.after
    ]


register_effect("kpis", targets_between)
