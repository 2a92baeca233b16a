"""What is asked about a plan, its activities and its numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAY = forms.DateInput(attrs={"type": "date"})


class PlanForm(forms.Form):
    """A plan."""

    title = forms.CharField(label=_("What is the plan called?"), max_length=160)
    starts_on = forms.DateField(label=_("From which day?"), widget=DAY, required=False)
    ends_on = forms.DateField(label=_("Until which day?"), widget=DAY, required=False)

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        values = super().clean() or {}
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The end is before the start. Choose a later day."))
        return values


class ObjectiveForm(forms.Form):
    """An objective."""

    text = forms.CharField(label=_("What do you want to reach?"), max_length=300)


class ActivityForm(forms.Form):
    """An activity, with where it comes from."""

    title = forms.CharField(label=_("What will you do?"), max_length=160)
    what = forms.CharField(label=_("How?"), max_length=1500, required=False, widget=forms.Textarea)
    chosen_why = forms.CharField(label=_("Why this?"), max_length=300, required=False)
    practice = forms.ChoiceField(label=_("Adapted from a practice?"), required=False)
    changes = forms.CharField(label=_("What do you change?"), max_length=1000, required=False, widget=forms.Textarea)
    exchange = forms.ChoiceField(label=_("Promised in an exchange?"), required=False)
    takeaways = forms.MultipleChoiceField(
        label=_("Which takeaways did it grow from?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    partners = forms.CharField(label=_("With whom?"), max_length=300, required=False)
    starts_on = forms.DateField(label=_("When does it start?"), widget=DAY, required=False)

    def __init__(
        self,
        *args: Any,
        practices: list[tuple[str, str]],
        exchanges: list[tuple[str, str]],
        takeaways: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practice"].choices = [("", _("No")), *practices]  # type: ignore[attr-defined]
        self.fields["exchange"].choices = [("", _("No")), *exchanges]  # type: ignore[attr-defined]
        self.fields["takeaways"].choices = takeaways  # type: ignore[attr-defined]
        if not takeaways:
            del self.fields["takeaways"]

    def clean(self) -> dict[str, Any]:
        """An adaptation says what it changes."""
        values = super().clean() or {}
        if values.get("practice") and not values.get("changes", "").strip():
            self.add_error("changes", _("Say what you change. “Nothing” is an answer too."))
        return values


class IndicatorForm(forms.Form):
    """A number with its baseline and target."""

    name = forms.CharField(label=_("What do you count?"), max_length=160)
    unit = forms.CharField(label=_("In what unit?"), max_length=40, required=False)
    baseline = forms.DecimalField(label=_("How many before?"), max_digits=14, decimal_places=3, required=False)
    baseline_on = forms.DateField(label=_("On which day was that?"), widget=DAY, required=False)
    target = forms.DecimalField(label=_("How many do you want?"), max_digits=14, decimal_places=3, required=False)
    target_on = forms.DateField(label=_("By which day?"), widget=DAY, required=False)
    method = forms.CharField(label=_("How do you count?"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """A baseline and a target each need their day."""
        values = super().clean() or {}
        for name in ("baseline", "target"):
            if (values.get(name) is None) != (values.get(f"{name}_on") is None):
                self.add_error(f"{name}_on", _("A number and its day go together: give both, or none."))
        return values


class MeasureForm(forms.Form):
    """One reading, with its doubt where it is known."""

    value = forms.DecimalField(label=_("How many now?"), max_digits=14, decimal_places=3)
    measured_on = forms.DateField(label=_("On which day?"), widget=DAY)
    low = forms.DecimalField(label=_("At least, we are fairly sure"), max_digits=14, decimal_places=3, required=False)
    high = forms.DecimalField(label=_("At most, we are fairly sure"), max_digits=14, decimal_places=3, required=False)
    how = forms.CharField(label=_("How was it counted?"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """The doubt holds the value."""
        values = super().clean() or {}
        low, high, value = values.get("low"), values.get("high"), values.get("value")
        if (low is None) != (high is None):
            self.add_error("high" if high is None else "low", _("Give both ends of the doubt, or none."))
        elif low is not None and high is not None and value is not None and not low <= value <= high:
            self.add_error("low", _("The number must lie between the two ends of its doubt."))
        return values
