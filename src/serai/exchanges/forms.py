"""The questions asked about an exchange, its people, sessions, sites, and what is taken home."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from serai.directory import vocabulary
from serai.directory.models import City
from serai.exchanges.tasklist import SAFETY_QUESTIONS, SESSION_KINDS

DAY = forms.DateInput(attrs={"type": "date"})
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"})
NO_PLACE = _("Online, or not decided yet")
FORM_WORDS = [("in_person", _("In person")), ("online", _("Online")), ("both", _("Both"))]


class TitleForm(forms.Form):
    """What it is called."""

    title = forms.CharField(label=_("What do you call the exchange?"), max_length=160)


class PlaceForm(forms.Form):
    """Where it takes place."""

    place = forms.ModelChoiceField(
        label=_("Where does it take place?"),
        queryset=City.objects.none(),
        required=False,
        empty_label=NO_PLACE,
    )
    form = forms.ChoiceField(label=_("How do you meet?"), choices=FORM_WORDS, initial="in_person")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = City.objects.order_by("name", "id")  # type: ignore[attr-defined]


class DaysForm(forms.Form):
    """When."""

    starts_on = forms.DateField(label=_("On which day does it start?"), widget=DAY)
    ends_on = forms.DateField(label=_("On which day does it end?"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        values = super().clean() or {}
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The end is before the start. Choose a later day."))
        return values


class ExchangeForm(TitleForm, DaysForm):
    """What it is called, where and when, for mending it."""

    field_order = ("title", "place_id", "form", "starts_on", "ends_on")
    place_id = forms.TypedChoiceField(
        label=_("Where does it take place?"), coerce=int, empty_value=None, required=False
    )
    form = forms.ChoiceField(label=_("How do you meet?"), choices=FORM_WORDS)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cities = City.objects.order_by("name", "id").values_list("id", "name")
        self.fields["place_id"].choices = [("", NO_PLACE), *cities]  # type: ignore[attr-defined]


class GoalForm(forms.Form):
    """What those taking part want to have learnt."""

    goal = forms.CharField(
        label=_("What do you want to have learnt when you go home?"), max_length=200, widget=forms.Textarea
    )


class PartyForm(forms.Form):
    """A further city that takes part."""

    city = forms.ModelChoiceField(label=_("Which city takes part too?"), queryset=City.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["city"].queryset = City.objects.order_by("name", "id")  # type: ignore[attr-defined]


class DelegateForm(forms.Form):
    """One of our people, or people in words."""

    person = forms.ChoiceField(label=_("Someone with an account"), required=False)
    in_words = forms.CharField(
        label=_("Or say who it is, without a name"),
        required=False,
        max_length=160,
        help_text=_("For example: two ambassadors, a teacher."),
    )
    how_many = forms.IntegerField(label=_("How many people?"), min_value=1, max_value=99, initial=1)
    sector = forms.ChoiceField(
        label=_("Sector"),
        choices=[("", _("That of their organisation")), *vocabulary.SECTORS],
        required=False,
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Nobody from the list")), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two, not both."""
        values = super().clean() or {}
        if bool(values.get("person")) == bool(values.get("in_words")):
            self.add_error("in_words", _("Choose someone from the list, or say who it is. Not both."))
        if values.get("in_words") and not values.get("sector"):
            self.add_error("sector", _("Choose the sector of those who are not on the list."))
        return values


class SessionForm(forms.Form):
    """One item of the programme. Hours are those of the place."""

    title = forms.CharField(label=_("What is it?"), max_length=160)
    kind = forms.ChoiceField(label=_("What kind?"), choices=SESSION_KINDS)
    starts_at = forms.DateTimeField(label=_("It starts"), widget=MOMENT, required=False)
    ends_at = forms.DateTimeField(label=_("It ends"), widget=MOMENT, required=False)
    where = forms.CharField(label=_("Where?"), max_length=160, required=False)
    site = forms.ChoiceField(label=_("Is it at a site with rules?"), required=False)
    chatham = forms.BooleanField(
        label=_("Under the Chatham House Rule"),
        required=False,
        help_text=_("What is said may be used; who said it may not. Notes then carry no author."),
    )
    open_to_invited = forms.BooleanField(label=_("Open to an invited audience"), required=False)
    beside = forms.BooleanField(
        label=_("Runs beside other sessions"),
        required=False,
        help_text=_("Mark each of them. Then it is no clash that they overlap."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, zone: str, sites: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["site"].choices = [("", _("No")), *sites]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hours typed at the place become moments; the end comes after the start."""
        values = super().clean() or {}
        for name in ("starts_at", "ends_at"):
            if values.get(name):
                values[name] = values[name].replace(tzinfo=self.zone)
        if values.get("starts_at") and values.get("ends_at") and values["ends_at"] <= values["starts_at"]:
            self.add_error("ends_at", _("It ends before it starts. Choose a later hour."))
        return values


class SiteForm(forms.Form):
    """A site and the rules of its host."""

    name = forms.CharField(label=_("Name of the site"), max_length=160)
    most_guests = forms.IntegerField(label=_("How many guests at most?"), min_value=1, required=False)
    who_may_come = forms.CharField(label=_("Who may come, and how?"), max_length=300, required=False)
    photos = forms.CharField(label=_("What may be photographed?"), max_length=200, required=False)
    may_repeat = forms.CharField(label=_("What may be repeated outside?"), max_length=300, required=False)


class SafetyForm(forms.Form):
    """Ten do-no-harm questions; for each risk, what is done about it."""

    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[("go", _("Go")), ("conditions", _("Go, with what is written above")), ("stop", _("Stop"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = {}
        for number, question in enumerate(SAFETY_QUESTIONS, start=1):
            fields[f"risk_{number}"] = forms.ChoiceField(
                label=question, choices=[("no", _("No")), ("yes", _("Yes"))], widget=forms.RadioSelect
            )
            fields[f"answer_{number}"] = forms.CharField(
                label=_("If yes: what do you do about it?"), required=False, max_length=300
            )
        self.fields = {**fields, **self.fields}

    def clean(self) -> dict[str, Any]:
        """A risk needs an answer to it."""
        values = super().clean() or {}
        for number in range(1, len(SAFETY_QUESTIONS) + 1):
            if values.get(f"risk_{number}") == "yes" and not values.get(f"answer_{number}", "").strip():
                self.add_error(f"answer_{number}", _("You see a risk: say what you do about it."))
        return values

    def answers(self) -> dict[int, dict[str, Any]]:
        """The answers as the action takes them."""
        return {
            n: {"risk": self.cleaned_data[f"risk_{n}"] == "yes", "what_we_do": self.cleaned_data[f"answer_{n}"]}
            for n in range(1, len(SAFETY_QUESTIONS) + 1)
        }


class CaptureForm(forms.Form):
    """One line, tied to the session by time."""

    text = forms.CharField(
        label=_("What do you want to bring home?"),
        max_length=500,
        widget=forms.Textarea,
        help_text=_("No names of people you met. You can sort it later."),
    )
    session = forms.ChoiceField(label=_("Where did you see it?"), required=False)
    photo = forms.FileField(
        label=_("A photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        help_text=_("It is drawn anew: where, when and with what it was taken is not kept."),
    )
    people = forms.ChoiceField(
        label=_("Can people be recognised in the photo?"),
        choices=[
            ("nobody", _("Nobody can be recognised in it")),
            ("agreed", _("People can be recognised, and each said yes")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    sent_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    photo_again = forms.CharField(widget=forms.HiddenInput, required=False)

    PHOTO = frozenset({"photo", "people", "photo_again"})

    def __init__(self, *args: Any, sessions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [("", _("No session")), *sessions]  # type: ignore[attr-defined]

    @property
    def line_is_good(self) -> bool:
        """Whether the line can be kept, whatever is wrong with its photo."""
        return not set(self.errors) - self.PHOTO


class WeighForm(forms.Form):
    """What the home team makes of a takeaway."""

    decision = forms.ChoiceField(
        label=_("What do you do with it?"),
        choices=[
            ("adopted", _("Adopt it")),
            ("adapted", _("Adapt it")),
            ("parked", _("Park it")),
            ("left", _("Leave it")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Why?"), max_length=300, help_text=_("Whoever was inspired reads this."))


class PromiseForm(forms.Form):
    """We will try this."""

    text = forms.CharField(label=_("What will you try?"), max_length=300)
    owner_role = forms.CharField(label=_("Whose task is it? A role, not a name."), max_length=120)
    first_step = forms.CharField(label=_("What is the first step?"), max_length=200, required=False)
    due_on = forms.DateField(label=_("By which day?"), widget=DAY)


class RenewForm(forms.Form):
    """What became of a promise."""

    state = forms.ChoiceField(
        label=_("What became of it?"),
        choices=[
            ("kept", _("Kept")),
            ("changed", _("Changed")),
            ("handed over", _("Handed over")),
            ("let go", _("Let go")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("In a few words, why?"), max_length=300, required=False)
    due_on = forms.DateField(label=_("A new day, if there is one"), widget=DAY, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Letting go is a good answer, with a reason."""
        values = super().clean() or {}
        if values.get("state") == "let go" and not values.get("reason", "").strip():
            self.add_error("reason", _("Say in a few words why it is let go."))
        return values


class NoteForm(forms.Form):
    """A note from a session."""

    text = forms.CharField(label=_("What do you want to keep?"), max_length=2000, widget=forms.Textarea)
