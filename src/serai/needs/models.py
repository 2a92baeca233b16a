"""Needs, offers, and matches with each city's answer."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from serai.db.rows import Protected, side_reference, there
from serai.directory import vocabulary
from serai.directory.models import City, Organisation, Person


class Need(Protected):
    """What a city must learn: one question, its theme and whom it concerns."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="needs")
    question = models.CharField(max_length=300)
    theme = models.CharField(max_length=32, choices=vocabulary.THEMES)
    target_groups = ArrayField(models.CharField(max_length=32), default=list)
    urgency = models.CharField(max_length=8, choices=vocabulary.URGENCIES, default="year")
    language = models.CharField(max_length=12, default="en")
    state = models.CharField(max_length=12, default="open")

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="needs_by_state")]

    def __str__(self) -> str:
        return self.question


class Offer(Protected):
    """What a city can show, to how many, in which months."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="offers")
    what = models.CharField(max_length=300)
    theme = models.CharField(max_length=32, choices=vocabulary.THEMES)
    target_groups = ArrayField(models.CharField(max_length=32), default=list)
    evidence = models.CharField(max_length=2, choices=vocabulary.EVIDENCE, default="E1")
    capacity = models.PositiveSmallIntegerField(default=10)
    months = ArrayField(models.PositiveSmallIntegerField(), default=list)
    language = models.CharField(max_length=12, default="en")

    def __str__(self) -> str:
        return self.what


class Match(Protected):
    """A proposed set of cities for a need, with the reasons as they stood when a human proposed it."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="matches")
    proposed_by = side_reference(Person, related_name="+")
    message = models.CharField(max_length=500, blank=True)
    reasons = models.JSONField(default=list)  # city id → list of reason codes with their values
    state = models.CharField(max_length=12, default="proposed")

    class Meta:
        constraints = [there("match", "proposed_by")]
        indexes = [models.Index(fields=["state"], name="matches_by_state")]


CHANNELS = [("phone", "phone"), ("paper", "paper"), ("chat", "chat"), ("meeting", "meeting")]


class MatchAnswer(Protected):
    """One asked city's answer, given by its coordinating organisation or recorded for it by whoever asked."""

    answered_by = ("organisation_id",)

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="answers")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="+")
    organisation = side_reference(Organisation, related_name="+")
    answer = models.CharField(max_length=12, default="asked")  # asked, accepted, parked, declined
    reason = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    said_by = models.CharField(max_length=120, blank=True)  # on behalf of: who said it
    channel = models.CharField(max_length=8, choices=CHANNELS, blank=True)
    said_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            there("matchanswer", "organisation"),
            models.UniqueConstraint(fields=["match", "city"], name="one_answer_a_city"),
        ]
