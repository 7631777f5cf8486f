"""Sizes of files in the reader's way."""

import pytest

from portfolio.i18n import language
from portfolio.web.formatting import file_size


@pytest.mark.parametrize(
    ("size", "shown"),
    [(303, "0,3 kB"), (1_200, "1,2 kB"), (12_345, "12 kB"), (3_400_000, "3,4 MB"), (25_600_000, "26 MB")],
)
def test_a_size_has_its_unit_and_the_reader_s_decimal_sign(size: int, shown: str) -> None:
    with language("es"):
        assert file_size(size).replace("\xa0", " ") == shown
