"""The questions asked about networks, cities, organisations, people and teams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from serai.directory import vocabulary
from serai.directory.naming import WIDER, wider_learns_more
from serai.directory.territories import UnknownLanguage, country_choices, language_codes, language_name

Choices = Sequence[tuple[Any, Any]]

NAMING = [
    ("name", _("By its name")),
    ("kind", _("In kind, such as “an NGO from Kumanovo”")),
    ("none", _("Not at all")),
]
NOBODY = [("", _("Nobody yet"))]
UNCHOSEN = ("", _("Choose one"))
DAY = forms.DateInput(attrs={"type": "date"})


class Joined(forms.TextInput):
    """A text that may come back in several pieces, when two versions were compared."""

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        """The pieces as one text."""
        return ", ".join(data.getlist(name)) if hasattr(data, "getlist") else data.get(name)


class LanguagesField(forms.CharField):
    """Languages by name, one after the other; cleaned to their codes."""

    widget = Joined

    def to_python(self, value: Any) -> Any:
        """The codes. Raises `ValidationError` for a word that is no language."""
        try:
            return language_codes(value or "")
        except UnknownLanguage as error:
            text = _now("We know no language called “%(word)s”. Write its English name or its own.")
            raise ValidationError(text % {"word": str(error)}) from error

    def validate(self, value: Any) -> None:
        """At least one, where it is asked for."""
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The codes were looked up already."""

    def prepare_value(self, value: Any) -> Any:
        """Codes as names."""
        return ", ".join(language_name(code) for code in value) if isinstance(value, list | tuple) else value


def languages(**more: Any) -> LanguagesField:
    """The field for languages, with its help."""
    help_text = _("By name, with commas between, such as: Macedonian, Albanian.")
    return LanguagesField(label=_("Languages"), help_text=help_text, **more)


class WhoForm(forms.Form):
    """What an organisation is."""

    name = forms.CharField(label=_("What is the organisation called?"), max_length=160)
    sector = forms.ChoiceField(label=_("Which sector is it of?"), choices=[UNCHOSEN, *vocabulary.SECTORS])
    level = forms.ChoiceField(
        label=_("Where does it work?"), choices=vocabulary.LEVELS, widget=forms.RadioSelect, initial="local"
    )
    city_id = forms.TypedChoiceField(label=_("City"), coerce=int, empty_value=None, required=False)
    country = forms.ChoiceField(label=_("Country, if it belongs to no city"), required=False)

    def __init__(self, *args: Any, cities: Choices, elsewhere: bool, city: int | None = None, **kwargs: Any) -> None:
        """`elsewhere`: also one without a city may be written down; `city`: the one proposed."""
        super().__init__(*args, **kwargs)
        none = [("", _now("No city"))] if elsewhere else []
        self.fields["city_id"].choices = [*none, *cities]  # type: ignore[attr-defined]
        self.fields["city_id"].initial = city
        self.fields["city_id"].required = not elsewhere
        self.fields["country"].choices = [("", "–"), *country_choices()]  # type: ignore[attr-defined]
        if not elsewhere:
            del self.fields["country"]

    def clean(self) -> dict[str, Any]:
        """A local organisation is of a city."""
        cleaned = super().clean() or {}
        if cleaned.get("level") == "local" and not cleaned.get("city_id"):
            self.add_error("city_id", _now("Choose the city of a local organisation."))
        return cleaned


class NamingForm(forms.Form):
    """How an organisation may be named, before each of three audiences."""

    named_to_participants = forms.ChoiceField(
        label=_("How may those taking part in an exchange know it?"),
        choices=NAMING,
        widget=forms.RadioSelect,
        initial="name",
    )
    named_to_network = forms.ChoiceField(
        label=_("How may the network know it?"), choices=NAMING, widget=forms.RadioSelect, initial="name"
    )
    named_to_public = forms.ChoiceField(
        label=_("How may the public know it?"), choices=NAMING, widget=forms.RadioSelect, initial="kind"
    )
    in_kind = forms.CharField(
        label=_("Which words stand for it, where it is told in kind?"),
        help_text=_("Such as: an NGO from Kumanovo. Left empty, its sector and city are shown."),
        max_length=160,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A wider audience is never told more than a narrower one."""
        cleaned = super().clean() or {}
        told = {before: cleaned.get(f"named_to_{before}") for before in WIDER}
        if all(told.values()) and wider_learns_more(told):  # type: ignore[arg-type]
            text = _now("A wider audience would learn more than a narrower one. Say the same or less to more people.")
            self.add_error("named_to_public", text)
        return cleaned


class OrganisationForm(NamingForm, WhoForm):
    """An organisation as a whole, for mending it; `version` is the one the editor saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class TeamForm(forms.Form):
    """A city's team."""

    name = forms.CharField(label=_("What is the team called?"), max_length=160)
    city_id = forms.TypedChoiceField(label=_("City"), coerce=int)
    stage = forms.ChoiceField(label=_("How far is it?"), choices=vocabulary.TEAM_STAGES)
    mentor_id = forms.TypedChoiceField(
        label=_("Which city is its mentor?"), coerce=int, empty_value=None, required=False
    )
    tailoring = forms.CharField(
        label=_("What is done differently here?"),
        help_text=_("Which sectors, which legal basis, how often it meets, what was left out of the model and why."),
        max_length=1500,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, cities: Choices, mentors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["city_id"].choices = cities  # type: ignore[attr-defined]
        self.fields["mentor_id"].choices = [("", _now("None")), *mentors]  # type: ignore[attr-defined]


class TeamChangeForm(TeamForm):
    """A team, for mending it."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class SeatForm(forms.Form):
    """Who gets a seat in a team, and for which sector."""

    person_id = forms.ChoiceField(label=_("Who gets a seat?"))
    sector = forms.ChoiceField(label=_("For which sector?"), choices=[UNCHOSEN, *vocabulary.SECTORS])
    chairs = forms.BooleanField(label=_("They chair the team"), required=False)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = people  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """From which day on."""

    on = forms.DateField(label=_("From which day on?"), widget=DAY)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PersonForm(forms.Form):
    """A person's card."""

    name = forms.CharField(
        label=_("What are you called here?"), help_text=_("A role is enough, such as: Deputy Mayor."), max_length=120
    )
    role = forms.CharField(label=_("Role"), max_length=120, required=False)
    languages = languages(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class MembershipForm(forms.Form):
    """As what someone is a member."""

    role = forms.CharField(label=_("Their role here"), max_length=120, required=False)
    coordinates = forms.BooleanField(label=_("They may answer for the organisation towards others"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class CityForm(forms.Form):
    """A city as its network writes it."""

    name = forms.CharField(
        label=_("How does the city write its name?"),
        help_text=_("As the city does, not as English does. Its other names and scripts are found anyway."),
        max_length=120,
    )
    languages = languages()
    time_zone = forms.ChoiceField(label=_("Time zone"))
    designation = forms.CharField(
        label=_("What stands in place of the country’s name?"),
        help_text=_("Only if your network has its own designation, such as: Kosovo*"),
        max_length=160,
        required=False,
    )
    footnote = forms.CharField(label=_("Footnote to this designation"), max_length=400, required=False)
    hubs = forms.MultipleChoiceField(
        label=_("Which hubs is it of?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)  # none of a city that is not here yet

    def __init__(self, *args: Any, zones: Sequence[str], hubs: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]
        self.fields["hubs"].choices = hubs  # type: ignore[attr-defined]
        if not hubs:
            del self.fields["hubs"]


class CityChangeForm(CityForm):
    """A city's place in a network, for mending it."""

    coordinator_id = forms.ChoiceField(label=_("Who answers for the city?"), required=False)

    def __init__(self, *args: Any, coordinators: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coordinator_id"].choices = [*NOBODY, *coordinators]  # type: ignore[attr-defined]


class FoundForm(forms.Form):
    """A new network or hub."""

    name = forms.CharField(label=_("What is it called?"), max_length=120)
    secretariat = forms.CharField(
        label=_("Who runs it?"), help_text=_("The name of its office or secretariat."), max_length=160
    )
    languages = languages()


class FoundNetworkForm(FoundForm):
    """A new network, and whether its founder, who is of no organisation yet, runs it too."""

    takes_office = forms.BooleanField(
        label=_("I work in this office myself"),
        help_text=_("Then everyone in the network can read your name. Otherwise you invite its first person."),
        required=False,
    )


class NetworkForm(forms.Form):
    """A network, for mending it."""

    name = forms.CharField(label=_("What is the network called?"), max_length=120)
    languages = languages()
    team = forms.CharField(
        label=_("What do you call a city’s team?"),
        help_text=_("Such as: Community Action Team, Local Prevention Network."),
        max_length=60,
        required=False,
    )
    data_protection_id = forms.ChoiceField(
        label=_("Who is told when someone reports a record?"),
        help_text=_("The data-protection contact: they release it or destroy it."),
        required=False,
    )
    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["data_protection_id"].choices = [*NOBODY, *people]  # type: ignore[attr-defined]
