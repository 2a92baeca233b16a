"""A small server of pages, for what only a browser can show."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django_htmx
from rendering import PERSON, engine, guide, page

import serai
from serai.web.stylesheet import stylesheet

STATIC = Path(serai.__file__).parent / "web" / "static"
HTMX = Path(django_htmx.__file__).parent / "static"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

NOTE = """{% extends "layout.html" %}
{% from "components/field.html" import field %}
{% from "components/btn.html" import btn %}
{% from "components/errors.html" import error_summary %}
{% block main %}
<h1>Write a note</h1>
<form class="form" method="post" action="{{ to }}" data-draft="note"{% if queue %} data-queue{% endif %}>
  {{ error_summary([{"href": "#id_text", "text": "Say more."}] if wrong else []) }}
  <input type="hidden" name="csrfmiddlewaretoken" value="t">
  {{ field("text", "What did you see?", typed, "textarea", error="Say more." if wrong else none) }}
  {{ btn("Save") }}
</form>
{% endblock %}"""
DONE = """{% extends "layout.html" %}{% block main %}<h1>Saved</h1><p><a href="/note">Once more</a></p>{% endblock %}"""


class Desk(ThreadingHTTPServer):
    """Serves the guide, a form and what it leads to; remembers the notes it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.notes: list[dict[str, str]] = []
        self.env = engine({"note": NOTE, "done": DONE})

    @property
    def address(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: Desk

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""

    def say(self, body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200) -> None:
        """One answer under the site's own content policy."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def note(self, path: str, typed: str = "", wrong: bool = False) -> bytes:
        """The form page."""
        context = {"to": path, "queue": path == "/capture", "typed": typed, "wrong": wrong, "asker": PERSON}
        return page("note", self.server.env, **context).encode()

    def do_GET(self) -> None:
        """A page or a file."""
        parts = urlsplit(self.path)
        if parts.path == "/static/serai/serai.css":
            return self.say(stylesheet().encode(), "text/css")
        if parts.path.startswith("/static/"):
            name = parts.path.removeprefix("/static/")
            file = next(folder / name for folder in (STATIC, HTMX) if (folder / name).is_file())
            return self.say(file.read_bytes(), KINDS[file.suffix])
        if parts.path == "/guide":
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            return self.say(guide(query["theme"], query["direction"]).encode())
        if parts.path == "/done":
            return self.say(page("done", self.server.env, asker=PERSON, notices=["Kept.", "One more thing."]).encode())
        return self.say(self.note(parts.path))

    def do_POST(self) -> None:
        """Takes a note of three letters or more; answers with the form otherwise."""
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        fields = {key: values[0] for key, values in sent.items()}
        if len(fields.get("text", "")) < 3:
            return self.say(self.note(self.path, fields.get("text", ""), wrong=True), status=422)
        self.server.notes.append(fields)
        self.send_response(303)
        self.send_header("Location", "/done")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None
