"""What bench/web.py serves: a public exchange of 36 sessions and 36 practices, made by actions as the web role.

Run before the demo's database in the web role; prints one line of JSON: what was made, and who signs in.
"""

from __future__ import annotations

import json
from datetime import timedelta

ROWS = 36
MINUTES = 45
SESSIONS_A_DAY = 9


def make() -> dict[str, object]:
    """The exchange's id, and the account of somebody who reads it and takes no part in it."""
    from serai.accounts.models import Account  # inline: Django is set up by then
    from serai.audit.actions import Actor
    from serai.core.audience import group
    from serai.db import clock
    from serai.db.acting import acting_as, person
    from serai.directory.queries import standing
    from serai.exchanges.actions import add_session, record_exchange
    from serai.practices.actions import Content, publish_practice
    from serai.practices.queries import practices_readable

    account = Account.objects.get(email="secretariat@demo.example")
    assert account.person_id is not None
    reader = Account.objects.get(email="arbreva@demo.example")
    assert reader.person_id is not None
    with acting_as(person(reader.person_id)):
        there = practices_readable().count()
    now, everyone = clock.now(), [group("everyone")]
    with acting_as(person(account.person_id)) as asker:
        stands = standing(asker, today=now.date())
        assert stands is not None
        assert stands.organisation is not None
        actor = Actor(person=account.person_id, organisation=stands.organisation.id)
        first = (now + timedelta(days=30)).replace(hour=8, minute=0, second=0, microsecond=0)
        exchange = record_exchange(
            actor, title="Bench: four days", organiser=stands.organisation, readers=everyone, now=now,
            starts_on=first.date(), ends_on=(first + timedelta(days=3)).date(), illustrative=True,
        )  # fmt: skip
        for number in range(ROWS):
            day, place = divmod(number, SESSIONS_A_DAY)
            begins = first + timedelta(days=day, minutes=60 * place)
            add_session(
                actor, exchange, title=f"Session {number + 1}: how a city does it", kind="talk", now=now,
                starts_at=begins, ends_at=begins + timedelta(minutes=MINUTES), where=f"Room {place + 1}",
            )  # fmt: skip
        for number in range(there, ROWS):
            content = Content(
                title=f"Practice {number + 1}", summary="What a city does, in one sentence of usual length.",
                description="What it is.", did_not_work=["The first form."], safeguards="Consent each time.",
                themes=["youth_engagement"],
            )  # fmt: skip
            publish_practice(
                actor, organisation=stands.organisation, city=None, content=content, readers=everyone, now=now,
                illustrative=True,
            )  # fmt: skip
    return {"exchange": str(exchange.id), "account": str(reader.id)}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(make()))
