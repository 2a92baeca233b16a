"""Pages of people: their card, and their time in an organisation."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from serai.directory import actions, forms, queries
from serai.directory.models import Membership, Person, TeamMember
from serai.directory.territories import language_names
from serai.sharing.reading import reading
from serai.web.pages import Here, member_page, page, show
from serai.web.versions import merged, saved_meanwhile


@page
def person(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One person's card: who they are here, where they are members, in which teams they have a seat."""
    found = queries.person_page(id)
    context = {
        "person": found,
        "memberships": queries.memberships_of(found, today=here.today),
        "seats": queries.seats_of(found, today=here.today),
        "spoken": language_names(found.languages),
        "mine": _mine(here, found),
        "myself": here.asker.person == found.id,
        "reading": reading(here, found),
    }
    return show(request, "directory/person.html", context)


def _mine(here: Here, found: Person) -> bool:
    return here.signed_in and (here.asker.person == found.id or queries.looks_after(here.standing, found))


@member_page
def change_person(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Mends a card: one's own, or that of someone one wrote down."""
    found = queries.person_page(id)
    if not _mine(here, found):
        raise Http404
    initial = {name: getattr(found, name) for name in forms.PersonForm.base_fields}
    form = forms.PersonForm(merged(request, found), initial=initial)
    if request.method == "POST" and form.is_valid():
        save = partial(actions.change_person, here.actor, found, now=here.now)
        if both := saved_meanwhile(request, form, save, title=_("Someone else changed this card")):
            return both
        messages.success(request, _("The card is changed."))
        return redirect("person", id)
    myself = here.asker.person == found.id
    title = _("Change your card.") if myself else _("Change this card.")
    context = {"form": form, "title": title, "kicker": found.name, "button": _("Save")}
    return show(request, "form.html", context, status=422 if form.errors else 200)


def _membership(here: Here, id: UUID) -> Membership:
    """A membership of today in an organisation for which the asker may let people in and out."""
    found = Membership.objects.filter(queries.held(here.today)).select_related("organisation", "person").get(pk=id)
    if found.organisation is None or not queries.may_let_in(here.standing, found.organisation):
        raise Http404
    return found


@member_page
def change_membership(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Says anew as what someone is a member."""
    found = _membership(here, id)
    initial = {name: getattr(found, name) for name in forms.MembershipForm.base_fields}
    form = forms.MembershipForm(merged(request, found), initial=initial)
    if request.method == "POST" and form.is_valid():
        save = partial(actions.change_membership, here.actor, found, now=here.now)
        if both := saved_meanwhile(request, form, save, title=_("Someone else changed this membership")):
            return both
        messages.success(request, _("The membership is changed."))
        return redirect("organisation", found.organisation_id)
    context = {
        "form": form,
        "title": _("As what are they a member?"),
        "kicker": found.person.name if found.person else "",
        "button": _("Save"),
        "other": {"href": f"{request.path}end/", "label": _("End this membership")},
    }
    return show(request, "form.html", context, status=422 if form.errors else 200)


def end_of(found: Membership | TeamMember) -> SimpleNamespace:
    """The saved end of a membership or seat, as `EndForm` asks for it."""
    return SimpleNamespace(on=found.ended_on, version=found.version)


@member_page
def end_membership(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Ends a membership: from that day on the person reads nothing through it."""
    found = _membership(here, id)
    # From the day on which my own ends I could not write that it does.
    mine = found.person_id == here.asker.person
    initial = {"on": found.ended_on or here.today + timedelta(days=mine), "version": found.version}
    form = forms.EndForm(merged(request, end_of(found)), initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["on"] < found.started_on:
            form.add_error("on", _("It began later than that. Choose a later day."))
        elif mine and form.cleaned_data["on"] <= here.today:
            form.add_error("on", _("Your own can end from tomorrow on. Someone else there can end it today."))
        else:
            save = partial(actions.leave, here.actor, found, now=here.now)
            title = _("Someone else changed this membership")
            if both := saved_meanwhile(request, form, save, title=title, as_saved=end_of):
                return both
            messages.success(request, _("The membership is ended."))
            return redirect("organisation", found.organisation_id)
    name = found.person.name if found.person else ""
    context = {
        "form": form,
        "title": _("End this membership."),
        "kicker": name,
        "explained": _(
            "From that day on they read nothing through this organisation. What they wrote stays. Seats in teams and "
            "places in exchanges last until they are ended too."
        ),
        "button": _("End it"),
    }
    return show(request, "form.html", context, status=422 if form.errors else 200)
