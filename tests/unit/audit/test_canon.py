"""Canonical bytes: the same for equal values, different for different ones, and none for what has no form."""

import enum
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from portfolio.audit.canon import GENESIS, canonical, chain_hash, digest, plain, row_digest
from portfolio.audit.chain import rows_commitment
from portfolio.db.money import Money


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        (datetime(2026, 8, 3, 12, 0, tzinfo=timezone(timedelta(hours=-3))), '"2026-08-03T15:00:00.000000Z"'),
        (date(2026, 8, 3), '"2026-08-03"'),
        (Colour.RED, '"red"'),
        (uuid.UUID(int=5), '"00000000-0000-0000-0000-000000000005"'),
        (2**60, f'"{2**60}"'),
        (b"\xff", '"ff"'),
        (Money("CLP", 1500), '{"currency":"CLP","minor":1500}'),
        ("ñ\n", '"ñ\\n"'),
        (1.5, "1.5"),
    ],
)
def test_each_kind_has_one_form(value: Any, text: str) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize("value", [object(), {1, 2}, Decimal("1.10"), float("nan"), float("inf")])
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="canonical"):
        canonical({"x": value})


def test_a_hash_depends_on_the_one_before_and_on_every_byte() -> None:
    first = chain_hash(GENESIS, '{"a":1}')
    assert len({first, chain_hash(first, '{"a":1}'), chain_hash(GENESIS, '{"a":2}')}) == 3


def test_a_row_s_digest_depends_on_its_table() -> None:
    assert row_digest("unit", {"id": 1}) != row_digest("person", {"id": 1})


def test_the_commitment_to_rows_is_that_of_canonical_json() -> None:
    """The fast path of `rows_commitment` is RFC 8785 all the same."""
    rows: list[tuple[str, str, str | None]] = [("unit", str(uuid.UUID(int=7)), None), ("unit", "x", "a" * 64)]
    assert rows_commitment(rows) == digest([list(row) for row in rows])


def test_equal_instants_are_equal_whatever_their_zone() -> None:
    here = datetime(2026, 8, 3, 12, 0, tzinfo=timezone(timedelta(hours=-3)))
    assert canonical(here) == canonical(here.astimezone(UTC))


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_VALUES = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(_VALUES)
@example({"ｚ": 1, "𝔘": 2, "a": 1e21})
@example({"b": '\x7f\u2028\x00\x1f\t"\\/<é>', "a": [1, {"z": True}]})
def test_the_fast_way_writes_the_bytes_of_rfc_8785(value: Any) -> None:
    """Whatever way `canonical` takes: old events and rows keep their digests."""
    assert canonical(value).encode() == rfc8785.dumps(plain(value))


def test_an_early_year_keeps_its_four_digits() -> None:
    assert canonical(datetime(999, 1, 2, 3, 4, 5, 6, tzinfo=UTC)) == '"0999-01-02T03:04:05.000006Z"'
