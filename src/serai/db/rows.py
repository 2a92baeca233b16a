"""What every protected row has: an id, one audience, one source, and the marks of its life."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any, ClassVar

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A UUIDv7: random, and in order of time."""
    return uuid7()


class Audience(models.Model):
    """One interned set of groups with the label that follows from it; made only by `serai_intern()`."""

    id = models.AutoField(primary_key=True)
    groups = ArrayField(models.TextField(), unique=True)
    label = models.CharField(max_length=20)

    class Meta:
        # Every statement asks which audiences hold one of the asker's groups.
        indexes = [GinIndex(fields=["groups"], name="audience_groups", fastupdate=False)]

    def __str__(self) -> str:
        return self.label


class Protected(models.Model):
    """A row under the audience rule. `source_id` is the organisation it comes from.

    For TLP:RED, personal and survey rows it is the person; a Chatham House note has none (its author is
    kept apart). `version` counts the changes, so that the second of two editors sees both. `answered_by` names
    the columns with an organisation or person who is asked in this row: they read it and write their answer.
    """

    answered_by: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    source_id = models.UUIDField(null=True, db_index=True, editable=False)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    illustrative = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def is_draft(self) -> bool:
        """Whether it waits for its release: until then it has readers of its own, and does not follow its whole."""
        return False

    def edits(self) -> list[Protected]:
        """What waits to replace it, and is for none who does not read it."""
        return []


def side_reference(to: Any, *, related_name: str) -> Any:
    """A link to an organisation, person or exchange that fewer may read than this row.

    Never empty (see `there`), but nullable to Django: then it joins so that the row stays when the other
    side is hidden, and the attribute is None.
    """
    return models.ForeignKey(to, null=True, on_delete=models.PROTECT, related_name=related_name)


def there(noun: str, field: str) -> models.CheckConstraint:
    """The constraint that a side reference is never empty."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__isnull": False}), name=f"{noun}_{field}_there")


def protected_models() -> list[type[Protected]]:
    """Every model under the audience rule, in order of their tables' names."""
    found = [model for model in apps.get_models() if issubclass(model, Protected)]
    return sorted(found, key=lambda model: model._meta.db_table)


@cache
def protected_tables() -> frozenset[str]:
    """The tables of the protected models."""
    return frozenset(model._meta.db_table for model in protected_models())
