"""What is asked about a practice: what did not work and what protects people are not optional."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from serai.directory import vocabulary
from serai.practices.actions import Content
from serai.practices.models import PracticeTranslation, PracticeVersion
from serai.practices.queries import FIELDS, text_of
from serai.translations.forms import TranslationForm, WrittenIn

LISTS = ("did_not_work", "core_elements", "adaptable_elements")  # kept as lists, typed one a line


class Lines(forms.CharField):
    """One of those lists; each line fits the column it is kept in."""

    widget = forms.Textarea

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(**{"help_text": _("One a line."), **kwargs})
        self.longest: int = PracticeVersion._meta.get_field(name).base_field.max_length  # type: ignore[union-attr]

    def validate(self, value: str) -> None:
        """Says so where a line is too long."""
        super().validate(value)
        if any(len(line) > self.longest for line in lines_of(value)):
            text = _("A line has at most %(n)s characters. Begin a new line.")
            raise forms.ValidationError(text, params={"n": self.longest})


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class PracticeForm(forms.Form):
    """One version of a practice."""

    title = forms.CharField(label=_("What is it called?"), max_length=100)
    language = WrittenIn()
    summary = forms.CharField(label=_("What is it, in one sentence?"), max_length=200)
    description = forms.CharField(label=_("What is done, by whom?"), max_length=3000, widget=forms.Textarea)
    did_not_work = Lines(
        "did_not_work",
        label=_("What did not work?"),
        help_text=_("One a line. Others learn most from this."),
        error_messages={"required": _("Say at least one thing that did not work.")},
    )
    safeguards = forms.CharField(
        label=_("What protects the people in it?"),
        max_length=500,
        widget=forms.Textarea,
        error_messages={"required": _("Say what protects the people in it.")},
    )
    evidence = forms.ChoiceField(label=_("How sure are you that it works?"), choices=vocabulary.EVIDENCE)
    core_elements = Lines("core_elements", label=_("What must stay?"), required=False)
    adaptable_elements = Lines("adaptable_elements", label=_("What can be changed freely?"), required=False)
    themes = forms.MultipleChoiceField(
        label=_("What is it about? Up to three."), choices=vocabulary.THEMES, widget=forms.CheckboxSelectMultiple
    )
    target_groups = forms.MultipleChoiceField(
        label=_("Whom is it for?"), choices=vocabulary.TARGET_GROUPS, widget=forms.CheckboxSelectMultiple
    )
    staff = forms.CharField(label=_("Who works in it?"), max_length=120, required=False)
    cost = forms.CharField(label=_("What does it cost a year?"), max_length=120, required=False)

    def clean_themes(self) -> list[str]:
        """Three at most, so that the library stays findable."""
        themes: list[str] = self.cleaned_data["themes"]
        if len(themes) > 3:
            raise forms.ValidationError(_("Choose three at most."))
        return themes

    def clean_language(self) -> str:
        """The language chosen; where none was, the one it was in, or English."""
        return self.cleaned_data["language"] or self.initial.get("language") or "en"

    def content(self) -> Content:
        """The version as the action takes it."""
        values: dict[str, Any] = {k: v for k, v in self.cleaned_data.items() if k in Content.__annotations__}
        return Content(**values | {name: lines_of(values[name]) for name in LISTS})


class MendForm(PracticeForm):
    """A new version: what changed, and which version the editor saw."""

    what_changed = forms.CharField(label=_("What did you change?"), max_length=200)
    number = forms.IntegerField(widget=forms.HiddenInput)


def initial_of(version: PracticeVersion) -> dict[str, Any]:
    """A version as the form shows it."""
    names = ("language", "evidence", "themes", "target_groups", "number")
    return words_of(version) | {name: getattr(version, name) for name in names}


class PracticeTranslationForm(TranslationForm):
    """The words of one version in another language, each field beside its original; what is empty there is not asked.

    Takes `original`, the version. All but the title can be left for later.
    """

    number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, original: PracticeVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = PracticeForm.base_fields
        self.beside = {name: text_of(getattr(original, name)) for name in FIELDS if getattr(original, name)}
        for name in self.beside:
            field: Any = asked[name]
            told: dict[str, Any] = {"label": field.label, "required": name == "title"}
            self.fields[name] = (
                Lines(name, **told)
                if name in LISTS
                else forms.CharField(**told, widget=type(field.widget), max_length=field.max_length)
            )
        self.order_fields([*self.beside, "made"])

    def words(self) -> dict[str, str | list[str]]:
        """The words as the actions take them."""
        return {
            name: lines_of(text) if name in LISTS else text
            for name, text in self.cleaned_data.items()
            if name in self.beside
        }


def words_of(words: PracticeVersion | PracticeTranslation | None) -> dict[str, str]:
    """The words of a version or translation as the form shows them."""
    return {} if words is None else {name: text_of(getattr(words, name)) for name in FIELDS}
