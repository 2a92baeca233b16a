"""Where each line of the task list is done, and which record an address names."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from serai.exchanges.models import Task
from serai.web.pages import id_in


def target(task: Task) -> str:
    """Where a line of the task list is done."""
    places = {
        "name_delegates": ("delegates", task.party_id),
        "draft_programme": ("programme", task.exchange_id),
        "site_rules": ("programme", task.exchange_id),
        "safety_check": ("safety", task.exchange_id),
        "release_programme": ("release_programme", task.exchange_id),
        "follow_programme": ("programme", task.exchange_id),
        "capture": ("capture", task.exchange_id),
        "weigh": ("takeaways", task.exchange_id),
        "promise": ("promises", task.exchange_id),
        "report_promises": ("promises", task.exchange_id),
        "tell_story": ("new_story", task.exchange_id),
    }
    name, id = places.get(task.code, ("task", task.id))
    return reverse(name, args=[id])


def asked_id(request: HttpRequest, name: str) -> UUID | None:
    """The record named in the query of this address; what is no id is not there."""
    given = request.GET.get(name)
    return id_in(given) if given else None
