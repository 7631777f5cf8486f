"""The words of notices about closing, services and external reviews; `words.py` says what holds for all of them."""

from portfolio.i18n import N_

CLOSING: dict[str, tuple[str, str]] = {
    "evaluation_handed_in": (
        N_("An evaluation waits for its review: %(number)s %(title)s"),
        N_("Somebody from elsewhere reads it and says whether it holds."),
    ),
    "evaluation_reviewed": (
        N_("An evaluation was reviewed: %(number)s %(title)s"),
        N_("Read what the reviewer says; if it was sent back, hand it in again."),
    ),
    "closing_excepted": (
        N_("A project may be closed over open items: %(number)s %(title)s"),
        N_("The head of the directive body decided it. The reason: %(reason)s"),
    ),
    "service_review_due": (
        N_("The yearly review of a service is due: %(name)s"),
        N_("Write what the year showed and conclude: continue, improve, modernise or retire. Its day is %(due)s."),
    ),
    "service_review_late": (
        N_("The yearly review of a service is overdue: %(name)s"),
        N_("It was due on %(due)s and is not handed in."),
    ),
    "service_review_handed_in": (
        N_("A yearly review waits for your agreement: %(name)s"),
        N_("Its owner concludes: %(conclusion)s."),
    ),
    "service_review_judged": (
        N_("The yearly review of a service was judged: %(name)s"),
        N_("Read whether the directive body agrees; if not, hand it in again."),
    ),
    "external_review_ordered": (
        N_("An external review was ordered: %(number)s %(title)s"),
        N_("%(name)s, by %(reviewer)s, until %(due)s."),
    ),
    "external_review_moved": (
        N_("An external review moved on: %(number)s %(title)s"),
        N_("%(name)s: %(state)s."),
    ),
    "external_review_late": (
        N_("An external review is overdue: %(number)s %(title)s"),
        N_("%(name)s was to be closed by %(due)s."),
    ),
}
