"""The interface's texts: extracted by Babel, and a pseudo-language in a right-to-left script that proves them.

`python -m serai.web.texts` brings every catalogue up to date (make texts); a test holds them to it. The
pseudo-language writes each letter as one of the Arabic script, so that a text that bypasses gettext stands out.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).parent.parent
LOCALE = HOUSE / "locale"
PSEUDO = "ar_X-pseudo"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
METHODS = [
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("templates/**.jinja", "jinja2.ext:babel_extract"),
    ("templates/**.txt", "jinja2.ext:babel_extract"),  # mails, and what is said after an act
    ("**.py", "python"),
]
_JINJA = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
OPTIONS = {f"templates/**.{kind}": _JINJA for kind in ("html", "jinja", "txt")}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_now": None,  # gettext itself, where `_` is the lazy one
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "ابثدەفگهيجكلمنوپقرستوڤوخيز", strict=True))
_KEEP = re.compile(r"(%\(\w+\)[sd]|%[sd]|\{\w+\}|<[^>]+>|&\w+;|TLP:[A-Z+]+)")


def extract() -> Catalog:
    """Every text of the house, with where it stands, in order."""
    catalog = Catalog(project="Serai", charset="utf-8", fuzzy=False)
    found = extract_from_dir(str(HOUSE), METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True)
    for filename, _line, message, comments, context in sorted(found, key=lambda f: (f[0], f[1])):
        catalog.add(message, None, [(filename, 0)], auto_comments=comments, context=context)
    return catalog


def disguised(text: str) -> str:
    """The text in Arabic letters, with its placeholders as they are."""
    parts = _KEEP.split(text)
    return "".join(p if _KEEP.fullmatch(p) else "".join(LETTERS.get(c.lower(), c) for c in p) for p in parts)


def pseudo(source: Catalog) -> Catalog:
    """The catalogue of the pseudo-language."""
    catalog = Catalog(locale="ar", project="Serai", charset="utf-8", fuzzy=False)
    for message in source:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        told = tuple(disguised(text) for text in ids)
        plural = len(ids) > 1
        string = (told[-1],) * catalog.num_plurals if plural else told[0]
        catalog.add(message.id, string, message.locations, message.flags, context=message.context)
    return catalog


def as_po(catalog: Catalog) -> str:
    """A catalogue as the text of a PO file, without line numbers and dates: it changes only with its texts."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=False, include_lineno=False, sort_output=True)
    keep = [line for line in out.getvalue().decode().splitlines() if not re.match(r'"(POT|PO)-', line)]
    return "\n".join(keep) + "\n"


def as_mo(po: str) -> bytes:
    """What gettext loads for this PO file."""
    out = io.BytesIO()
    catalog = read_po(io.StringIO(po))
    catalog.creation_date = catalog.revision_date = LONG_AGO  # else the file changes by the minute
    write_mo(out, catalog)
    return out.getvalue()


def catalogues() -> dict[Path, str]:
    """Every PO file of the house as it should be."""
    return {LOCALE / PSEUDO / "LC_MESSAGES" / "django.po": as_po(pseudo(extract()))}


def write() -> None:
    """Brings every catalogue up to date."""
    for path, text in catalogues().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.with_suffix(".mo").write_bytes(as_mo(text))


if __name__ == "__main__":
    write()
