"""Which columns of each kind of record hold what people typed: shown to the contact, exported, destroyed by a purge."""

from __future__ import annotations

from django.db import connection

from serai.db.rows import Protected
from serai.sharing.nouns import noun_of


def content_columns(model: type[Protected]) -> list[str]:
    """The columns with typed content, as the database destroys them: see db/sql/98_purge.sql."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_content_of(%s)", [model._meta.db_table])
        return list(cursor.fetchone()[0])


def content_of(record: Protected) -> list[tuple[str, str]]:
    """The typed content of a record as pairs of a field's name and its text; what is empty is left out."""
    found = []
    for column in content_columns(type(record)):
        value = getattr(record, column)
        lines = value if isinstance(value, list) else [value]
        text = "\n".join(str(line) for line in lines if line not in (None, ""))
        if text:
            found.append((column.replace("_", " ").capitalize(), text))
    return found or [(str(noun_of(record).word), "–")]
