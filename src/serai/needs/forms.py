"""The questions asked about a need, an offer and an answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from serai.directory import vocabulary
from serai.needs.models import CHANNELS

ANSWERS = [("accepted", _("Yes, we take part")), ("parked", _("Not now, ask us later")), ("declined", _("No"))]
CHANNEL_WORDS = [
    ("phone", _("On the phone")),
    ("paper", _("On paper")),
    ("chat", _("In a chat")),
    ("meeting", _("In a meeting")),
]

assert [code for code, _word in CHANNEL_WORDS] == [code for code, _word in CHANNELS]


class QuestionForm(forms.Form):
    """What the city must learn, as one question."""

    question = forms.CharField(
        label=_("What do you need to learn?"),
        help_text=_("One question, as you would ask a colleague. No names of people you are worried about."),
        max_length=300,
        widget=forms.Textarea,
    )


class ThemeForm(forms.Form):
    """What it is about."""

    theme = forms.ChoiceField(label=_("What is it about?"), choices=vocabulary.THEMES, widget=forms.RadioSelect)


class ConcernsForm(forms.Form):
    """Whom it concerns."""

    target_groups = forms.MultipleChoiceField(
        label=_("Whom does it concern?"),
        choices=vocabulary.TARGET_GROUPS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one group. “Everyone” is one of them.")},
    )


class UrgencyForm(forms.Form):
    """How soon."""

    urgency = forms.ChoiceField(
        label=_("How soon do you need it?"), choices=vocabulary.URGENCIES, widget=forms.RadioSelect
    )


class NeedForm(QuestionForm, ThemeForm, ConcernsForm, UrgencyForm):
    """A need as a whole, for mending it; `version` is the one the editor saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("question", "theme", "target_groups", "urgency")


class OfferForm(forms.Form):
    """What a city can show."""

    what = forms.CharField(label=_("What can you show?"), max_length=300, widget=forms.Textarea)
    theme = forms.ChoiceField(label=_("What is it about?"), choices=vocabulary.THEMES)
    target_groups = forms.MultipleChoiceField(
        label=_("Whom does it concern?"), choices=vocabulary.TARGET_GROUPS, widget=forms.CheckboxSelectMultiple
    )
    evidence = forms.ChoiceField(label=_("How sure are you that it works?"), choices=vocabulary.EVIDENCE)
    capacity = forms.IntegerField(label=_("How many guests can you receive?"), min_value=1, max_value=200, initial=10)


class ProposalForm(forms.Form):
    """Which cities are asked, and a few words to them."""

    cities = forms.MultipleChoiceField(
        label=_("Which cities do you want to ask?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one city.")},
    )
    message = forms.CharField(label=_("A few words to them"), required=False, max_length=500, widget=forms.Textarea)

    def __init__(self, *args: Any, cities: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cities"].choices = cities  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """A city's answer."""

    decision = forms.ChoiceField(label=_("Will your city take part?"), choices=ANSWERS, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), required=False, max_length=300, help_text=_("The other city reads this."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class OnBehalfForm(AnswerForm):
    """An answer that came another way."""

    said_by = forms.CharField(label=_("Who said it? A role is enough."), max_length=120)
    channel = forms.ChoiceField(label=_("How did they say it?"), choices=CHANNEL_WORDS)
    said_on = forms.DateField(label=_("On which day?"), widget=forms.DateInput(attrs={"type": "date"}))
