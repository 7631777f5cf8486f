"""Words of this room."""

from portfolio.i18n import N_
from portfolio.labels import register
from portfolio.lessons.terms import LinkKind, Sharing

register(
    {
        Sharing.OWN: N_("Whoever may find this project"),
        Sharing.SHARED: N_("Every institution, without the name of the project"),
        Sharing.NAMED: N_("Every institution, with the name of the project"),
        LinkKind.REPLICATES: N_("Replicates it in another institution"),
        LinkKind.CONTINUES: N_("Continues it"),
        LinkKind.REUSES: N_("Reuses a part of it"),
    }
)
