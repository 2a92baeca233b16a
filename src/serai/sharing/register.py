"""The register of processing: each kind of record with purpose, basis, controller, recipients and clock.

Sources: GDPR articles 6, 13 and 30; the clocks are those of db/sql/96_clocks.sql. A test compares the table with the
models, so that nothing is kept that does not stand here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One line of the register. `nouns`: kinds of records under the audience rule; `tables`: what lies beside them."""

    word: _StrPromise
    purpose: _StrPromise
    basis: _StrPromise
    controller: _StrPromise
    recipients: _StrPromise
    clock: _StrPromise
    nouns: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


_TASK = _("A task in the public interest, or the legitimate interest of cities in learning from one another")
_LAW = _("Legal duties of data protection")
_YES = _("The yes of each one named")
_OWN = _("The organisation it comes from, together with the network")
_SITE = _("The network that runs this site")
_READERS = _("Those named on its page, before and after saving")
_ASKED = _("Until its source takes it away, or a person asks")

KINDS: Final = (
    Kind(
        word=_("Cards of people, their memberships and seats"),
        purpose=_("Who acts for which organisation, and who can be asked"),
        basis=_TASK,
        controller=_OWN,
        recipients=_("Those with whom the card is shared, most often the network"),
        clock=_("Until the person or their organisation takes it away; then “former member” stands in its place"),
        nouns=("person", "membership", "teammember"),
    ),
    Kind(
        word=_("Organisations and teams"),
        purpose=_("Who works on prevention in a city"),
        basis=_TASK,
        controller=_OWN,
        recipients=_READERS,
        clock=_ASKED,
        nouns=("organisation", "team"),
        tables=("serai_network", "serai_city", "serai_networkcity", "serai_networkorganisation"),
    ),
    Kind(
        word=_("Needs, offers and matches"),
        purpose=_("Finding a city to learn from"),
        basis=_TASK,
        controller=_OWN,
        recipients=_READERS,
        clock=_ASKED,
        nouns=("need", "offer", "match", "matchanswer"),
    ),
    Kind(
        word=_("Partnerships and agreements"),
        purpose=_("What cities agreed with one another"),
        basis=_TASK,
        controller=_OWN,
        recipients=_READERS,
        clock=_ASKED,
        nouns=("partnership", "agreement"),
    ),
    Kind(
        word=_("Exchanges: programme, tasks, sites, safety checks"),
        purpose=_("Arranging the days together, safely"),
        basis=_TASK,
        controller=_("The organiser, together with the network"),
        recipients=_READERS,
        clock=_ASKED,
        nouns=("exchange", "party", "goal", "task", "site", "session", "programmerelease", "safetycheck"),
    ),
    Kind(
        word=_("Who took part"),
        purpose=_("Who reads what is shared with the exchange, and how many took part"),
        basis=_TASK,
        controller=_("Each party, together with the organiser"),
        recipients=_READERS,
        clock=_("12 months after the last follow-up: names go, how many and from which sector stays"),
        nouns=("participant",),
    ),
    Kind(
        word=_("Notes of sessions"),
        purpose=_("Remembering what was learnt"),
        basis=_TASK,
        controller=_("Whoever wrote it; under the Chatham House Rule nobody else is told who"),
        recipients=_READERS,
        clock=_("24 months after the last follow-up of the exchange; TLP:RED 90 days"),
        nouns=("note",),
        tables=("serai_noteauthor",),
    ),
    Kind(
        word=_("Takeaways with their photos, decisions about them, promises"),
        purpose=_("What is brought home, and what becomes of it"),
        basis=_TASK,
        controller=_OWN,
        recipients=_READERS,
        clock=_ASKED,
        nouns=("takeaway", "photo", "weighing", "commitment"),
    ),
    Kind(
        word=_("Practices, with every version and translation"),
        purpose=_("The library of what works and what did not"),
        basis=_TASK,
        controller=_OWN,
        recipients=_READERS,
        clock=_ASKED,
        nouns=("practice", "practiceversion", "practicetranslation"),
    ),
    Kind(
        word=_("Plans, activities and measurements"),
        purpose=_("What a city does, and whether it works; never about a person"),
        basis=_TASK,
        controller=_OWN,
        recipients=_READERS,
        clock=_ASKED,
        nouns=("plan", "objective", "activity", "activitytakeaway", "support", "indicator", "measurement"),
    ),
    Kind(
        word=_("Stories with their translations, and who agreed to be named"),
        purpose=_("Telling what came of an exchange"),
        basis=_YES,
        controller=_OWN,
        recipients=_READERS,
        clock=_("Until withdrawn; a yes can be taken back at any time"),
        nouns=("story", "passage", "naming", "storytranslation", "passagetranslation"),
    ),
    Kind(
        word=_("Links that ask one question"),
        purpose=_("Answering without an account"),
        basis=_TASK,
        controller=_OWN,
        recipients=_("The sender’s organisation, and whoever holds the link"),
        clock=_("The address is forgotten 30 days after the link stops working"),
        nouns=("invitation",),
    ),
    Kind(
        word=_("Reports, and that something was destroyed"),
        purpose=_("Taking away what must not be here"),
        basis=_LAW,
        controller=_SITE,
        recipients=_("Who reported it, and the data-protection contact"),
        clock=_("As proof, without any content, as long as the network keeps the site"),
        nouns=("report",),
        tables=("serai_purged",),
    ),
    Kind(
        word=_("The trail: who did what, without content"),
        purpose=_("Seeing what happened to a record"),
        basis=_LAW,
        controller=_OWN,
        recipients=_("Those who can read the record"),
        clock=_("As long as the record; the person becomes “former member”"),
        nouns=("auditentry",),
    ),
    Kind(
        word=_("Accounts: an address, passkeys and codes"),
        purpose=_("Signing in"),
        basis=_("What is needed to give you an account"),
        controller=_SITE,
        recipients=_("Nobody; the address is shown to you alone"),
        clock=_("Until you erase your account"),
        tables=(
            "serai_account",
            "serai_administrator",
            "account_emailaddress",
            "account_emailconfirmation",
            "mfa_authenticator",
        ),
    ),
    Kind(
        word=_("Sign-ins: when, from which address and browser"),
        purpose=_("Seeing and ending your own sign-ins"),
        basis=_("Keeping your account safe"),
        controller=_SITE,
        recipients=_("You alone"),
        clock=_("Until the sign-in ends, 30 days at most"),
        tables=("django_session", "usersessions_usersession"),
    ),
    Kind(
        word=_("Mails this site sent"),
        purpose=_("Saying that something waits, never what"),
        basis=_TASK,
        controller=_SITE,
        recipients=_("The person it went to, and the mail server"),
        clock=_("30 days"),
        tables=("serai_mail",),
    ),
)
NEVER_KEPT: Final = (
    _("Anything about a person at risk, of concern, or helped"),
    _("Passport numbers, and data about health or belief"),
    _("Who opened or read what"),
)
_CLOCKS: Final = {noun: kind.clock for kind in KINDS for noun in kind.nouns}


def clock_of(noun: str) -> _StrPromise:
    """Until when a record of this noun is kept, in words."""
    return _CLOCKS[noun]
