"""Renders pages and components with the template engine alone: no Django request, no database."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader

import serai
from serai.web import drawings
from serai.web.styleguide import guide_context

TEMPLATES = Path(serai.__file__).parent / "templates"
COMPONENTS = TEMPLATES / "components"
LANGUAGES = [("en", "English"), ("ar-x-pseudo", "[Pseudo]")]
PERSON = SimpleNamespace(kind="person", id="0190-a", signed_in=True, city_name="Arbreva")


def engine(pages: dict[str, str] | None = None) -> Environment:
    """Jinja2 as the pages have it, with the texts as they are written; `pages`: further templates by name."""
    env = Environment(
        loader=ChoiceLoader([DictLoader(pages or {}), FileSystemLoader(TEMPLATES)]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(lambda text: text, lambda one, many, n: one if n == 1 else many, newstyle=True)
    env.globals.update(
        static=lambda path: f"/static/{path}",
        url=lambda name, *args, **kwargs: f"/{name}/",
        site_name="Serai",
        demo=True,
        draw=drawings,
        languages=LANGUAGES,
        drawn=lambda file, macro, *told: getattr(env.get_template(file).module, macro)(*told),
    )
    return env


def page(name: str, env: Environment | None = None, **context: Any) -> str:
    """One page with what the layout needs."""
    basis = {"language": "en", "direction": "ltr", "asker": None, "csrf_input": ""}
    return (env or engine()).get_template(name).render(**{**basis, **context})


def guide(theme: str = "light", direction: str = "ltr") -> str:
    """The style guide in one of its four forms."""
    return page("styleguide.html", **guide_context(theme, direction))


def macro(file: str, name: str, *args: Any, **kwargs: Any) -> str:
    """What one macro of a component gives, all spaces made one."""
    call = getattr(engine().get_template(f"components/{file}.html").module, name)
    return " ".join(str(call(*args, **kwargs)).split())


def svg(drawing: str) -> ET.Element:
    """The drawing as XML; a drawing that is not well formed raises."""
    return ET.fromstring(str(drawing))


class Tags(HTMLParser):
    """Every start tag of a page with its attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
