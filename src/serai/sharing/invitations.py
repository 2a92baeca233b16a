"""Inviting someone into an organisation: person, membership and account are made, and a link is mailed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.signals import user_logged_in
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.db import connection, transaction
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.accounts.forms import ASKED_TOO_OFTEN
from serai.accounts.mail import post
from serai.accounts.models import Account
from serai.audit.actions import Actor
from serai.core.audience import at_most_green
from serai.db import clock
from serai.db.acting import acting_as, forget_keys, person
from serai.directory.actions import add_member, claim, join
from serai.directory.models import Membership, Organisation, Person
from serai.directory.present import Guest
from serai.directory.queries import held
from serai.sharing import links
from serai.sharing.models import Invitation

KIND = "join"


@transaction.atomic
def invite(
    actor: Actor,
    organisation: Organisation,
    *,
    address: str,
    name: str,
    role: str,
    readers: Iterable[str],
    now: datetime,
    coordinates: bool = False,
    languages: Iterable[str] = (),
    known: Person | None = None,
) -> links.Made:
    """Makes someone a member and mails them a link to begin with. Raises `NotYours` where the actor may not.

    Someone who is here already and whose card the actor can read gets the membership too, and a link that says so.
    Of one whose card they cannot read the actor learns nothing: a card is written as for anybody new, and whoever
    follows the link and signs in takes its seat. `known` is a member already, who gets the address alone.
    """
    groups, address = list(readers), address.lower()
    free = not Account.objects.filter(email=address).exists()
    someone = known or _readable_at(address)
    if someone is None:
        someone = add_member(
            actor,
            organisation,
            name=name,
            role=role,
            now=now,
            readers=groups,
            email=address if free else "",
            coordinates=coordinates,
            languages=languages,
        )
    elif known is not None:
        if free:
            Account.objects.create(email=address, person_id=known.pk)
    else:
        join(actor, someone, organisation, role=role, coordinates=coordinates, now=now, readers=groups)
    made = links.make(actor, kind=KIND, person=someone.pk, address=address, records=[organisation], now=now)
    _mail(made, organisation, someone, now)
    return made


def _readable_at(address: str) -> Person | None:
    """Who signs in with this address or was invited at it, as far as the asker may read."""
    signing_in = Account.objects.filter(email=address).values_list("person_id", flat=True)
    ids = [*filter(None, signing_in), *(guest.card for guest in reversed(invited([address], [])))]
    cards = Person.objects.in_bulk(ids)
    return next((cards[id] for id in ids if id in cards), None)


def invited(addresses: Collection[str], people: Collection[UUID]) -> list[Guest]:
    """Whom the asker's organisations invited at these addresses, or of these people, the latest last."""
    found = Invitation.objects.filter(Q(address__in=addresses) | Q(person_id__in=people), kind=KIND)
    told = found.exclude(person_id=None).order_by("id").values_list("address", "person_id", "answer")
    return [Guest(address=at, card=id, came=answer == "begin") for at, id, answer in told if id is not None]


def _mail(made: links.Made, organisation: Organisation, someone: Person, now: datetime) -> None:
    site = settings.SITE_NAME
    open_name = at_most_green(organisation.audience.label)
    first = (
        _("You are invited to %(site)s, as a member of %(organisation)s.")
        % {"site": site, "organisation": organisation.name}
        if open_name
        else _("You are invited to %(site)s.") % {"site": site}
    )
    lines = [
        first,
        _("Begin here. You need no password: we send you a code by mail when you sign in."),
        made.address,
        _("The link works for %(days)s days. If you do not know what this is, do nothing.")
        % {"days": links.LASTS.days},
    ]
    about = [organisation] if open_name else []
    body = "\n\n".join(lines) + "\n"
    subject = _("Your invitation to %(site)s") % {"site": site}
    post(f"invitation:{made.link.pk}", made.link.address, subject, body, someone.pk, now, about=about)


class Join:
    """What an invitation asks. Saying yes makes nobody a member, they are: it sends the code to sign in with."""

    undoable = False
    goes_on = True
    word = gettext_lazy("An invitation to join")
    tells_more = False

    def question(self, link: Invitation) -> links.Question:
        """Whether to begin."""
        quotes = [links.Quote(record=o, text=o.name) for o in Organisation.objects.filter(pk__in=link.record_ids)]
        return links.Question(
            title=_("You are invited."),
            explained=_("You join the organisation below. We send a code to your mail; there is no password."),
            quotes=tuple(quotes),
            answers=(("begin", _("Send me a code")),),
        )

    def answer(self, link: Invitation, value: str, reason: str, *, seen: int | None, now: datetime) -> None:
        """Nothing is to be recorded but that it was followed."""

    def undo(self, link: Invitation, given: links.Found, *, now: datetime) -> None:
        """There is nothing to undo."""

    def after(self, request: HttpRequest, link: Invitation) -> HttpResponse:
        """Mails the code and goes to where it is typed. Whoever cannot read that mail goes no further."""
        if request.user.is_authenticated:
            return redirect(settings.LOGIN_REDIRECT_URL)
        if not ratelimit.consume(request, action="request_login_code", key=link.address):
            messages.warning(request, ASKED_TOO_OFTEN)
            return redirect("account_login")
        account = Account.objects.filter(email=link.address, is_active=True).first()
        LoginCodeVerificationProcess.initiate(request=request, user=account, email=link.address)
        return redirect("account_confirm_login_code")

    def more(self, link: Invitation) -> tuple[links.Part, ...]:
        """Nothing: its code signs in."""
        return ()


links.register(KIND, Join())


@receiver(user_logged_in, dispatch_uid="serai.sharing.takes_over")
def takes_over(user: Account, **_more: Any) -> None:
    """Who followed an invitation takes the seat it was for; the first own member their organisation, from whoever
    wrote it down."""
    if user.person_id is None:
        return
    with acting_as(person(user.person_id)):
        _take_seats()
        mine = Membership.objects.filter(held(clock.now().date()), person=user.person_id)
        for organisation_id in mine.filter(organisation__claimed_on=None).values_list("organisation_id", flat=True):
            claim(Actor(person=user.person_id, organisation=organisation_id), organisation_id)


def _take_seats() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_take_seats()")
        if cursor.fetchone()[0]:
            forget_keys()
