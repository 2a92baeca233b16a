"""Two people edited one thing: the second sees both versions, field by field, and chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from serai.audit.actions import ChangedMeanwhile
from serai.web import dates
from serai.web.pages import show
from serai.web.steps import typed

CHOOSE = "choose-"


def merged(request: HttpRequest, record: Any) -> QueryDict | None:
    """What was posted, with the saved value for each field where the editor chose that; None if not a POST."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    chosen = [
        n.removeprefix(CHOOSE) for n, choice in request.POST.items() if n.startswith(CHOOSE) and choice == "theirs"
    ]
    for name in filter(lambda name: hasattr(record, name), chosen):
        value = getattr(record, name)
        data.setlist(name, [_typed(one) for one in (value if isinstance(value, list) else [value])])
    return data


def _typed(value: Any) -> str:
    return "" if value is None else str(value)


def saved_meanwhile(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[..., object],
    *,
    title: str,
    as_saved: Callable[[Any], Any] = lambda record: record,
    told: Mapping[str, Any] | None = None,
) -> HttpResponse | None:
    """Saves what the form holds; the page with both versions where someone else has saved since its editor saw it.

    `save` is told what stands in the form, or `told` where that is put otherwise, and as `expected` the version that
    was seen. `as_saved` makes of the record what its form would hold.
    """
    values = dict(form.cleaned_data)
    expected = values.pop("version")
    try:
        save(expected=expected, **(told or values))
    except ChangedMeanwhile as meanwhile:
        return _both_versions(request, form, as_saved(meanwhile.record), title=title)
    return None


def _both_versions(request: HttpRequest, form: forms.Form, present: Any, *, title: str) -> HttpResponse:
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
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return dates.moment(value, str(value.tzinfo))
    words = {str(code): str(word) for code, word in getattr(field, "choices", [])}
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(words.get(str(one), str(one) if one not in (None, "") else "–") for one in values)
