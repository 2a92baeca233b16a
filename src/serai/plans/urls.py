"""Addresses of plans, activities and indicators."""

from django.urls import path

from serai.plans import views

urlpatterns = [
    path("plans/", views.plans, name="plans"),
    path("plans/new/", views.new_plan, name="new_plan"),
    path("plans/<uuid:id>/", views.plan, name="plan"),
    path("plans/<uuid:id>/objectives/new/", views.new_objective, name="new_objective"),
    path("objectives/<uuid:id>/activities/new/", views.new_activity, name="new_activity"),
    path("activities/<uuid:id>/", views.activity, name="activity"),
    path("activities/<uuid:id>/move/<slug:to>/", views.move_activity, name="move_activity"),
    path("activities/<uuid:id>/indicators/new/", views.new_indicator, name="new_indicator"),
    path("indicators/<uuid:id>/", views.indicator, name="indicator"),
    path("indicators/<uuid:id>/measure/", views.measure, name="measure"),
]
