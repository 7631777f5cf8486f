"""One thing has one name: the pack's, which the catalogues repeat for where no pack is in force."""

from collections.abc import Iterator

import pytest

from portfolio import i18n, tables
from portfolio.i18n import LANGUAGES, language
from portfolio.labels import capitalised, label
from portfolio.packs.in_force import NAMED, put_in_force
from portfolio.packs.loader import SHIPPED, load_pack
from portfolio.packs.terms import LABELLED, SignOffRole, WordCode
from portfolio.people.terms import Role
from portfolio.web import formatting

tables.load()


@pytest.fixture(autouse=True)
def names_as_before() -> Iterator[None]:
    names, zone, region = dict(i18n._names), str(formatting.country_zone()), formatting._region
    yield
    i18n.use_names(names)
    formatting.use_country(zone, region)


@pytest.mark.parametrize("code", LANGUAGES)
def test_catalogues_and_the_neutral_pack_call_things_the_same(code: str) -> None:
    pack = load_pack("eclac")
    i18n.use_names({})
    with language(code):
        differing = [
            f"{i18n.gettext(text)} / {pack.word(word)}"
            for text, word in NAMED.items()
            if i18n.gettext(text) != capitalised(str(pack.word(word)))
        ]
    assert not differing, differing


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_role_that_signs_has_one_name_wherever_it_is_asked_for(name: str, code: str) -> None:
    pack = load_pack(name)
    put_in_force(pack)
    with language(code):
        for role in SignOffRole:
            words = label(Role(role.value))
            assert words == capitalised(str(pack.word(WordCode(role.value))))
        names = [label(role) for role in Role]
    assert len(set(names)) == len(names), names
    assert SignOffRole not in LABELLED.values(), "the names of these roles are words of the pack, and nowhere else"


def test_a_country_that_names_a_thing_otherwise_is_followed() -> None:
    put_in_force(load_pack("ecuador"))
    with language("es"):
        assert i18n.gettext("Opinion") == "Pronunciamiento consultivo"
    put_in_force(load_pack("eclac"))
    with language("es"):
        assert i18n.gettext("Opinion") == "Pronunciamiento técnico"
