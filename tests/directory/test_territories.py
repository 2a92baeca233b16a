"""Countries and languages by name."""

from __future__ import annotations

import pytest
from babel import Locale, UnknownLocaleError
from django.utils.translation import override

from serai.directory.territories import (
    OWN_NAMES,
    UnknownLanguage,
    country_choices,
    country_code,
    country_name,
    language_codes,
    languages_of,
    zones_of,
)


def test_what_languages_call_themselves_is_what_cldr_says() -> None:
    for code, name in OWN_NAMES.items():
        try:
            assert Locale(code).languages[code] == name
        except (UnknownLocaleError, KeyError):
            pytest.fail(code)


def test_languages_are_read_by_any_name_and_each_once() -> None:
    assert language_codes("Shqip, Macedonian; tr / српски, Albanian\nsrpski") == ["sq", "mk", "tr", "sr"]
    assert language_codes(" , ") == []
    with override("fr"):
        assert language_codes("albanais, English") == ["sq", "en"]
    assert language_codes("maqedonisht, албански, Norveççe") == ["mk", "sq", "nb"], "as lists of members call them"
    with pytest.raises(UnknownLanguage, match="Klingonish"):
        language_codes("sq, Klingonish")


# Official and regional languages as Unicode CLDR has them.
@pytest.mark.parametrize(
    ("country", "languages"),
    [("MK", ["mk", "sq"]), ("AL", ["sq"]), ("NO", ["nb", "nn"]), ("XK", ["sq", "sr"]), ("KE", ["sw", "en"]), ("", [])],
)
def test_which_languages_a_country_suggests(country: str, languages: list[str]) -> None:
    assert list(languages_of(country)) == languages


def test_countries_by_name() -> None:
    assert country_code("uk") == country_code("United Kingdom") == country_code("GB") == "GB"
    assert country_code("Macédoine du Nord") == ""
    with override("fr"):
        assert country_code("Macédoine du Nord") == "MK"
        assert country_name("MK") == "Macédoine du Nord"
    assert country_name("ZZZ") == "ZZZ"
    assert zones_of("MK") == ("Europe/Skopje",)
    assert zones_of("XK") == ()


def test_only_countries_are_chosen_from() -> None:
    codes = {code for code, _name in country_choices()}
    assert {"MK", "AL", "XK", "NO"} <= codes
    assert not codes & {"XA", "XB", "ZZ", "EZ", "EU", "UN", "QO"}
    assert country_code("Pseudo-Bidi") == ""
