"""Countries and languages in the reader's language, and which languages a country speaks (Unicode CLDR by Babel)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages, get_territory_language_info
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serai.core.words import fold

SPOKEN = 1.0  # percent of a country's people from which a language is suggested
# What languages call themselves, as CLDR has it. Written down because asking Babel loads 140 MB of locales.
OWN_NAMES: Final = {
    "am": "አማርኛ", "ar": "العربية", "az": "azərbaycan", "bg": "български", "bn": "বাংলা", "bs": "bosanski",
    "cs": "čeština", "da": "dansk", "de": "Deutsch", "el": "Ελληνικά", "es": "español", "fa": "فارسی", "fi": "suomi",
    "fr": "français", "ha": "Hausa", "he": "עברית", "hi": "हिन्दी", "hr": "hrvatski", "hu": "magyar", "hy": "հայերեն",
    "it": "italiano", "ka": "ქართული", "mk": "македонски", "nb": "norsk bokmål", "nl": "Nederlands",
    "nn": "norsk nynorsk", "pl": "polski", "ps": "پښتو", "pt": "português", "ro": "română", "ru": "русский",
    "sk": "slovenčina", "sl": "slovenščina", "so": "Soomaali", "sq": "shqip", "sr": "српски", "sv": "svenska",
    "sw": "Kiswahili", "tr": "Türkçe", "uk": "українська", "ur": "اردو", "wo": "Wolof",
}  # fmt: skip
# In which languages lists of members are written besides English: those of the columns in directory/columns.py.
MEMBERS_WRITE: Final = ("sq", "mk", "bs", "sr", "hr", "tr", "fr", "nb", "sw", "ar", "ur")
# What CLDR lists beside countries: pseudo-locales, regions, unions, and the unknown.
_NO_COUNTRY: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_PARTED = re.compile(r"[,;/\n،、]")


class UnknownLanguage(ValueError):
    """A word that names no language."""


def reading_locale() -> Locale:
    """CLDR's locale of the reader's language; English where CLDR has none."""
    try:
        return Locale.parse((get_language() or "en").split("-")[0])
    except UnknownLocaleError:
        return Locale("en")


def country_name(code: str) -> str:
    """A country in the reader's language; its code where CLDR has no name."""
    return str(reading_locale().territories.get(code, code))


def country_choices() -> list[tuple[str, str]]:
    """Every country, code and name, by name."""
    names = reading_locale().territories
    found = [
        (code, str(name)) for code, name in names.items() if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY
    ]
    return sorted(found, key=lambda pair: fold(pair[1]))


def language_name(code: str) -> str:
    """A language in the reader's language; its code where CLDR has no name."""
    return str(reading_locale().languages.get(code.replace("-", "_"), code))


def language_names(codes: Iterable[str]) -> str:
    """Languages in words, in their order."""
    return _(", ").join(language_name(code) for code in codes)


def languages_of(country: str) -> tuple[str, ...]:
    """Codes of a country's official and regional languages, the most spoken first: a suggestion, no more."""
    spoken = get_territory_language_info(country)
    shares = {code: float(facts["population_percent"] or 0) for code, facts in spoken.items()}
    official = get_official_languages(country, regional=True, de_facto=True)
    found = [code for code in official if shares.get(code, 0) >= SPOKEN and "_" not in code]
    found = [code for code in found if code != "no" or "nb" not in found]  # CLDR lists it besides its two forms
    return tuple(sorted(found, key=lambda code: -shares[code])[:4])


@cache
def _languages(reading: str) -> dict[str, str]:
    """Codes by folded name: in the reader's language, in English and in the language itself."""
    found = {fold(name): code for code, name in OWN_NAMES.items()} | {"norsk": "nb"}
    codes = [str(code) for code in Locale("en").languages if re.fullmatch("[a-z]{2,3}", str(code))]
    for locale in dict.fromkeys((reading, "en")):
        names = Locale(locale).languages
        for code in sorted(codes, key=lambda code: (len(code), code)):
            for name in (code, str(names.get(code, ""))):
                found.setdefault(fold(name), code)
    found.pop("", None)
    return found


@cache
def _as_members_call_them() -> dict[str, str]:
    """Codes by the folded names that lists of members use; read once, 15 MB, when a word is not known otherwise."""
    found: dict[str, str] = {}
    for locale in MEMBERS_WRITE:
        names = Locale(locale).languages
        for code in OWN_NAMES:
            found.setdefault(fold(str(names.get(code, code))), code)
        found.setdefault(fold(str(names.get("no", "norsk"))), "nb")
    return found


def language_codes(text: str) -> list[str]:
    """The codes of languages written one after the other, by name or code. Raises `UnknownLanguage` with the word."""
    known = _languages(reading_locale().language)
    codes = []
    for word in filter(None, (part.strip() for part in _PARTED.split(text))):
        code = known.get(fold(word)) or _as_members_call_them().get(fold(word))
        if code is None:
            raise UnknownLanguage(word)
        codes.append(code)
    return list(dict.fromkeys(codes))


@cache
def _countries(reading: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in dict.fromkeys((reading, "en")):
        for code, name in Locale(locale).territories.items():
            if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY:
                found.setdefault(fold(name), code)
                found.setdefault(fold(code), code)
    return found | {"uk": "GB", "usa": "US", "kosovo": "XK"}


def country_code(text: str) -> str:
    """The code of a country by its name, in the reader's language or English, or by its code; empty if unknown."""
    return _countries(reading_locale().language).get(fold(text), "")


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The IANA time zones of a country; none where CLDR names none."""
    zones: Sequence[str] = get_global("territory_zones").get(country, ())
    return tuple(sorted(set(zones) & available_timezones()))
