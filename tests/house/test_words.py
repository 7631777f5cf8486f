"""An enum member is never its own display text: every member that pages show has a label."""

import importlib
from enum import Enum
from pathlib import Path

import portfolio
from portfolio import tables
from portfolio.labels import is_labelled

tables.load()
ROOT = Path(portfolio.__file__).parent
NOT_SHOWN = {"Chain", "SignInMethod", "TokenPurpose", "Permission", "Reach"}
"""Enums of the inside, which no page shows."""


def test_every_enum_member_of_a_room_has_a_label() -> None:
    without = []
    for path in sorted(ROOT.glob("*/terms.py")):
        if path.parent.name in ("packs", "documents", "web"):
            continue  # packs carry their own words; documents translate by reason code
        module = importlib.import_module(f"portfolio.{path.parent.name}.terms")
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Enum) and kind.__module__ == module.__name__:
                without += [str(m) for m in kind if kind.__name__ not in NOT_SHOWN and not is_labelled(m)]
    assert not without, without
