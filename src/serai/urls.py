"""Every address of the house, domain by domain."""

from django.urls import include, path

urlpatterns = [
    path("", include("serai.home.urls")),
]
