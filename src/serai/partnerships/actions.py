"""A partnership begins, and is signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from serai.audit.actions import Actor, add
from serai.directory.models import City
from serai.partnerships.models import Agreement, Partnership


def begin_partnership(
    actor: Actor,
    *,
    title: str,
    cities: Sequence[City],
    readers: Iterable[str],
    now: datetime,
    began: str = "",
    illustrative: bool = False,
) -> Partnership:
    """Two or more cities are bound to one another over years."""
    if len({city.id for city in cities}) < 2:
        raise ValueError("a partnership needs two cities")
    partnership = Partnership(
        title=title, city_ids=[city.id for city in cities], began=began, illustrative=illustrative
    )
    return add(actor, partnership, verb="begin_partnership", groups=readers, now=now)


def sign_agreement(
    actor: Actor,
    partnership: Partnership,
    *,
    kind: str,
    signed: str,
    now: datetime,
    purpose: str = "",
    review_on: date | None = None,
) -> Agreement:
    """A letter of intent ("loi") or memorandum ("mou"); `signed` is as exact as known."""
    agreement = Agreement(
        partnership=partnership,
        kind=kind,
        signed=signed,
        purpose=purpose,
        review_on=review_on,
        illustrative=partnership.illustrative,
    )
    return add(actor, agreement, verb="sign_agreement", groups=partnership.audience.groups, now=now)
