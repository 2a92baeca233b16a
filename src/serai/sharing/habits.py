"""What an author usually does: an audience wider than their last ones of the same kind is pointed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.audit.actions import Actor
from serai.audit.models import AuditEntry
from serai.core.audience import RED
from serai.db.rows import Protected
from serai.sharing.nouns import noun_of
from serai.sharing.queries import Readers
from serai.sharing.words import people_in_words

LAST = 6
FEWEST = 3  # of fewer than three nothing is usual


def last_audiences(actor: Actor, model: type[Protected]) -> list[tuple[str, ...]]:
    """The groups of the last records of this kind that the actor wrote or shared, newest first.

    What they keep for themselves alone does not count: it went to nobody.
    """
    theirs = AuditEntry.objects.filter(record_id=OuterRef("pk"), actor_id=actor.person)
    rows = (
        model._default_manager.filter(source_id__in={actor.source, actor.person})
        .filter(Exists(theirs))
        .exclude(source_id=actor.person, audience__label=RED)
        .order_by("-id")
        .values_list("audience__groups", flat=True)[:LAST]
    )
    return [tuple(sorted(groups)) for groups in rows]


def pointed_out(
    model: type[Protected],
    chosen: Sequence[str],
    last: Sequence[tuple[str, ...]],
    readers: Mapping[tuple[str, ...], Readers],
    titles: Mapping[tuple[str, ...], str],
) -> tuple[str, str] | None:
    """The warning, as its bold sentence and what the last ones were; None where the choice is not wider.

    `readers` holds the readers of the choice and of each of the last audiences; `titles` the words of the rings.
    """
    now = tuple(sorted(chosen))
    if len(last) < FEWEST or now in last:
        return None
    if any(_reach(readers[groups]) >= _reach(readers[now]) for groups in last):
        return None
    widest = max(last, key=lambda groups: _reach(readers[groups]))
    if set(last) == {widest} and widest in titles:
        who = titles[widest]
    else:
        who = _("at most %(people)s") % {"people": people_in_words(readers[widest].people)}
    fact = _("Wider than your other %(nouns)s.") % {"nouns": noun_of(model).words}
    said = ngettext("Your last one went to: %(who)s.", "Your last %(n)d went to: %(who)s.", len(last))
    return fact, said % {"n": len(last), "who": who}


def _reach(readers: Readers) -> tuple[bool, int]:
    return readers.public, readers.people
