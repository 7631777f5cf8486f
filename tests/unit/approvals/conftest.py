"""Reasons are compared in English, the source language."""

from collections.abc import Iterator

import pytest

from portfolio.i18n import language


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with language("en"):
        yield
