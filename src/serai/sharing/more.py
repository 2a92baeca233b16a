"""More than a link shows: a code, mailed to its person or spoken by whoever made it, opens a short look.

The look adds nothing to the rule: it is *see as*, which shows what both may read and writes nothing. By the mailed code
the person asks, as themselves; by the spoken code whoever spoke it asks, as the person. See
docs/decisions/0015-more-than-a-link.md.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator

from serai.accounts import codes
from serai.accounts.adapter import MFAAdapter
from serai.accounts.models import Account
from serai.audit.actions import Actor, change
from serai.core.lifecycle import NotAllowedNow
from serai.db.acting import Asker, acting_as, link, person
from serai.db.cache import hit
from serai.sharing import links
from serai.sharing.models import Invitation

MAILED, SPOKEN = "link_mailed", "link_spoken"
LASTS = timedelta(minutes=30)
MAILS, MAILS_SECONDS = 3, 900


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a code opened: this link's further words, until then, beside whoever spoke the code (None: mailed)."""

    link: uuid.UUID
    until: datetime
    beside: uuid.UUID | None


def invitation_of(found: links.Found) -> Invitation | None:
    """The link's row, where there may be more to see: it still works, has a person, and its kind tells more."""
    if found.state not in ("open", "answered") or not found.person_id or not links.kind_of(found.kind).tells_more:
        return None
    with acting_as(link(found.id)):
        return Invitation.objects.filter(pk=found.id).first()


def gets_mail(invitation: Invitation) -> bool:
    """Whether a code can be mailed: the link's address is the one its person signs in with, by a mailed code alone.

    Who has set up an app as a second step signs in: the mail alone must not open more than it does there.
    """
    account = Account.objects.filter(
        email=invitation.address, person_id=invitation.person_id, is_active=True, person_id__isnull=False
    ).first()
    return account is not None and not MFAAdapter().is_mfa_enabled(account, [Authenticator.Type.TOTP])


def send(invitation: Invitation) -> bool:
    """Mails a code to the link's address; False where that was asked too often."""
    if hit("link_more", str(invitation.pk), seconds=MAILS_SECONDS) > MAILS:
        return False
    if gets_mail(invitation):
        code = codes.make(MAILED, str(invitation.pk))
        with acting_as(link(invitation.pk)):  # whoever holds the link hears nothing of the address, also where it fails
            get_adapter().send_mail("account/email/more_code", invitation.address, {"code": code})
    return True


def speak(actor: Actor, invitation: Invitation, *, now: datetime) -> str:
    """A code for whoever made the link to read out. Raises `NotYours` for others, `NotAllowedNow` where it is over."""
    over = invitation.called_back_at is not None or invitation.expires_at <= now
    if over or invitation.person_id is None or not links.kind_of(invitation.kind).tells_more:
        raise NotAllowedNow("this link has nothing more to show")
    change(actor, invitation, verb="speak_code", now=now)
    return codes.make(SPOKEN, str(invitation.pk), told=str(actor.person))


def opened(invitation: Invitation, typed: str, *, now: datetime) -> Look | None:
    """What a typed code opens; None where it is neither the mailed nor the spoken one, and one try less for both."""
    about = str(invitation.pk)
    mailed = codes.use(MAILED, about, typed) is not None and gets_mail(invitation)
    spoken = None if mailed else codes.use(SPOKEN, about, typed)
    if not mailed and spoken is None:
        return None
    return Look(link=invitation.pk, until=now + LASTS, beside=uuid.UUID(spoken) if spoken else None)


def parts(invitation: Invitation, look: Look) -> tuple[links.Part, ...]:
    """What more is shown, read at this moment in the name of whom the code stands for; none where they left."""
    asker = _eyes(invitation, look)
    if asker is None:
        return ()
    with acting_as(asker):
        return links.kind_of(invitation.kind).more(invitation)


def parts_for_oneself(invitation: Invitation, asker: Asker) -> tuple[links.Part, ...]:
    """The same for the link's person where they are signed in: no code is needed."""
    with acting_as(asker):
        return links.kind_of(invitation.kind).more(invitation)


def _eyes(invitation: Invitation, look: Look) -> Asker | None:
    themselves = invitation.person_id
    if themselves is None or look.link != invitation.pk:
        return None
    if look.beside is None:
        return person(themselves, also=themselves) if gets_mail(invitation) else None
    both = {themselves, look.beside}
    if Account.objects.filter(person_id__in=both, is_active=True).count() < len(both):
        return None
    return person(look.beside, also=themselves)
