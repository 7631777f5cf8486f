"""What production refuses to start with."""

from pathlib import Path

import pytest

from portfolio.errors import ConfigurationError
from portfolio.settings import read_settings

GOOD = {
    "PORTFOLIO_MODE": "production",
    "PORTFOLIO_BASE_URL": "https://portfolio.example.gob",
    "PORTFOLIO_SECRET_KEY": "a secret of at least thirty-two characters",
    "PORTFOLIO_MAIL_URL": "smtps://user:password@mail.example",
}


def test_a_complete_set_up_is_accepted_and_logs_every_request(tmp_path: Path) -> None:
    found = read_settings({**GOOD, "PORTFOLIO_VAR_DIR": str(tmp_path)})
    assert (found.is_demo, found.is_https, found.access_log) == (False, True, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "http://portfolio.example.gob"),
        ("SECRET_KEY", "short"),
        ("MAIL_URL", "console:"),
        ("MAIL_URL", "ftp://mail.example"),
        ("TRUSTED_PROXY", "maybe"),
        ("ACCESS_LOG", "sometimes"),
        ("SQLITE_SYNCHRONOUS", "OFF"),
        ("DATABASE_URL", "mysql://db"),
    ],
)
def test_what_would_leak_or_lose_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"PORTFOLIO_{name}"):
        read_settings({**GOOD, "PORTFOLIO_VAR_DIR": str(tmp_path), f"PORTFOLIO_{name}": value})
