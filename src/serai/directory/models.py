"""Networks, cities, organisations, people, memberships, teams. Who is in which group follows from these."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from serai.db.names import InOrder
from serai.db.rows import Protected, new_id, side_reference, there
from serai.directory import vocabulary


class Network(models.Model):
    """A network of cities; a hub is a network inside a network. Open: names no person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="hubs")
    secretariat = models.ForeignKey(
        "Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    data_protection_id = models.UUIDField(null=True, editable=False)  # the person reports go to
    languages = ArrayField(models.CharField(max_length=12), default=list)
    nouns = models.JSONField(default=dict)  # the network's own words for team, exchange ...
    illustrative = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class City(models.Model):
    """A city in its own spelling; real ones carry their GeoNames number, fictive ones a negative one. Open."""

    id = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    latitude = models.FloatField()
    longitude = models.FloatField()
    time_zone = models.CharField(max_length=60)
    languages = ArrayField(models.CharField(max_length=12), default=list)
    population = models.PositiveIntegerField(null=True)
    fictive = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(InOrder("name"), "id", name="cities_in_order")]

    def __str__(self) -> str:
        return self.name


class NetworkCity(models.Model):
    """A city's place in a network: who coordinates there, and how the network writes what it lies in. Open.

    `designation` stands in place of the country's name ("Kosovo*"), `footnote` says what its mark means.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="places")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="places")
    designation = models.CharField(max_length=160, blank=True)
    footnote = models.CharField(max_length=400, blank=True)
    coordinator = models.ForeignKey("Organisation", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "city"], name="city_once_a_network")]


class NetworkOrganisation(models.Model):
    """An organisation that belongs to a network without a city (national, international). Open: ids only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="bodies")
    organisation = models.ForeignKey("Organisation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "organisation"], name="body_once_a_network")]


NAMING = [("name", "name"), ("kind", "kind"), ("none", "none")]


class Organisation(Protected):
    """An organisation: sector, level, city, and how it may be named before each of three audiences.

    `claimed_on` is set when its first own member arrived; from then on only its members add members.
    """

    name = models.CharField(max_length=160)
    in_kind = models.CharField(max_length=160, blank=True)  # "an NGO from Kumanovo"
    sector = models.CharField(max_length=32, choices=vocabulary.SECTORS)
    level = models.CharField(max_length=16, choices=vocabulary.LEVELS, default="local")
    city = models.ForeignKey(City, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations")
    country = models.CharField(max_length=2, blank=True)
    named_to_participants = models.CharField(max_length=4, choices=NAMING, default="name")
    named_to_network = models.CharField(max_length=4, choices=NAMING, default="name")
    named_to_public = models.CharField(max_length=4, choices=NAMING, default="kind")
    claimed_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["name", "id"], name="organisations_by_name"),
            models.Index(InOrder("name"), "id", name="organisations_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class Person(Protected):
    """A professional or invited practitioner in a role. `name` is what they wish to be called here."""

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list)
    erased_on = models.DateField(null=True, editable=False)

    def __str__(self) -> str:
        return self.name


class Membership(Protected):
    """A person's time in an organisation. `coordinates` may act for the organisation towards others."""

    person = side_reference(Person, related_name="memberships")
    organisation = side_reference(Organisation, related_name="memberships")
    role = models.CharField(max_length=120, blank=True)
    coordinates = models.BooleanField(default=False)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)  # the first day outside

    class Meta:
        constraints = [there("membership", "person"), there("membership", "organisation")]
        indexes = [models.Index(fields=["person", "organisation"])]


class Team(Protected):
    """A city's multi-agency group, with its stage on the path and what was tailored."""

    name = models.CharField(max_length=160)
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="teams")
    stage = models.CharField(max_length=24, choices=vocabulary.TEAM_STAGES, default="interested")
    mentor = models.ForeignKey(City, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tailoring = models.TextField(blank=True, max_length=1500)

    def __str__(self) -> str:
        return self.name


class TeamMember(Protected):
    """A person's seat in a team, for a sector."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    person = side_reference(Person, related_name="seats")
    sector = models.CharField(max_length=32, choices=vocabulary.SECTORS)
    chairs = models.BooleanField(default=False)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [there("teammember", "person")]
        indexes = [models.Index(fields=["person", "team"])]
