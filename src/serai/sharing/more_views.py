"""Pages of what a link does not show: the look that a code opens, and where whoever made a link reads a code out."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from serai.accounts.forms import ShowAgain
from serai.accounts.throttle import too_often
from serai.db.acting import acting_as, link
from serai.directory.models import Person
from serai.sharing import links, more
from serai.sharing.link_views import GUESSES_SECONDS, answers_as, by_secret, half_of
from serai.sharing.models import Invitation
from serai.web import once
from serai.web.keyset import MOST_COUNTED, counted, newest
from serai.web.pages import Here, member_page, page, posted, show

KEPT = "look"
TRIES = 20
A_PAGE = 50


class TypeIt(ShowAgain):
    """The code that opens the look."""

    code_label = gettext_lazy("The code")
    code_help = gettext_lazy("Eight digits, from our mail or read out to you.")


@page
@by_secret
def see_more(request: HttpRequest, here: Here, found: links.Found) -> HttpResponse:
    """Asks for a code; after it, what the question hangs on. Only a POST sends, tries or ends anything."""
    invitation = more.invitation_of(found)
    if invitation is None:
        return show(request, "sharing/link_unknown.html", status=404)
    if here.asker.person == invitation.person_id:
        return _shown(request, invitation, more.parts_for_oneself(invitation, here.asker), signed_in=True)
    if request.method == "POST" and (late := too_often(request, "link_more", limit=TRIES, seconds=GUESSES_SECONDS)):
        return late
    if "send" in request.POST:
        return _sent(request, invitation)
    if "done" in request.POST:
        request.session.pop(KEPT, None)
        return redirect("link", _secret(request))
    look = _look(request, here)
    if look is not None and (found_more := more.parts(invitation, look)):
        return _shown(request, invitation, found_more)
    return _typed(request, here, invitation)


def _typed(request: HttpRequest, here: Here, invitation: Invitation) -> HttpResponse:
    opened: list[more.Look] = []

    def right(code: str) -> bool:
        look = more.opened(invitation, code, now=here.now)
        opened.extend([look] if look else [])
        return look is not None

    form = TypeIt(posted(request), right=right)
    if request.method == "POST" and form.is_valid():
        _keep(request, opened[0])
        return redirect(request.path)
    with acting_as(link(invitation.pk)):
        who = answers_as(invitation)
    context = {
        "form": form,
        "answers_as": who,
        "mails_to": half_of(invitation.address) if more.gets_mail(invitation) else "",
        "link": _secret(request),
    }
    return show(request, "sharing/more_code.html", context)


def _sent(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if not more.send(invitation):
        response = render(request, "429.jinja", status=429)
        response["Retry-After"] = str(more.MAILS_SECONDS)
        return response
    messages.success(request, _("A code is on its way. Type it below."))
    return redirect(request.path)


def _shown(
    request: HttpRequest, invitation: Invitation, parts: tuple[links.Part, ...], *, signed_in: bool = False
) -> HttpResponse:
    context = {"parts": parts, "link": _secret(request), "own": signed_in, "open": invitation.answered_at is None}
    return show(request, "sharing/more.html", context)


def _secret(request: HttpRequest) -> str:
    assert request.resolver_match
    return str(request.resolver_match.kwargs["secret"])


def _keep(request: HttpRequest, look: more.Look) -> None:
    """The look hangs on this browser's session, under a new key."""
    request.session.cycle_key()
    beside = str(look.beside) if look.beside else ""
    request.session[KEPT] = {"link": str(look.link), "until": look.until.isoformat(), "beside": beside}


def _look(request: HttpRequest, here: Here) -> more.Look | None:
    kept = request.session.get(KEPT)
    if kept is None or datetime.fromisoformat(kept["until"]) <= here.now:
        return None
    return more.Look(
        link=uuid.UUID(kept["link"]),
        until=datetime.fromisoformat(kept["until"]),
        beside=uuid.UUID(kept["beside"]) if kept["beside"] else None,
    )


@member_page
def sent_links(request: HttpRequest, here: Here) -> HttpResponse:
    """The questions my organisation sent by link that still wait: read out a code, or call one back."""
    waiting = links.waiting(now=here.now)
    span = newest(waiting, request.GET, size=A_PAGE)
    people = Person.objects.in_bulk({one.person_id for one in span.rows if one.person_id})
    lines = [
        {
            "link": one,
            "who": _who(one, people.get(one.person_id)),
            "what": links.kind_of(one.kind).word,
            "mine": here.owns(one),  # not an invitation into an organisation that has been taken over since
            "tells_more": one.person_id is not None and links.kind_of(one.kind).tells_more,
        }
        for one in span.rows
    ]
    told = {"lines": lines, "span": span, "count": counted(waiting), "most": MOST_COUNTED}
    return show(request, "sharing/links.html", told)


@member_page
def read_out(request: HttpRequest, here: Here, id: uuid.UUID) -> HttpResponse:
    """Makes a code for a link of mine, and shows it to be read out."""
    one = Invitation.objects.get(pk=id)
    if request.method == "POST":
        code = more.speak(here.actor, one, now=here.now)
        return once.shown_at(request, request.path, {"code": code})
    who = Person.objects.filter(pk=one.person_id).first() if one.person_id else None
    told = once.told(request) or {}
    context = {"link": one, "who": _who(one, who), "code": told.get("code", "")}
    response = show(request, "sharing/read_out.html", context)
    add_never_cache_headers(response)
    return response


def _who(one: Invitation, card: Person | None) -> str:
    return card.name if card else one.told_address or _("Someone whose card you cannot read")


@require_POST
@member_page
def call_back(request: HttpRequest, here: Here, id: uuid.UUID) -> HttpResponse:
    """Makes a link of mine open nothing any more."""
    links.call_back(here.actor, Invitation.objects.get(pk=id, called_back_at=None), now=here.now)
    messages.success(request, _("The link is called back. It says so to whoever opens it."))
    return redirect("link_list")
