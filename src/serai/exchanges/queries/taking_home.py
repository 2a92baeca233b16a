"""Reads of what is taken home: takeaways and what became of them, promises."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Prefetch, QuerySet

from serai.exchanges.models import Commitment, Exchange, Participant, Photo, Session, Takeaway, Weighing

A_MONTH = timedelta(days=30)


def ideas_come(exchange: Exchange, today: date) -> bool:
    """Whether its days have begun and ended at most a month ago: so long delegates write down what they saw."""
    if exchange.state == "live":
        return True
    last = exchange.ends_on or exchange.starts_on
    if exchange.state == "cancelled" or exchange.starts_on is None or last is None:
        return False
    return exchange.starts_on <= today <= last + A_MONTH


def takeaways_of(exchange: Exchange) -> QuerySet[Takeaway]:
    """The takeaways of an exchange the asker may read, with what became of them."""
    weighings, photos = Weighing.objects.order_by("-id"), Photo.objects.defer("whole", "small").order_by("id")
    return (
        Takeaway.objects.filter(exchange=exchange)
        .select_related("city", "session", "practice", "audience")
        .prefetch_related(Prefetch("weighings", weighings), Prefetch("photos", photos))
        .order_by("id")
    )


def state_of(takeaway: Takeaway) -> str:
    """What the last weighing the asker may read made of it."""
    last = max(takeaway.weighings.all(), key=lambda weighing: weighing.pk, default=None)
    return last.decision if last else "captured"


def promises_of(exchange: Exchange) -> QuerySet[Commitment]:
    """The promises made in an exchange the asker may read."""
    return Commitment.objects.filter(exchange=exchange).select_related("organisation").order_by("id")


def guessable_sectors(session: Session) -> set[str]:
    """Sectors with fewer than three people in the exchange: who said something could be guessed."""
    counted: dict[str, int] = {}
    for sector, count in Participant.objects.filter(exchange=session.exchange_id, ended_on=None).values_list(
        "sector", "how_many"
    ):
        if sector:
            counted[sector] = counted.get(sector, 0) + count
    return {sector for sector, count in counted.items() if count < 3}
