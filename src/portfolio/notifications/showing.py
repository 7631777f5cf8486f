"""A notice in the reader's language: on the page, and in a mail inside `with language(…)`."""

from collections import defaultdict
from dataclasses import dataclass

from portfolio.i18n import gettext
from portfolio.notifications.models import Notice
from portfolio.notifications.values import shown
from portfolio.notifications.words import KINDS


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says: one line, and a text."""

    subject: str
    body: str


def words_of(notice: Notice) -> Words:
    """Subject on one line and body, in the present language; a param that the notice lacks shows as an ellipsis."""
    subject, body = KINDS[notice.kind]
    params = defaultdict(lambda: "…", {name: shown(value) for name, value in notice.params.items()})
    return Words(" ".join((gettext(subject) % params).split()), gettext(body) % params)
