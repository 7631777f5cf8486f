"""How many of the roles have to sign is said with the roles: more of them may than must."""

from portfolio.approvals.shown_gate import progress, who_is_needed
from portfolio.approvals.sign_off_board import Board, Chair
from portfolio.i18n import language
from portfolio.people.terms import Role

ROLES = (Role.FINANCE_MANAGER, Role.DIGITAL_EXPERT, Role.AGENCY_CIO, Role.HEAD_OF_SERVICE)


def a_board(demanded: int, roles: int) -> Board:
    return Board(demanded, tuple(Chair(role, (), "") for role in ROLES[:roles]), ())


def test_three_of_four_roles_are_enough() -> None:
    with language("en"):
        assert progress(a_board(3, 4)) == "0 of 3 sign-offs"
        assert who_is_needed(a_board(3, 4)).startswith("3 of these 4 roles sign")


def test_all_of_them_sign_where_the_track_has_no_more() -> None:
    with language("en"):
        assert who_is_needed(a_board(3, 3)) == "Each of these roles signs, each held by another person."


def test_one_sign_off_is_singular() -> None:
    with language("es"):
        assert progress(a_board(1, 2)).endswith("visto bueno")
