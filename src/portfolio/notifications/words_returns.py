"""The words of notices about progress returns and findings; `words.py` says what holds for all of them."""

from portfolio.i18n import N_

RETURNS: dict[str, tuple[str, str]] = {
    "return_opened": (
        N_("A progress return is due: %(number)s %(title)s"),
        N_("It is filled with what is on record. Hand it in by %(due)s."),
    ),
    "return_due_soon": (
        N_("A progress return is due soon: %(number)s %(title)s"),
        N_("It is not handed in yet; its day is %(due)s."),
    ),
    "return_due_today": (
        N_("A progress return is due today: %(number)s %(title)s"),
        N_("It is not handed in yet; its day is %(due)s."),
    ),
    "return_late": (
        N_("A progress return is overdue: %(number)s %(title)s"),
        N_("It was due on %(due)s and is not handed in. A second late one within a year opens a finding."),
    ),
    "return_ready": (
        N_("A progress return waits for your signature: %(number)s %(title)s"),
        N_("%(by)s filled it. It is due on %(due)s."),
    ),
    "return_handed_in": (
        N_("A progress return was handed in: %(number)s %(title)s"),
        N_("Verify it, or send it back with what is wrong."),
    ),
    "return_sent_back": (
        N_("A progress return was sent back: %(number)s %(title)s"),
        N_("What is wrong: %(reason)s. Correct it and have it signed again."),
    ),
    "return_handed_back": (
        N_("A progress return was not signed: %(number)s %(title)s"),
        N_("%(by)s sent it back to whoever wrote it. What is wrong: %(reason)s. Correct it and put it up again."),
    ),
    "finding_opened": (
        N_("A finding was opened: %(number)s %(title)s"),
        N_("Read its evidence and answer it by %(due)s."),
    ),
    "finding_answered": (
        N_("A finding was answered: %(number)s %(title)s"),
        N_("Say whether the answer settles it. It was to be answered by %(due)s."),
    ),
    "finding_judged": (
        N_("Your answer to a finding was judged: %(number)s %(title)s"),
        N_("Read whether it settles the finding; if not, answer again by %(due)s."),
    ),
    "finding_overdue": (
        N_("A finding was not answered in time: %(number)s %(title)s"),
        N_("It was to be answered by %(due)s."),
    ),
}
