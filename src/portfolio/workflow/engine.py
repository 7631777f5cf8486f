"""States and transitions as data: what is offered, what is refused and why. No database, no clock, no user."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from portfolio.i18n import gettext

State = TypeVar("State", bound=Enum)
Role = TypeVar("Role", bound=Enum)
Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Transition(Generic[State, Role, Facts]):
    """One move: from which states to which, by whom, under which guards.

    A guard takes the facts and returns the reason why not, or nothing.
    """

    name: str
    sources: frozenset[State]
    target: State
    roles: frozenset[Role]
    words: str = ""
    guards: tuple[Callable[[Facts], str | None], ...] = ()
    notify: tuple[str, ...] = ()
    needs_reason: bool = False
    binds: bool = field(default=False)
    """Whether the password is asked again, bound to the digest shown."""


class BrokenWorkflow(Exception):
    """A table that cannot work; stops the import of its module."""


class Workflow(Generic[State, Role, Facts]):
    """A table of transitions. Raises `BrokenWorkflow` for doubled names, unreachable states and dead ends."""

    def __init__(
        self, initial: State, final: Iterable[State], transitions: Iterable[Transition[State, Role, Facts]]
    ) -> None:
        self.initial = initial
        self.final = frozenset(final)
        self.transitions = tuple(transitions)
        self._by_name = {t.name: t for t in self.transitions}
        self._check()

    def _check(self) -> None:
        names = [t.name for t in self.transitions]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise BrokenWorkflow(f"transitions named twice: {', '.join(doubled)}")
        states = type(self.initial)
        reached = {self.initial}
        for _round in states:
            reached |= {t.target for t in self.transitions if t.sources & reached}
        unreachable = [s.value for s in states if s not in reached]
        if unreachable:
            raise BrokenWorkflow(f"states that nothing reaches: {', '.join(unreachable)}")
        stuck = [s.value for s in states if s not in self.final and not any(s in t.sources for t in self.transitions)]
        if stuck:
            raise BrokenWorkflow(f"states with no way out that are not final: {', '.join(stuck)}")

    def named(self, name: str) -> Transition[State, Role, Facts]:
        """Raises `KeyError` for a name that is not in the table."""
        return self._by_name[name]

    def offered(self, state: State, roles: frozenset[Role]) -> list[Transition[State, Role, Facts]]:
        """The moves that these roles may try from this state, guards aside: the buttons of a page."""
        return [t for t in self.transitions if state in t.sources and t.roles & roles]

    def refusals(self, name: str, state: State, roles: frozenset[Role], facts: Facts) -> list[str]:
        """Every reason why not: the state first, then the role, then each guard; empty when the move may be made."""
        transition = self.named(name)
        if state not in transition.sources:
            return [gettext("This is no longer possible in the present state; reload the page.")]
        if not transition.roles & roles:
            return [gettext("None of your roles in this institution may do this.")]
        return [reason for guard in transition.guards if (reason := guard(facts)) is not None]
