"""Addresses of stories."""

from django.urls import path

from serai.stories import translation_views, views

urlpatterns = [
    path("stories/", views.stories, name="stories"),
    path("stories/<uuid:id>/", views.story, name="story"),
    path("exchanges/<uuid:id>/stories/new/", views.new_story, name="new_story"),
    path("stories/<uuid:id>/passages/new/", views.new_passage, name="new_passage"),
    path("passages/<uuid:id>/change/", views.change_passage, name="change_passage"),
    path("stories/<uuid:id>/ask/", views.ask_namings, name="ask_namings"),
    path("namings/<uuid:id>/", views.answer_naming, name="answer_naming"),
    path("stories/<uuid:id>/release/", views.release_story, name="release_story"),
    path("stories/<uuid:id>/withdraw/", views.withdraw_story, name="withdraw_story"),
    path("stories/<uuid:id>/translate/", translation_views.translate_story, name="translate_story"),
    path(
        "stories/<uuid:id>/translate/check/", translation_views.check_story_translation, name="check_story_translation"
    ),
]
