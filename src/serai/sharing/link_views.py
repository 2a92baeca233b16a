"""The page a signed link opens: a question with buttons. Only pressing one changes anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from serai.accounts.mail import address_of
from serai.accounts.throttle import too_often
from serai.audit.actions import ChangedMeanwhile
from serai.core.audience import at_most_green
from serai.db.acting import acting_as, link
from serai.directory.models import Person
from serai.sharing import heeding, links
from serai.sharing.models import Invitation
from serai.web.pages import Here, number_in, page, show

GUESSES, GUESSES_SECONDS = 20, 600  # secrets have 192 bits; this only keeps the noise out


def by_secret(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Finds the link or explains that there is none, counts the guesses, and lets nobody keep the page."""

    @wraps(view)
    def answer(request: HttpRequest, here: Here, secret: str) -> HttpResponse:
        found = links.find(secret)
        if found is None:
            late = too_often(request, "link", limit=GUESSES, seconds=GUESSES_SECONDS)
            response = late or show(request, "sharing/link_unknown.html", status=404)
        else:
            response = view(request, here, found)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        # Told to no other site. Not "no-referrer": a form posted from there would name no origin, and be refused.
        response["Referrer-Policy"] = "same-origin"
        return response

    return answer


@page
@by_secret
def follow(request: HttpRequest, here: Here, found: links.Found) -> HttpResponse:
    """The question, or what became of it."""
    if request.method == "POST":
        return _act(request, here, found)
    return _question(request, found) if found.state == "open" else _became(request, here, found)


def _question(request: HttpRequest, found: links.Found, *, status: int = 200, meanwhile: bool = False) -> HttpResponse:
    with acting_as(link(found.id)):
        invitation = Invitation.objects.get(pk=found.id)
        told = {
            "question": links.kind_of(found.kind).question(invitation),
            "meanwhile": meanwhile,
            "answers_as": answers_as(invitation),
            "reason": request.POST.get("reason", ""),
            "until": invitation.expires_at,
            "undoable": links.kind_of(found.kind).undoable,
            "more": _more(request, invitation),
        }
        # Rendered as the link: a template that asked for more would read nothing more.
        return show(request, "sharing/link.html", told, status=status)


def _more(request: HttpRequest, invitation: Invitation) -> str:
    """Where there is more to see with a code; empty where there is not."""
    tells = invitation.person_id is not None and links.kind_of(invitation.kind).tells_more
    return f"{request.path}more/" if tells else ""


def answers_as(invitation: Invitation) -> str:
    """How the page calls whoever answers: as they wish to be called, or by half of their address."""
    person = None
    if invitation.person_id is not None:
        person = Person.objects.filter(pk=invitation.person_id).select_related("audience").first()
    if person is not None and at_most_green(person.audience.label):
        return str(person.name)
    return half_of(invitation.address) or _("the person this link was made for")


def half_of(address: str) -> str:
    """An address of which whoever looks on learns only half; empty where there is none."""
    name, _at, domain = address.partition("@")
    return f"{name[:2]}…@{domain}" if domain else ""


def _became(
    request: HttpRequest, here: Here, found: links.Found, *, status: int | None = None, meanwhile: bool = False
) -> HttpResponse:
    until = None if meanwhile else found.undo_until()
    undoable = until is not None and here.now < until and links.kind_of(found.kind).undoable
    goes_on = found.state == "answered" and links.kind_of(found.kind).goes_on
    told = {"found": found, "undo_until": until if undoable else None, "goes_on": goes_on, "meanwhile": meanwhile}
    return show(request, "sharing/link_state.html", told, status=status or (200 if found.state == "answered" else 410))


def _after(request: HttpRequest, found: links.Found) -> HttpResponse:
    with acting_as(link(found.id)):
        invitation = Invitation.objects.filter(pk=found.id).first()
        onward = links.kind_of(found.kind).after(request, invitation) if invitation else None
    return onward or redirect(request.path)


def _act(request: HttpRequest, here: Here, found: links.Found) -> HttpResponse:
    """One press of a button: an answer, its undoing, or "not me"."""
    if "undo" in request.POST and found.state == "answered":
        try:
            undone = links.undo(found, now=here.now)
        except ChangedMeanwhile:
            return _became(request, here, found, status=409, meanwhile=True)
        if not undone:
            return _became(request, here, found, status=409)
        messages.success(request, _("Your answer is taken back. You can answer again."))
    elif "go_on" in request.POST and found.state == "answered":
        return _after(request, found)
    elif found.state != "open":
        return _became(request, here, found, status=409)
    elif "not_me" in request.POST:
        links.not_mine(found)
    elif "back" in request.POST:
        return _question(request, found)
    else:
        return _answer(request, here, found)
    return redirect(request.path)


def _answer(request: HttpRequest, here: Here, found: links.Found) -> HttpResponse:
    value, reason = request.POST.get("answer", ""), request.POST.get("reason", "").strip()[:300]
    heeded = heeding.ask_to_heed(request, here, [reason], keep=False)
    if isinstance(heeded, HttpResponse):
        return heeded
    seen = number_in(request.POST.get("version")) or None
    try:
        links.answer(found, value, reason, address=address_of(request.path), now=here.now, seen=seen)
    except ChangedMeanwhile:
        return _question(request, found, status=409, meanwhile=True)
    except links.NotAnAnswer:
        return _question(request, found, status=422)
    except links.AlreadyAnswered:
        return redirect(request.path)
    return _after(request, found)
