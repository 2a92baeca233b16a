"""The address of the thread."""

from django.urls import path

from serai.thread import views

urlpatterns = [path("thread/<slug:noun>/<uuid:id>/", views.thread, name="thread")]
