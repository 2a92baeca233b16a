"""Addresses of exchanges."""

from django.urls import path

from serai.exchanges.views import (
    arranging,
    capturing,
    clashing,
    programme,
    releasing,
    safety,
    sessions,
    taking_home,
    taking_part,
)

urlpatterns = [
    path("exchanges/", arranging.exchanges, name="exchanges"),
    path("exchanges/new/", arranging.new_exchange, name="new_exchange"),
    path("exchanges/<uuid:id>/", arranging.exchange, name="exchange"),
    path("exchanges/<uuid:id>/change/", arranging.change_exchange, name="change_exchange"),
    path("exchanges/<uuid:id>/goals/", arranging.goals, name="goals"),
    path("exchanges/<uuid:id>/invite/", taking_part.invite_city, name="invite_city"),
    path("exchanges/<uuid:id>/move/<slug:to>/", arranging.move_exchange, name="move_exchange"),
    path("parties/<uuid:id>/delegates/", taking_part.delegates, name="delegates"),
    path("participants/<uuid:id>/end/", taking_part.end_participation, name="end_participation"),
    path("tasks/<uuid:id>/", arranging.task, name="task"),
    path("exchanges/<uuid:id>/programme/", programme.programme, name="programme"),
    path("exchanges/<uuid:id>/programme/clashes/", clashing.all_clashing, name="all_clashing"),
    path("exchanges/<uuid:id>/sessions/new/", sessions.new_session, name="new_session"),
    path("exchanges/<uuid:id>/sites/new/", safety.new_site, name="new_site"),
    path("exchanges/<uuid:id>/safety/", safety.safety, name="safety"),
    path("exchanges/<uuid:id>/release/", releasing.release_programme, name="release_programme"),
    path("sessions/<uuid:id>/", sessions.session, name="session"),
    path("sessions/<uuid:id>/change/", sessions.change_session, name="change_session"),
    path("sessions/<uuid:id>/drop/", sessions.drop_session, name="drop_session"),
    path("sessions/<uuid:id>/take-back/", releasing.take_back, name="take_back"),
    path("sessions/<uuid:id>/notes/new/", taking_home.new_note, name="new_note"),
    path("exchanges/<uuid:id>/capture/", capturing.capture, name="capture"),
    path("photos/<uuid:id>/", capturing.photo, name="photo"),
    path("photos/<uuid:id>/<slug:size>/", capturing.photo_file, name="photo_file"),
    path("exchanges/<uuid:id>/takeaways/", taking_home.takeaways, name="takeaways"),
    path("takeaways/<uuid:id>/", taking_home.takeaway, name="takeaway"),
    path("takeaways/<uuid:id>/share/", taking_home.share_takeaway, name="share_takeaway"),
    path("takeaways/<uuid:id>/weigh/", taking_home.weigh, name="weigh"),
    path("exchanges/<uuid:id>/promises/", taking_home.promises, name="promises"),
    path("exchanges/<uuid:id>/promises/new/", taking_home.new_promise, name="new_promise"),
    path("promises/<uuid:id>/renew/", taking_home.renew_promise, name="renew_promise"),
]
