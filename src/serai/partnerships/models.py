"""What outlives a visit: cities bound to one another, and what they signed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from serai.db.rows import Protected


class Partnership(Protected):
    """Two or more cities over years; its exchanges point to it."""

    title = models.CharField(max_length=160)
    city_ids = ArrayField(models.IntegerField(), default=list)
    began = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.title


class Agreement(Protected):
    """A letter of intent or memorandum of a partnership."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=24)
    purpose = models.TextField(blank=True, max_length=1500)
    signed = models.CharField(max_length=40, blank=True)  # as exact as known: "November 2018"
    review_on = models.DateField(null=True)
