"""How an organisation is named before those taking part, its network and the public: by name, in kind, or not."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from django.utils.translation import gettext as _

from serai.directory.models import Organisation
from serai.directory.territories import country_name

Before: TypeAlias = Literal["participants", "network", "public"]
WIDER: Final[tuple[Before, ...]] = ("participants", "network", "public")
_REVEALS: Final = {"none": 0, "kind": 1, "name": 2}


def named(organisation: Organisation, *, before: Before) -> str:
    """What this organisation is called before them: its name, its kind ("an NGO from Kumanovo"), or an empty text.

    Where it asked to be told in kind and left no words, its sector and place stand in for them.
    """
    how: str = getattr(organisation, f"named_to_{before}")
    if how == "name":
        return organisation.name
    return organisation.in_kind or in_kind(organisation) if how == "kind" else ""


def in_kind(organisation: Organisation) -> str:
    """Its sector and place, as words that name nobody."""
    sector = organisation.get_sector_display()
    place = organisation.city.name if organisation.city else country_name(organisation.country)
    return _("%(sector)s, %(place)s") % {"sector": sector, "place": place} if place else str(sector)


def preview(organisation: Organisation, before: Before) -> str:
    """A sentence as they would read it; empty where they read nothing of it."""
    name = named(organisation, before=before)
    return _("Taking part: %(name)s.") % {"name": name} if name else ""


def wider_learns_more(named_to: dict[Before, str]) -> bool:
    """Whether a wider audience would be told more than a narrower one that is part of it."""
    told = [_REVEALS[named_to[before]] for before in WIDER]
    return told != sorted(told, reverse=True)
