"""What the pages of all translations share: the question which language, and the form with the originals beside."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serai.directory.territories import language_name
from serai.translations.forms import LanguageForm, TranslationForm
from serai.web.pages import show


def change_or_go_on(href: str, left: Sequence[str]) -> dict[str, str]:
    """The way to the form; where parts are `left`, by the names of their fields, to the first of them."""
    if left:
        return {"label": _("Go on translating"), "href": f"{href}#id_{left[0]}"}
    return {"label": _("Change the translation"), "href": href}


def saved_in_words(*, finished: bool) -> str:
    """What is said once a translation is saved, as far as it goes."""
    if finished:
        return _("The translation is saved. A second person can check it.")
    return _("What you have is saved. The page says that it is not finished; go on whenever you like.")


def ask_language(request: HttpRequest, original: str, *, kicker: str, back: str) -> str | HttpResponse:
    """The language of the address, or the page that asks for it; the original's own is none."""
    form = LanguageForm(request.GET if "language" in request.GET else None, original=original)
    if form.is_valid():
        chosen: str = form.cleaned_data["language"]
        return chosen
    page = {"form": form, "kicker": kicker, "back": back}
    return show(request, "translations/language.html", page, status=422 if form.errors else 200)


def show_form(
    request: HttpRequest,
    form: TranslationForm,
    *,
    original: str,
    language: str,
    changed: Container[str] = (),
    **said: Any,
) -> HttpResponse:
    """The form, each field with its original beside it. `changed`: the fields whose original has other words by now.

    `said`: kicker, back, and old, a sentence on older words, with versions, where their differences stand.
    """
    page = {
        "form": form,
        "pairs": [(form[name], form.beside[name], name in changed) for name in form.fields if name in form.beside],
        "hidden": [form[name] for name, field in form.fields.items() if isinstance(field.widget, forms.HiddenInput)],
        "original": original,
        "original_name": language_name(original),
        "into": language,
        "into_name": language_name(language),
        **said,
    }
    return show(request, "translations/form.html", page, status=422 if form.errors else 200)
