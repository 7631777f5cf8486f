"""Which places of the menu stand in the bar of a wide screen, and which behind «More»."""

from portfolio.desk.navigation import MOST_IN_BAR, PLACES, Place, in_bar
from portfolio.people.permissions import Permission


def places(work: int, aside: int) -> list[Place]:
    return [
        Place(f"room.{number}", "Words", Permission.SIGNED_IN, is_aside=number >= work)
        for number in range(work + aside)
    ]


def test_few_places_all_stand_in_the_bar() -> None:
    few = places(3, MOST_IN_BAR - 3)
    assert in_bar(few) == few


def test_of_many_places_work_comes_first_and_the_others_fill_what_is_left() -> None:
    many = places(4, 6)
    found = in_bar(many)
    assert found[:4] == many[:4]
    assert len(found) == MOST_IN_BAR - 1, "one place is left for «More»"


def test_work_never_steps_aside() -> None:
    much = places(MOST_IN_BAR + 2, 3)
    assert in_bar(much) == much[: MOST_IN_BAR + 2]


def test_every_place_leads_somewhere_else() -> None:
    routes = [place.route for place in PLACES]
    assert len(routes) == len(set(routes))
