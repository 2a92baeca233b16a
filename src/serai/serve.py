"""The web process: granian's workers around the application, each of which dies with its parent.

What is sent at once has a limit: a body is written to the disk before anyone knows who sends it.
"""

from __future__ import annotations

import gc
import ipaddress
import os
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from serai.confine import LINUX, die_with, keep_environment_private

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

WORKERS = 2
THREADS = 2
MOST_BYTES = 64_000_000  # above what any page takes, so that each page says itself what is too large for it
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


def serve(*, host: str, port: int, certificate: Path | None, key: Path | None, proxy: str) -> None:
    """Serves until told to end. A dead worker is replaced; if workers die in a loop, this process ends."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    keep_environment_private()
    server = Granian(
        "serai.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("SERAI_WEB_WORKERS", WORKERS)),
        blocking_threads=int(os.environ.get("SERAI_WEB_THREADS", THREADS)),
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        ssl_cert=certificate,
        ssl_key=key,
    )
    server.serve(target_loader=partial(_load, os.getpid(), proxy), wrap_loader=False)


def _load(parent: int, proxy: str) -> Application:
    """Runs in each worker: the application, once the worker is tied to its parent's life."""
    keep_environment_private()
    tie(parent)
    from serai.wsgi import application

    # What is loaded stays: the collector need not walk through it at every turn.
    gc.collect()
    gc.freeze()
    sized = within_limit(application)
    return from_proxy(sized, proxy) if proxy else without_forwarded(sized)


def tie(parent: int) -> None:
    """This process ends when `parent` does: by the kernel on Linux, by looking twice a second elsewhere."""
    if LINUX:
        die_with(parent)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def without_forwarded(application: Application) -> Application:
    """Nobody stands in front of us, so what claims to be forwarded is not believed."""

    def run(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        for name in FORWARDED:
            environ.pop(name, None)
        return application(environ, start_response)

    return run


def from_proxy(application: Application, proxy: str) -> Application:
    """Only the named proxy (an address or network) is answered; the visitor is who it says last."""
    network = ipaddress.ip_network(proxy, strict=False)

    def run(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        peer = ipaddress.ip_address(str(environ.get("REMOTE_ADDR", "0.0.0.0")).split("%")[0])  # noqa: S104
        if getattr(peer, "ipv4_mapped", None):
            peer = peer.ipv4_mapped  # type: ignore[union-attr, assignment]
        if peer not in network:
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"This address answers its proxy only.\n"]
        visitor = str(environ.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", 1)[-1].strip()
        if visitor:
            environ["REMOTE_ADDR"] = visitor
        return application(environ, start_response)

    return run


def within_limit(application: Application) -> Application:
    """A larger body is refused before a byte of it is read."""

    def run(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        length = str(environ.get("CONTENT_LENGTH") or 0)
        if not length.isdecimal() or int(length) > MOST_BYTES:
            start_response("413 Content Too Large", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"This is too large: at most 64 MB are taken at once.\n"]
        return application(environ, start_response)

    return run
