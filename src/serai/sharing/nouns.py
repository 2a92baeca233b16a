"""Every kind of record under the audience rule: its word in addresses, its model, and the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from serai.db.rows import Protected, protected_models

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# noun: the page's name and the field that holds its id; then what people call one, and several.
_PAGES: dict[str, tuple[str, str]] = {
    "activity": ("activity", "pk"),
    "activitytakeaway": ("activity", "activity_id"),
    "agreement": ("", ""),
    "auditentry": ("", ""),
    "commitment": ("promises", "exchange_id"),
    "exchange": ("exchange", "pk"),
    "goal": ("exchange", "exchange_id"),
    "indicator": ("indicator", "pk"),
    "invitation": ("", ""),
    "match": ("match", "pk"),
    "matchanswer": ("match", "match_id"),
    "measurement": ("indicator", "indicator_id"),
    "membership": ("organisation", "organisation_id"),
    "naming": ("", ""),
    "need": ("need", "pk"),
    "note": ("session", "session_id"),
    "objective": ("plan", "plan_id"),
    "offer": ("offer", "pk"),
    "organisation": ("organisation", "pk"),
    "participant": ("exchange", "exchange_id"),
    "partnership": ("", ""),
    "party": ("exchange", "exchange_id"),
    "passage": ("story", "story_id"),
    "passagetranslation": ("", ""),
    "person": ("person", "pk"),
    "photo": ("photo", "pk"),
    "plan": ("plan", "pk"),
    "practice": ("practice", "pk"),
    "practicetranslation": ("", ""),
    "practiceversion": ("practice", "practice_id"),
    "programmerelease": ("programme", "exchange_id"),
    "report": ("reported", "pk"),
    "safetycheck": ("exchange", "exchange_id"),
    "session": ("session", "pk"),
    "site": ("", ""),
    "story": ("story", "pk"),
    "storytranslation": ("story", "original_id"),
    "support": ("plan", "plan_id"),
    "takeaway": ("takeaway", "pk"),
    "task": ("exchange", "exchange_id"),
    "team": ("team", "pk"),
    "teammember": ("team", "team_id"),
    "weighing": ("takeaway", "takeaway_id"),
}
# A child inherits its readers and may only narrow them (product.md, "Safe to share" 3).
_PARENTS: dict[str, str] = {
    "activity": "objective",
    "activitytakeaway": "activity",
    "agreement": "partnership",
    "goal": "exchange",
    "indicator": "activity",
    "matchanswer": "match",
    "measurement": "indicator",
    "naming": "passage",
    "note": "session",
    "objective": "plan",
    "participant": "party",
    "party": "exchange",
    "passage": "story",
    "passagetranslation": "original",
    "photo": "takeaway",
    "practicetranslation": "original",
    "practiceversion": "practice",
    "session": "exchange",
    "storytranslation": "original",
    "support": "plan",
    "task": "exchange",
}
# Written once, or read by whom they are about: nobody gives them other readers.
_FIXED = frozenset({"auditentry", "invitation", "programmerelease", "report", "safetycheck", "weighing"})
_ = gettext_lazy
_WORDS: dict[str, tuple[_StrPromise, _StrPromise]] = {
    "activity": (_("activity"), _("activities")),
    "activitytakeaway": (_("root of an activity"), _("roots of activities")),
    "agreement": (_("agreement"), _("agreements")),
    "auditentry": (_("entry of the trail"), _("entries of the trail")),
    "commitment": (_("promise"), _("promises")),
    "exchange": (_("exchange"), _("exchanges")),
    "goal": (_("goal"), _("goals")),
    "indicator": (_("indicator"), _("indicators")),
    "invitation": (_("invitation"), _("invitations")),
    "match": (_("match"), _("matches")),
    "matchanswer": (_("answer"), _("answers")),
    "measurement": (_("measurement"), _("measurements")),
    "membership": (_("membership"), _("memberships")),
    "naming": (_("question about a name"), _("questions about names")),
    "need": (_("need"), _("needs")),
    "note": (_("note"), _("notes")),
    "objective": (_("objective"), _("objectives")),
    "offer": (_("offer"), _("offers")),
    "organisation": (_("organisation"), _("organisations")),
    "participant": (_("participant"), _("participants")),
    "partnership": (_("partnership"), _("partnerships")),
    "party": (_("party"), _("parties")),
    "passage": (_("passage"), _("passages")),
    "passagetranslation": (_("translation of a passage"), _("translations of passages")),
    "person": (_("card of a person"), _("cards of people")),
    "photo": (_("photo"), _("photos")),
    "plan": (_("plan"), _("plans")),
    "practice": (_("practice"), _("practices")),
    "practicetranslation": (_("translation of a practice"), _("translations of practices")),
    "practiceversion": (_("version of a practice"), _("versions of practices")),
    "programmerelease": (_("released programme"), _("released programmes")),
    "report": (_("report"), _("reports")),
    "safetycheck": (_("safety check"), _("safety checks")),
    "session": (_("session"), _("sessions")),
    "site": (_("site"), _("sites")),
    "story": (_("story"), _("stories")),
    "storytranslation": (_("translation of a story"), _("translations of stories")),
    "support": (_("support"), _("support")),
    "takeaway": (_("takeaway"), _("takeaways")),
    "task": (_("task"), _("tasks")),
    "team": (_("team"), _("teams")),
    "teammember": (_("seat in a team"), _("seats in teams")),
    "weighing": (_("decision of a team"), _("decisions of teams")),
}


@dataclass(frozen=True, kw_only=True)
class Noun:
    """One kind of record. `page` is the name of the page that shows it, empty where none does.

    `parent` is the field that leads to what it belongs to, empty where it stands alone; `fixed` says that nobody gives
    it other readers.
    """

    name: str
    model: type[Protected]
    page: str
    id_field: str
    parent: str
    fixed: bool
    word: _StrPromise
    words: _StrPromise

    def href(self, record: Protected) -> str:
        """The address of the page that shows this record; empty where there is none."""
        return reverse(self.page, args=[getattr(record, self.id_field)]) if self.page else ""


@cache
def nouns() -> dict[str, Noun]:
    """Every noun by its word in addresses. Raises `KeyError` for a model that has no line above."""
    found = {}
    for model in protected_models():
        name = model.__name__.lower()
        page, id_field = _PAGES[name]
        word, words = _WORDS[name]
        found[name] = Noun(
            name=name,
            model=model,
            page=page,
            id_field=id_field,
            parent=_PARENTS.get(name, ""),
            fixed=name in _FIXED,
            word=word,
            words=words,
        )
    return found


def noun_of(record: Protected | type[Protected]) -> Noun:
    """The noun of a record or model."""
    model = record if isinstance(record, type) else type(record)
    return nouns()[model.__name__.lower()]


def children_of(noun: Noun) -> list[Noun]:
    """The nouns whose records belong to records of this one."""
    return [other for other in nouns().values() if other.parent and parent_model(other) is noun.model]


def parent_model(noun: Noun) -> type[Protected]:
    """The model a child belongs to."""
    model = noun.model._meta.get_field(noun.parent).related_model
    assert isinstance(model, type)
    assert issubclass(model, Protected)
    return model


def noun_named(name: str) -> Noun:
    """The noun of an address. Raises `Http404` for a word that is none."""
    try:
        return nouns()[name]
    except KeyError as error:
        raise Http404 from error
