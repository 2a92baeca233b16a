"""Pages that are the same for every visitor: kept while nothing is written, and not sent twice.

Safe by what it asks, see docs/decisions/0013-validators.md: a kept page is given only to who sends no cookie but those
listed here, only while the database says that nothing was committed since before it was drawn, and only in the minute
it was drawn in. Every other answer forbids being stored.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_request

from serai.db import clock
from serai.db.committed import Committed, watch

MOST_PAGES = 500
MOST_BYTES = 32 * 1024 * 1024
NOT_STORED = "private, no-store"
ASKED_EACH_TIME = "no-cache"  # may be stored, is never used without asking us
# Cookies that change nothing on a page but its language. With any other, nothing kept is looked at.
HARMLESS = frozenset({settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME})
Stamp = tuple[Committed, int]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Key = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page as it was drawn, before it was compressed."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str

    def answer(self) -> HttpResponse:
        """It as a new response."""
        response = HttpResponse(self.body)
        for name, value in self.headers:
            response[name] = value
        return response


@dataclass(kw_only=True)
class Store:
    """The pages of one moment. At another moment it is empty; once full it takes no more."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stamp: Stamp | None = None
    _pages: dict[Key, Page] = field(default_factory=dict)
    _bytes: int = 0

    def find(self, stamp: Stamp, key: Key) -> Page | None:
        """The page drawn at this moment, if there is one."""
        with self._lock:
            if stamp != self._stamp:
                self._stamp, self._pages, self._bytes = stamp, {}, 0
            return self._pages.get(key)

    def keep(self, stamp: Stamp, key: Key, page: Page) -> None:
        """Keeps a page that was begun at this moment, unless the moment has passed meanwhile."""
        with self._lock:
            if stamp != self._stamp or key in self._pages or len(self._pages) >= MOST_PAGES:
                return
            if self._bytes + len(page.body) <= MOST_BYTES:
                self._pages[key] = page
                self._bytes += len(page.body)


def moment() -> Stamp | None:
    """What is committed, and the minute on the clock. None where nothing may be kept."""
    seen = watch.now()
    return None if seen is None else (seen, int(clock.now().timestamp()) // 60)


def key_of(request: HttpRequest) -> Key | None:
    """What a kept page depends on besides the moment; None for a request that none is kept for."""
    meta = request.META
    if request.method != "GET" or meta.get("QUERY_STRING") or "HTTP_HX_REQUEST" in meta:
        return None
    if "HTTP_AUTHORIZATION" in meta or not HARMLESS.issuperset(request.COOKIES):
        return None
    return (request.scheme or "", meta.get("HTTP_HOST", ""), request.path, get_language_from_request(request))


def same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the view said that every visitor gets this, and nothing of this visitor is in it."""
    return (
        getattr(request, "for_every_visitor", False)
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not response.has_header("Cache-Control")
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META  # a token was drawn into it
        and not getattr(getattr(request, "_messages", None), "added_new", False)  # a word to this visitor
        and getattr(request, "_csp_nonce", None) is None
        and not any(name.startswith("_csp") for name in vars(response))  # a policy of its own, set further out
    )


class Validators:
    """Stands inside compression and the content policy, which every answer passes, and outside of the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.store = Store()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        # Asked before the page is drawn: what is committed meanwhile makes the page newer than its stamp, not older.
        stamp = moment() if key else None
        found = self.store.find(stamp, key) if stamp and key else None
        if found is not None:
            return self._validated(request, found.answer(), found.etag)
        response = self.get_response(request)
        if key is None or not same_for_all(request, response):
            response.headers.setdefault("Cache-Control", NOT_STORED)
            return response
        page = _drawn(response)
        if stamp:
            self.store.keep(stamp, key, page)
        return self._validated(request, page.answer(), page.etag)

    def _validated(self, request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
        # Only the one way to ask that browsers use; parsing lists is Django's.
        if request.META.get("HTTP_IF_NONE_MATCH"):
            return get_conditional_response(request, etag=etag, response=response) or response
        return response


def _drawn(response: HttpResponse) -> Page:
    # Weak: compression, further out, sends the same page in other bytes.
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["Cache-Control"] = ASKED_EACH_TIME
    response["ETag"] = etag
    patch_vary_headers(response, ("Accept-Encoding",))  # compression adds it to long answers alone, and 304 has none
    return Page(body=response.content, headers=tuple(response.headers.items()), etag=etag)


# All that the answer to a plain question with a validator depends on; with anything else Django answers.
ASKED = ("wsgi.url_scheme", "HTTP_HOST", "PATH_INFO", "HTTP_ACCEPT_LANGUAGE", "HTTP_IF_NONE_MATCH")
ELSE = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_HX_REQUEST", "HTTP_IF_MATCH", "HTTP_RANGE")
Headers = tuple[tuple[str, str], ...]


class Again:
    """Stands before Django: what it answered with 304 is answered so again while nothing was committed."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._answered: dict[tuple[str | None, ...], Headers] = {}
        proxy = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
        self._asked = (*ASKED, proxy[0]) if proxy else ASKED

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The same 304, or whatever Django answers."""
        asked = self._key(environ)
        stamp = moment() if asked else None
        if asked is None or stamp is None:
            return self._application(environ, start_response)
        with self._lock:
            if stamp != self._stamp:
                self._stamp, self._answered = stamp, {}
            headers = self._answered.get(asked)
        if headers is not None:
            start_response("304 Not Modified", list(headers))
            return ()

        def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if status.startswith("304") and not any(name.lower() == "set-cookie" for name, _ in headers):
                with self._lock:
                    if stamp == self._stamp and len(self._answered) < MOST_PAGES:
                        self._answered[asked] = tuple(headers)
            return start_response(status, headers, *more)

        return self._application(environ, noted)

    def _key(self, environ: dict[str, Any]) -> tuple[str | None, ...] | None:
        if "HTTP_IF_NONE_MATCH" not in environ or environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return None
        if any(name in environ for name in ELSE):
            return None
        return tuple(environ.get(name) for name in self._asked)
