"""Addresses of the front, the homes, and what everyone may read about this site."""

from django.urls import path

import serai.web.addresses  # noqa: F401, cities below zero
from serai.home import city, views
from serai.web.styleguide import styleguide

urlpatterns = [
    path("", views.front, name="front"),
    path("home/", views.home, name="home"),
    path("cities/<signed:id>/", city.city, name="city"),
    path("kept-safe/", views.kept_safe, name="kept_safe"),
    path("styleguide/", styleguide, name="styleguide"),
]
