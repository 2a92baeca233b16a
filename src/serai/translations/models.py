"""What every translation has: its language, how its words came about, who wrote them and who read them after."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from serai.db.rows import Protected, side_reference, there
from serai.directory.models import Person

MADE = [("human", _("By a person")), ("machine", _("By a machine"))]


class Translation(Protected):
    """The words of one record in another language; a subclass adds `original`, the record, and the words.

    Read only by those who read the original, whatever its own audience. Who last wrote its words is whoever asked then,
    and once they are changed nobody has checked them: the database sees to it, see translations/policies.sql.
    """

    language = models.CharField(max_length=12)
    made = models.CharField(max_length=8, choices=MADE, default="human")
    written_by = side_reference(Person, related_name="+")
    written_at = models.DateTimeField()
    checked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            there("%(class)s", "written_by"),
            models.UniqueConstraint(fields=["original", "language"], name="%(class)s_once"),
            models.CheckConstraint(
                condition=models.Q(checked_by__isnull=True) | ~models.Q(checked_by=models.F("written_by")),
                name="%(class)s_read_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.language

    @property
    def state(self) -> str:
        """`machine`, `human`, or `checked`: read by a second person who did not write these words."""
        return "checked" if self.checked_by_id else self.made
