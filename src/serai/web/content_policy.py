"""What a page may load and where it may send: django-csp's header, worked out once where a page asks for no other."""

from __future__ import annotations

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ContentPolicy(CSPMiddleware):  # type: ignore[misc]
    """Every answer carries the policy of the settings; with a nonce or a change of its own, django-csp builds it."""

    usual = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer with its policy."""
        special = getattr(request, "_csp_nonce", None) or any(name.startswith("_csp") for name in vars(response))
        if special or HEADER in response:
            built: HttpResponseBase = super().process_response(request, response)
            return built
        response[HEADER] = self.usual
        return response
