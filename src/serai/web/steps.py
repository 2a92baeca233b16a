"""One question a page: several small forms in a row, what was typed carried along, nothing stored until the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from serai.web.pages import number_in, show
from serai.web.sent import TOKEN, WORD, word_of


@dataclass(frozen=True, kw_only=True)
class Step:
    """One question: its form (usually one field) and what it is asked with."""

    form: type[forms.Form]
    title: str
    extra: dict[str, Any] = field(default_factory=dict)  # arguments of the form


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All questions answered: cleaned values, and what was typed, to be carried on as hidden fields."""

    values: dict[str, Any]
    typed: dict[str, list[str]]


def ask(request: HttpRequest, steps: Sequence[Step], *, context: dict[str, Any]) -> Answers | HttpResponse:
    """The answers, or the page of the first question that is not answered yet (or answered wrongly).

    A POST carries `step`, the number of the question it answers, and everything typed before. `back` goes
    one question back. With script off it is the same.
    """
    posted = request.method == "POST"
    answered = min(number_in(request.POST.get("step"), otherwise=-1), len(steps)) if posted else -1
    going_back = posted and "back" in request.POST
    values: dict[str, Any] = {}
    for index, step in enumerate(steps):
        asked_now = index > answered or (going_back and index == max(answered - 1, 0))
        data = request.POST if posted and (index <= answered or _has(step, request)) else None
        form = step.form(data if not asked_now or going_back else None, initial=_initial(step, request), **step.extra)
        if asked_now or not form.is_valid():
            page = {
                **context,
                "form": form,
                "step": step,
                "number": index,
                "count": len(steps),
                "typed": typed(request, without=form.fields),
            }
            wrong = not asked_now
            return show(request, "web/step.html", page, status=422 if wrong else 200)
        values |= form.cleaned_data
    return Answers(values=values, typed=typed(request))


def typed(request: HttpRequest, *, without: Any = ()) -> dict[str, list[str]]:
    """What was posted, less the machinery's own fields and those named, with the word of the first form."""
    own = {TOKEN, WORD, "step", "back", "confirmed", "readers", *without}
    word = word_of(request)
    found = {name: request.POST.getlist(name) for name in request.POST if name not in own}
    return found | {WORD: [word]} if word else found


def _has(step: Step, request: HttpRequest) -> bool:
    return any(name in request.POST for name in step.form.base_fields)


def _initial(step: Step, request: HttpRequest) -> dict[str, Any]:
    return {
        name: request.POST.getlist(name) if isinstance(f, forms.MultipleChoiceField) else request.POST[name]
        for name, f in step.form.base_fields.items()
        if name in request.POST
    }
