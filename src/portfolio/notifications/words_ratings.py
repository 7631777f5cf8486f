"""The words of notices about ratings; `words.py` says what holds for all of them."""

from portfolio.i18n import N_

RATINGS: dict[str, tuple[str, str]] = {
    "rating_computed": (
        N_("A rating of your project was computed: %(number)s %(title)s"),
        N_(
            "You see it first, and the gap to what was declared. You may comment on it until %(until)s; then others see "
            "both, and your comment stays beside them."
        ),
    ),
    "rating_comment_ends": (
        N_("The days to comment on a rating end soon: %(number)s %(title)s"),
        N_("You may comment on the computed rating until %(until)s. Then others see it as it is."),
    ),
    "rating_shown": (
        N_("A computed rating is no longer in comment: %(number)s %(title)s"),
        N_(
            "The days to comment on it ended on %(until)s. Whoever may see the project sees the rating and its comments now."
        ),
    ),
    "rating_asked_for": (
        N_("You are asked to rate a project of another institution: %(number)s %(title)s"),
        N_("Say by %(due)s how confident you are in its delivery and what you looked at, or decline with a reason."),
    ),
    "rating_filed": (
        N_("An independent rating was given: %(number)s %(title)s"),
        N_("Somebody from another institution rated it «%(level)s». What they looked at stands beside it."),
    ),
    "rating_declined": (
        N_("A reviewer declined to rate a project: %(number)s %(title)s"),
        N_("The reason: %(reason)s. Ask somebody else."),
    ),
}
