"""Pages of the library."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from serai.audit.actions import ChangedMeanwhile
from serai.directory import vocabulary
from serai.practices import actions, forms, queries, translating, translation_views
from serai.practices.models import Practice, PracticeVersion
from serai.sharing import heeding
from serai.sharing.choosing import choose_readers, own_rings
from serai.sharing.reading import reading
from serai.web import dates
from serai.web.pages import Here, member_page, page, posted, same_for_visitors, show, show_once
from serai.web.steps import typed
from serai.web.text import rich

FIELD_WORDS = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("In one sentence"),
    "description": gettext_lazy("What it is"),
    "did_not_work": gettext_lazy("What did not work"),
    "safeguards": gettext_lazy("Safeguards"),
    "core_elements": gettext_lazy("What must stay"),
    "adaptable_elements": gettext_lazy("What can be changed"),
    "staff": gettext_lazy("Staff"),
    "cost": gettext_lazy("Cost"),
}


@page
@same_for_visitors
def library(request: HttpRequest, here: Here) -> HttpResponse:
    """The practices the asker may read."""
    lines = _with_themes(get_language(), queries.library_lines())
    return show_once(request, "practices/library.html", lines=lines, may_add=here.in_organisation)


@lru_cache(maxsize=64)
def _with_themes(language: str, lines: tuple[queries.Line, ...]) -> tuple[tuple[queries.Line, str], ...]:
    """The lines with their themes in words; worked out once for the same lines in the same language."""
    words = dict(vocabulary.THEMES)
    return tuple((line, ", ".join(str(words.get(code, code)) for code in line.themes.split())) for line in lines)


@page
@same_for_visitors
def practice(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One practice: what it is, what did not work, what to keep, how sure we are."""
    found = queries.practice_with_versions(id)
    versions = list(found.versions.all())
    if not versions:
        raise Http404
    latest, mine = versions[0], here.owns(found)
    in_languages = translation_views.sides_of(request, found, latest)
    context = {
        "practice": found,
        "version": latest,
        "sides": in_languages,
        "acts": translation_views.acts(here, found, latest, in_languages.translations) if mine else {},
        "rich": rich,
        "ladder": _ladder(latest.evidence),
        "groups": [dict(vocabulary.TARGET_GROUPS).get(code, code) for code in latest.target_groups],
        "changed": dates.day(latest.created_at.date()),
        "mine": mine,
        "reading": reading(here, found, marks=True),
    }
    return show(request, "practices/practice.html", context)


def _ladder(evidence: str) -> dict[str, Any]:
    codes = [code for code, _word in vocabulary.EVIDENCE if code != "EX"]
    words = [word for code, word in vocabulary.EVIDENCE if code != "EX"]
    return {"steps": words, "current": codes.index(evidence) if evidence in codes else -1}


@member_page
def new_practice(request: HttpRequest, here: Here) -> HttpResponse:
    """Published once, with what did not work."""
    organisation = here.standing.organisation
    if organisation is None:
        raise Http404
    form = forms.PracticeForm(posted(request))
    if request.method != "POST" or not form.is_valid() or "back" in request.POST:
        context = {"form": form, "title": _("Publish a practice.")}
        return show(request, "practices/edit.html", context)
    rings = own_rings(here.standing)
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read this practice, then publish it."),
        chosen="organisation",
        carried=typed(request),
        texts=heeding.texts_of(form),
        noun=Practice,
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    made = actions.publish_practice(
        here.actor,
        organisation=organisation,
        city=here.standing.city,
        content=form.content(),
        readers=chosen,
        now=here.now,
        because=chosen.because,
        illustrative=organisation.illustrative,
    )
    messages.success(request, _("The practice is published."))
    return redirect("practice", made.id)


@member_page
def change_practice(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A mend is a new version; the ones before stay."""
    found = queries.practice_with_versions(id)
    if not here.owns(found):
        raise Http404
    latest = next(iter(found.versions.all()))
    form = forms.MendForm(posted(request), initial=forms.initial_of(latest))
    if kept := heeding.may_save(request, here, form):
        if isinstance(kept, HttpResponse):
            return kept
        try:
            actions.mend_practice(
                here.actor,
                found,
                form.content(),
                what_changed=form.cleaned_data["what_changed"],
                expected=form.cleaned_data["number"],
                now=here.now,
                because=kept.because,
            )
        except ChangedMeanwhile as meanwhile:
            return _meanwhile(request, form, meanwhile.record)
        messages.success(request, _("A new version is published. The ones before are kept."))
        return redirect("practice", id)
    context = {"form": form, "title": _("Change this practice."), "practice": found}
    return show(request, "practices/edit.html", context)


def _meanwhile(request: HttpRequest, form: forms.MendForm, latest: Any) -> HttpResponse:
    """Someone published a version meanwhile: both are shown, and what was typed stays in the form."""
    assert isinstance(latest, PracticeVersion)
    mine = PracticeVersion(**{**form.content().fields(), "practice_id": latest.practice_id, "number": latest.number})
    pieces = [{"label": FIELD_WORDS[name], "pieces": found} for name, found in queries.difference(latest, mine).items()]
    data = request.POST.copy()
    data["number"] = str(latest.number)
    form.data = data
    context = {"form": form, "title": _("Someone else changed this practice meanwhile."), "pieces": pieces}
    return show(request, "practices/edit.html", context, status=409)


@page
@same_for_visitors
def practice_versions(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Every version, each with its readable difference to the one before."""
    found = queries.practice_with_versions(id)
    versions = list(found.versions.all())
    spoken = translating.languages_of(found)
    lines = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        changes = queries.difference(before, version) if before else {}
        lines.append(
            {
                "version": version,
                "day": dates.day(version.created_at.date()),
                "languages": spoken.get(version.number, []),
                "changes": [{"label": FIELD_WORDS[name], "pieces": pieces} for name, pieces in changes.items()],
            }
        )
    return show(
        request, "practices/versions.html", {"practice": found, "lines": lines, "reading": reading(here, found)}
    )
