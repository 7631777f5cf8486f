"""The day as of which a page is shown, as its reader asked for it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AsAt:
    """`day` is what the page shows; `typed` what stands in the field, with the `problem` that it has, or blank."""

    day: date
    typed: str
    problem: str
    is_today: bool

    @property
    def known(self) -> date | None:
        """For questions that can be turned back: nothing where the page shows what is known now."""
        return None if self.is_today else self.day

    @property
    def is_iso(self) -> bool:
        """Whether a field of dates can hold what was typed."""
        try:
            date.fromisoformat(self.typed)
        except ValueError:
            return False
        return len(self.typed) == 10
