"""Local action plans: objectives, activities, indicators, measurements."""

from django.db import models

from serai.db.rows import Protected, side_reference, there
from serai.directory.models import City, Organisation, Team
from serai.exchanges.models import Commitment, Exchange, Takeaway
from serai.practices.models import PracticeVersion


class Plan(Protected):
    """A city's local action plan."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="plans")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(max_length=160)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=12, default="draft")  # draft, adopted, under review

    def __str__(self) -> str:
        return self.title


class Objective(Protected):
    """What the plan wants to reach."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="objectives")
    text = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=1)


class Activity(Protected):
    """What the city does about an objective; perhaps adapted from a practice and promised in an exchange."""

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="activities")
    title = models.CharField(max_length=160)
    what = models.TextField(max_length=1500, blank=True)
    chosen_why = models.CharField(max_length=300, blank=True)
    adapted_from = models.ForeignKey(
        PracticeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="adaptations"
    )
    changes = models.TextField(max_length=1000, blank=True)
    promised_in = models.ForeignKey(
        Exchange, null=True, blank=True, on_delete=models.PROTECT, related_name="activities"
    )
    commitment = models.ForeignKey(
        Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="activities"
    )
    partners = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=12, default="planned")

    def __str__(self) -> str:
        return self.title


class ActivityTakeaway(Protected):
    """This activity grew from this takeaway."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="roots")
    takeaway = models.ForeignKey(Takeaway, on_delete=models.PROTECT, related_name="grown_into")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "takeaway"], name="root_once")]


class Support(Protected):
    """Support asked for an activity or a plan, and what was given."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="support")
    activity = models.ForeignKey(Activity, null=True, on_delete=models.PROTECT, related_name="support")
    kind = models.CharField(max_length=16)  # money, expert, training, material
    given_by = side_reference(Organisation, related_name="+")
    what = models.CharField(max_length=300)
    state = models.CharField(max_length=12, default="asked")  # asked, promised, given, declined

    class Meta:
        constraints = [there("support", "given_by")]


class Indicator(Protected):
    """A number that shows whether an activity works: baseline and target with their days."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="indicators")
    name = models.CharField(max_length=160)
    unit = models.CharField(max_length=40, blank=True)
    rising_is_good = models.BooleanField(default=True)
    baseline = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    baseline_on = models.DateField(null=True)
    target = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    target_on = models.DateField(null=True)
    method = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class Measurement(Protected):
    """One reading of an indicator, with its doubt where it is known."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="measurements")
    value = models.DecimalField(max_digits=14, decimal_places=3)
    low = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    high = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    measured_on = models.DateField()
    how = models.CharField(max_length=300, blank=True)
