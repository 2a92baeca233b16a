"""What is asked about a story."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class StoryForm(forms.Form):
    """Begin a story from the thread."""

    title = forms.CharField(label=_("What is the story called?"), max_length=160)
    byline = forms.CharField(label=_("Who tells it? A role is enough."), max_length=160, required=False)
    sources = forms.MultipleChoiceField(
        label=_("What does it tell of?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one record of the thread.")},
    )

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sources"].choices = sources  # type: ignore[attr-defined]


class PassageForm(forms.Form):
    """One passage; who is named is asked."""

    text = forms.CharField(label=_("The passage"), max_length=2000, widget=forms.Textarea)
    organisations = forms.MultipleChoiceField(
        label=_("Which organisations does it name?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is asked. Until they say yes, it is told in kind."),
    )
    in_kind = forms.CharField(
        label=_("How is it told until then?"), max_length=2000, required=False, widget=forms.Textarea
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].choices = organisations  # type: ignore[attr-defined]
        if not organisations:
            del self.fields["organisations"], self.fields["in_kind"]
