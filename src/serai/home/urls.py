"""Addresses of the front, the homes, and what everyone may read about this site."""

from django.urls import path

from serai.web.pages import unbuilt
from serai.web.styleguide import styleguide

urlpatterns = [
    path("", unbuilt, name="front"),
    path("home/", unbuilt, name="home"),
    path("kept-safe/", unbuilt, name="kept_safe"),
    path("styleguide/", styleguide, name="styleguide"),
]
