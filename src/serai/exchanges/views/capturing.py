"""Pages on which a line and a photo are captured, and on which the photo is looked at."""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from serai.core.audience import RED
from serai.exchanges import actions, forms, queries
from serai.exchanges.models import Exchange, Photo, Session, Takeaway
from serai.exchanges.pictures import MEDIA_TYPE, MOST_BYTES, Picture, drawn_anew
from serai.sharing import heeding
from serai.sharing.reading import reading
from serai.web.pages import Here, member_page, page, posted, show

AGAIN = "photo_again"  # carries the photo, drawn anew, through a form that came back
LEAVE_OUT = "no_photo"
SIZES = ("whole", "small")


@member_page
def capture(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One line and perhaps a photo, kept for oneself alone; sent twice it is kept once.

    The line is kept also where something is wrong with its photo.
    """
    found = Exchange.objects.select_related("place").get(pk=id)
    sessions = queries.programme_sessions(id, under_way=found.under_way)
    running, _coming = queries.now_and_next(sessions, here.now)
    picture, wrong = _photo_of(request)
    initial = {"session": str(running.id) if running else "", "sent_id": uuid.uuid4()}
    choices = [(str(s.id), s.title) for s in sessions]
    form = forms.CaptureForm(posted(request), initial=initial, sessions=choices)
    if request.method == "POST" and "back" not in request.POST:
        form.full_clean()
        if wrong:
            form.add_error("photo", wrong)
        if picture is not None and not form.cleaned_data.get("people"):
            form.add_error("people", _("Say whether people can be recognised in the photo."))
        if form.line_is_good:
            answer = _keep(request, here, found, form, picture)
            if answer is not None:
                return answer
    mine = queries.takeaways_of(found).filter(person=here.actor.person)
    context = {
        "exchange": found,
        "form": form,
        "mine": list(mine),
        "houses": queries.photo_rules(found, first=running),
        "carried": bool(request.POST.get(AGAIN)),
    }
    return show(request, "exchanges/capture.html", context)


def _photo_of(request: HttpRequest) -> tuple[Picture | None, str]:
    """The photo sent now, else the one the form carries; drawn anew, and carried on. Or what is wrong with it."""
    sent, again = request.FILES.get("photo"), request.POST.get(AGAIN, "")
    if (sent is None and not again) or LEAVE_OUT in request.POST:
        _carry(request, "")
        return None, ""
    try:
        picture = drawn_anew(sent.read(MOST_BYTES + 1) if sent else b64decode(again, validate=True))
    except ValueError as error:  # also what is no base64
        _carry(request, "")
        return None, {
            "bytes": _("The photo is larger than 12 MB. Take it again, or send a smaller one."),
            "pixels": _("The photo has too many pixels to be opened safely. Send a smaller one."),
        }.get(str(error), _("This is not a photo we can open. Send a JPEG, PNG or WebP picture."))
    _carry(request, b64encode(picture.whole.data).decode())
    return picture, ""


def _carry(request: HttpRequest, photo: str) -> None:
    """What the form carries from here on, if it comes back."""
    if request.method == "POST" and photo != request.POST.get(AGAIN, ""):
        fields = request.POST.copy()
        fields[AGAIN] = photo
        request.POST = fields  # type: ignore[assignment]


def _keep(
    request: HttpRequest,
    here: Here,
    exchange: Exchange,
    form: forms.CaptureForm,
    picture: Picture | None,
) -> HttpResponse | None:
    """Keeps the line, and its photo where nothing is wrong with it; None where the form shall be shown again."""
    text = form.cleaned_data["text"]
    heeded = heeding.ask_to_heed(request, here, [text], kicker=exchange.title)
    if isinstance(heeded, HttpResponse):
        return heeded
    chosen = form.cleaned_data["session"]
    session = Session.objects.select_related("practice").get(pk=chosen) if chosen else None
    takeaway = actions.capture_takeaway(
        here.actor,
        exchange,
        text,
        session=session,
        practice=session.practice if session else None,
        city=here.standing.city,
        capture=form.cleaned_data["sent_id"],
        now=here.now,
        because=heeded.because,
    )
    if takeaway.text != text and takeaway.audience.label == RED:  # put right while its photo was
        takeaway = actions.mend_takeaway(here.actor, takeaway, text, now=here.now, because=heeded.because)
    if picture is not None and not form.errors:
        try:
            actions.add_photo(here.actor, takeaway, picture, people=form.cleaned_data["people"], now=here.now)
        except actions.PeopleUnderTheRule:
            said = _("This session is under the Chatham House Rule. A photo must not show who was there.")
            form.add_error("people", said)
    if form.errors:
        messages.info(request, _("Your line is kept. Put its photo right, or leave the photo out."))
        return None
    messages.success(request, _("Kept, for you alone. Share it when you are ready."))
    return redirect("capture", exchange.id)


@page
def photo(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The whole photo, what was said about people in it, the rules of the house, and who can read it."""
    found = _found(id, *SIZES)
    takeaway = Takeaway.objects.select_related("exchange", "session__site").filter(pk=found.takeaway_id).first()
    site = takeaway.session.site if takeaway and takeaway.session else None
    context = {"photo": found, "takeaway": takeaway, "site": site, "reading": reading(here, found)}
    return show(request, "exchanges/photo.html", context)


def _found(id: UUID, *without: str) -> Photo:
    """The photo, for who reads it."""
    return Photo.objects.select_related("audience").defer(*without).get(pk=id)


@page
def photo_file(request: HttpRequest, here: Here, id: UUID, size: str) -> HttpResponse:
    """The picture itself, whole or small: never kept by a cache, never taken for anything but a picture."""
    if size not in SIZES:
        raise Http404
    found = _found(id, *(other for other in SIZES if other != size))
    return HttpResponse(
        bytes(getattr(found, size)),
        content_type=MEDIA_TYPE,
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="photo.webp"',
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
