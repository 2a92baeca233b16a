"""The one template engine: Jinja2, autoescaped, with gettext."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.forms.renderers import BaseRenderer
from django.http import HttpRequest
from django.template import engines
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a page by its name."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    """Jinja2 with the globals every template may use."""
    env = Environment(**{**options, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701
    env.globals.update(static=static, url=url, site_name=settings.SITE_NAME, demo=settings.DEMO)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    return env


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What the layout needs of each request."""
    language = translation.get_language() or "en"
    return {
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "languages": settings.LANGUAGES,
        "asker": getattr(request, "asker", None),
    }


class FormRenderer(BaseRenderer):
    """Renders form widgets with the same engine."""

    def get_template(self, template_name: str) -> Any:
        """One template by its name."""
        return engines["jinja2"].get_template(template_name)
