"""Addresses under /demo/; each answers 404 on a real site."""

from django.urls import path

from serai.accounts import demo

urlpatterns = [
    path("outbox/", demo.outbox, name="demo_outbox"),
    path("as/", demo.look_around, name="demo_as"),
]
