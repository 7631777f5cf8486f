"""The panels of a project's first page: each room that knows something of the project shows it in a few lines.

A room says by a condition where it has something to show. One question asks the conditions of all rooms, and only those that
hold cost the page anything more.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, select
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


PROJECT: ColumnElement[uuid.UUID] = bindparam("project", type_=Uuid())
INITIATIVE: ColumnElement[uuid.UUID] = bindparam("initiative", type_=Uuid())
"""What stands for the project and its initiative in a panel's condition."""


@dataclass(frozen=True, slots=True)
class Panel:
    """`template` is a part of the room's own folder and gets what `provide` gives as `panel`. `where`: the condition without
    which there is surely nothing to show; a panel without one is always asked.
    """

    place: int
    template: str
    permission: Permission
    provide: Provide
    where: ColumnElement[bool] | None = None
    is_wide: bool = False
    """Whether it needs the whole width: it holds a table."""


_panels: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    _panels[panel.template] = panel
    _question.cache_clear()


@dataclass(frozen=True, slots=True)
class ShownPanel:
    template: str
    content: Mapping[str, Any]
    is_wide: bool


def panels_of(asking: Asking) -> list[ShownPanel]:
    """In their places, those that this person may see and that have something to show."""
    row = asking.session.execute(
        _question(), {"project": asking.project.id, "initiative": asking.project.initiative_id}
    ).one()
    holds = dict(zip(_conditional(), row, strict=True))
    shown = []
    for panel in sorted(_panels.values(), key=lambda panel: panel.place):
        if not holds.get(panel.template, True) or not asking.viewer.can(panel.permission):
            continue
        content = panel.provide(asking)
        if content is not None:
            shown.append(ShownPanel(panel.template, content, panel.is_wide))
    return shown


def _conditional() -> list[str]:
    return [panel.template for panel in _panels.values() if panel.where is not None]


@lru_cache(maxsize=1)
def _question() -> Select[Any]:
    """The conditions of all rooms in one statement, made once."""
    conditions: list[Any] = [panel.where for panel in _panels.values() if panel.where is not None]
    return select(*conditions)
