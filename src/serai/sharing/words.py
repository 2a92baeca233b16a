"""Readers in words: the sentence comes before the label, everywhere."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.directory.vocabulary import SECTORS
from serai.sharing.queries import Readers

SECTOR_WORDS = dict(SECTORS)


def _people(count: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", count) % {"n": count}


def _where(readers: Readers) -> str:
    parts = [
        ngettext("%(n)d organisation", "%(n)d organisations", readers.organisations) % {"n": readers.organisations},
        ngettext("%(n)d sector", "%(n)d sectors", readers.sectors) % {"n": readers.sectors},
        ngettext("%(n)d city", "%(n)d cities", readers.cities) % {"n": readers.cities},
    ]
    return ", ".join(parts)


def readers_in_words(readers: Readers, *, future: bool = False) -> str:
    """ "23 people in 5 organisations, 3 sectors, 2 cities can read this." """
    if readers.public:
        return _("Everyone will be able to read this.") if future else _("Everyone can read this.")
    if readers.people <= 1:
        return _("Only you will be able to read this.") if future else _("Only one person can read this.")
    said = {"people": _people(readers.people), "where": _where(readers)}
    if future:
        return _("%(people)s in %(where)s will be able to read this.") % said
    return _("%(people)s in %(where)s can read this.") % said


def count_in_words(readers: Readers) -> str:
    """ "23 people in 2 cities", for one choice of the picker."""
    if readers.public:
        return _("Public")
    cities = ngettext("%(n)d city", "%(n)d cities", readers.cities) % {"n": readers.cities}
    return _("%(people)s in %(cities)s") % {"people": _people(readers.people), "cities": cities}


def label_legend(readers: Readers) -> list[dict[str, str]]:
    """The sectors that occur among the readers, with their words, for the legend of shapes."""
    found = sorted({g.sector for g in readers.groups if g.sector})
    return [{"sector": code, "word": str(SECTOR_WORDS.get(code, code))} for code in found]
