"""The page on which someone is invited into an organisation."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.accounts.qr import svg
from serai.core.audience import group
from serai.directory.models import Organisation
from serai.directory.queries import may_let_in
from serai.sharing.invitations import invite
from serai.web import once
from serai.web.pages import Here, member_page, posted, show


class Invite(forms.Form):
    """Whom to invite, and as what."""

    address = forms.EmailField(label=gettext_lazy("Their e-mail address"))
    name = forms.CharField(
        label=gettext_lazy("What are they called here?"),
        help_text=gettext_lazy("A role is enough, such as: Youth worker of the centre."),
        max_length=120,
    )
    role = forms.CharField(label=gettext_lazy("Their role"), max_length=120, required=False)
    coordinates = forms.BooleanField(
        label=gettext_lazy("They may answer for the organisation towards others"), required=False
    )


@member_page
def invite_someone(request: HttpRequest, here: Here, id: uuid.UUID) -> HttpResponse:
    """Invites someone into an organisation of mine, or one that I wrote down."""
    organisation = _let_into(here, id)
    form = Invite(posted(request))
    if form.is_valid():
        told: dict[str, Any] = form.cleaned_data
        standing = here.standing
        networks = [group("network", network.id) for network in standing.networks]
        readers = networks or organisation.audience.groups
        made = invite(here.actor, organisation, readers=readers, now=here.now, **told)
        shown = {"address": made.address, "until": made.link.expires_at.isoformat()}
        return once.shown_at(request, reverse("invite_sent", args=[id]), shown)
    status = 422 if request.method == "POST" else 200
    return show(request, "sharing/invite.html", {"form": form, "organisation": organisation}, status=status)


def _let_into(here: Here, id: uuid.UUID) -> Organisation:
    """The organisation, for who may let someone in; 404 for everybody else, as where there is none."""
    organisation = Organisation.objects.select_related("audience").get(pk=id)
    if not may_let_in(here.standing, organisation):
        raise Http404
    return organisation


@member_page
def sent(request: HttpRequest, here: Here, id: uuid.UUID) -> HttpResponse:
    """The link, to be handed over in a chat or in a room: neutral words, for whoever looks over a shoulder.

    Shown to who invited, for a few minutes; loaded again, nobody is invited again. Later it leads back to the form.
    """
    organisation = _let_into(here, id)
    told = once.told(request)
    if told is None:
        messages.info(request, _("A link is shown for five minutes only. The invitation itself goes by mail."))
        return redirect("invite", id)
    chat = _("You are invited to %(site)s. Begin here:") % {"site": settings.SITE_NAME}
    context = {
        "organisation": organisation,
        "chat": f"{chat}\n{told['address']}",
        "qr": svg(told["address"], title=_("The link as a QR code")),
        "until": datetime.fromisoformat(told["until"]),
    }
    response = show(request, "sharing/invited.html", context)
    add_never_cache_headers(response)
    return response
