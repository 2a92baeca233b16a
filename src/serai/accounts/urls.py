"""Addresses of signing in and of one's account."""

from allauth.urls import urlpatterns as sign_in
from django.urls import include, path

urlpatterns = [path("", include(sign_in))]
