"""The panels of a project's first page: each room that knows something of the project shows it in a few lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks at which project, by which rules, and when. `viewer` is the whole viewer."""

    session: Session
    viewer: Viewer
    pack: CountryPack
    project: Project
    now: datetime
    url_for: Callable[..., str]


Provide = Callable[[Asking], Mapping[str, Any] | None]
"""What the panel's template needs, or nothing where there is nothing to show."""


@dataclass(frozen=True, slots=True)
class Panel:
    """`template` is a part of the room's own folder and gets what `provide` gives as `panel`."""

    place: int
    template: str
    permission: Permission
    provide: Provide


_panels: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    _panels[panel.template] = panel


@dataclass(frozen=True, slots=True)
class ShownPanel:
    template: str
    content: Mapping[str, Any]


def panels_of(asking: Asking) -> list[ShownPanel]:
    """In their places, those that this person may see and that have something to show."""
    shown = []
    for panel in sorted(_panels.values(), key=lambda panel: panel.place):
        content = panel.provide(asking) if asking.viewer.can(panel.permission) else None
        if content is not None:
            shown.append(ShownPanel(panel.template, content))
    return shown
