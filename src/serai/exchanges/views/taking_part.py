"""Pages on which it is said who takes part: a further city, and the people of a party."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from serai.directory.models import City, Membership, Organisation, Person
from serai.directory.queries import held, place_in_network
from serai.exchanges import actions, forms, queries
from serai.exchanges.models import Participant, Party
from serai.sharing import heeding
from serai.sharing.reading import reading
from serai.web.pages import Here, member_page, posted, show


@member_page
def delegates(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A party names its people; whoever is named reads what is shared with the exchange."""
    party = Party.objects.select_related("exchange__audience", "city", "speaker").get(pk=id)
    if here.actor.organisation not in (party.speaker_id, party.exchange.source_id):
        raise Http404
    known = _ours(here, party)
    named = {p.person_id for p in party.participants.filter(ended_on=None)}
    people = [(str(p.id), f"{p.name}") for p in known if p.id not in named]
    form = forms.DelegateForm(posted(request), people=people)
    if kept := heeding.may_save(request, here, form, keep=False, kicker=party.exchange.title):
        if isinstance(kept, HttpResponse):
            return kept
        values = form.cleaned_data
        person = next((p for p in known if str(p.id) == values["person"]), None)
        actions.name_participant(
            here.actor,
            party,
            person=person,
            in_words=values["in_words"],
            how_many=values["how_many"],
            sector=values["sector"] or (_sector_of(here, party, person) if person else ""),
            now=here.now,
        )
        messages.success(request, _("Added. They can now read what is shared with the exchange."))
        return redirect("delegates", id)
    context = {"party": party, "line": party_line(party, here.actor.organisation), "form": form}
    turns = queries.own_turns(party.exchange, "name_delegates", own=here.actor.organisation, today=here.today)
    context |= {"reading": reading(here, party.exchange), "turns": [t for t in turns if t.task.party_id == party.pk]}
    return show(request, "exchanges/delegates.html", context)


def _organisations(party: Party) -> QuerySet[Organisation]:
    """Those of the party's city, or its speaker where it has no city."""
    return Organisation.objects.filter(city=party.city_id) if party.city_id else _speaker(party)


def _speaker(party: Party) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=[party.speaker_id] if party.speaker_id else [])


def _ours(here: Here, party: Party) -> QuerySet[Person]:
    """People of the party's city, or of its speaker where it has no city."""
    memberships = Membership.objects.filter(held(here.today), organisation__in=_organisations(party))
    return Person.objects.filter(pk__in=memberships.values("person")).order_by("name", "id")


def _sector_of(here: Here, party: Party, person: Person) -> str:
    """The sector for which someone of the party comes: that of their organisation there."""
    memberships = Membership.objects.filter(held(here.today), person=person, organisation__in=_organisations(party))
    found = memberships.select_related("organisation").order_by("-coordinates", "started_on", "id").first()
    return found.organisation.sector if found and found.organisation else ""


@require_POST
@member_page
def end_participation(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Someone does not come after all."""
    participant = Participant.objects.get(pk=id)
    actions.end_participation(here.actor, participant, on=here.today, now=here.now)
    messages.success(request, _("Taken off the list. They no longer read what is shared with the exchange."))
    return redirect("delegates", participant.party_id)


@member_page
def invite_city(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The organiser asks a further city."""
    found = queries.own_exchange(id, here.actor)
    form = forms.PartyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        city: City = form.cleaned_data["city"]
        places = [place_in_network(city, network) for network in here.standing.networks]
        place = next((p for p in places if p is not None and p.coordinator is not None), None)
        if place is None or place.coordinator is None:
            text = _("Nobody answers for %(city)s yet. The secretariat says who does.")
            form.add_error("city", text % {"city": city.name})
        else:
            actions.add_party(here.actor, found, kind="city", city=city, speaker=place.coordinator, now=here.now)
            return redirect("exchange", id)
    return show(request, "exchanges/invite.html", {"exchange": found, "form": form})


def party_line(party: Party, own: UUID | None) -> dict[str, Any]:
    """One party with its people."""
    people = list(party.participants.all())
    return {
        "party": party,
        "name": party.name,
        "people": people,
        "count": sum(p.how_many for p in people),
        "own": own is not None and party.speaker_id == own,
    }
