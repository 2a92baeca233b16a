"""Where signed links lead, and where people are invited."""

from django.urls import path

from serai.sharing import invitation_views, link_views

urlpatterns = [
    path("l/<str:secret>/", link_views.follow, name="link"),
    path("organisations/<uuid:id>/invite/", invitation_views.invite_someone, name="invite"),
]
