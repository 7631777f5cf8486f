"""Rows of the financial system's files that matched nothing, for who brings the files in."""

from collections.abc import Iterator

from portfolio.desk.waiting import Asking, Group, Waiting, register_waiting
from portfolio.execution.differences import files_waiting
from portfolio.i18n import N_, ngettext
from portfolio.people.permissions import Permission as P


def differences(asking: Asking) -> Iterator[Waiting]:
    viewer = asking.viewer.narrowed(P.EXECUTION_IMPORT)
    if not viewer.grants:
        return
    for run, count in files_waiting(asking.session, viewer):
        many = ngettext("%(num)s row", "%(num)s rows", count) % {"num": count}
        yield Waiting(
            group="execution_difference",
            title=f"{run.file_name} · {many}",
            route="execution.differences",
            since=run.recorded_at,
        )


register_waiting("execution_difference", Group(122, N_("Settle rows of the financial system")), differences)
