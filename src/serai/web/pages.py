"""What every page starts from: who asks, what time it is, and the answers for those who may not."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import DisallowedHost, ObjectDoesNotExist
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
    QueryDict,
)  # fmt: skip
from django.shortcuts import render
from django.template.loader import render_to_string
from django_htmx.http import HttpResponseClientRedirect

from serai.audit.actions import Actor, NotYours
from serai.core.lifecycle import NotAllowedNow
from serai.db import clock
from serai.db.acting import VISITOR, Asker, acting_as
from serai.db.keys import sources
from serai.db.rows import Protected
from serai.directory.queries import Standing, standing
from serai.documents.sheets import as_csv
from serai.web import sent
from serai.web.drawn import drawn_page
from serai.web.jinja import in_language, page_context
from serai.web.middleware import LOOKING

ACTS_FOR = "acts_for"


@dataclass(kw_only=True)
class Here:
    """The asker of this request with their standing, read only when a page needs it."""

    request: HttpRequest
    asker: Asker
    now: datetime

    @property
    def today(self) -> date:
        """The present day, UTC."""
        return self.now.date()

    @property
    def signed_in(self) -> bool:
        """Whether a person asks."""
        return self.asker.person is not None

    @cached_property
    def standing(self) -> Standing:
        """Who the asking person is here. Only for pages of members."""
        chosen = self.request.session.get(ACTS_FOR)
        # Also while seeing as another: who I am does not hang on whether they may read my card.
        with acting_as(replace(self.asker, also=None)) if self.asker.also else nullcontext():
            found = standing(self.asker, today=self.today, organisation=UUID(chosen) if chosen else None)
        if found is None:
            raise Http404
        return found

    @property
    def actor(self) -> Actor:
        """The explicit actor for actions."""
        return self.standing.actor

    @cached_property
    def _sources(self) -> frozenset[UUID]:
        return sources()

    @property
    def in_organisation(self) -> bool:
        """Whether the person is in an organisation: without one nobody plans an exchange or publishes a practice."""
        return self.signed_in and len(self._sources) > 1

    def owns(self, record: Protected) -> bool:
        """Whether the record comes from whom the person acts for; who that is, is asked only where it may be so."""
        return self.signed_in and record.source_id in self._sources and self.is_source(record.source_id)

    def is_source(self, id: UUID | None) -> bool:
        """Whether this is whom the person acts for: their organisation, or they."""
        return self.signed_in and id == self.actor.source


View = Callable[..., HttpResponse]
WHILE_SEEING_AS = "while_seeing_as"


def while_seeing_as(view: View) -> View:
    """Marks the one page that takes a POST while the asker sees as someone else: to stop it. Stands below `page`."""
    setattr(view, WHILE_SEEING_AS, True)
    return view


FOR_EVERY_VISITOR = "for_every_visitor"


def same_for_visitors(view: View) -> View:
    """Marks a page that shows every visitor the same: it may be kept for them (web/validators.py). Below `page`."""
    setattr(view, FOR_EVERY_VISITOR, True)
    return view


def page(view: View) -> View:
    """A page anyone may ask for. What the asker may not read or do looks like what does not exist.

    What a failing POST has written is taken back before its answer is drawn. What is sent twice is written once.
    """

    @transaction.non_atomic_requests
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        here = Here(request=request, asker=request.asker, now=clock.now())  # type: ignore[attr-defined]
        request.here = here  # type: ignore[attr-defined]
        request.for_every_visitor = here.asker == VISITOR and getattr(view, FOR_EVERY_VISITOR, False)  # type: ignore[attr-defined]
        if here.asker.also and request.method not in LOOKING and not getattr(view, WHILE_SEEING_AS, False):
            return render(request, "web/only_looking.html", status=409)
        try:
            if request.method in LOOKING:
                return view(request, here, *args, **kwargs)
            with transaction.atomic():
                return sent.once(request, here.asker, lambda: view(request, here, *args, **kwargs))
        except (ObjectDoesNotExist, NotYours) as error:
            raise Http404 from error
        except sent.StillOnItsWay:
            return render(request, "web/on_its_way.html", status=409)
        except NotAllowedNow as error:
            return render(request, "web/not_now.html", {"why": str(error)}, status=409)

    return answer


def member_page(view: View) -> View:
    """A page for people with an account; others are asked to sign in first.

    What script sent is led there, and back to where it was sent from: swapped in, that page would have no passkeys.
    """
    inner = page(view)

    @wraps(inner)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.asker.person is None:  # type: ignore[attr-defined]
            by_script = request.htmx  # type: ignore[attr-defined]
            asked_first = redirect_to_login((by_script and by_script.current_url_abs_path) or request.get_full_path())
            return HttpResponseClientRedirect(asked_first.url) if by_script else asked_first
        return inner(request, *args, **kwargs)

    return answer


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int | None = None
) -> HttpResponse:
    """The page of this template, with 200; where its `form` came back wrong, with 422."""
    told = dict(context or {})
    form = told.get("form")
    return render(request, template, told, status=status or (422 if form is not None and form.errors else 200))


def show_once(request: HttpRequest, template: str, **told: Hashable) -> HttpResponse:
    """The same page without a form, drawn once for all that it is told; see web/drawn.py for what that may be."""
    here = page_context(request)
    if here["notices"] or here["seeing_as"]:  # words to one person once, and a form
        return show(request, template, told)
    return HttpResponse(drawn_page(template, (*told.items(), *here.items())))


def table_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The numbers of a page to take away, as CSV."""
    answer = HttpResponse(as_csv(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, also where that is nothing; None for a GET. Forms are bound to this."""
    return request.POST if request.method == "POST" else None


def number_in(text: str | None, *, otherwise: int = 0) -> int:
    """The whole number someone sent, of six digits at most; `otherwise` for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else otherwise


def id_in(text: str) -> UUID:
    """The id someone sent. Raises `Http404` for what is none: nothing has it."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def broken(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours. It asks nobody anything: what it would ask may be what broke."""
    return HttpResponseServerError(render_to_string("500.html", in_language()))


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what is not taken as it was sent: for another host, or with more fields than any form has."""
    there = settings.PUBLIC_ADDRESS if isinstance(exception, DisallowedHost) else ""
    return HttpResponseBadRequest(render_to_string("400.html", {**in_language(), "there": there}))
