"""The one template engine: Jinja2, autoescaped, with gettext."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

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

from serai.directory.models import Person
from serai.web import dates, drawings


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


def environment(**options: Any) -> Environment:
    """Jinja2 with the globals every template may use."""
    env = Environment(**{**options, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701
    env.globals.update(static=file, url=url, site_name=settings.SITE_NAME, demo=settings.DEMO, draw=drawings)
    env.filters.update(day=dates.day, moment=dates.moment, json_script=json_script)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    return env


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What the layout needs of each request."""
    asker = getattr(request, "asker", None)
    return {
        "language": translation.get_language() or "en",
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "languages": settings.LANGUAGES,
        "asker": asker,
        "seeing_as": _seeing_as(asker),
        "nav": _ways(request.path, signed_in=asker is not None and asker.person is not None),
        "home_href": reverse("home") if asker is not None and asker.person is not None else reverse("front"),
        "notices": list(messages.get_messages(request)),
    }


def _seeing_as(asker: Any) -> str:
    """The name of the other person while the asker sees as them; empty otherwise."""
    if asker is None or asker.also is None:
        return ""
    found = Person.objects.filter(pk=asker.also).first()
    return found.name if found else translation.gettext("someone else")


def _ways(path: str, *, signed_in: bool) -> list[dict[str, Any]]:
    _ = translation.gettext
    if signed_in:
        ways = [("home", _("Home")), ("needs", _("Needs")), ("exchanges", _("Exchanges")), ("library", _("Library"))]
    else:
        ways = [("library", _("Library")), ("stories", _("Stories")), ("cities", _("Cities"))]
        ways.append(("kept_safe", _("How it is kept safe")))
    here = _WHERE.get(path.split("/")[2]) if path.startswith("/thread/") else ""
    if here not in ("", *(n for n, _label in ways)):
        here = "exchanges"
    return [
        {"href": reverse(n), "label": label, "current": n == here or path.startswith(reverse(n))} for n, label in ways
    ]


_WHERE = {"need": "needs", "match": "needs", "practice": "library", "story": "stories"}  # of the thread's records


class FormRenderer(BaseRenderer):
    """Renders form widgets with the same engine."""

    def get_template(self, template_name: str) -> Any:
        """One template by its name."""
        return engines["jinja2"].get_template(template_name)
