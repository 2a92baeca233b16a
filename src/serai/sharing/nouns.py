"""Every kind of record under the audience rule: its word in addresses, its model, and the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from serai.db.rows import Protected, protected_models

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class _Kind:
    """How one record of a kind is called and how several; then which page shows it and which field holds its id.

    `parent` is the field that leads to what it belongs to, whose readers it inherits and may only narrow (product.md,
    "Safe to share" 3); empty where it stands alone. `fixed`: written once, or read by whom it is about, so that nobody
    gives it other readers.
    """

    word: _StrPromise
    words: _StrPromise
    page: str = ""
    id_field: str = "pk"
    parent: str = ""
    fixed: bool = False


_KINDS: dict[str, _Kind] = {
    "activity": _Kind(_("activity"), _("activities"), "activity", parent="objective"),
    "activitytakeaway": _Kind(
        _("root of an activity"), _("roots of activities"), "activity", "activity_id", parent="activity"
    ),
    "agreement": _Kind(_("agreement"), _("agreements"), parent="partnership"),
    "auditentry": _Kind(_("entry of the trail"), _("entries of the trail"), fixed=True),
    "commitment": _Kind(_("promise"), _("promises"), "promises", "exchange_id"),
    "exchange": _Kind(_("exchange"), _("exchanges"), "exchange"),
    "goal": _Kind(_("goal"), _("goals"), "exchange", "exchange_id", parent="exchange"),
    "indicator": _Kind(_("indicator"), _("indicators"), "indicator", parent="activity"),
    "invitation": _Kind(_("invitation"), _("invitations"), fixed=True),
    "match": _Kind(_("match"), _("matches"), "match"),
    "matchanswer": _Kind(_("answer"), _("answers"), "match", "match_id", parent="match"),
    "measurement": _Kind(_("measurement"), _("measurements"), "indicator", "indicator_id", parent="indicator"),
    "membership": _Kind(_("membership"), _("memberships"), "organisation", "organisation_id"),
    "naming": _Kind(_("question about a name"), _("questions about names"), parent="passage"),
    "need": _Kind(_("need"), _("needs"), "need"),
    "note": _Kind(_("note"), _("notes"), "session", "session_id", parent="session"),
    "objective": _Kind(_("objective"), _("objectives"), "plan", "plan_id", parent="plan"),
    "offer": _Kind(_("offer"), _("offers"), "offer"),
    "organisation": _Kind(_("organisation"), _("organisations"), "organisation"),
    "participant": _Kind(_("participant"), _("participants"), "exchange", "exchange_id", parent="party"),
    "partnership": _Kind(_("partnership"), _("partnerships")),
    "party": _Kind(_("party"), _("parties"), "exchange", "exchange_id", parent="exchange"),
    "passage": _Kind(_("passage"), _("passages"), "story", "story_id", parent="story"),
    "passagetranslation": _Kind(_("translation of a passage"), _("translations of passages"), parent="original"),
    "person": _Kind(_("card of a person"), _("cards of people"), "person"),
    "photo": _Kind(_("photo"), _("photos"), "photo", parent="takeaway"),
    "plan": _Kind(_("plan"), _("plans"), "plan"),
    "practice": _Kind(_("practice"), _("practices"), "practice"),
    "practicetranslation": _Kind(_("translation of a practice"), _("translations of practices"), parent="original"),
    "practiceversion": _Kind(
        _("version of a practice"), _("versions of practices"), "practice", "practice_id", parent="practice"
    ),
    "programmerelease": _Kind(
        _("released programme"), _("released programmes"), "programme", "exchange_id", fixed=True
    ),
    "report": _Kind(_("report"), _("reports"), "reported", fixed=True),
    "safetycheck": _Kind(_("safety check"), _("safety checks"), "exchange", "exchange_id", fixed=True),
    "session": _Kind(_("session"), _("sessions"), "session", parent="exchange"),
    "site": _Kind(_("site"), _("sites")),
    "story": _Kind(_("story"), _("stories"), "story"),
    "storytranslation": _Kind(
        _("translation of a story"), _("translations of stories"), "story", "original_id", parent="original"
    ),
    "support": _Kind(_("support"), _("support"), "plan", "plan_id", parent="plan"),
    "takeaway": _Kind(_("takeaway"), _("takeaways"), "takeaway"),
    "task": _Kind(_("task"), _("tasks"), "exchange", "exchange_id", parent="exchange"),
    "team": _Kind(_("team"), _("teams"), "team"),
    "teammember": _Kind(_("seat in a team"), _("seats in teams"), "team", "team_id"),
    "weighing": _Kind(_("decision of a team"), _("decisions of teams"), "takeaway", "takeaway_id", fixed=True),
}


@dataclass(frozen=True, kw_only=True)
class Noun(_Kind):
    """One kind of record with its word in addresses and its model."""

    name: str
    model: type[Protected]

    def href(self, record: Protected) -> str:
        """The address of the page that shows this record; empty where there is none."""
        return reverse(self.page, args=[getattr(record, self.id_field)]) if self.page else ""


@cache
def nouns() -> dict[str, Noun]:
    """Every noun by its word in addresses. Raises `KeyError` for a model that has no line above."""
    models = {model.__name__.lower(): model for model in protected_models()}
    return {name: Noun(name=name, model=model, **vars(_KINDS[name])) for name, model in models.items()}


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
