"""Where signed links lead, and where people are invited."""

from django.urls import path

from serai.sharing import invitation_views, link_views, more_views

urlpatterns = [
    path("l/<str:secret>/", link_views.follow, name="link"),
    path("l/<str:secret>/more/", more_views.see_more, name="link_more"),
    path("links/", more_views.sent_links, name="link_list"),
    path("links/<uuid:id>/code/", more_views.read_out, name="link_code"),
    path("links/<uuid:id>/call-back/", more_views.call_back, name="link_call_back"),
    path("organisations/<uuid:id>/invite/", invitation_views.invite_someone, name="invite"),
    path("organisations/<uuid:id>/invite/sent/", invitation_views.sent, name="invite_sent"),
]
