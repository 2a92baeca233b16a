"""Addresses of plans, activities and indicators."""

from django.urls import path

from serai.web.pages import unbuilt

urlpatterns = [
    path("plans/", unbuilt, name="plans"),
    path("plans/new/", unbuilt, name="new_plan"),
    path("plans/<uuid:id>/", unbuilt, name="plan"),
    path("activities/<uuid:id>/", unbuilt, name="activity"),
    path("indicators/<uuid:id>/", unbuilt, name="indicator"),
]
