"""What is asked when something is reported, destroyed, or erased."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReportForm(forms.Form):
    """Why something must not be here."""

    reason = forms.CharField(
        label=_("What must not be here, and why?"),
        help_text=_("Do not repeat names or numbers. The data-protection contact reads this."),
        max_length=500,
        widget=forms.Textarea,
    )


class PurgeForm(forms.Form):
    """Why it is destroyed: all that stays of it."""

    why = forms.CharField(
        label=_("Why is it destroyed?"),
        help_text=_("This sentence stays. It must not tell what stood there."),
        max_length=300,
    )


class EraseForm(forms.Form):
    """The one tick before everything about oneself goes."""

    sure = forms.BooleanField(label=_("Yes, erase me. I know that this cannot be undone."))
