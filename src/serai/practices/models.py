"""Practices, every version kept, each in as many languages as it was put into."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from serai.db.rows import Protected, side_reference, there
from serai.directory import vocabulary
from serai.directory.models import City, Organisation
from serai.translations.models import Translation

STATES = [("planned", "planned"), ("running", "running"), ("ended", "ended")]


class Practice(Protected):
    """A programme, tool, structure or policy of a city; its words stand in its versions."""

    city = models.ForeignKey(City, null=True, on_delete=models.PROTECT, related_name="practices")
    organisation = side_reference(Organisation, related_name="practices")
    title = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=STATES, default="running")
    since = models.CharField(max_length=40, blank=True)
    latest = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [there("practice", "organisation")]

    def __str__(self) -> str:
        return self.title


class PracticeVersion(Protected):
    """One version of a practice, as it was published."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    summary = models.CharField(max_length=200)
    description = models.TextField(max_length=3000)
    evidence = models.CharField(max_length=2, choices=vocabulary.EVIDENCE, default="E1")
    did_not_work = ArrayField(models.CharField(max_length=300))
    safeguards = models.TextField(max_length=500)
    core_elements = ArrayField(models.CharField(max_length=200), default=list)
    adaptable_elements = ArrayField(models.CharField(max_length=200), default=list)
    themes = ArrayField(models.CharField(max_length=32), default=list)
    target_groups = ArrayField(models.CharField(max_length=32), default=list)
    staff = models.CharField(max_length=120, blank=True)
    cost = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, default="en")
    what_changed = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="version_once")]
        indexes = [models.Index(fields=["title", "id"], name="library_by_title")]


class PracticeTranslation(Translation):
    """One version of a practice in another language; it stays with the version it translates."""

    original = models.ForeignKey(PracticeVersion, on_delete=models.PROTECT, related_name="translations")
    title = models.CharField(max_length=100)
    summary = models.CharField(max_length=200)
    description = models.TextField(max_length=3000)
    did_not_work = ArrayField(models.CharField(max_length=300))
    safeguards = models.TextField(max_length=500)
    core_elements = ArrayField(models.CharField(max_length=200), default=list)
    adaptable_elements = ArrayField(models.CharField(max_length=200), default=list)
    staff = models.CharField(max_length=120, blank=True)
    cost = models.CharField(max_length=120, blank=True)

    @property
    def number(self) -> int:
        """Which version it translates."""
        return self.original.number
