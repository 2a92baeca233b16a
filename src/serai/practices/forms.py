"""What is asked about a practice: what did not work and what protects people are not optional."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from serai.directory import vocabulary
from serai.practices.actions import Content
from serai.practices.models import PracticeTranslation, PracticeVersion
from serai.practices.queries import FIELDS
from serai.translations.forms import TranslationForm, WrittenIn

LINES = _("One a line.")


class PracticeForm(forms.Form):
    """One version of a practice."""

    title = forms.CharField(label=_("What is it called?"), max_length=100)
    language = WrittenIn()
    summary = forms.CharField(label=_("What is it, in one sentence?"), max_length=200)
    description = forms.CharField(label=_("What is done, by whom?"), max_length=3000, widget=forms.Textarea)
    did_not_work = forms.CharField(
        label=_("What did not work?"),
        widget=forms.Textarea,
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
    core_elements = forms.CharField(label=_("What must stay?"), widget=forms.Textarea, required=False, help_text=LINES)
    adaptable_elements = forms.CharField(
        label=_("What can be changed freely?"), widget=forms.Textarea, required=False, help_text=LINES
    )
    themes = forms.MultipleChoiceField(
        label=_("What is it about? Up to three."), choices=vocabulary.THEMES, widget=forms.CheckboxSelectMultiple
    )
    target_groups = forms.MultipleChoiceField(
        label=_("Whom is it for?"), choices=vocabulary.TARGET_GROUPS, widget=forms.CheckboxSelectMultiple
    )
    staff = forms.CharField(label=_("Who works in it?"), max_length=120, required=False)
    cost = forms.CharField(label=_("What does it cost a year?"), max_length=120, required=False)

    def _short_lines(self, name: str) -> str:
        longest = PracticeVersion._meta.get_field(name).base_field.max_length  # type: ignore[union-attr]
        text: str = self.cleaned_data[name]
        if any(len(line.strip()) > longest for line in text.splitlines()):
            raise forms.ValidationError(_("A line has at most %(n)s characters. Begin a new line.") % {"n": longest})
        return text

    def clean_did_not_work(self) -> str:
        """Each line fits the list it is kept in."""
        return self._short_lines("did_not_work")

    def clean_core_elements(self) -> str:
        """Each line fits the list it is kept in."""
        return self._short_lines("core_elements")

    def clean_adaptable_elements(self) -> str:
        """Each line fits the list it is kept in."""
        return self._short_lines("adaptable_elements")

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
        for name in ("did_not_work", "core_elements", "adaptable_elements"):
            values[name] = [line.strip() for line in values[name].splitlines() if line.strip()]
        return Content(**values)


class MendForm(PracticeForm):
    """A new version: what changed, and which version the editor saw."""

    what_changed = forms.CharField(label=_("What did you change?"), max_length=200)
    number = forms.IntegerField(widget=forms.HiddenInput)


def initial_of(version: PracticeVersion) -> dict[str, Any]:
    """A version as the form shows it."""
    names = (
        "title",
        "language",
        "summary",
        "description",
        "safeguards",
        "evidence",
        "themes",
        "target_groups",
        "staff",
        "cost",
    )
    values = {name: getattr(version, name) for name in names}
    for name in ("did_not_work", "core_elements", "adaptable_elements"):
        values[name] = "\n".join(getattr(version, name))
    return values | {"number": version.number}


LISTS = ("did_not_work", "core_elements", "adaptable_elements")


class PracticeTranslationForm(TranslationForm):
    """The words of one version in another language, each field beside its original; what is empty there is not asked.

    Takes `original`, the version. All but the title can be left for later.
    """

    number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, original: PracticeVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = PracticeForm.base_fields
        self.beside = {name: _plain(getattr(original, name)) for name in FIELDS if getattr(original, name)}
        for name in self.beside:
            widget = forms.Textarea if isinstance(asked[name].widget, forms.Textarea) else forms.TextInput
            help_text = LINES if name in LISTS else ""
            most = getattr(asked[name], "max_length", None)
            self.fields[name] = forms.CharField(
                label=asked[name].label,
                widget=widget,
                help_text=help_text,
                max_length=most,
                required=name == "title",
            )
        self.order_fields([*self.beside, "made"])

    def clean(self) -> dict[str, Any]:
        """Each line fits the list it is kept in."""
        cleaned = super().clean() or {}
        for name in LISTS:
            longest = PracticeVersion._meta.get_field(name).base_field.max_length  # type: ignore[union-attr]
            if any(len(line.strip()) > longest for line in cleaned.get(name, "").splitlines()):
                text = _("A line has at most %(n)s characters. Begin a new line.") % {"n": longest}
                self.add_error(name, text)
        return cleaned

    def words(self) -> dict[str, str | list[str]]:
        """The words as the actions take them."""
        return {
            name: [line.strip() for line in text.splitlines() if line.strip()] if name in LISTS else text
            for name, text in self.cleaned_data.items()
            if name in self.beside
        }


def words_of(words: PracticeVersion | PracticeTranslation | None) -> dict[str, str]:
    """The words of a version or translation as the form shows them."""
    return {} if words is None else {name: _plain(getattr(words, name)) for name in FIELDS}


def _plain(value: str | list[str]) -> str:
    return "\n".join(value) if isinstance(value, list) else value
