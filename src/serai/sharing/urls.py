"""Addresses of who may read what, and why."""

from django.urls import path

from serai.web.pages import unbuilt

urlpatterns = [
    path("why/<slug:noun>/<uuid:id>/", unbuilt, name="why"),
    path("readers/<slug:noun>/<uuid:id>/", unbuilt, name="readers"),
    path("share/<slug:noun>/<uuid:id>/", unbuilt, name="share"),
    path("report/<slug:noun>/<uuid:id>/", unbuilt, name="report"),
    path("see-as/", unbuilt, name="see_as"),
    path("register/", unbuilt, name="register"),
    path("my-data/", unbuilt, name="my_data"),
]
