"""Into which language, how the words came about, and the words beside their originals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from serai.directory.territories import OWN_NAMES, language_name
from serai.translations.models import MADE


def language_choices() -> list[tuple[str, str]]:
    """Every language one can write in here, as it calls itself and as the reader calls it."""
    named = [(code, own, language_name(code)) for code, own in OWN_NAMES.items()]
    english = [("en", "English", language_name("en"))]
    found = sorted([*named, *english], key=lambda one: one[2].casefold())
    return [(code, name if name.casefold() == own.casefold() else f"{name} – {own}") for code, own, name in found]


class LanguageForm(forms.Form):
    """The first question: into which language?"""

    language = forms.ChoiceField(label=_("Into which language?"))

    def __init__(self, *args: Any, original: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [choice for choice in language_choices() if choice[0] != original]
        self.fields["language"].choices = [("", _("Choose one")), *others]  # type: ignore[attr-defined]


class WrittenIn(forms.ChoiceField):
    """In which language an original is written; English where nobody says."""

    def __init__(self, **kwargs: Any) -> None:
        label = _("Which language is it written in?")
        super().__init__(choices=language_choices, label=label, required=False, initial="en", **kwargs)


class TranslationForm(forms.Form):
    """What every translation is asked: how its words came about. `beside` holds the original of each other field."""

    beside: dict[str, str]
    made = forms.ChoiceField(
        label=_("How did these words come about?"),
        choices=MADE,
        widget=forms.RadioSelect,
        help_text=_("Say “by a machine” for text you paste from a translation program, also if you corrected it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
