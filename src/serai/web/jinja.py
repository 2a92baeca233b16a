"""The one template engine: Jinja2, autoescaped, with gettext."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.forms.renderers import BaseRenderer
from django.http import HttpRequest
from django.template import engines
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import json_script
from jinja2 import Environment
from markupsafe import Markup

from serai.directory.models import Person
from serai.web import dates, drawings
from serai.web.drawn import drawn


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a page by its name."""
    return _url(name, args, tuple(kwargs.items()))


@lru_cache(maxsize=4096)
def _url(name: str, args: tuple[object, ...], kwargs: tuple[tuple[str, object], ...]) -> str:
    return reverse(name, args=args or None, kwargs=dict(kwargs) or None)


@lru_cache(maxsize=256)
def file(path: str) -> str:
    """The address of a style sheet, script or picture; it stays while the process lives."""
    return static(path)


class OneWorld(Environment):
    """All templates share the environment's globals; Jinja would hold them against each other at each import."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own, where a template brings none."""
        return super().make_globals(d) if d else self.globals


def environment(**options: Any) -> Environment:
    """Jinja2 with the globals every template may use."""
    env = OneWorld(**{**options, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True})
    env.globals.update(static=file, url=url, site_name=settings.SITE_NAME, demo=settings.DEMO, draw=drawings)
    env.filters.update(day=dates.day, moment=dates.moment, json_script=json_script)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    env.globals.update(_=said, drawn=drawn, languages=settings.LANGUAGES)
    return env


def said(text: str, **values: object) -> Markup:
    """A text of the interface with its values, as Jinja's own `_` says it; looked up once for each language."""
    found = _said(translation.get_language(), text)
    return found % values


@lru_cache(maxsize=8192)
def _said(language: str | None, text: str) -> Markup:
    return Markup(translation.gettext(text))  # noqa: S704 -- ours, not what people typed


def in_language() -> dict[str, str]:
    """The language of the page, and its direction."""
    return {
        "language": translation.get_language() or "en",
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What the layout needs of each request."""
    asker = getattr(request, "asker", None)
    signed_in = asker is not None and asker.person is not None
    return {
        **in_language(),
        "asker": asker,
        "seeing_as": _seeing_as(asker),
        "nav": _ways(request.path, translation.get_language(), signed_in=signed_in),
        "home_href": url("home" if signed_in else "front"),
        "notices": tuple(messages.get_messages(request)),
    }


def _seeing_as(asker: Any) -> str:
    """The name of the other person while the asker sees as them; empty otherwise."""
    if asker is None or asker.also is None:
        return ""
    found = Person.objects.filter(pk=asker.also).first()
    return found.name if found else translation.gettext("someone else")


class Way(NamedTuple):
    """One of the ways at the head of every page."""

    href: str
    label: str
    current: bool


def _ways(path: str, language: str | None, *, signed_in: bool) -> tuple[Way, ...]:
    ways = _named_ways(language, signed_in)
    here = _WHERE.get(path.split("/")[2]) if path.startswith("/thread/") else ""
    if here not in ("", *(name for name, _href, _label in ways)):
        here = "exchanges"
    return tuple(Way(href, label, name == here or path.startswith(href)) for name, href, label in ways)


@lru_cache(maxsize=64)
def _named_ways(language: str | None, signed_in: bool) -> list[tuple[str, str, str]]:
    _ = translation.gettext
    if signed_in:
        ways = [("home", _("Home")), ("needs", _("Needs")), ("exchanges", _("Exchanges")), ("library", _("Library"))]
    else:
        ways = [("library", _("Library")), ("stories", _("Stories")), ("cities", _("Cities"))]
        ways.append(("kept_safe", _("How it is kept safe")))
    return [(name, reverse(name), label) for name, label in ways]


_WHERE = {"need": "needs", "match": "needs", "practice": "library", "story": "stories"}  # of the thread's records


class FormRenderer(BaseRenderer):
    """Renders form widgets with the same engine."""

    def get_template(self, template_name: str) -> Any:
        """One template by its name."""
        return engines["jinja2"].get_template(template_name)
