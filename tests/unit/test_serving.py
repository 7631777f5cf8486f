"""Nobody serves on a port where somebody else listens."""

import pytest

from portfolio.errors import ConfigurationError
from portfolio.serving import check_port, listening_socket


def test_a_port_that_is_taken_is_refused_in_one_line() -> None:
    with listening_socket("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} of 127.0.0.1") as refused:
            check_port("127.0.0.1", port)
    assert "\n" not in str(refused.value)
    check_port("127.0.0.1", port)
