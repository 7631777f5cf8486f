"""Words of this room."""

from enum import Enum


class ImportState(Enum):
    """Where one file stands on its way in."""

    PREVIEWED = "previewed"  # uploaded and looked at; nothing of it is in the portfolio
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    DISCARDED = "discarded"
