"""A source is shown by the name that its mapping gives it, in the reader's language."""

from portfolio.exchange import labels  # noqa: F401  (it names the sources of the shipped mappings)
from portfolio.exchange.mappings import shipped_mappings
from portfolio.i18n import language
from portfolio.projects.sources import source_words
from portfolio.projects.terms import OWN_SOURCE


def test_every_shipped_source_has_words() -> None:
    for mapping in shipped_mappings().values():
        with language("pt"):
            assert source_words(mapping.source) == mapping.title.pt


def test_our_own_and_an_unnamed_one() -> None:
    with language("en"):
        assert source_words(OWN_SOURCE) == "Submitted here"
        assert source_words("Old register of projects") == "Old register of projects"
