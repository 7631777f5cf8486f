"""Every room's tables, so that string foreign keys resolve and migrations see them all. Import it before using the metadata."""

import importlib
from importlib.util import find_spec
from pathlib import Path

from sqlmodel import SQLModel


def load() -> None:
    """Import the `models.py` of each room that has one."""
    root = Path(__file__).parent
    for path in sorted(root.glob("*/models.py")):
        name = f"portfolio.{path.parent.name}.models"
        if find_spec(name):
            importlib.import_module(name)


load()
metadata = SQLModel.metadata
