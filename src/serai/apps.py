"""The one Django app of the house."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created


class SeraiConfig(AppConfig):
    """One app holds the one migration history; domains are packages inside it."""

    name = "serai"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """In tests and the demo, reading a protected table with nobody asking is an error, not an empty answer."""
        if settings.LOUD:
            connection_created.connect(_listen, dispatch_uid="serai.loud")


def _listen(connection: Any, **kwargs: Any) -> None:
    from serai.db.acting import refuse_without_asker  # inline: models are not ready when this file is read
    from serai.db.rows import protected_tables

    if connection.alias == "default":
        connection.execute_wrappers[:] = [refuse_without_asker(protected_tables())]
