"""From problems in a marked file to a refusal that names file, line and reason; shared with the standards library."""

from pydantic_core import ErrorDetails

from portfolio.errors import ConfigurationError
from portfolio.packs.yaml_marks import Marked, Place, Problem


def problem_of(tree: Marked, error: ErrorDetails) -> Problem:
    """One error of pydantic, at the line on which the value (or the nearest thing around it) was written."""
    place = error["loc"]
    reason = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        reason = "is missing"
    elif error["type"] == "extra_forbidden":
        reason = "is not a name that is known here"
    elif isinstance(error["input"], str) and error["type"] != "value_error":
        reason = f"{reason}, not {error['input']!r}"
    return Problem(tree.own_mark(place), named(place, reason))


def named(place: Place, reason: str) -> str:
    """A reason with the place it is about, `tracks.full.sign_offs: …`."""
    return f"{'.'.join(str(part) for part in place)}: {reason}" if place else reason


def refuse(problems: list[Problem]) -> None:
    """Raise ConfigurationError with every problem, in the order of files and lines; nothing when there is none."""
    if problems:
        ordered = sorted(set(problems), key=lambda problem: (problem.mark.file, problem.mark.line, problem.reason))
        raise ConfigurationError("\n".join(str(problem) for problem in ordered))
