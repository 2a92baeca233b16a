"""A practice is published once, mended by new versions, and kept by its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from serai.audit.actions import Actor, ChangedMeanwhile, add, change
from serai.directory.models import City, Organisation
from serai.practices.models import Practice, PracticeVersion


class NothingFailed(ValueError):
    """A practice must say at least one thing that did not work: a lesson from failure is a lesson too."""


class NoSafeguards(ValueError):
    """A practice must say what protects the people in it."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """The words of one version. Lengths: title 100, summary 200, description 3000, safeguards 500 characters."""

    title: str
    summary: str
    description: str
    did_not_work: Sequence[str]
    safeguards: str
    evidence: str = "E1"
    core_elements: Sequence[str] = ()
    adaptable_elements: Sequence[str] = ()
    themes: Sequence[str] = ()
    target_groups: Sequence[str] = ()
    staff: str = ""
    cost: str = ""
    language: str = "en"

    def fields(self) -> dict[str, Any]:
        """The columns of a version. Raises `NothingFailed`, `NoSafeguards`."""
        failed = [line.strip() for line in self.did_not_work if line.strip()]
        if not failed:
            raise NothingFailed("say at least one thing that did not work")
        if not self.safeguards.strip():
            raise NoSafeguards("say what protects the people in it")
        lists = ("core_elements", "adaptable_elements", "themes", "target_groups")
        plain = ("title", "summary", "description", "safeguards", "evidence", "staff", "cost", "language")
        return (
            {name: getattr(self, name) for name in plain}
            | {name: [line.strip() for line in getattr(self, name) if line.strip()] for name in lists}
            | {"did_not_work": failed}
        )


@transaction.atomic
def publish_practice(
    actor: Actor,
    *,
    organisation: Organisation,
    city: City | None,
    content: Content,
    readers: Iterable[str],
    now: datetime,
    state: str = "running",
    since: str = "",
    illustrative: bool = False,
    because: str = "",
) -> Practice:
    """Publishes a practice with its first version."""
    groups = list(readers)
    practice = Practice(
        city=city, organisation=organisation, title=content.title, state=state, since=since, illustrative=illustrative
    )
    add(actor, practice, verb="publish_practice", groups=groups, now=now, because=because)
    version = PracticeVersion(practice=practice, number=1, illustrative=illustrative, **content.fields())
    add(actor, version, verb="write_version", groups=groups, now=now)
    return practice


@transaction.atomic
def mend_practice(
    actor: Actor,
    practice: Practice,
    content: Content,
    *,
    what_changed: str,
    expected: int,
    now: datetime,
    because: str = "",
) -> PracticeVersion:
    """Writes a new version; the ones before stay. `expected` is the number of the version the editor saw."""
    if practice.latest != expected:
        raise ChangedMeanwhile(latest_version(practice))
    shown: dict[str, Any] = {"latest": expected + 1, "title": content.title}
    try:
        fresh = change(actor, practice, verb="mend_practice", now=now, expected=practice.version, **shown)
    except ChangedMeanwhile as meanwhile:  # while it was read: whoever mends sees the words, not the row
        raise ChangedMeanwhile(latest_version(Practice.objects.get(pk=practice.pk))) from meanwhile
    version = PracticeVersion(
        practice=fresh,
        number=expected + 1,
        what_changed=what_changed,
        illustrative=fresh.illustrative,
        **content.fields(),
    )
    return add(actor, version, verb="write_version", groups=fresh.audience.groups, now=now, because=because)


def latest_version(practice: Practice) -> PracticeVersion:
    """The version that is shown."""
    return PracticeVersion.objects.get(practice=practice, number=practice.latest)
