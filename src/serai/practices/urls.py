"""Addresses of the library."""

from django.urls import path

from serai.web.pages import unbuilt

urlpatterns = [
    path("library/", unbuilt, name="library"),
    path("library/new/", unbuilt, name="new_practice"),
    path("library/<uuid:id>/", unbuilt, name="practice"),
    path("library/<uuid:id>/change/", unbuilt, name="change_practice"),
    path("library/<uuid:id>/versions/", unbuilt, name="practice_versions"),
]
