"""What is told the same is drawn once: a macro, or a whole page. See docs/decisions/0019-statements-written-once.md.

What is kept is a text, under all that it was told: it may depend on nothing else. The rows themselves, and who may read
them, are asked at each request.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NoReturn
from uuid import UUID

from django.template import engines
from django.utils.translation import get_language
from markupsafe import Markup

Told = tuple[tuple[str, Hashable], ...]
PLAIN = (str, int, float, bool, type(None), datetime, date, UUID)


def drawn(template: str, macro: str, *told: Hashable) -> Markup:
    """What a macro draws of these values, in the language spoken. Raises `TypeError` for what may not be kept."""
    return _drawn(get_language(), template, macro, told)


@lru_cache(maxsize=1024)
def _drawn(language: str | None, template: str, macro: str, told: tuple[Hashable, ...]) -> Markup:
    refuse_changing(told)
    macros = engines["jinja2"].env.get_template(template).module  # type: ignore[attr-defined]
    found: Markup = getattr(macros, macro)(*told)
    return found


@lru_cache(maxsize=512)
def drawn_page(template: str, told: Told) -> bytes:
    """A whole page, UTF-8; `told` names its language too. Raises `TypeError` for what may not be kept."""
    refuse_changing(told)
    page: str = engines["jinja2"].env.get_template(template).render(dict(told), csrf_input=NoForm())  # type: ignore[attr-defined]
    return page.encode()


class NoForm:
    """Stands where a form's secret would: that belongs to one request, and a page drawn once has none."""

    def __html__(self) -> NoReturn:
        raise TypeError("this page holds a form: show it with show(), not with show_once()")


def refuse_changing(value: object) -> None:
    """Raises `TypeError` for a value that can change while it equals itself, or equals one that is drawn otherwise.

    A model equals every other of its id. Markup equals the text it holds, and would be found for a text still to be
    escaped. What stands at one place is of one kind each time (1 equals True), and moments are in UTC.
    """
    if type(value) in PLAIN:
        return
    if isinstance(value, tuple):
        for item in value:
            refuse_changing(item)
    elif is_dataclass(value):  # a frozen one: no other could be looked for
        for field in fields(value):
            refuse_changing(getattr(value, field.name))
    else:
        raise TypeError(f"{type(value).__name__} may change, so that nothing drawn of it may be kept")
