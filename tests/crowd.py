"""A large world made by SQL alone: organisations of many cities that all write to one network. For plans and benches.

Every count follows from the number of organisations; there are 200 protected rows for each of them. Most rows are
read by the network, the others by an organisation, a city, a team, those of an exchange, one person, or everyone.
Nothing is by chance: the same number of organisations gives the same world.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from psycopg import Connection, sql

from access.rowmaking import columns_of, filled
from serai.audit.models import AuditEntry
from serai.db.rows import Protected, protected_models
from serai.directory import models as directory
from serai.directory import vocabulary
from serai.exchanges import models as exchanges
from serai.needs import models as needs
from serai.partnerships import models as partnerships
from serai.plans import models as plans
from serai.practices import models as practices
from serai.sharing import models as sharing
from serai.stories import models as stories

# Rows for each organisation. A city has five organisations and one team.
EACH: dict[type[Protected], float] = {
    directory.Organisation: 1, directory.Person: 2, directory.Membership: 2, directory.Team: 0.2,
    directory.TeamMember: 1.6, needs.Need: 10, needs.Offer: 3, needs.Match: 6, needs.MatchAnswer: 12,
    practices.Practice: 6, practices.PracticeVersion: 9, partnerships.Partnership: 0.4, partnerships.Agreement: 0.4,
    exchanges.Exchange: 3, exchanges.Party: 9, exchanges.Participant: 15, exchanges.Goal: 6, exchanges.Task: 18,
    exchanges.Site: 1, exchanges.Session: 24, exchanges.SafetyCheck: 3, exchanges.ProgrammeRelease: 3,
    exchanges.Takeaway: 12, exchanges.Weighing: 4, exchanges.Commitment: 6, exchanges.Note: 6, plans.Plan: 0.2,
    plans.Objective: 1, plans.Activity: 5, plans.ActivityTakeaway: 2, plans.Support: 1, plans.Indicator: 5,
    plans.Measurement: 10, stories.Story: 1, stories.Passage: 5, stories.Naming: 1, sharing.Invitation: 0.2,
    sharing.Report: 0.2, AuditEntry: 3.8, exchanges.Photo: 1,
    practices.PracticeTranslation: 1, stories.StoryTranslation: 0.4, stories.PassageTranslation: 2,
}  # fmt: skip
KINDS = {model: at for at, model in enumerate(EACH, start=1)}
NETWORK_READS, EVERYONE_READS = 100, 101  # ids of audiences; each group's own follow
RICH = 36  # sessions of the first exchange; it has more of everything
LONG = 40  # passages of the first story, each naming somebody and translated; one in ten waits
NETWORK = uuid.UUID(int=1)


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """The world: how many organisations (a multiple of five), the moment it is made for, and rows for each."""

    organisations: int
    now: datetime
    each: Mapping[type[Protected], float] = field(default_factory=lambda: EACH)

    @property
    def cities(self) -> int:
        """How many cities."""
        return self.organisations // 5

    def count(self, model: type[Protected]) -> int:
        """How many rows of a protected model."""
        return round(self.organisations * self.each[model])

    @property
    def rows(self) -> int:
        """How many protected rows."""
        return sum(map(self.count, self.each))

    def id(self, model: type[Protected], number: int) -> uuid.UUID:
        """The id of a row by its number, from 1; the same as the function `crowd` in the database."""
        return uuid.UUID(f"{self._moment + number:012x}7{KINDS[model]:03x}8{number:015x}")

    @property
    def _moment(self) -> int:
        return int(self.now.timestamp() * 1000) - 86_400_000

    def make(self, connection: Connection) -> None:
        """Writes it all, as the server's administrator: guards and references are not asked."""
        assert self.each.keys() == set(protected_models())
        connection.execute("SET session_replication_role = replica")
        connection.execute(self._functions())
        _open(self, connection)
        columns = _Columns(self)
        given = columns.people() | columns.asking() | columns.visits() | columns.days() | columns.later()
        for model in EACH:
            _pour(self, connection, model, given[model])
        author = f"pg_temp.crowd({KINDS[directory.Person]}, 1 + extract(day FROM created_at)::bigint)"
        connection.execute(
            f"INSERT INTO serai_noteauthor (note_id, person_id) SELECT id, {author} FROM serai_note WHERE chatham"
        )
        connection.execute("RESET session_replication_role; UPDATE serai_naming SET passage_id = passage_id")

    @property
    def groups(self) -> dict[str, tuple[int, int, str]]:
        """Each kind of group: the id before its first audience, how many, and the reference of the group numbered n."""
        found, at = {}, EVERYONE_READS
        for kind, model in (
            ("organisation", directory.Organisation),
            ("team", directory.Team),
            ("exchange", exchanges.Exchange),
            ("person", directory.Person),
        ):
            found[kind] = (at, self.count(model), f"pg_temp.crowd({KINDS[model]}, n)")
            at += self.count(model)
        return found | {"city": (at, self.cities, "-n")}

    def _functions(self) -> str:
        first = {kind: at for kind, (at, _count, _ref) in self.groups.items()}
        return _FUNCTIONS.format(
            moment=self._moment,
            organisations=self.organisations,
            cities=self.cities,
            others=self.count(exchanges.Exchange) - 1,
            network=NETWORK_READS,
            everyone=EVERYONE_READS,
            **first,
        )


_FUNCTIONS = """
    CREATE FUNCTION pg_temp.crowd(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
      SELECT (lpad(to_hex({moment} + n), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8'
        || lpad(to_hex(n), 15, '0'))::uuid $$;
    CREATE FUNCTION pg_temp.writer(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
      SELECT 1 + (n * 7919) % {organisations} $$;
    CREATE FUNCTION pg_temp.chance(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
      SELECT ((n * 2654435761) >> 9) % 100 $$;
    CREATE FUNCTION pg_temp.readers(n bigint, w bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
      SELECT (CASE WHEN chance < 55 THEN {network} WHEN chance < 62 THEN {everyone}
        WHEN chance < 80 THEN {organisation} + w WHEN chance < 88 THEN {city} + 1 + w % {cities}
        WHEN chance < 94 THEN {team} + 1 + w % {cities} ELSE {person} + w END)::integer
      FROM pg_temp.chance(n) AS chance $$;
    CREATE FUNCTION pg_temp.of_visit(e bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
      SELECT (CASE WHEN e = 1 OR e % 10 < 6 THEN {network} WHEN e % 10 = 6 THEN {everyone}
        ELSE {exchange} + e END)::integer $$;
    CREATE FUNCTION pg_temp.only_visit(e bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
      SELECT ({exchange} + e)::integer $$;
    CREATE FUNCTION pg_temp.only_person(p bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
      SELECT ({person} + p)::integer $$;
    CREATE FUNCTION pg_temp.visit(n bigint, rich bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
      SELECT CASE WHEN n <= rich THEN 1 ELSE 2 + n % {others} END $$;
"""


def _open(crowd: Crowd, connection: Connection) -> None:
    """The open tables and the audiences: the network, everyone, then each group alone."""
    made = [f"SELECT {NETWORK_READS}, 'network:{NETWORK}'", f"SELECT {EVERYONE_READS}, 'everyone'"]
    made += [
        f"SELECT {at} + n, '{kind}:' || {reference} FROM generate_series(1, {count}) AS n"
        for kind, (at, count, reference) in crowd.groups.items()
    ]
    connection.execute(
        "INSERT INTO serai_audience (id, groups, label) SELECT id, ARRAY[name], serai_label(ARRAY[name])"
        f" FROM ({' UNION ALL '.join(made)}) AS made(id, name);"
        "SELECT setval(pg_get_serial_sequence('serai_audience', 'id'), (SELECT max(id) FROM serai_audience))"
    )
    columns = _Columns(crowd)
    office, network = columns.ref(directory.Organisation, "1"), f"'{NETWORK}'::uuid"
    place = {"id": "-n", "name": "'City ' || n", "country": "'MK'", "fictive": "true"}
    place |= {"latitude": "41 + n % 10", "longitude": "20 + n % 17", "time_zone": "'Europe/Skopje'"}
    found = {"id": network, "name": "'Network'", "secretariat_id": office}
    within = {"id": "gen_random_uuid()", "network_id": network}
    _into(connection, directory.City, crowd.cities, place)
    _into(connection, directory.Network, 1, found)
    _into(connection, directory.NetworkCity, crowd.cities, within | {"city_id": "-n", "coordinator_id": columns.host})
    _into(connection, directory.NetworkOrganisation, 1, within | {"organisation_id": office})


BODY = "repeat('What happened, who was there, and what we would do again. ', 8)"
CODES = "agree_goals,agree_dates,name_delegates,site_rules,safety_check,capture,promise,weigh"
THEMES = [code for code, _word in vocabulary.THEMES]
Given = dict[str, str]


class _Columns:
    """The columns of a row numbered n that are not their defaults. Its writer's number is w, its visit's v."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.o, self.c = crowd, crowd.organisations, crowd.cities
        self.there = f"-(1 + w % {self.c})"
        self.writer, self.first = self.ref(directory.Organisation, "w"), self.ref(directory.Person, "w")
        self.theirs = {"source_id": self.writer, "audience_id": "pg_temp.readers(n, w)"}
        self.card = {"source_id": self.writer, "audience_id": str(NETWORK_READS)}
        self.host = self.ref(directory.Organisation, f"CASE WHEN n = 1 THEN {self.c} ELSE n - 1 END")  # in city n
        self.theme = f"(ARRAY{THEMES})[1 + (n * 31 / 7) % {len(THEMES)}]"

    def ref(self, to: type[Protected], number: str) -> str:
        """The id of the row with this number."""
        return f"pg_temp.crowd({KINDS[to]}, {number})"

    def one(self, to: type[Protected]) -> str:
        """The id of a row, each as often as the others."""
        return self.ref(to, self.number(to))

    def number(self, to: type[Protected]) -> str:
        """The number of that row."""
        return f"1 + (n - 1) % {self.crowd.count(to)}"

    def visit(self, visit: str) -> Given:
        """A row of an exchange, read as the exchange is."""
        return {
            "source_id": self.writer,
            "audience_id": f"pg_temp.of_visit({visit})",
            "exchange_id": self.ref(exchanges.Exchange, visit),
        }

    def of_parent(self, parent: type[Protected], number: str = "") -> Given:
        """Source and readers of a record of this kind, as its child has them."""
        number = number or self.number(parent)
        return {
            "source_id": self.ref(directory.Organisation, f"pg_temp.writer({number})"),
            "audience_id": f"pg_temp.readers({number}, pg_temp.writer({number}))",
        }

    def people(self) -> dict[type[Protected], Given]:
        """Organisations with two people each, and a team a city."""
        of = self.ref(directory.Organisation, f"1 + (n - 1) % {self.o}")
        seat = f"1 + (n % {self.c} + {self.c} * ((n / {self.c}) % 5) - 1 + {self.o}) % {self.o}"
        since = {"started_on": "date '2019-01-01'"}
        sectors = "'{municipal_admin,education,civil_society,law_enforcement,health}'::text[]"
        return {
            directory.Organisation: self.card
            | {"source_id": of, "name": "'Organisation ' || n", "sector": f"({sectors})[1 + n % 5]"}
            | {"city_id": f"CASE WHEN n > 1 THEN -(1 + n % {self.c}) END", "claimed_on": "date '2019-01-01'"},
            directory.Person: self.card | {"source_id": of, "name": "'Member ' || n", "role": "'Youth worker'"},
            directory.Membership: self.card | since
            | {"source_id": of, "organisation_id": of, "person_id": self.ref(directory.Person, "n")}
            | {"coordinates": f"n <= {self.o}"},
            directory.Team: self.card | {"source_id": self.host, "city_id": "-n", "name": "'Team ' || n"},
            directory.TeamMember: self.card | since
            | {"team_id": self.ref(directory.Team, f"1 + n % {self.c}"), "sector": "'education'"}
            | {"person_id": self.ref(directory.Person, seat)},
        }  # fmt: skip

    def in_french(self, original: type[Protected]) -> Given:
        """The nth translation is of the nth original, written by the first of whoever wrote that down."""
        said = {"language": "'fr'", "written_by_id": self.first, "written_at": "made"}
        return self.of_parent(original) | said | {"original_id": self.ref(original, "n")}

    def asking(self) -> dict[type[Protected], Given]:
        """Needs, offers, matches, practices: one need in five is open, one answer in twenty is waited for."""
        more = self.crowd.count(practices.PracticeVersion) - self.crowd.count(practices.Practice)
        other = f"-(1 + (n + n / {self.crowd.count(needs.Match)}) % {self.c})"
        # Nobody without an account reads what a city needs: the page that asks offers no such choice.
        asked = {"audience_id": f"coalesce(nullif(pg_temp.readers(n, w), {EVERYONE_READS}), {NETWORK_READS})"}
        return {
            needs.Need: self.theirs | asked
            | {"city_id": self.there, "question": "'How do young people of quarter ' || n || ' stay at school?'"}
            | {"state": "CASE WHEN n % 10 < 8 THEN 'met' ELSE 'open' END", "theme": self.theme},
            needs.Offer: self.theirs | asked
            | {"city_id": self.there, "what": "'A house to meet ' || n", "theme": self.theme},
            needs.Match: self.theirs
            | {"need_id": self.one(needs.Need), "proposed_by_id": self.first, "reasons": "'{}'::jsonb"}
            | {"state": "CASE WHEN n % 10 < 9 THEN 'agreed' ELSE 'proposed' END"},
            needs.MatchAnswer: self.theirs
            | {"match_id": self.one(needs.Match), "city_id": other, "organisation_id": self.one(directory.Organisation)}
            | {"answer": "CASE WHEN n % 20 < 19 THEN 'accepted' ELSE 'asked' END"},
            practices.Practice: self.theirs
            | {"city_id": self.there, "organisation_id": self.writer, "title": "'Practice ' || n"}
            | {"latest": f"CASE WHEN n <= {more} THEN 2 ELSE 1 END"},
            practices.PracticeVersion: self.of_parent(practices.Practice)
            | {"practice_id": self.one(practices.Practice), "title": "md5(n::text)", "themes": f"ARRAY[{self.theme}]"}
            | {"number": f"1 + (n - 1) / {self.crowd.count(practices.Practice)}", "description": BODY}
            | {"summary": "'A room with keys for those who need it ' || n", "safeguards": "'Nobody is named.'"},
            practices.PracticeTranslation: self.in_french(practices.PracticeVersion)
            | {"title": "'Pratique ' || n", "summary": "'Une pièce avec une clef'", "description": BODY}
            | {"safeguards": "'Personne n''est nommé.'"},
            partnerships.Partnership: self.theirs | {"title": "'Partnership ' || n"},
            partnerships.Agreement: self.theirs | {"partnership_id": self.one(partnerships.Partnership)},
        }  # fmt: skip

    def visits(self) -> dict[type[Protected], Given]:
        """Exchanges of the last two years; the first is live today and is organised by the second organisation."""
        organiser = self.ref(directory.Organisation, "CASE WHEN n = 1 THEN 2 ELSE w END")
        begins = "CASE WHEN n = 1 THEN day ELSE day - 700 + (n % 730)::integer END"
        states = "CASE n % 2 WHEN 0 THEN 'planned' ELSE 'released' END"
        of_party = f"pg_temp.visit({self.number(exchanges.Party)}, 6)"
        person = self.ref(directory.Person, f"1 + (n * 31) % {2 * self.o}")
        return {
            exchanges.Exchange: {"source_id": organiser, "audience_id": "pg_temp.of_visit(n)"}
            | {"organiser_id": organiser}
            | {"title": "'Exchange ' || n", "place_id": self.there, "starts_on": begins, "ends_on": f"{begins} + 2"}
            | {"state": f"CASE WHEN n = 1 THEN 'live' WHEN n % 730 > 700 THEN {states} ELSE 'closed' END"},
            exchanges.Party: self.visit("pg_temp.visit(n, 6)")
            | {"kind": "'city'", "city_id": self.there}
            | {"speaker_id": organiser},
            exchanges.Participant: self.visit(of_party)
            | {"party_id": self.one(exchanges.Party), "person_id": person, "sector": "'education'"}
            | {"started_on": "date '2019-01-01'"},
            exchanges.ProgrammeRelease: self.visit("n") | {"number": "1"},
            exchanges.Goal: self.visit("v") | {"text": "'What keeps them ' || n"},
            exchanges.SafetyCheck: self.visit("v") | {"person_id": self.first, "decision": "'go'"},
        }  # fmt: skip

    def days(self) -> dict[type[Protected], Given]:
        """What is done, seen and promised in exchanges; one task in twenty is open, and those of the first."""
        party = f"CASE WHEN v = 1 THEN 1 + n % 6 ELSE {self.crowd.count(exchanges.Exchange) - 3} + v END"
        kept = "CASE WHEN pg_temp.chance(n) < 30 THEN pg_temp.only_person(w) WHEN pg_temp.chance(n) < 60"
        chatham = f"CASE WHEN n % 4 = 0 THEN gen_random_uuid() ELSE {self.ref(exchanges.Note, 'n')} END"
        hour = "day + (9 + n % 40) * interval '1 hour'"
        return {
            exchanges.Task: self.visit("v")
            | {"phase": "(ARRAY['before', 'during', 'after'])[1 + n % 3]", "due_on": "day - 20 + (n % 40)::integer"}
            | {"code": f"('{{{CODES}}}'::text[])[1 + n % 8]"}
            | {"party_id": f"CASE WHEN n % 8 IN (2, 5, 6, 7) THEN {self.ref(exchanges.Party, party)} END"}
            | {"done_at": "CASE WHEN v > 1 AND n % 20 > 0 THEN now() END"},
            exchanges.Site: self.theirs | {"name": "'House ' || n", "host_id": self.writer, "city_id": self.there},
            exchanges.Session: self.visit("v")
            | {"title": "'Session ' || n", "kind": "'presentation'", "site_id": self.one(exchanges.Site)}
            | {"starts_at": hour, "ends_at": f"{hour} + interval '1 hour'", "position": "1 + n % 40"},
            exchanges.Takeaway: self.visit("v")
            | {"session_id": self.one(exchanges.Session), "practice_id": self.one(practices.Practice)}
            | {"city_id": self.there, "person_id": self.first, "text": "'A room with a key, idea ' || n"}
            | {"audience_id": f"{kept} THEN pg_temp.only_visit(v) ELSE pg_temp.of_visit(v) END"},
            exchanges.Photo: self.theirs
            | {"takeaway_id": self.ref(exchanges.Takeaway, "n"), "kind": "'nobody'", "whole": "'x'::bytea"}
            | {"audience_id": f"{kept} THEN pg_temp.only_visit(v) ELSE pg_temp.of_visit(v) END"}
            | {"small": "'x'::bytea", "width": "4", "height": "3", "small_width": "4", "small_height": "3"},
            exchanges.Weighing: self.theirs
            | {"takeaway_id": self.one(exchanges.Takeaway), "decision": "'adopted'", "reason": "'It fits.'"},
            exchanges.Commitment: self.visit("v")
            | {"organisation_id": self.writer, "text": "'We will try it ' || n", "due_on": "day + (n % 90)::integer"}
            | {"owner_role": "'Youth worker'", "state": "(ARRAY['made', 'kept', 'kept', 'let go'])[1 + n % 4]"},
            exchanges.Note: self.theirs
            | {"session_id": self.one(exchanges.Session), "text": BODY, "chatham": "n % 4 = 0", "id": chatham}
            | {"source_id": f"CASE WHEN n % 4 > 0 THEN {self.writer} END"},
        }  # fmt: skip

    def later(self) -> dict[type[Protected], Given]:
        """Plans, stories, and what is kept beside."""
        about = {"noun": "'Need'", "record_id": self.one(needs.Need)}
        story = f"CASE WHEN n <= {LONG} THEN 1 ELSE {self.number(stories.Story)} END"
        return {
            plans.Plan: self.card
            | {"source_id": self.host, "city_id": "-n", "team_id": self.ref(directory.Team, "n")}
            | {"title": "'Plan ' || n"},
            plans.Objective: self.card | {"plan_id": self.one(plans.Plan), "text": "'They stay ' || n"},
            plans.Activity: self.theirs
            | {"objective_id": self.one(plans.Objective), "title": "'Open the room ' || n"}
            | {"adapted_from_id": self.one(practices.PracticeVersion), "promised_in_id": self.one(exchanges.Exchange)},
            plans.ActivityTakeaway: self.theirs
            | {"activity_id": self.one(plans.Activity), "takeaway_id": self.one(exchanges.Takeaway)},
            plans.Support: self.theirs | {"plan_id": self.one(plans.Plan), "given_by_id": self.writer},
            plans.Indicator: self.theirs | {"activity_id": self.one(plans.Activity), "name": "'At school ' || n"},
            plans.Measurement: self.theirs | {"indicator_id": self.one(plans.Indicator), "value": "n % 100"},
            stories.Story: self.theirs
            | {"title": "'A room with a key ' || n", "exchange_id": self.one(exchanges.Exchange)}
            | {"city_id": self.there, "state": "'released'", "released_at": "made"},
            stories.Passage: self.of_parent(stories.Story, story) | about
            | {"story_id": self.ref(stories.Story, story)}
            | {"position": f"least(n, {LONG}) + n / {self.crowd.count(stories.Story)}"}
            | {"noun": "'need'", "text": BODY},
            stories.StoryTranslation: self.in_french(stories.Story) | {"title": "'Une pièce ' || n"},
            stories.PassageTranslation: self.in_french(stories.Passage) | self.of_parent(stories.Story, story)
            | {"text": BODY},
            stories.Naming: self.theirs
            | {"passage_id": self.one(stories.Passage), "organisation_id": self.writer}
            | {"answer": "CASE WHEN n % 10 > 0 THEN 'yes' ELSE 'asked' END", "answered_at": "made"},
            sharing.Invitation: self.theirs
            | {"expires_at": "now()", "kind": "'answer'", "digest": "md5(n::text)"}
            | {"audience_id": "pg_temp.only_person(w)"},
            sharing.Report: self.theirs | about
            | {"contact_id": self.first, "settled_at": "now()", "reason": "'x'"},
            AuditEntry: self.theirs | about | {"verb": "'ask'", "actor_id": self.first},
        }  # fmt: skip


def _pour(crowd: Crowd, connection: Connection, model: type[Protected], given: dict[str, str]) -> None:
    count = crowd.count(model)
    start = crowd.now - timedelta(days=730)
    made = f"timestamptz '{start.isoformat()}' + n * (interval '730 days' / {count})"
    given = {"id": f"pg_temp.crowd({KINDS[model]}, n)", "created_at": "made", "changed_at": "made"} | given
    source = (
        f"(SELECT n, pg_temp.writer(n) AS w, pg_temp.visit(n, {RICH}) AS v, {made} AS made,"
        f" date '{crowd.now.date()}' AS day FROM generate_series(1::bigint, {count}) AS n) AS numbered"
    )
    _into(connection, model, count, given, source)


def _into(
    connection: Connection, model: type[models.Model], count: int, given: dict[str, str], source: str = ""
) -> None:
    defaults: dict[str, Any] = filled(model, random.Random(0))
    names = columns_of(model)
    assert not given.keys() - set(names), given.keys() - set(names)
    values = [sql.SQL(given[name]) if name in given else sql.Literal(defaults[name]) for name in names]
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join(values),
            sql.SQL(source or f"generate_series(1, {count}) AS n"),
        )
    )
