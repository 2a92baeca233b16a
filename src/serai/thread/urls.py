"""The address of the thread."""

from django.urls import path

from serai.web.pages import unbuilt

urlpatterns = [
    path("thread/<slug:noun>/<uuid:id>/", unbuilt, name="thread"),
]
