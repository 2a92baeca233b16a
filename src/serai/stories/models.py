"""Stories: passages linked to records, the yes of each one named, and all of it in other languages."""

from django.db import models

from serai.db.rows import Protected, side_reference, there
from serai.directory.models import City, Organisation, Person
from serai.exchanges.models import Exchange
from serai.translations.models import Translation


class Story(Protected):
    """A result told, with a by-line, sent to everyone who took part."""

    title = models.CharField(max_length=160)
    exchange = side_reference(Exchange, related_name="stories")
    city = models.ForeignKey(City, null=True, on_delete=models.PROTECT, related_name="stories")
    byline = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=12, default="en")
    state = models.CharField(max_length=12, default="draft")
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [there("story", "exchange")]
        indexes = [models.Index(fields=["-released_at", "-id"], name="stories_by_release")]

    def __str__(self) -> str:
        return self.title


class Passage(Protected):
    """One paragraph of a story, linked to the record it tells of.

    A passage that names someone is read by its source and those named alone until each said yes; the database
    sees to it. Until then its stand-in at the same position is told, if there is one.
    """

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="passages")
    position = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000)
    stands_in = models.BooleanField(default=False)  # told in kind, until each one named at this place said yes
    noun = models.CharField(max_length=24, blank=True)
    record_id = models.UUIDField(null=True)
    wording = models.PositiveSmallIntegerField(default=1)  # counts how often its words were changed
    # What those named in it said: the database alone writes it down, with each answer.
    waits = models.BooleanField(default=False, editable=False)
    agreed_at = models.DateTimeField(null=True, editable=False)  # when the last of them said yes; null: nobody is named

    class Meta:
        indexes = [models.Index(fields=["record_id"], name="passages_by_record")]


class Naming(Protected):
    """One organisation or person named in a passage, and what they answered."""

    answered_by = ("organisation_id", "person_id")

    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="namings")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=12, default="asked")  # asked, yes, no, withdrawn
    answered_at = models.DateTimeField(null=True)


class StoryTranslation(Translation):
    """Title and by-line of a story in another language; its passages have their own."""

    original = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="translations")
    title = models.CharField(max_length=160)
    byline = models.CharField(max_length=160, blank=True)


class PassageTranslation(Translation):
    """One passage in another language. Where the passage names someone, their yes must be younger than these words.

    `of_wording` says which wording of the passage it translates.
    """

    original = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="translations")
    text = models.TextField(max_length=2000)
    of_wording = models.PositiveSmallIntegerField(default=1)
