"""The one photo of a takeaway is kept, drawn anew, for whoever reads the takeaway."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from serai.audit.actions import Actor, add, day_alone
from serai.core.lifecycle import NotAllowedNow
from serai.exchanges.models import Photo, Takeaway
from serai.exchanges.pictures import Picture

PEOPLE = ("nobody", "agreed")  # can anyone be recognised in it?


class PeopleUnderTheRule(NotAllowedNow):
    """Who was in a session under the Chatham House Rule is not said, so no photo shows it either."""


@transaction.atomic
def add_photo(actor: Actor, takeaway: Takeaway, picture: Picture, *, people: str, now: datetime) -> Photo:
    """Keeps the photo of a takeaway for the takeaway's own readers; where there is one already, it stays.

    From a session under the Chatham House Rule it tells the day alone. Raises `PeopleUnderTheRule`; `ValueError` where
    nobody said whether people can be recognised.
    """
    if people not in PEOPLE:
        raise ValueError("say first whether people can be recognised in it")
    quiet = takeaway.session is not None and takeaway.session.chatham
    if quiet and people != "nobody":
        raise PeopleUnderTheRule("this session is under the Chatham House Rule: no photo shows who was there")
    kept = Photo.objects.filter(takeaway=takeaway).defer("whole", "small").first()
    if kept is not None:
        return kept
    photo = Photo(
        takeaway=takeaway,
        kind=people,
        whole=picture.whole.data,
        width=picture.whole.width,
        height=picture.whole.height,
        small=picture.small.data,
        small_width=picture.small.width,
        small_height=picture.small.height,
        illustrative=takeaway.illustrative,
    )
    if quiet:
        photo.id = uuid.uuid4()
        now = day_alone(now)
    readers = takeaway.audience.groups
    return add(actor, photo, verb="add_photo", groups=readers, source=takeaway.source_id, now=now)
