"""Pages on which a story is put into another language, and read by a second person."""

from __future__ import annotations

from collections.abc import Sequence
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
from serai.sharing import heeding
from serai.stories import forms, queries, translating
from serai.stories.models import Passage, Story
from serai.stories.translating import Sheet
from serai.translations.sides import ASKED, Sides, side, sides
from serai.translations.views import ask_language, change_or_go_on, saved_in_words, show_form
from serai.web.pages import Here, member_page
from serai.web.versions import merged, saved_meanwhile


def sides_of(request: HttpRequest, story: Story, sheets: dict[str, Sheet], told: Sequence[Passage]) -> Sides:
    """The story beside what there is of it in other languages; `told`: the passages on the page."""
    found = {
        code: side(code, sheet.heading, sheet.pieces, left=len(forms.left_over(sheet, story, told)))
        for code, sheet in sheets.items()
    }
    return sides(story, found, asked=request.GET.get(ASKED, ""))


def acts(here: Here, story: Story, sheets: dict[str, Sheet]) -> dict[str, list[Any]]:
    """What the source can do with each translation, by its language: also with what is told in kind."""
    found: dict[str, list[Any]] = {}
    for code, sheet in sheets.items():
        href = f"{reverse('translate_story', args=[story.id])}?language={code}"
        found[code] = [change_or_go_on(href, left := forms.left_over(sheet, story, story.passages.all()))]
        if not left and translating.waiting(sheet, here.actor.person):
            press = reverse("check_story_translation", args=[story.id])
            told = {"language": code, "version": sheet.version}
            found[code].append({"label": _("I read it: it is right"), "action": press, "fields": told})
    return found


@member_page
def translate_story(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Its title and passages in another language, each beside the original."""
    found = queries.story_page(id)
    if not here.owns(found):
        raise Http404
    back = reverse("story", args=[id])
    language = ask_language(request, found.language, kicker=found.title, back=back)
    if isinstance(language, HttpResponse):
        return language
    passages = list(found.passages.all())
    sheet = translating.sheet_of(found, language)
    saved = _as_shown(passages, sheet)
    form = forms.StoryTranslationForm(merged(request, saved), initial=vars(saved), story=found, passages=passages)
    if kept := heeding.may_save(request, here, form):
        if isinstance(kept, HttpResponse):
            return kept
        save = partial(translating.translate_story, here.actor, found, language, now=here.now, because=kept.because)
        title, as_saved = _("Someone else changed this translation"), partial(_as_shown, passages)
        if both := saved_meanwhile(request, form, save, title=title, as_saved=as_saved, told=form.told()):
            return both
        messages.success(request, saved_in_words(finished=all(form.cleaned_data[name] for name in form.beside)))
        return redirect(f"{back}?{ASKED}={language}")
    changed = forms.changed_since(sheet, passages)
    return show_form(
        request, form, original=found.language, language=language, kicker=found.title, back=back, changed=changed
    )


def _as_shown(passages: Sequence[Passage], sheet: Sheet) -> SimpleNamespace:
    """What the form begins with, and what a second editor finds saved."""
    return SimpleNamespace(**forms.words_of(sheet, passages))


class _Checked(fields.Form):
    language = fields.CharField(max_length=12)
    version = fields.IntegerField()


@require_POST
@member_page
def check_story_translation(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A second person read it beside the original, as it was on their page."""
    found = Story.objects.select_related("audience").get(pk=id)
    form = _Checked(request.POST)
    if not here.owns(found) or not form.is_valid():
        raise Http404
    told = form.cleaned_data
    try:
        translating.check_story(here.actor, found, told["language"], expected=told["version"], now=here.now)
    except ChangedMeanwhile:
        messages.warning(request, _("Someone changed these words while you read them. Read them again, then press."))
    else:
        messages.success(request, _("Thank you. The page now says that a second person checked it."))
    return redirect(f"{reverse('story', args=[id])}?{ASKED}={told['language']}")
