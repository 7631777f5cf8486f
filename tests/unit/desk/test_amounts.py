"""The fast formatter says what the slow one says."""

import pytest

from portfolio.db.money import Money
from portfolio.desk.amounts import amount_formatter
from portfolio.i18n import language
from portfolio.web.formatting import plain_amount


@pytest.mark.parametrize("spoken", ["es", "pt", "en"])
@pytest.mark.parametrize("currency", ["CLP", "USD", "CLF"])
@pytest.mark.parametrize("minor", [0, 1, 99, 100, 123456, -5, -1234567, 10**15, 2**63 - 1])
def test_it_equals_babel(spoken, currency, minor):
    with language(spoken):
        assert amount_formatter()(currency, minor) == plain_amount(Money(currency, minor))
