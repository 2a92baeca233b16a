"""How a database stands to this program: empty, current, older, or written by a newer one."""

from __future__ import annotations

EMPTY, CURRENT, OLDER, NEWER = 10, 0, 11, 12


def standing(alias: str = "owner") -> int:
    """One of EMPTY, CURRENT, OLDER, NEWER; also the status that `serai migrate --careful` ends with."""
    # Here and not above: the supervisor knows the numbers and must not load Django.
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    recorder = MigrationRecorder(connections[alias])
    applied = set(recorder.applied_migrations())
    if not applied:
        return EMPTY
    loader = MigrationLoader(None)
    here = set(loader.disk_migrations)
    apps = {app for app, _ in here}
    if any(app in apps and (app, name) not in here for app, name in applied):
        return NEWER
    return OLDER if here - applied else CURRENT
