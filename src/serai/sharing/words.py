"""Readers in words: the sentence comes before the label, everywhere."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.core.audience import EVERYONE, RED, at_most_green, kind_of
from serai.directory.vocabulary import SECTORS
from serai.sharing.queries import ReaderGroup, Readers, name_of_group

SECTOR_WORDS = dict(SECTORS)


def people_in_words(count: int) -> str:
    """ "23 people"."""
    return ngettext("%(n)d person", "%(n)d people", count) % {"n": count}


def _where(readers: Readers) -> str:
    parts = [
        ngettext("%(n)d organisation", "%(n)d organisations", readers.organisations) % {"n": readers.organisations},
        ngettext("%(n)d sector", "%(n)d sectors", readers.sectors) % {"n": readers.sectors},
        ngettext("%(n)d city", "%(n)d cities", readers.cities) % {"n": readers.cities},
    ]
    counted = (readers.organisations, readers.sectors, readers.cities)
    return ", ".join(part for part, count in zip(parts, counted, strict=True) if count)


def readers_in_words(readers: Readers, *, future: bool = False) -> str:
    """ "23 people in 5 organisations, 3 sectors, 2 cities can read this." """
    if readers.public:
        return _("Everyone will be able to read this.") if future else _("Everyone can read this.")
    if readers.people <= 1:
        return _("Only you will be able to read this.") if future else _("Only one person can read this.")
    said = {"people": people_in_words(readers.people), "where": _where(readers)}
    if not said["where"]:
        return _("%(people)s will be able to read this.") % said if future else _("%(people)s can read this.") % said
    if future:
        return _("%(people)s in %(where)s will be able to read this.") % said
    return _("%(people)s in %(where)s can read this.") % said


def count_in_words(readers: Readers) -> str:
    """ "23 people in 2 cities", or "4 people in Elbasan", for one choice of the picker."""
    if readers.public:
        return _("Public")
    if not readers.cities:
        return people_in_words(readers.people)
    cities = readers.city or ngettext("%(n)d city", "%(n)d cities", readers.cities) % {"n": readers.cities}
    return _("%(people)s in %(cities)s") % {"people": people_in_words(readers.people), "cities": cities}


def sector_in_words(code: str) -> str:
    """The words of a sector's code; the code itself where there are none."""
    return str(SECTOR_WORDS.get(code, code))


def organisation_in_words(name: str, sector: str, organisations: int = 1) -> str:
    """The name of an organisation; in kind where the asker may not see it: "An organisation: civil society"."""
    if name:
        return name
    if not sector:
        return _("Without an organisation")
    said = {"n": organisations, "sector": sector_in_words(sector)}
    return ngettext("An organisation: %(sector)s", "%(n)d organisations: %(sector)s", organisations) % said


def group_in_words(found: ReaderGroup) -> str:
    """One line of the list of readers."""
    return organisation_in_words(found.name, found.sector, found.organisations)


def sector_legend(readers: Readers) -> list[dict[str, str]]:
    """The sectors that occur among the readers, with their words, for the legend of shapes."""
    found = sorted({g.sector for g in readers.groups if g.sector}, key=sector_in_words)
    return [{"sector": code, "word": sector_in_words(code)} for code in found]


def beyond_the_readers(label: str) -> str:
    """What stands where something narrower than TLP:GREEN is written: who else could get at it. Empty below."""
    if label == RED:
        return _("Say it rather than write it: whoever holds the server could read it too.")
    return (
        "" if at_most_green(label) else _("Whoever holds the server could read it too, and a court could ask for it.")
    )


def _unseen(kind: str) -> str:
    return {
        "network": _("Everyone in a network"),
        "city": _("Everyone from a city"),
        "team": _("Those of a team"),
        "exchange": _("Everyone in an exchange"),
        "organisation": _("Those of an organisation"),
        "person": _("One person"),
    }[kind]


def _seen(kind: str, name: str) -> str:
    said = {"name": name}
    return {
        "network": _("Everyone in %(name)s") % said,
        "city": _("Everyone from %(name)s") % said,
        "team": _("Those of %(name)s") % said,
        "exchange": _("Everyone in the exchange “%(name)s”") % said,
        "organisation": _("Those of %(name)s") % said,
        "person": name,
    }[kind]


def audience_in_words(name: str) -> str:
    """One group of an audience: "Everyone from Arbreva"; in kind where the asker may not see its name."""
    kind = kind_of(name)
    if kind == EVERYONE:
        return _("Everyone, also without an account")
    known = name_of_group(name)
    return _seen(kind, known) if known else _unseen(kind)
