"""The reader's choice of language, by a link at the foot of each page; kept in a cookie of their own making."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

YEAR = 60 * 60 * 24 * 365


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
