"""The trail of actions: verb and ids, never names or content."""

from django.db import models

from serai.db.rows import Protected


class AuditEntry(Protected):
    """One action on one record. For a Chatham House note it has no actor."""

    verb = models.CharField(max_length=60)
    noun = models.CharField(max_length=40)
    record_id = models.UUIDField(db_index=True)
    actor_id = models.UUIDField(null=True)
    because = models.CharField(max_length=300, blank=True)  # only the reason a rule asked for
