"""The access matrix, written by hand: for each address, what it is about and who gets which answer.

A cell is worked out from this table and core/audience.py. An address of the house without a row here fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from personas import Persona, Row

from serai.core.audience import may_change, may_read

Rule = Callable[[Persona, Row], bool]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One address: the noun its id names (none: no record), for whom it is there, and how it is asked."""

    noun: str = ""
    allowed: Rule
    signed_in: bool = True
    post: bool = False
    with_noun: bool = False  # the address also carries the noun
    by_secret: bool = False  # the address names the record by its secret instead of its id
    extra: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()  # it leads on: to the address of this name, with these words and the record's id
    led: Rule = lambda persona, row: True  # for which records it does


def reads(persona: Persona, row: Row) -> bool:
    """Whoever reads the record."""
    return may_read(persona.reader, row.record)


def source(persona: Persona, row: Row) -> bool:
    """Only the record's source, and it must read it."""
    return persona.source is not None and row.record.source == persona.source and reads(persona, row)


def writes(persona: Persona, row: Row) -> bool:
    """Whoever may change the record."""
    return may_change(persona.reader, row.record)


def asked(persona: Persona, row: Row) -> bool:
    """The organisation that is asked."""
    return persona.organisation is not None and str(row.columns["organisation_id"]) == persona.organisation


def named(persona: Persona, row: Row) -> bool:
    """The organisation or person that is named."""
    return str(row.columns["organisation_id"]) == persona.organisation or (
        persona.person is not None and str(row.columns["person_id"]) == persona.person
    )


def takes_part(persona: Persona, row: Row) -> bool:
    """Whoever organises the exchange, speaks for a party of it, or is named in one."""
    speaks = persona.organisation in row.columns["speakers"]
    return speaks or source(persona, row) or f"exchange:{row.record.id}" in persona.reader.groups


def goes_on(persona: Persona, row: Row) -> bool:
    """While an exchange is not over."""
    return row.columns["state"] not in ("closed", "cancelled")


def dropped(persona: Persona, row: Row) -> bool:
    """A session that was taken out of its programme."""
    return row.columns["position"] == 0


def wrote(persona: Persona, row: Row) -> bool:
    """The delegate whose takeaway it is."""
    return persona.person is not None and str(row.columns["person_id"]) == persona.person


def home_team(persona: Persona, row: Row) -> bool:
    """Someone of the city a takeaway went home to, who reads it."""
    return reads(persona, row) and persona.city is not None and str(row.columns["city_id"]) == persona.city


def lets_in(persona: Persona, row: Row) -> bool:
    """Whoever may let someone into the organisation: one of its own; of one that has none, who wrote it down."""
    own = persona.organisation == row.record.id
    return reads(persona, row) and (own or (row.columns["claimed_on"] is None and source(persona, row)))


def everyone(persona: Persona, row: Row) -> bool:
    """Everybody."""
    return True


def of_a_city(persona: Persona, row: Row) -> bool:
    """People whose organisation is in a city."""
    return persona.city is not None


def of_an_organisation(persona: Persona, row: Row) -> bool:
    """People of an organisation."""
    return persona.organisation is not None


def nobody_by_get(persona: Persona, row: Row) -> bool:
    """Answers to a POST alone."""
    return False


def both(*rules: Rule) -> Rule:
    """All of these rules."""
    return lambda persona, row: all(rule(persona, row) for rule in rules)


def page(noun: str, **more: object) -> Cell:
    """A page about a record that a visitor may ask for too."""
    return Cell(noun=noun, allowed=reads, signed_in=False, **more)  # type: ignore[arg-type]


def form(noun: str, allowed: Rule, **more: object) -> Cell:
    """A form about a record, for people who are signed in."""
    return Cell(noun=noun, allowed=allowed, **more)  # type: ignore[arg-type]


def press(noun: str, allowed: Rule, **more: object) -> Cell:
    """A button: it answers to a POST."""
    return Cell(noun=noun, allowed=allowed, post=True, **more)  # type: ignore[arg-type]


OPEN = Cell(allowed=everyone, signed_in=False)
MEMBERS = Cell(allowed=everyone)

MATRIX: dict[str, Cell] = {
    "front": OPEN,
    "kept_safe": OPEN,
    "styleguide": OPEN,
    "stories": OPEN,
    "library": OPEN,
    "exchanges": OPEN,
    "needs": OPEN,
    "plans": OPEN,
    "home": MEMBERS,
    "new_need": Cell(allowed=of_a_city),
    "need": page("need"),
    "change_need": form("need", source),
    "partners": form("need", both(reads, lambda persona, row: bool(persona.networks))),
    "new_offer": Cell(allowed=of_a_city),
    "offer": page("offer"),
    "match": page("match"),
    "answer_match": form("matchanswer", asked),
    "answer_on_behalf": form("matchanswer", source),
    "undo_answer": press("matchanswer", writes),
    "new_practice": Cell(allowed=of_an_organisation),
    "practice": page("practice"),
    "change_practice": form("practice", source),
    "practice_versions": page("practice"),
    "translate_practice": form("practice", source),
    "check_practice_translation": press("practice", source),
    "new_exchange": Cell(allowed=of_an_organisation),
    "exchange": page("exchange"),
    "change_exchange": form("exchange", both(source, goes_on)),
    "goals": form("exchange", source),
    "invite_city": form("exchange", source),
    "move_exchange": press("exchange", source, extra=("live",)),
    "delegates": form(
        "party", both(reads, lambda p, r: p.organisation in (str(r.columns["speaker_id"]), r.record.source))
    ),
    "end_participation": press("participant", source),
    "task": form("task", reads),
    "programme": page("exchange"),
    "all_clashing": form("exchange", source),
    "new_session": form("exchange", source),
    "new_site": form("exchange", both(reads, takes_part, of_an_organisation)),
    "safety": form("exchange", both(reads, takes_part)),
    "release_programme": form("exchange", source),
    "session": page("session"),
    "change_session": form("session", source, leads=("session",), led=dropped),
    "drop_session": press("session", source),
    "take_back": form("session", source),
    "new_note": form("session", reads),
    "capture": form("exchange", reads),
    "takeaways": page("exchange"),
    "takeaway": page("takeaway"),
    "share_takeaway": form("takeaway", both(wrote, reads)),
    "weigh": form("takeaway", home_team),
    "photo": page("photo"),
    "photo_file": page("photo", extra=("small",)),
    "photo_file:whole": page("photo", extra=("whole",)),
    "promises": page("exchange"),
    "new_promise": form("exchange", reads),
    "renew_promise": form("commitment", source),
    "new_plan": Cell(allowed=of_a_city),
    "plan": page("plan"),
    "new_objective": form("plan", source),
    "new_activity": form("objective", source),
    "activity": page("activity"),
    "move_activity": press("activity", source, extra=("stopped",)),
    "new_indicator": form("activity", source),
    "indicator": page("indicator"),
    "measure": form("indicator", source),
    "story": page("story"),
    "new_story": form("exchange", reads),
    "new_passage": form("story", source),
    "change_passage": form("passage", source),
    "ask_namings": press("story", source),
    "answer_naming": form("naming", named),
    "release_story": form("story", source),
    "withdraw_story": press("story", source),
    "translate_story": form("story", source),
    "check_story_translation": press("story", source),
}
MATRIX |= {
    "organisation": page("organisation"),
    "change_organisation": form("organisation", source),
    "person": page("person"),
    "change_person": form("person", writes),
    "change_membership": form("membership", writes),
    "end_membership": form("membership", writes),
    "team": page("team"),
    "change_team": form("team", source),
    "seat_member": form("team", source),
    "end_seat": form("teammember", source),
}
MATRIX |= {
    "invite": form("organisation", lets_in),
    "invite_sent": form("organisation", lets_in, leads=("invite",)),
    "link": Cell(noun="invitation", allowed=everyone, signed_in=False, by_secret=True),
    "link_more": Cell(noun="invitation", allowed=everyone, signed_in=False, by_secret=True),
    "link_list": MEMBERS,
    "link_code": form("invitation", reads),
    "link_call_back": press("invitation", writes),
    "account_home": MEMBERS,
    "account_language": MEMBERS,
    "account_everywhere": press("", everyone),
    "account_address": Cell(allowed=everyone, leads=("account_again", "address")),
    "account_again": Cell(allowed=everyone, extra=("address",)),
    "account_again:nowhere": Cell(allowed=nobody_by_get, extra=("elsewhere",)),
    "usersessions_list": MEMBERS,
    "mfa_index": MEMBERS,
    "demo_outbox": OPEN,
    "demo_as": OPEN,
}
THREAD = ("need", "match", "exchange", "practice", "takeaway", "activity", "indicator", "story")
MATRIX |= {f"thread:{noun}": page(noun, with_noun=True) for noun in THREAD}
