"""The living style guide: every component once, with the words of its own file, in either direction, light or dark."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from serai.web import samples

COMPONENTS = Path(__file__).parent.parent / "templates" / "components"
_NOTE = re.compile(r"\{#(.*?)#\}", re.DOTALL)


@cache
def component_notes() -> dict[str, str]:
    """What each component's file says about its macros, by file name without ending."""
    notes = {}
    for path in sorted(COMPONENTS.glob("*.html")):
        found = _NOTE.search(path.read_text(encoding="utf-8"))
        notes[path.stem] = " ".join(found.group(1).split()) if found else ""
    return notes


def guide_context(theme: str = "", direction: str = "") -> dict[str, Any]:
    """Everything the style guide shows. `theme`: "light", "dark" or "" (device); `direction`: "ltr", "rtl" or ""."""
    shown: dict[str, Any] = {"notes": component_notes(), "show": samples.everything()}
    if theme in ("light", "dark"):
        shown["theme"] = theme
    if direction in ("ltr", "rtl"):
        shown["direction"] = direction
    return shown


def styleguide(request: HttpRequest) -> HttpResponse:
    """The page `/styleguide?theme=dark&direction=rtl`."""
    context = guide_context(request.GET.get("theme", ""), request.GET.get("direction", ""))
    return render(request, "styleguide.html", context)
