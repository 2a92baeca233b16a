"""Addresses of stories."""

from django.urls import path

from serai.web.pages import unbuilt

urlpatterns = [
    path("stories/", unbuilt, name="stories"),
    path("stories/<uuid:id>/", unbuilt, name="story"),
]
