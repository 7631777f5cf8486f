"""Words of this room."""

from enum import Enum


class Sharing(Enum):
    """Who reads a lesson, chosen by whoever writes it (docs/decisions/0021)."""

    OWN = "own"  # whoever may find the project
    SHARED = "shared"  # everybody who works with cases, without the name of the project
    NAMED = "named"  # everybody who works with cases, with the name of the project


class LinkKind(Enum):
    """How a project or a case hangs together with the one that it comes from."""

    REPLICATES = "replicates"
    CONTINUES = "continues"
    REUSES = "reuses"
