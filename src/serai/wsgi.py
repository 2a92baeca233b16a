"""The web application, whoever serves it: nobody is answered before the database is known to hold the rule."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.core.wsgi import get_wsgi_application

from serai.db import boot
from serai.web.validators import Again, Application

SORRY = (
    b"<!doctype html><html lang=en><title>Serai</title>"
    b"<h1>One moment</h1><p>The database does not answer. Please try again."
)


class Sure:
    """Asks the database at the start; where it does not answer then, again at each request until it has."""

    def __init__(self, application: Application, check: Callable[[], None]) -> None:
        self._application = application
        self._check = check
        self._sure = self._asked()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Passes the request on once the rule is known to hold; until then a plain 503."""
        if not self._sure:
            try:
                self._sure = self._asked()
            except boot.Unsafe as refusal:
                logging.getLogger("serai").critical("%s", refusal)
        if self._sure:
            return self._application(environ, start_response)
        start_response("503 Service Unavailable", [("Content-Type", "text/html; charset=utf-8"), ("Retry-After", "5")])
        return [SORRY]

    def _asked(self) -> bool:
        try:
            self._check()
        except psycopg.OperationalError:
            return False
        return True


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.settings")
application = Sure(Again(get_wsgi_application()), boot.check_own)
