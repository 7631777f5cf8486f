"""The words of every kind of notice: subject and body, English source with %(name)s placeholders.

A room that owes a notice adds its kind here. Placeholders are the params of `owe`; amounts, days, instants and enum
members go in as such and come out in the reader's own format and language.
"""

from portfolio.i18n import N_

KINDS: dict[str, tuple[str, str]] = {
    "trail_broken": (
        N_("The audit trail does not verify"),
        N_(
            "The verification of %(at)s found: %(finding)s. Keep the database and the checkpoint file as they are, and "
            "run portfolio audit verify on a copy."
        ),
    ),
    "invitation": (
        N_("You are invited to the digital portfolio"),
        N_("%(institution)s invites you. Choose your password with the link below; it works once, until %(until)s."),
    ),
    "password_reset": (
        N_("Choose a new password"),
        N_(
            "Somebody asked for a new password for your account. The link below works once, until %(until)s. If it was "
            "not you, do nothing: your password stays as it is."
        ),
    ),
    "password_changed": (
        N_("Your password was changed"),
        N_("If it was not you, ask for a new password at once and tell the administrator."),
    ),
    "factor_changed": (
        N_("Your second factor was changed"),
        N_("If it was not you, tell the administrator at once."),
    ),
    "role_proposed": (
        N_("A role waits for a second person"),
        N_("The role %(role)s in %(institution)s was proposed. It holds once a second person confirms it."),
    ),
    "role_granted": (
        N_("You have a new role: %(role)s"),
        N_("You hold the role %(role)s in %(institution)s from %(since)s on."),
    ),
    "role_refused": (
        N_("A role that you proposed was refused: %(role)s"),
        N_("The role %(role)s in %(institution)s was refused: %(reason)s"),
    ),
    "role_ended": (
        N_("A role of yours ended: %(role)s"),
        N_("Your role %(role)s in %(institution)s ended on %(day)s."),
    ),
}
"""kind → (subject, body)."""
