"""Signed links, reports, and the marks a purge leaves."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from serai.db.rows import Protected, new_id


class Invitation(Protected):
    """A signed link: one question to one person, about exactly the rows it names.

    Only the digest of its secret is kept. It stops at `expires_at`, when answered (it then explains
    itself), or when called back.
    """

    kind = models.CharField(max_length=24)
    digest = models.CharField(max_length=64, unique=True)
    person_id = models.UUIDField(null=True)
    address = models.EmailField(blank=True)
    record_ids = ArrayField(models.UUIDField(), default=list)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=24, blank=True)
    called_back_at = models.DateTimeField(null=True)

    @property
    def told_address(self) -> str:
        """The address as pages show it: typed by whoever invited; where someone signs in, no other question tells."""
        return self.address if self.kind == "join" else ""


class Report(Protected):
    """Someone said that a record must not stand as it is; it is hidden until the contact settles it."""

    answered_by = ("contact_id",)

    noun = models.CharField(max_length=40)
    record_id = models.UUIDField(db_index=True)
    contact_id = models.UUIDField()
    reason = models.CharField(max_length=500)
    settled_at = models.DateTimeField(null=True)
    settlement = models.CharField(max_length=16, blank=True)  # released or purged

    class Meta:
        # Whatever a person may not read by its audience or source is looked up among what was reported to them.
        indexes = [models.Index(fields=["contact_id"], condition=models.Q(settled_at=None), name="reports_to_settle")]


class Purged(models.Model):
    """What stays of a purged record: that it was, who destroyed it, when and why. Open: no content."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    noun = models.CharField(max_length=40)
    record_id = models.UUIDField(unique=True)
    actor_id = models.UUIDField(null=True)
    why = models.CharField(max_length=300)
    purged_at = models.DateTimeField()
