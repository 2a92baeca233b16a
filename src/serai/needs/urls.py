"""Addresses of needs, offers and matches."""

from django.urls import path

from serai.needs import views

urlpatterns = [
    path("needs/", views.needs, name="needs"),
    path("needs/new/", views.new_need, name="new_need"),
    path("needs/<uuid:id>/", views.need, name="need"),
    path("needs/<uuid:id>/change/", views.change_need, name="change_need"),
    path("needs/<uuid:id>/partners/", views.partners, name="partners"),
    path("offers/new/", views.new_offer, name="new_offer"),
    path("offers/<uuid:id>/", views.offer, name="offer"),
    path("matches/<uuid:id>/", views.match, name="match"),
    path("matches/answers/<uuid:id>/", views.answer, name="answer_match"),
    path("matches/answers/<uuid:id>/on-behalf/", views.answer_on_behalf, name="answer_on_behalf"),
    path("matches/answers/<uuid:id>/undo/", views.undo_answer, name="undo_answer"),
]
