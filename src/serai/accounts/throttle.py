"""Turns away whoever tries too often, by the network they come from."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from serai.db.cache import hit

NEIGHBOURS = 64  # bits of an IPv6 address that one household or office has alone


def origin(request: HttpRequest) -> str:
    """The address a request comes from; of IPv6 the part that does not change with each device. See serve.py."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, NEIGHBOURS), strict=False))
    return str(address)


def too_often(request: HttpRequest, what: str, *, limit: int, seconds: int) -> HttpResponse | None:
    """Counts one more try; after `limit` of them in the window, the page that says to wait (429)."""
    if hit(what, origin(request), seconds=seconds) <= limit:
        return None
    response = render(request, "429.jinja", status=429)
    response["Retry-After"] = str(seconds)
    return response
