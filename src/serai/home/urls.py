"""Addresses of the front and the homes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
