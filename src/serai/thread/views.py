"""The page of the thread."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from serai.sharing.reading import reading
from serai.thread import pattern
from serai.thread.queries import NOUNS, thread_of
from serai.web.loom import weave
from serai.web.pages import Here, page, same_for_visitors, show


@page
@same_for_visitors
def thread(request: HttpRequest, here: Here, noun: str, id: UUID) -> HttpResponse:
    """From one record both ways."""
    if noun not in NOUNS:
        raise Http404
    found = thread_of(noun, id)
    start = found.record(found.start)
    stages = pattern.stages(found)
    context = {
        "thread": found,
        "figures": pattern.figures(found),
        "woven": weave(stages),
        "stages": stages,
        "parts": pattern.in_words(found),
        "path": pattern.path_through(found),
        "practices": found.of("practice"),
        "title": pattern.title_of(noun, start),
        "reading": reading(here, start),
    }
    return show(request, "thread/thread.html", context)
