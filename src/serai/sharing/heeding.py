"""Before something is saved, what looks like data of a third person is shown, to be removed or kept with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serai.core.personal_data import ACCOUNT, BIRTH, CASE, EMAIL, ID, PHONE, Found, line_of, look, quoted
from serai.web.pages import Here, show
from serai.web.steps import typed

REMOVE, KEEP, BACK = "remove", "keep_because", "back"
OWN_FIELDS = frozenset({REMOVE, KEEP, BACK})
LONGEST_REASON = 300
NO_KEEP_FOR = ("law_enforcement",)  # sectors whose authors may not keep it: product.md, "Safe to share" 8
SHAPED = forms.EmailField | forms.URLField | forms.RegexField | forms.UUIDField | forms.JSONField
_NO_WORDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)  # an id is not what someone wrote


@dataclass(frozen=True, kw_only=True)
class Heed:
    """One place that is pointed out: what it looks like, and where it stands with the rest made unreadable."""

    fact: str
    place: str
    text: str  # as it was written


@dataclass(frozen=True, kw_only=True)
class Heeded:
    """What was found in a text, and the author's answer. `keepable`: the author may keep it with a reason."""

    heeds: tuple[Heed, ...]
    keepable: bool
    because: str

    @property
    def settled(self) -> bool:
        """Whether it can be saved: nothing was found, or it is kept for a reason."""
        return not self.heeds or (self.keepable and bool(self.because))


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Nothing stands in the way of saving. `because`: the reason why something was kept, for the trail."""

    because: str = ""


def is_free(field: forms.Field) -> bool:
    """Whether people write in it as they like: no choice, no number, no address, nothing carried along."""
    words = isinstance(field, forms.CharField) and not isinstance(field, SHAPED)
    return words and not isinstance(field.widget, forms.HiddenInput | forms.PasswordInput)


def texts_of(form: forms.Form) -> list[str]:
    """What was written freely into a form that holds, field by field: a field that is added is looked through too."""
    written = (form.cleaned_data.get(name) or "" for name, field in form.fields.items() if is_free(field))
    return ["\n".join(text) if isinstance(text, list) else text for text in written]


def look_through(request: HttpRequest, here: Here, texts: Iterable[str], *, keep: bool = True) -> Heeded:
    """What looks like data of a third person in these texts, and whether this author may keep it."""
    heeds: dict[str, Heed] = {}
    kinds = set()
    for text in texts:
        for found in look(text, year=here.now.year):
            written = text[found.start : found.end]
            heeds.setdefault(written, Heed(fact=_fact(text, found), place=quoted(text, found), text=written))
            kinds.add(found.kind)
    organisation = here.standing.organisation if heeds and keep else None
    strict = organisation is not None and organisation.sector in NO_KEEP_FOR
    because = request.POST.get(KEEP, "").strip()[:LONGEST_REASON]
    keepable = keep and CASE not in kinds and not strict
    return Heeded(heeds=tuple(heeds.values()), keepable=keepable, because=because if heeds and keepable else "")


def without_removed(request: HttpRequest, texts: Sequence[str]) -> list[str]:
    """The texts without what the author asked to remove just now."""
    gone = request.POST.get(REMOVE)
    return [text.replace(gone, "…") for text in texts] if gone else list(texts)


def carried_without(request: HttpRequest, carried: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What was typed, without what the author asked to remove and without this step's own fields."""
    gone = request.POST.get(REMOVE)
    return {
        name: [value.replace(gone, "…") if gone and not _NO_WORDS.fullmatch(value) else value for value in values]
        for name, values in carried.items()
        if name not in OWN_FIELDS
    }


def ask_to_heed(
    request: HttpRequest, here: Here, texts: Sequence[str], *, keep: bool = True, kicker: str = ""
) -> Kept | HttpResponse:
    """For forms that save without the choice of readers: `Kept`, or the page that points out what was found.

    It is answered with 422, so that nothing (a draft, a note waiting on a phone) takes it as saved. The page posts
    `back` where the form shall be shown again.
    """
    left = without_removed(request, texts)
    heeded = look_through(request, here, left, keep=keep)
    if heeded.settled and REMOVE not in request.POST:
        return Kept(because=heeded.because)
    page = {
        "heeded": heeded,
        "wrong": KEEP in request.POST and not heeded.settled and REMOVE not in request.POST,
        "texts": [text for text in left if text.strip()],
        "carried": carried_without(request, typed(request)),
        "kicker": kicker,
        "here": request.get_full_path(),
    }
    return show(request, "sharing/heed.html", page, status=422)


def may_save(
    request: HttpRequest, here: Here, form: forms.Form, *, keep: bool = True, kicker: str = ""
) -> Kept | HttpResponse | None:
    """Whether a form can be saved: `Kept`, or the page that points out what was found in it (`ask_to_heed`).

    None where it is shown, with all that was typed: it was not sent yet, is not right, or is gone back to.
    """
    if request.method != "POST" or BACK in request.POST or not form.is_valid():
        return None
    return ask_to_heed(request, here, texts_of(form), keep=keep, kicker=kicker)


def _fact(text: str, found: Found) -> str:
    what = {
        PHONE: _("a phone number of someone"),
        EMAIL: _("an e-mail address of someone"),
        ID: _("a number by which someone can be identified"),
        BIRTH: _("a date of birth"),
        ACCOUNT: _("the number of a bank account or card"),
        CASE: _("a note on someone’s case"),
    }[found.kind]
    if "\n" not in text.strip():
        return _("This looks like %(what)s.") % {"what": what}
    return _("Line %(line)d looks like %(what)s.") % {"line": line_of(text, found), "what": what}
