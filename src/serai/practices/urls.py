"""Addresses of the library."""

from django.urls import path

from serai.practices import views

urlpatterns = [
    path("library/", views.library, name="library"),
    path("library/new/", views.new_practice, name="new_practice"),
    path("library/<uuid:id>/", views.practice, name="practice"),
    path("library/<uuid:id>/change/", views.change_practice, name="change_practice"),
    path("library/<uuid:id>/versions/", views.practice_versions, name="practice_versions"),
]
