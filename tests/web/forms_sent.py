"""A form as a browser without script fills it in and sends it: with its hidden fields, its token among them."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse

HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')


def hidden(page: HttpResponse, beside: str) -> dict[str, list[str]]:
    """The hidden fields of the form in which this stands; `beside` is a piece of it."""
    found = [form for form in re.findall(r"<form .*?</form>", page.content.decode(), re.S) if beside in form]
    assert found, f"no form holds {beside}"
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(found[0]):
        fields.setdefault(name, []).append(unescape(value))
    assert "csrfmiddlewaretoken" in fields
    return fields
