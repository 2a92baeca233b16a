"""Addresses of cities, organisations, people and teams."""

from django.urls import path

from serai.web.pages import unbuilt

urlpatterns = [
    path("cities/", unbuilt, name="cities"),
    path("cities/<int:id>/", unbuilt, name="city"),
    path("places/", unbuilt, name="places"),
    path("organisations/", unbuilt, name="organisations"),
    path("organisations/<uuid:id>/", unbuilt, name="organisation"),
    path("people/<uuid:id>/", unbuilt, name="person"),
    path("teams/<uuid:id>/", unbuilt, name="team"),
    path("directory/import/", unbuilt, name="import_members"),
]
