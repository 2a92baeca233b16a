"""See as: my own record as another person sees it, or what both of us may read. Nothing is written so."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from serai.directory.models import Person
from serai.sharing.nouns import noun_named
from serai.sharing.picking import name_typed, people_called
from serai.sharing.views.asking import record_of
from serai.web.middleware import SEEING_AS
from serai.web.pages import Here, id_in, member_page, show, while_seeing_as


@member_page
@while_seeing_as
def see_as(request: HttpRequest, here: Here) -> HttpResponse:
    """Choose whose eyes; pressed again, one's own."""
    there = _there(request)
    if request.method == "POST" and "stop" in request.POST:
        request.session.pop(SEEING_AS, None)
        return redirect(_back(request))
    if request.method == "POST" and here.asker.also is None:
        person = Person.objects.get(pk=id_in(request.POST.get("person", "")), erased_on=None)
        if person.pk != here.asker.person:
            request.session[SEEING_AS] = str(person.pk)
        return redirect(there or reverse("home"))
    words = name_typed(request.GET.get("look_up", ""))
    found = [person for person in people_called(words) if person.pk != here.asker.person] if words else []
    context = {"words": words, "found": found, "already": here.asker.also is not None}
    context |= {"noun": request.GET.get("noun", ""), "id": request.GET.get("id", "")}
    return show(request, "sharing/see_as.html", context)


def _there(request: HttpRequest) -> str:
    """The page of the record the asker came from, if they can read it."""
    name, id = (request.POST.get(key) or request.GET.get(key) or "" for key in ("noun", "id"))
    if not name or not id:
        return ""
    noun = noun_named(name)
    return noun.href(record_of(noun, id_in(id)))


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else reverse("home")
