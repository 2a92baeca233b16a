"""Which columns of each kind of record hold what people typed: shown to the contact, exported, destroyed by a purge."""

from __future__ import annotations

from django.db import connection

from serai.db.rows import Protected
from serai.sharing.nouns import noun_of, nouns


def content_columns(model: type[Protected]) -> list[str]:
    """The columns with typed content, as the database destroys them: see db/sql/98_purge.sql."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_content_of(%s)", [model._meta.db_table])
        return list(cursor.fetchone()[0])


def every_content_of(record: Protected) -> list[tuple[str, str]]:
    """The same with what stands in the versions of a practice, the newest first; what they repeat stands once."""
    of: dict[str, object] = {"practice_id": record.pk}
    versions = nouns()["practiceversion"].model._default_manager.filter(**of).order_by("-number")
    rows = [record, *versions] if noun_of(record).name == "practice" else [record]
    return list(dict.fromkeys(pair for row in rows for pair in content_of(row)))


# Records of their own that begin with another's words, by the column that says whose: a purge leaves them.
BEGUN_FROM = {"takeaway": ("commitment", "takeaway_id")}


def may_repeat(record: Protected) -> list[tuple[str, str]]:
    """The text and the address of each record that may hold the same words, as far as the asker reads it."""
    name, column = BEGUN_FROM.get(noun_of(record).name, ("", ""))
    if not name:
        return []
    kind = nouns()[name]
    rows = kind.model._default_manager.filter(**{column: record.pk}).order_by("pk")
    return [(str(row), kind.href(row)) for row in rows]


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
