"""Every room's tables, so that string foreign keys resolve and migrations see them all. Import it before using the metadata."""

import importlib
from pathlib import Path

from sqlmodel import SQLModel


def load() -> None:
    """Import the `models.py`, `labels.py` and `listeners.py` of each room that has them."""
    importlib.import_module("portfolio.db.clock")
    root = Path(__file__).parent
    for path in sorted([*root.glob("*/models.py"), *root.glob("*/labels.py"), *root.glob("*/listeners.py")]):
        importlib.import_module(f"portfolio.{path.parent.name}.{path.stem}")


load()
metadata = SQLModel.metadata
