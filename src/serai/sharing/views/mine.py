"""The register of processing for everyone; my data as a file; and its erasure."""

from __future__ import annotations

import json

from babel import Locale
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from serai.directory.models import City
from serai.sharing.actions import Needed, erase_myself
from serai.sharing.exports import everything_about
from serai.sharing.forms import EraseForm
from serai.sharing.nouns import nouns
from serai.sharing.register import KINDS, NEVER_KEPT
from serai.web.pages import Here, member_page, page, posted, show


@page
def register(request: HttpRequest, here: Here) -> HttpResponse:
    """Each kind of record with purpose, basis, controller, recipients and clock; and the countries of the readers."""
    codes = City.objects.filter(places__isnull=False, fictive=False).values_list("country", flat=True).distinct()
    territories = Locale.parse((translation.get_language() or "en")[:2]).territories
    countries = sorted(str(territories.get(code, code)) for code in codes)
    return show(request, "sharing/register.html", {"kinds": KINDS, "never": NEVER_KEPT, "countries": countries})


@member_page
def my_data(request: HttpRequest, here: Here) -> HttpResponse:
    """What this site knows about me: counted, to be taken along, to be erased."""
    counts = {name: len(rows) for name, rows in everything_about(here.asker).items() if isinstance(rows, list)}
    words = {name: noun.words for name, noun in nouns().items()} | {"mail": _("mails")}
    lines = [{"words": words[name], "count": count} for name, count in counts.items() if count]
    return show(request, "sharing/my_data.html", {"lines": lines})


@member_page
def export_my_data(request: HttpRequest, here: Here) -> HttpResponse:
    """Everything about me as one file."""
    body = json.dumps(everything_about(here.asker), indent=1, ensure_ascii=False, sort_keys=True)
    name = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return HttpResponse(body, content_type="application/json; charset=utf-8", headers=name)


@member_page
def erase(request: HttpRequest, here: Here) -> HttpResponse:
    """Erases me: "former member" stands in my place everywhere, and what was mine alone is destroyed."""
    form = EraseForm(posted(request))
    refused = ""
    if form.is_valid():
        try:
            erase_myself(here.actor, now=here.now)
        except Needed as needed:
            refused = _refused(str(needed))
        else:
            logout(request)
            messages.success(request, _("You are erased. Thank you for the time you gave."))
            return redirect("front")
    status = 422 if form.errors or refused else 200
    return show(request, "sharing/erase.html", {"form": form, "refused": refused}, status=status)


def _refused(needed: str) -> str:
    if needed == "administrator":
        return _("You are the last administrator. Make someone else one first.")
    return _("You are the data-protection contact of a network. Let the secretariat name someone else first.")
