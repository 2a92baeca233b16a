"""Addresses of networks, cities, organisations, people and teams. A city's own page is among those of home."""

from django.urls import path

import serai.web.addresses  # noqa: F401, cities below zero
from serai.directory.views import cities, importing, networks, organisations, people, teams

urlpatterns = [
    path("cities/", cities.cities, name="cities"),
    path("cities/<signed:id>/take/", cities.take_city, name="take_city"),
    path("cities/<signed:id>/change/", cities.change_city, name="change_city"),
    path("places/", cities.places, name="places"),
    path("networks/new/", networks.new_network, name="new_network"),
    path("networks/<uuid:id>/", networks.network, name="network"),
    path("networks/<uuid:id>/change/", networks.change_network, name="change_network"),
    path("networks/<uuid:id>/hubs/new/", networks.new_hub, name="new_hub"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.new_organisation, name="new_organisation"),
    path("organisations/<uuid:id>/", organisations.organisation, name="organisation"),
    path("organisations/<uuid:id>/change/", organisations.change_organisation, name="change_organisation"),
    path("people/<uuid:id>/", people.person, name="person"),
    path("people/<uuid:id>/change/", people.change_person, name="change_person"),
    path("memberships/<uuid:id>/", people.change_membership, name="change_membership"),
    path("memberships/<uuid:id>/end/", people.end_membership, name="end_membership"),
    path("teams/new/", teams.new_team, name="new_team"),
    path("teams/<uuid:id>/", teams.team, name="team"),
    path("teams/<uuid:id>/change/", teams.change_team, name="change_team"),
    path("teams/<uuid:id>/seats/new/", teams.seat_member, name="seat_member"),
    path("seats/<uuid:id>/end/", teams.end_seat, name="end_seat"),
    path("directory/import/", importing.import_members, name="import_members"),
    path("directory/export/", importing.export_members, name="export_members"),
]
