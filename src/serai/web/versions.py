"""Two people edited one thing: the second sees both versions, field by field, and chooses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from serai.web.pages import show
from serai.web.steps import typed

CHOOSE = "choose-"


def merged(request: HttpRequest, record: Any) -> QueryDict | None:
    """What was posted, with the saved value for each field where the editor chose that; None if not a POST."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    for name in [
        n.removeprefix(CHOOSE) for n, choice in request.POST.items() if n.startswith(CHOOSE) and choice == "theirs"
    ]:
        value = getattr(record, name)
        data.setlist(
            name, [str(v) for v in value] if isinstance(value, list) else ["" if value is None else str(value)]
        )
    return data


def both_versions(request: HttpRequest, form: forms.Form, present: Any, *, title: str) -> HttpResponse:
    """The page with both versions; saving from it says that the editor has now seen the saved one."""
    items = []
    for name, field in form.fields.items():
        theirs, mine = getattr(present, name, None), form.cleaned_data.get(name)
        if name != "version" and theirs != mine:
            said = {"theirs": _said(field, theirs), "mine": _said(field, mine)}
            items.append({"name": name, "label": field.label, **said})
    carried = {name: values for name, values in typed(request).items() if not name.startswith(CHOOSE)}
    carried["version"] = [str(present.version)]
    return show(request, "web/versions.html", {"items": items, "carried": carried, "title": title}, status=409)


def _said(field: forms.Field, value: Any) -> str:
    words = {str(code): str(word) for code, word in getattr(field, "choices", [])}
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(words.get(str(one), str(one) if one not in (None, "") else "–") for one in values)
