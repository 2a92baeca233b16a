"""Addresses of exchanges."""

from django.urls import path

from serai.web.pages import unbuilt

urlpatterns = [
    path("exchanges/", unbuilt, name="exchanges"),
    path("exchanges/new/", unbuilt, name="new_exchange"),
    path("exchanges/<uuid:id>/", unbuilt, name="exchange"),
    path("exchanges/<uuid:id>/programme/", unbuilt, name="programme"),
    path("exchanges/<uuid:id>/capture/", unbuilt, name="capture"),
    path("takeaways/<uuid:id>/", unbuilt, name="takeaway"),
    path("sessions/<uuid:id>/", unbuilt, name="session"),
]
