"""What is asked about a story."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from serai.stories import translating
from serai.stories.models import Passage, Story
from serai.stories.translating import Sheet, Text
from serai.translations.forms import TranslationForm, WrittenIn


class StoryForm(forms.Form):
    """Begin a story from the thread."""

    title = forms.CharField(label=_("What is the story called?"), max_length=160)
    language = WrittenIn()
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


TEXT, WORDING = "text-", "wording-"


class StoryTranslationForm(TranslationForm):
    """Title, by-line and every passage in another language, each beside its original.

    All but the title can be left for later; with each passage goes the wording that its writer saw.
    """

    title = forms.CharField(label=_("Title"), max_length=160)
    byline = forms.CharField(label=_("Who tells it?"), max_length=160, required=False)

    def __init__(self, *args: Any, story: Story, passages: Iterable[Passage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beside = {"title": story.title, "byline": story.byline}
        if not story.byline:
            del self.fields["byline"], self.beside["byline"]
        for passage in passages:
            label = _now("Passage %(n)s") % {"n": passage.position}
            if passage.stands_in:
                label = _now("Passage %(n)s, as it is told in kind") % {"n": passage.position}
            most = Passage._meta.get_field("text").max_length
            self.beside[f"{TEXT}{passage.pk}"] = passage.text
            self.fields[f"{TEXT}{passage.pk}"] = forms.CharField(
                label=label, widget=forms.Textarea, max_length=most, required=False
            )
            self.fields[f"{WORDING}{passage.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, min_value=1, max_value=passage.wording
            )
        self.order_fields([name for name in self.fields if name != "made"])

    def told(self) -> dict[str, Any]:
        """The words as the action takes them, and how they came about."""
        texts = {
            UUID(name.removeprefix(TEXT)): Text(
                text=value, of_wording=self.cleaned_data[WORDING + name.removeprefix(TEXT)]
            )
            for name, value in self.cleaned_data.items()
            if name.startswith(TEXT)
        }
        values = self.cleaned_data
        return {"title": values["title"], "byline": values.get("byline", ""), "texts": texts, "made": values["made"]}


def changed_since(sheet: Sheet, passages: Iterable[Passage]) -> set[str]:
    """The fields of passages that were given other words since they were translated."""
    there = ((passage, sheet.passages.get(passage.pk)) for passage in passages)
    return {f"{TEXT}{passage.pk}" for passage, row in there if row and row.of_wording != passage.wording}


def left_over(sheet: Sheet, story: Story, passages: Iterable[Passage]) -> list[str]:
    """The fields that have words in the original and none in this language yet."""
    left = [f"{TEXT}{passage.pk}" for passage in translating.untold(sheet, passages)]
    return ["byline", *left] if translating.lacks_byline(sheet, story) else left


def words_of(sheet: Sheet, passages: Iterable[Passage]) -> dict[str, Any]:
    """A story in another language as the form shows it, with the wordings that are shown now."""
    heading = sheet.heading
    values: dict[str, Any] = {"version": sheet.version}
    if heading is not None:
        values |= {"made": heading.made, "title": heading.title, "byline": heading.byline}
    for passage in passages:
        there = sheet.passages.get(passage.pk)
        values |= {f"{TEXT}{passage.pk}": there.text if there else "", f"{WORDING}{passage.pk}": passage.wording}
    return values
