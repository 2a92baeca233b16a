"""Addresses of the library."""

from django.urls import path

from serai.practices import translation_views, views

urlpatterns = [
    path("library/", views.library, name="library"),
    path("library/new/", views.new_practice, name="new_practice"),
    path("library/<uuid:id>/", views.practice, name="practice"),
    path("library/<uuid:id>/change/", views.change_practice, name="change_practice"),
    path("library/<uuid:id>/versions/", views.practice_versions, name="practice_versions"),
    path("library/<uuid:id>/translate/", translation_views.translate_practice, name="translate_practice"),
    path(
        "library/<uuid:id>/translate/check/",
        translation_views.check_practice_translation,
        name="check_practice_translation",
    ),
]
