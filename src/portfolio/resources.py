"""Where templates, migrations and static files are: beside `src/` in a checkout, inside the package in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder of that name (`templates`, `migrations`). Raises `FileNotFoundError` where an installation lacks it."""
    for candidate in (PACKAGE / f"_{name}", PACKAGE.parents[1] / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name} is missing from this installation")
