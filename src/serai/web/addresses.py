"""Parts of addresses: a number that may lie below zero, as fictive cities have."""

from __future__ import annotations

from django.urls import register_converter


class Signed:
    """A whole number, perhaps with a minus before it."""

    regex = "-?[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Its digits."""
        return str(int(value))


register_converter(Signed, "signed")
