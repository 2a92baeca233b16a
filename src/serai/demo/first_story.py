"""The first exchange in the Western Balkans: Skopje, 25–27 November 2019, with exactly the known facts.

The source gives no year (2019 is taken) and no times of day: none are made up. Real organisations carry no
invented content; people are roles.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from serai.core.audience import group
from serai.demo.cast import KEYS, Cast
from serai.directory import actions as directory
from serai.directory.models import Organisation
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Exchange, Party
from serai.needs import actions as needs
from serai.plans import actions as plans
from serai.stories import actions as stories

PUBLIC = [group("everyone")]
BEFORE = datetime(2019, 10, 1, 8, 0, tzinfo=UTC)
AFTER = datetime(2019, 12, 10, 8, 0, tzinfo=UTC)

HOSTS = {
    # key: organisation, sector, level, city
    "cair-youth": ("Youth community centre of Čair", "youth_work", "local", "Čair"),
    "gostivar-youth": ("Youth community centre of Gostivar", "youth_work", "local", "Gostivar"),
    "agency": ("Agency for Youth and Sports", "youth_work", "national", None),
    "democracy-lab": ("Democracy Lab", "civil_society", "national", None),
    "horizon": ("Horizon Civitas", "civil_society", "national", None),
    "women": ("Women without Borders", "women_organisation", "international", None),
}


def tell(cast: Cast) -> None:
    """The exchange, who took part, its programme, and what was said to follow from it."""
    hosts = _hosts(cast)
    exchange = _exchange(cast)
    parties = _parties(cast, exchange)
    _programme(cast, exchange, hosts)
    _afterwards(cast, exchange, parties)
    _story(cast, exchange)


def _hosts(cast: Cast) -> dict[str, Organisation]:
    hosts = {}
    for key, (name, sector, level, city) in HOSTS.items():
        # Who belongs to a city is said by its own people.
        writer = cast[KEYS[city] if city else "secretariat"]
        with writer.asks():
            hosts[key] = directory.add_organisation(
                writer.actor,
                name=name,
                sector=sector,
                level=level,
                city=cast.cities[city] if city else None,
                readers=PUBLIC,
                now=BEFORE,
                named_to_public="name",
            )
    return hosts


def _exchange(cast: Cast) -> Exchange:
    office = cast["secretariat"]
    with office.asks():
        exchange = exchanges.plan_exchange(
            office.actor,
            title="First exchange in the Western Balkans",
            organiser=office.organisation,
            place=cast.cities["Skopje"],
            starts_on=date(2019, 11, 25),
            ends_on=date(2019, 11, 27),
            themes=["youth_engagement", "reintegration", "women"],
            summary="Three days in Skopje, organised by the network: debates, city presentations, visits to sites,"
            " and meetings with practitioners.",
            readers=PUBLIC,
            benchmark=True,
            now=BEFORE,
        )
        for text in ("Empower young people", "Reintegrate returnees", "Strengthen the role of women"):
            exchanges.add_goal(office.actor, exchange, text, now=BEFORE)
    return exchange


def _parties(cast: Cast, exchange: Exchange) -> dict[str, Party]:
    office = cast["secretariat"]
    parties = {}
    with office.asks():
        for name, key in (("Kumanovo", "kumanovo"), ("Gostivar", "gostivar"), ("Čair", "cair"), ("Elbasan", "elbasan")):
            parties[key] = exchanges.add_party(
                office.actor,
                exchange,
                kind="city",
                city=cast.cities[name],
                speaker=cast[key].organisation,
                readers=PUBLIC,
                now=BEFORE,
            )
        national = cast["national"]
        parties["national"] = exchanges.add_party(
            office.actor,
            exchange,
            kind="national",
            speaker=national.organisation,
            in_words="National coordination, North Macedonia",
            readers=PUBLIC,
            now=BEFORE,
        )
    told = [
        ("kumanovo", "The Community Action Team of Kumanovo", "civil_society"),
        ("kumanovo", "The mayor or deputy mayor of Kumanovo", "elected_leadership"),
        ("gostivar", "The Community Action Team of Gostivar", "civil_society"),
        ("cair", "The Community Action Team of Čair", "civil_society"),
        ("cair", "The mayor or deputy mayor of Čair", "elected_leadership"),
        ("elbasan", "Civil society of Elbasan", "civil_society"),
        ("elbasan", "Municipal officials and practitioners of Elbasan", "municipal_admin"),
        ("elbasan", "The mayor or deputy mayor of Elbasan", "elected_leadership"),
    ]
    for key, words, sector in told:
        with cast[key].asks():
            exchanges.name_participant(
                cast[key].actor, parties[key], in_words=words, sector=sector, readers=PUBLIC, now=BEFORE
            )
    for key in ("kumanovo", "gostivar", "cair", "elbasan", "national"):
        with cast[key].asks():
            exchanges.name_participant(cast[key].actor, parties[key], person=cast[key].person, now=BEFORE)
    return parties


def _programme(cast: Cast, exchange: Exchange, hosts: dict[str, Organisation]) -> None:
    office = cast["secretariat"]
    with office.asks():
        sites = {
            key: exchanges.add_site(
                office.actor,
                name=HOSTS[key][0],
                host=hosts[key],
                city=hosts[key].city,
                readers=PUBLIC,
                now=BEFORE,
            )
            for key in ("cair-youth", "gostivar-youth", "agency", "democracy-lab")
        }
        debates = ("The role of local communities", "National and local coordination")
        for title in debates:
            exchanges.add_session(office.actor, exchange, title=title, kind="debate", open_to_invited=True, now=BEFORE)
        for name in ("Kumanovo", "Gostivar", "Čair", "Elbasan"):
            exchanges.add_session(
                office.actor,
                exchange,
                title=f"{name} presents itself",
                kind="presentation",
                city=cast.cities[name],
                now=BEFORE,
            )
        for site in sites.values():
            exchanges.add_session(
                office.actor, exchange, title=f"Visit: {site.name}", kind="site_visit", site=site, now=BEFORE
            )
        for title in (
            "Meeting with MotherSchools ambassadors, a project of Women without Borders",
            "Meeting with practitioners of Horizon Civitas who work with families of returnees",
        ):
            exchanges.add_session(office.actor, exchange, title=title, kind="practitioners", now=BEFORE)


def _afterwards(cast: Cast, exchange: Exchange, parties: dict[str, Party]) -> None:
    kumanovo, elbasan, office = cast["kumanovo"], cast["elbasan"], cast["secretariat"]
    with office.asks():
        exchanges.close_recorded(office.actor, exchange, now=AFTER)
        exchanges.promise(
            office.actor,
            exchange,
            text="Share the results of the supported activities with everyone who took part",
            organisation=office.organisation,
            owner_role="Network secretariat",
            due_on=None,
            now=AFTER,
        )
    with kumanovo.asks():
        plan = plans.draft_plan(
            kumanovo.actor,
            city=cast.cities["Kumanovo"],
            team=cast.teams["Kumanovo"],
            title="Local Action Plan of Kumanovo",
            readers=PUBLIC,
            now=AFTER,
        )
        exchanges.promise(
            kumanovo.actor,
            exchange,
            text="Weigh the practices seen when the Local Action Plan is finalised",
            organisation=kumanovo.organisation,
            owner_role="Community Action Team of Kumanovo",
            due_on=None,
            now=AFTER,
        )
    with office.asks():
        plans.promise_support(
            office.actor,
            plan,
            kind="support",
            what="Support for activities of the Local Action Plan in the next year",
            given_by=office.organisation,
            now=AFTER,
        )
    with elbasan.asks():
        needs.state_need(
            elbasan.actor,
            city=cast.cities["Elbasan"],
            question="How do the local teams work?",
            theme="multi_agency",
            target_groups=["officials"],
            readers=PUBLIC,
            now=AFTER,
        )
        directory.add_team(
            elbasan.actor,
            name="A local team for Elbasan",
            city=cast.cities["Elbasan"],
            stage="interested",
            readers=PUBLIC,
            now=AFTER,
        )
    for key, name in (("kumanovo", "Kumanovo"), ("cair", "Čair"), ("elbasan", "Elbasan")):
        with cast[key].asks():
            exchanges.promise(
                cast[key].actor,
                exchange,
                text="Brainstorm joint cross-border activities with the other two cities",
                organisation=cast[key].organisation,
                owner_role=f"Municipality of {name}",
                due_on=None,
                now=AFTER,
            )


PASSAGES = [
    "The Community Action Teams of Kumanovo, Gostivar and Čair met civil society, municipal officials and"
    " practitioners of Elbasan, which has no such team yet.",
    "Debates before a broad audience opened the days: on the role of local communities, and on coordination between"
    " the national and the local level. Then each municipality presented itself.",
    "They visited the youth community centres of Čair and Gostivar, the Agency for Youth and Sports and the NGO"
    " Democracy Lab. They met MotherSchools ambassadors, and practitioners of Horizon Civitas who work with families"
    " of returnees.",
    "The Kumanovo team weighs what it saw when it finalises its Local Action Plan. The network supports activities of"
    " that plan the next year, and shares the results with everyone who took part.",
    "Elbasan asks how the local teams work. Kumanovo, Čair and Elbasan brainstorm joint cross-border activities.",
]


def _story(cast: Cast, exchange: Exchange) -> None:
    office = cast["secretariat"]
    with office.asks():
        story = stories.begin_story(
            office.actor,
            title="Three days in Skopje",
            exchange=exchange,
            byline="Network secretariat",
            readers=[group("organisation", office.organisation.id)],
            now=AFTER,
        )
        for text in PASSAGES:
            stories.add_passage(office.actor, story, text, noun="exchange", record_id=exchange.id, now=AFTER)
        stories.release_story(office.actor, story, PUBLIC, now=AFTER)
