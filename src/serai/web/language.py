"""The reader's choice of language, by a link at the foot of each page; kept in a cookie of their own making."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from serai.web.dates import PSEUDO

YEAR = 60 * 60 * 24 * 365


class NeverPseudo:
    """Stands before all that reads which languages a browser asks for: the pseudo-language is chosen, never asked for.

    Django would give it to whoever asks for Arabic, as the nearest it has.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        known = dict(settings.LANGUAGES)
        if PSEUDO not in known:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.arabic_is_here = PSEUDO.partition("-")[0] in known

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
        if "ar" in asked.lower():
            kept = [part for part in asked.split(",") if not self._leads_there(part)]
            request.META["HTTP_ACCEPT_LANGUAGE"] = ",".join(kept)
        return self.get_response(request)

    def _leads_there(self, part: str) -> bool:
        code = part.partition(";")[0].strip().lower()
        return code == PSEUDO or (not self.arabic_is_here and code.partition("-")[0] == PSEUDO.partition("-")[0])


class ChosenLanguage:
    """Stands before Django's LocaleMiddleware, which reads the cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("language", "")
        if chosen not in dict(settings.LANGUAGES):
            return self.get_response(request)
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = chosen
        response = self.get_response(request)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", secure=settings.SECURE, httponly=True
        )
        return response
