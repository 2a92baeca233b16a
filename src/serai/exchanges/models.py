"""Exchanges: those taking part, goals, tasks, programme, sites, safety, and what was taken home."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models

from serai.db.rows import Protected, side_reference, there
from serai.directory import vocabulary
from serai.directory.models import City, Organisation, Person
from serai.needs.models import Match
from serai.partnerships.models import Partnership
from serai.practices.models import Practice

IN_PROGRAMME = models.Q(position__gt=0)  # of sessions: a dropped one stands at 0
CHANGED, TAKEN_OUT = -1, -2  # where what waits to replace a released session stands
UNDER_WAY = ("planned", "released", "live")
FORMS = [("in_person", "in_person"), ("online", "online"), ("both", "both")]


class Exchange(Protected):
    """Days that people of two or more cities spend together. `place` need not be a member city."""

    title = models.CharField(max_length=160)
    organiser = side_reference(Organisation, related_name="organises")
    place = models.ForeignKey(City, null=True, on_delete=models.PROTECT, related_name="hosts")
    when = models.CharField(max_length=60, blank=True)  # as exact as known, where no days are
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    form = models.CharField(max_length=10, choices=FORMS, default="in_person")
    themes = ArrayField(models.CharField(max_length=32), default=list)
    summary = models.TextField(max_length=1500, blank=True)
    match = models.ForeignKey(Match, null=True, on_delete=models.PROTECT, related_name="exchanges")
    partnership = models.ForeignKey(Partnership, null=True, on_delete=models.PROTECT, related_name="exchanges")
    benchmark = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="planned")
    programme_number = models.PositiveSmallIntegerField(default=0)  # the last release

    class Meta:
        constraints = [there("exchange", "organiser")]
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="exchanges_by_day"),
            models.Index(fields=["state", "starts_on"], name="exchanges_by_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def under_way(self) -> bool:
        """Whether it can still be changed."""
        return self.state in UNDER_WAY

    @property
    def time_zone(self) -> str:
        """The clock it keeps: its place's, else UTC."""
        return self.place.time_zone if self.place else "UTC"

    @property
    def begins_from(self) -> date | None:
        """From which day on it can be said that the first day has come: the day before."""
        return self.starts_on - timedelta(days=1) if self.starts_on else None

    @property
    def closes_from(self) -> date | None:
        """From which day on it can be said that the days are over: the last."""
        return self.ends_on or self.starts_on


class Party(Protected):
    """A city, national body, organisation or guest taking part; `speaker` acts for it in this exchange."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="parties")
    kind = models.CharField(max_length=12)  # city, national, organisation, guest
    city = models.ForeignKey(City, null=True, on_delete=models.PROTECT, related_name="+")
    speaker = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="parties")
    in_words = models.CharField(max_length=160, blank=True)
    expected = models.PositiveSmallIntegerField(default=0)

    @property
    def name(self) -> str:
        """What it is called: its city, else its words, else who speaks for it."""
        return self.city.name if self.city else self.in_words or str(self.speaker or "")


class Participant(Protected):
    """One taking part: a person with an account, or people told in words ("two ambassadors").

    Those with a person are the audience group of the exchange, from `started_on` on.
    """

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="participants")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    in_words = models.CharField(max_length=160, blank=True)
    how_many = models.PositiveSmallIntegerField(default=1)
    sector = models.CharField(max_length=32, choices=vocabulary.SECTORS, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "exchange"])]


class Goal(Protected):
    """What those taking part want to have learnt or decided."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="goals")
    text = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=1)


class Task(Protected):
    """One line of the task list: a verb, whose turn, by when."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="tasks")
    phase = models.CharField(max_length=8)  # before, during, after
    code = models.CharField(max_length=32)
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="tasks")  # none: organiser
    due_on = models.DateField(null=True)
    minutes = models.PositiveSmallIntegerField(default=5)
    done_at = models.DateTimeField(null=True)


class Site(Protected):
    """A place that is visited, with the rules its host sets."""

    name = models.CharField(max_length=160)
    host = side_reference(Organisation, related_name="sites")
    city = models.ForeignKey(City, null=True, on_delete=models.PROTECT, related_name="+")
    most_guests = models.PositiveSmallIntegerField(null=True)
    photos = models.CharField(max_length=200, blank=True)
    who_may_come = models.CharField(max_length=300, blank=True)
    may_repeat = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [there("site", "host")]

    def __str__(self) -> str:
        return self.name


class Session(Protected):
    """One item of the programme; under the Chatham House Rule where `chatham`; meant to overlap where `beside`."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="sessions")
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=16)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    where = models.CharField(max_length=160, blank=True)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="sessions")
    city = models.ForeignKey(City, null=True, on_delete=models.PROTECT, related_name="+")  # who presents
    practice = models.ForeignKey(Practice, null=True, on_delete=models.PROTECT, related_name="sessions")
    chatham = models.BooleanField(default=False)
    open_to_invited = models.BooleanField(default=False)
    beside = models.BooleanField(default=False)  # runs beside others
    position = models.SmallIntegerField(default=1)
    drafted_for = models.IntegerField(null=True, editable=False)  # the audience it has until it is released
    replaces = models.UUIDField(null=True, editable=False, db_index=True)  # the session that this will be

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        """Whether a release gives it the readers of its exchange: not where its source chose others meanwhile."""
        return self.drafted_for is not None and self.drafted_for == self.audience_id

    @property
    def is_taken_out(self) -> bool:
        """Whether the session that it replaces goes with the next release."""
        return self.position == TAKEN_OUT

    @property
    def is_dropped(self) -> bool:
        """Whether it has left the programme; what came of it stays."""
        return self.position == 0

    def edits(self) -> list[Protected]:
        """What waits to replace it."""
        return list(Session.objects.filter(replaces=self.pk, position__lt=0).select_related("audience").order_by("id"))


class SafetyCheck(Protected):
    """Ten do-no-harm questions of one round, answered by two people of different organisations."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="safety_checks")
    person = side_reference(Person, related_name="+")
    answers = models.JSONField(default=dict)  # question number → {"risk": bool, "what_we_do": str}
    decision = models.CharField(max_length=12)  # go, conditions, stop
    programme_digest = models.CharField(max_length=64)  # of what needs a check anew: sites, open sessions

    class Meta:
        constraints = [there("safetycheck", "person")]


class ProgrammeRelease(Protected):
    """The programme as released, and the difference to the release before."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField()
    programme = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exchange", "number"], name="release_once")]


class Takeaway(Protected):
    """What a delegate saw and wants to bring home. `capture` is made on the phone: sent twice, kept once."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="takeaways")
    session = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="takeaways")
    practice = models.ForeignKey(Practice, null=True, on_delete=models.PROTECT, related_name="takeaways")
    city = models.ForeignKey(City, null=True, on_delete=models.PROTECT, related_name="+")  # home
    person = side_reference(Person, related_name="takeaways")
    text = models.CharField(max_length=500)
    language = models.CharField(max_length=12, default="en")
    capture = models.UUIDField(null=True)
    state = models.CharField(max_length=12, default="captured")

    class Meta:
        constraints = [
            there("takeaway", "person"),
            models.UniqueConstraint(fields=["person", "capture"], name="capture_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Photo(Protected):
    """The one picture of a takeaway, drawn anew: nothing of the camera, the place or the hour is in its bytes (WebP).

    `kind`: nobody can be recognised in it, or people can and each of them agreed. Sizes in pixels.
    """

    takeaway = models.ForeignKey(Takeaway, on_delete=models.PROTECT, related_name="photos")
    kind = models.CharField(max_length=16, choices=[("nobody", "nobody"), ("agreed", "agreed")])
    whole = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    small = models.BinaryField()
    small_width = models.PositiveSmallIntegerField()
    small_height = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return str(self.pk)


class Weighing(Protected):
    """What the home team made of a takeaway, and why. Whoever was inspired hears of it."""

    takeaway = models.ForeignKey(Takeaway, on_delete=models.PROTECT, related_name="weighings")
    decision = models.CharField(max_length=12)  # adopted, adapted, parked, left
    reason = models.CharField(max_length=300)


class Commitment(Protected):
    """A promise: owned by a role in an organisation, with a day and a first step."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="commitments")
    takeaway = models.ForeignKey(Takeaway, null=True, on_delete=models.PROTECT, related_name="commitments")
    organisation = side_reference(Organisation, related_name="commitments")
    owner_role = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    first_step = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=12, default="made")  # made, kept, changed, handed over, let go
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [there("commitment", "organisation")]

    def __str__(self) -> str:
        return self.text


class Note(Protected):
    """A note from a session. Under the Chatham House Rule it has no source, a random id, and a day only."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(max_length=2000)
    language = models.CharField(max_length=12, default="en")
    chatham = models.BooleanField(default=False)


class NoteAuthor(models.Model):
    """Who wrote a Chatham House note: only they can read this row."""

    note = models.OneToOneField(Note, primary_key=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
