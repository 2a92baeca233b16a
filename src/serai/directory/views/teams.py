"""Pages of a city's team: its stage, its seats by sector, what is done differently here."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from serai.directory import actions, forms, queries, vocabulary
from serai.directory.models import City, Person, Team, TeamMember
from serai.directory.queries import Standing
from serai.directory.stages import stage_path
from serai.directory.views.people import end_of
from serai.directory.views.rings import entry_rings, usual
from serai.sharing import heeding
from serai.sharing.choosing import choose_readers
from serai.sharing.reading import reading
from serai.web.pages import Here, member_page, page, posted, show
from serai.web.steps import typed
from serai.web.versions import merged, saved_meanwhile

# Without these a team is not yet multi-agency (research domain.md, delegation balance).
USUAL = ("municipal_admin", "law_enforcement", "civil_society", "youth_work", "education", "social_services")


@page
def team(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One team: how far it is, who has a seat by sector, what is tailored, which city goes along."""
    found = queries.team_page(id, today=here.today)
    order = {code: at for at, (code, _word) in enumerate(vocabulary.SECTORS)}
    seats = sorted(found.members.all(), key=lambda seat: order.get(seat.sector, len(order)))
    mine = here.signed_in and queries.looks_after(here.standing, found)
    present = {seat.sector for seat in seats}
    context = {
        "team": found,
        "path": stage_path(found.stage),
        "seats": seats,
        "missing": [line for line in _usual() if line["sector"] not in present] if mine else [],
        "mine": mine,
        "called": _called(here) if here.signed_in else "",
        "reading": reading(here, found),
    }
    return show(request, "directory/team.html", context)


def _usual() -> list[dict[str, Any]]:
    return [{"sector": code, "word": word} for code, word in vocabulary.SECTORS if code in USUAL]


def _called(here: Here) -> str:
    """What the network calls a team."""
    return next((str(n.nouns["team"]) for n in here.standing.networks if n.nouns.get("team")), "")


def _cities(standing: Standing) -> list[tuple[int, str]]:
    if standing.runs is not None:
        return [(city.id, city.name) for city in queries.cities_of(standing.runs)]
    return [(standing.city.id, standing.city.name)] if standing.city else []


def _mentors(standing: Standing) -> list[tuple[int, str]]:
    found = City.objects.filter(places__network__in=standing.networks).distinct().order_by("name", "id")
    return [(city.id, city.name) for city in found]


@member_page
def new_team(request: HttpRequest, here: Here) -> HttpResponse:
    """A city's team is written down; its path begins where it stands today."""
    cities = _cities(here.standing)
    if not cities:
        raise Http404
    form = forms.TeamForm(posted(request), cities=cities, mentors=_mentors(here.standing))
    if request.method != "POST" or "back" in request.POST or not form.is_valid():
        context = {"form": form, "title": _("Write down your city’s team."), "button": _("Continue")}
        wrong = request.method == "POST" and "back" not in request.POST
        return show(request, "form.html", context, status=422 if wrong else 200)
    rings = entry_rings(here.standing)
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read about this team, then save it."),
        chosen=usual(rings),
        carried=typed(request),
        texts=heeding.texts_of(form),
        noun=Team,
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    values = dict(form.cleaned_data)
    city, mentor = City.objects.get(pk=values.pop("city_id")), values.pop("mentor_id")
    made = actions.add_team(here.actor, city=city, readers=chosen, now=here.now, mentor_id=mentor, **values)
    messages.success(request, _("The team is written down. Next: who has a seat?"))
    return redirect("team", made.id)


def _own_team(here: Here, id: UUID) -> Team:
    found = queries.team_page(id, today=here.today)
    if not queries.looks_after(here.standing, found):
        raise Http404
    return found


@member_page
def change_team(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Mends a team; if someone else mended it meanwhile, both versions are shown."""
    found = _own_team(here, id)
    initial = {name: getattr(found, name) for name in forms.TeamChangeForm.base_fields}
    form = forms.TeamChangeForm(
        merged(request, found),
        initial=initial,
        cities=[(found.city.id, found.city.name)],
        mentors=_mentors(here.standing),
    )
    if kept := heeding.may_save(request, here, form, keep=False, kicker=found.name):
        if isinstance(kept, HttpResponse):
            return kept
        save = partial(actions.change_team, here.actor, found, now=here.now)
        if both := saved_meanwhile(request, form, save, title=_("Someone else changed this team")):
            return both
        messages.success(request, _("The team is changed."))
        return redirect("team", id)
    context = {"form": form, "title": _("Change this team."), "kicker": found.name, "button": _("Save")}
    return show(request, "form.html", context, status=422 if form.errors else 200)


@member_page
def seat_member(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Gives someone of the city a seat; they then read what is shared with the team."""
    found = _own_team(here, id)
    seated = {seat.person_id for seat in found.members.all()}
    lines = [m for m in queries.people_of_city(found.city, today=here.today) if m.person_id not in seated]
    people = [(str(m.person_id), _person_line(m)) for m in lines]
    form = forms.SeatForm(posted(request), people=people)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        person = Person.objects.get(pk=told["person_id"])
        actions.seat(here.actor, found, person, sector=told["sector"], chairs=told["chairs"], now=here.now)
        messages.success(request, _("They have a seat now."))
        return redirect("team", id)
    context = {
        "form": form,
        "title": _("Give someone a seat.") if people else _("Everyone here has a seat already."),
        "kicker": found.name,
        "explained": _("Somebody new? Invite them into their organisation first."),
        "button": _("Give this seat") if people else "",
        "other": {"href": "/organisations/", "label": _("Organisations")},
    }
    return show(request, "form.html", context, status=422 if form.errors else 200)


def _person_line(membership: Any) -> str:
    where = membership.organisation.name if membership.organisation else ""
    return f"{membership.person.name}, {where}" if where else str(membership.person.name)


@member_page
def end_seat(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Ends a seat: from that day on the person reads nothing through it."""
    found = TeamMember.objects.filter(queries.held(here.today)).select_related("team", "person").get(pk=id)
    if not queries.looks_after(here.standing, found):
        raise Http404
    initial = {"on": found.ended_on or here.today, "version": found.version}
    form = forms.EndForm(merged(request, end_of(found)), initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["on"] < found.started_on:
            form.add_error("on", _("It began later than that. Choose a later day."))
        else:
            save = partial(actions.unseat, here.actor, found, now=here.now)
            title = _("Someone else changed this seat")
            if both := saved_meanwhile(request, form, save, title=title, as_saved=end_of):
                return both
            messages.success(request, _("The seat is free again."))
            return redirect("team", found.team_id)
    context = {
        "form": form,
        "title": _("End this seat."),
        "kicker": found.person.name if found.person else "",
        "explained": _("From that day on they read nothing through this team. What they wrote stays."),
        "button": _("End it"),
    }
    return show(request, "form.html", context, status=422 if form.errors else 200)
