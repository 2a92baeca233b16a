"""Signed links: one person, one question, about exactly the rows it names; nothing above TLP:GREEN is shown.

A domain registers what its kind of link asks: `register("match", AnswerAMatch())`, from the module of its views.
Everything a link reads or changes it does as itself, `acting_as(link(id))`; looking at it changes nothing.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from serai.accounts.mail import address_of, post
from serai.accounts.models import Account
from serai.audit.actions import Actor, ChangedMeanwhile, NotYours, add, change
from serai.core.audience import at_most_green, group
from serai.db.acting import acting_as, forget_keys, link
from serai.db.rows import Protected
from serai.sharing.models import Invitation

LASTS = timedelta(days=30)
UNDO = timedelta(days=7)


class AlreadyAnswered(RuntimeError):
    """The link was answered meanwhile, perhaps by a second press of the button."""


class NotAnAnswer(ValueError):
    """The question does not offer this answer."""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words of a record. Where it is above TLP:GREEN, the page says that something waits, not what."""

    record: Protected
    text: str

    @property
    def shown(self) -> bool:
        """Whether a link may show it."""
        return at_most_green(self.record.audience.label)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a link asks. `title` and the answers are words of the house, what records say stands in quotes alone.

    `answers` are pairs of a value and the words on its button, the first one the main one. `version` is that of the row
    they are kept on, 0 where there is none: an answer brings along the one that was on the page.
    """

    title: str
    answers: tuple[tuple[str, str], ...]
    quotes: tuple[Quote, ...] = ()
    explained: str = ""
    reason_asked: bool = False
    version: int = 0

    def words(self, value: str) -> str:
        """The words of an answer. Raises `NotAnAnswer`."""
        for known, words in self.answers:
            if known == value:
                return words
        raise NotAnAnswer(value)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One record of those a question hangs on, as plain words with its label: shown to who gave a code."""

    title: str
    label: str
    texts: tuple[str, ...]
    illustrative: bool = False


class Kind(Protocol):
    """What a domain does with its kind of link. Each method but `more()` is called while the link is the asker."""

    undoable: bool
    goes_on: bool  # whether `after()` leads somewhere, also later
    word: Any  # what the question is about, in a few words, for who sent it
    tells_more: bool  # whether there is more to see with a code

    def question(self, link: Invitation) -> Question:
        """What is asked."""

    def answer(self, link: Invitation, value: str, reason: str, *, seen: int | None, now: datetime) -> None:
        """Records the answer on the rows the link names; raises `ChangedMeanwhile` if another version was `seen`."""

    def undo(self, link: Invitation, given: Found, *, now: datetime) -> None:
        """Takes the answer back; the link is open again. Raises `ChangedMeanwhile` if what was `given` does not stand
        any more."""

    def after(self, request: HttpRequest, link: Invitation) -> HttpResponse | None:
        """Where whoever answered goes on, if not to the page that says so. Only the link itself can be read now."""

    def more(self, link: Invitation) -> tuple[Part, ...]:
        """What the question hangs on, as far as the present asker may read it: the person, see sharing/more.py."""


_kinds: dict[str, Kind] = {}


def register(kind: str, handler: Kind) -> None:
    """Makes the domain's handler answer for this kind of link."""
    _kinds[kind] = handler


def kind_of(name: str) -> Kind:
    """The handler of a kind. Raises `KeyError` where no domain has registered it."""
    return _kinds[name]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A new link and the address that opens it: the only time that its secret is known."""

    link: Invitation
    address: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a secret opens: `state` is open, answered, expired, called back or left."""

    id: uuid.UUID
    kind: str
    person_id: uuid.UUID | None
    state: str
    answer: str
    answered_at: datetime | None

    def undo_until(self) -> datetime | None:
        """Until when the answer can be taken back, if it was answered."""
        return self.answered_at + UNDO if self.answered_at else None


@transaction.atomic
def make(
    actor: Actor,
    *,
    kind: str,
    person: uuid.UUID | None,
    address: str,
    records: Iterable[Protected],
    now: datetime,
    lasts: timedelta = LASTS,
) -> Made:
    """Makes a link for one person about these rows. Raises `NotYours` where the maker cannot read one of them.

    The row is read by the maker's organisation; only the digest of the secret is kept.
    """
    named = list(records)
    for record in named:
        if not type(record)._default_manager.filter(pk=record.pk).exists():
            raise NotYours(f"{type(record).__name__} cannot be read by this asker")
    secret = secrets.token_urlsafe(24)
    invitation = Invitation(
        kind=kind,
        digest=digest(secret),
        person_id=person,
        address=address.lower(),
        record_ids=[record.pk for record in named] + ([person] if person else []),
        expires_at=now + lasts,
        illustrative=any(record.illustrative for record in named),
    )
    readers = group("organisation", actor.organisation) if actor.organisation else group("person", actor.person)
    add(actor, invitation, verb="send_link", groups=[readers], now=now)
    return Made(link=invitation, address=address_of(reverse("link", args=[secret])))


def send(
    actor: Actor,
    *,
    kind: str,
    person: uuid.UUID,
    records: Iterable[Protected],
    occasion: str,
    subject: str,
    text: str,
    now: datetime,
) -> bool:
    """Mails someone a link to the address they sign in with, to be answered while it works.

    False where they have no account, or were told of this occasion before.
    """
    account = Account.objects.filter(person_id=person, is_active=True).first()
    if account is None:
        return False
    made = make(actor, kind=kind, person=person, address=account.email, records=records, now=now)
    body = f"{text}\n\n{made.address}\n"
    return post(occasion, account.email, subject, body, person, now, until=made.link.expires_at)


def waiting(*, now: datetime) -> QuerySet[Invitation]:
    """The links of the asker's organisations that can still be answered, in no order."""
    return Invitation.objects.filter(answered_at=None, called_back_at=None, expires_at__gt=now)


def call_back(actor: Actor, invitation: Invitation, *, now: datetime) -> Invitation:
    """Makes a link open nothing any more; it then says so."""
    return change(actor, invitation, verb="call_back", now=now, called_back_at=now)


def digest(secret: str) -> str:
    """What is kept of a secret. It has 192 random bits, so that a plain digest is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find(secret: str) -> Found | None:
    """What this secret opens, whoever asks; None for one that was never made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, person_id, state, answer, answered_at FROM serai_link_state(%s)", [digest(secret)]
        )
        row = cursor.fetchone()
    if row is None:
        return None
    id, kind, person_id, state, answer, answered_at = row
    return Found(id=id, kind=kind, person_id=person_id, state=state, answer=answer, answered_at=answered_at)


def answer(found: Found, value: str, reason: str, *, address: str, now: datetime, seen: int | None = None) -> None:
    """Records an answer as the link and tells the person, who can undo it for seven days by the same address.

    Raises `NotAnAnswer`, `AlreadyAnswered` where the link itself was used meanwhile, and `ChangedMeanwhile` where what
    is answered is not as it was `seen`: somebody else answered, in another way.
    """
    handler = kind_of(found.kind)
    with acting_as(link(found.id)):
        invitation = Invitation.objects.filter(pk=found.id, answered_at=None).first()
        if invitation is None:
            raise AlreadyAnswered
        question = handler.question(invitation)
        if seen is not None and seen != question.version:
            raise ChangedMeanwhile(invitation)
        words = question.words(value)
        try:
            handler.answer(invitation, value, reason, seen=seen, now=now)
        except ChangedMeanwhile as error:
            if Invitation.objects.filter(pk=found.id, answered_at=None).exists():
                raise
            raise AlreadyAnswered from error
        try:
            change(None, invitation, verb="answer", now=now, expected=invitation.version, answered_at=now, answer=value)
        except ChangedMeanwhile as error:
            raise AlreadyAnswered from error
        if invitation.address and handler.undoable:
            _tell(invitation, words, address, now)


def _tell(invitation: Invitation, words: str, address: str, now: datetime) -> None:
    subject = _("Your answer is recorded")
    lines = [
        _("You answered: %(answer)s") % {"answer": words},
        _("If that was not you, or not meant so, undo it within seven days:"),
        address,
    ]
    occasion = f"link-answered:{invitation.pk}:{invitation.version}"
    post(occasion, invitation.address, subject, "\n\n".join(lines) + "\n", invitation.person_id, now)


def undo(found: Found, *, now: datetime) -> bool:
    """Takes the answer back and opens the link again; False where seven days are over or it cannot be undone.

    Raises `ChangedMeanwhile` where somebody answered in another way since: then that stands.
    """
    handler = kind_of(found.kind)
    if not handler.undoable:
        return False
    with acting_as(link(found.id)), connection.cursor() as cursor:
        cursor.execute("SELECT serai_link_reopens()")
        if not cursor.fetchone()[0]:
            return False
        forget_keys()  # it names its rows again
        handler.undo(Invitation.objects.get(pk=found.id), found, now=now)
    return True


def not_mine(found: Found) -> bool:
    """The link came to the wrong person: it opens nothing any more."""
    with acting_as(link(found.id)), connection.cursor() as cursor:
        cursor.execute("SELECT serai_link_not_mine()")
        return bool(cursor.fetchone()[0])
