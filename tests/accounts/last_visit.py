"""A child in the web role: an exchange of November 2019 with people, notes and a link; prints their ids."""

import json
from datetime import date, timedelta

import django

django.setup()

from serai.core.audience import group  # noqa: E402, models are not ready before
from serai.exchanges import actions as exchanges  # noqa: E402
from serai.sharing import links  # noqa: E402
from serai.sharing.models import Invitation  # noqa: E402
from worlds import NOW, small_world  # noqa: E402

world = small_world()
host = world["Arbreva"]
readers = [group("network", world.network.id)]
with host.asks():
    exchange = exchanges.record_exchange(
        host.actor,
        title="Three days",
        organiser=host.organisation,
        starts_on=date(2019, 11, 25),
        ends_on=date(2019, 11, 27),
        readers=readers,
        now=NOW,
    )
    party = exchanges.add_party(
        host.actor,
        exchange,
        kind="city",
        city=world.cities["Arbreva"],
        speaker=host.organisation,
        readers=readers,
        now=NOW,
    )
    named = exchanges.name_participant(
        host.actor, party, person=host.person, sector="municipal_admin", readers=readers, now=NOW
    )
    told = exchanges.name_participant(
        host.actor, party, in_words="two ambassadors", how_many=2, sector="civil_society", readers=readers, now=NOW
    )
    session = exchanges.add_session(host.actor, exchange, title="Debate", kind="debate", readers=readers, now=NOW)
    quiet = exchanges.add_session(
        host.actor, exchange, title="Reflection", kind="reflection", chatham=True, readers=readers, now=NOW
    )
    red = exchanges.write_note(host.actor, session, "For me alone", now=NOW)
    amber = exchanges.write_note(
        host.actor, session, "For my house", readers=[group("organisation", host.organisation.id)], now=NOW
    )
    chatham = exchanges.write_note(host.actor, quiet, "Somebody said", readers=readers, now=NOW)
    sent = links.make(
        host.actor, kind="join", person=None, address="asked@example.org", records=[exchange], now=NOW,
        lasts=timedelta(days=30),
    )  # fmt: skip
    assert Invitation.objects.count() == 1
names = {"named": named, "told": told, "red": red, "amber": amber, "chatham": chatham, "link": sent.link}
print(json.dumps({name: str(row.pk) for name, row in names.items()}))  # noqa: T201
