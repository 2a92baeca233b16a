"""The page on which someone is invited into an organisation."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.core.audience import group
from serai.directory.models import Organisation
from serai.sharing.invitations import AlreadyElsewhere, invite
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
    organisation = get_object_or_404(Organisation.objects.select_related("audience"), pk=id)
    form = Invite(posted(request))
    if form.is_valid():
        told: dict[str, Any] = form.cleaned_data
        standing = here.standing
        networks = [group("network", network.id) for network in standing.networks]
        try:
            invite(here.actor, organisation, readers=networks or organisation.audience.groups, now=here.now, **told)
        except AlreadyElsewhere:
            form.add_error("address", _("Someone with this address is here already. Ask them which city they are of."))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("invite", organisation.pk)
    status = 422 if request.method == "POST" else 200
    return show(request, "sharing/invite.html", {"form": form, "organisation": organisation}, status=status)
