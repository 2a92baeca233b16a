"""Pages on which a practice is put into another language, and read by a second person."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms as fields
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from serai.audit.actions import ChangedMeanwhile
from serai.practices import forms, queries, translating
from serai.practices.models import Practice, PracticeTranslation, PracticeVersion
from serai.sharing import heeding
from serai.translations import actions
from serai.translations.sides import ASKED, Side, Sides, side, sides
from serai.translations.views import ask_language, change_or_go_on, saved_in_words, show_form
from serai.web.pages import Here, member_page, number_in
from serai.web.versions import merged, saved_meanwhile


def sides_of(request: HttpRequest, practice: Practice, latest: PracticeVersion) -> Sides:
    """The latest version beside what there is of it in other languages."""
    found = {
        code: side(code, row, [row], left=len(translating.left_over(latest, row)), old=_old(row.number, latest.number))
        for code, row in translating.translations_of(practice).items()
    }
    return sides(latest, found, asked=request.GET.get(ASKED, ""))


def _old(translated: int, latest: int) -> str:
    if translated == latest:
        return ""
    told = {"n": translated, "latest": latest}
    return _("It is the translation of version %(n)s; the original is now version %(latest)s.") % told


def acts(here: Here, practice: Practice, latest: PracticeVersion, translated: tuple[Side, ...]) -> dict[str, list[Any]]:
    """What the source can do with each translation, by its language."""
    found: dict[str, list[Any]] = {}
    for one in translated:
        row = one.words
        href = f"{reverse('translate_practice', args=[practice.id])}?language={one.language}"
        if row.number != latest.number:
            found[one.language] = [{"label": _("Bring it up to date"), "href": href}]
            continue
        found[one.language] = [change_or_go_on(href, left := translating.left_over(latest, row))]
        if not left and actions.may_check(here.actor.person, row):
            press = reverse("check_practice_translation", args=[practice.id])
            told = {"translation": row.pk, "version": row.version}
            found[one.language].append({"label": _("I read it: it is right"), "action": press, "fields": told})
    return found


@member_page
def translate_practice(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Its words in another language, each beside the original; older words are where one begins."""
    found = queries.practice_with_versions(id)
    if not here.owns(found):
        raise Http404
    versions = {version.number: version for version in found.versions.all()}
    latest = versions[max(versions)]
    back = reverse("practice", args=[id])
    language = ask_language(request, latest.language, kicker=found.title, back=back)
    if isinstance(language, HttpResponse):
        return language
    # What is posted is a translation of the version its writer saw, also where the original moved on meanwhile.
    version = versions.get(number_in(request.POST.get("number")), latest)
    rows = PracticeTranslation.objects.filter(original=version, language=language).select_related("audience")
    present = rows.first()
    older = None if present else translating.translations_of(found).get(language)
    saved = _as_shown(version, present, older)
    form = forms.PracticeTranslationForm(merged(request, saved), initial=vars(saved), original=version)
    if kept := heeding.may_save(request, here, form):
        if isinstance(kept, HttpResponse):
            return kept
        save = partial(_save, here, version, present, language, because=kept.because)
        title, as_saved = _("Someone else changed this translation"), partial(_as_shown, version, older=None)
        told = {"words": form.words(), "made": form.cleaned_data["made"]}
        if both := saved_meanwhile(request, form, save, title=title, as_saved=as_saved, told=told):
            return both
        messages.success(request, saved_in_words(finished=all(form.words().values())))
        return redirect(f"{back}?{ASKED}={language}")
    return show_form(
        request,
        form,
        original=version.language,
        language=language,
        kicker=found.title,
        back=back,
        old=_old(older.number, version.number) if older else "",
        versions=reverse("practice_versions", args=[id]),
        changed=queries.difference(older.original, version) if older else (),
    )


def _as_shown(
    version: PracticeVersion, present: PracticeTranslation | None, older: PracticeTranslation | None
) -> SimpleNamespace:
    """What the form begins with, and what a second editor finds saved."""
    begun = present or older
    made = {"made": begun.made} if begun else {}
    shown = {"version": present.version if present else 0, "number": version.number}
    return SimpleNamespace(**shown, **made, **forms.words_of(begun))


def _save(
    here: Here,
    version: PracticeVersion,
    present: PracticeTranslation | None,
    language: str,
    *,
    words: translating.Words,
    expected: int,
    **said: Any,
) -> None:
    if present is None:
        translating.translate_practice(here.actor, version, language, words, now=here.now, **said)
    else:
        translating.mend_translation(here.actor, present, words, expected=expected, now=here.now, **said)


class _Checked(fields.Form):
    translation = fields.UUIDField()
    version = fields.IntegerField()


@require_POST
@member_page
def check_practice_translation(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A second person read it beside the original, as it was on their page."""
    found = Practice.objects.get(pk=id)
    form = _Checked(request.POST)
    if not here.owns(found) or not form.is_valid():
        raise Http404
    told = form.cleaned_data
    rows = PracticeTranslation.objects.select_related("audience", "original")
    row = rows.get(pk=told["translation"], original__practice=found)
    try:
        translating.check_translation(here.actor, row, expected=told["version"], now=here.now)
    except ChangedMeanwhile:
        messages.warning(request, _("Someone changed these words while you read them. Read them again, then press."))
    else:
        messages.success(request, _("Thank you. The page now says that a second person checked it."))
    return redirect(f"{reverse('practice', args=[id])}?{ASKED}={row.language}")
