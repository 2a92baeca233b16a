"""The signed link with which a city answers a match from its message."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.audit.actions import Actor, ChangedMeanwhile
from serai.directory.models import Membership
from serai.directory.queries import held
from serai.needs import actions
from serai.needs.forms import ANSWERS
from serai.needs.models import Match, MatchAnswer
from serai.needs.words import answered, from_kept, too_late
from serai.sharing import links
from serai.sharing.models import Invitation

KIND = "match"


def ask_by_mail(actor: Actor, match: Match, *, now: datetime) -> int:
    """Mails whoever coordinates in each asked city a link with one question; how many were mailed."""
    count = 0
    for answer in MatchAnswer.objects.filter(match=match, answer="asked").order_by("id"):
        memberships = Membership.objects.filter(held(now.date()), organisation=answer.organisation_id, coordinates=True)
        for membership in memberships.order_by("id"):
            assert membership.person_id, "never empty, see the constraint"
            count += links.send(
                actor,
                kind=KIND,
                person=membership.person_id,
                records=[answer, match, match.need],
                occasion=f"match:{answer.id}:{answer.version}",
                subject=_("A question for your city"),
                text=_("Another city asks whether yours takes part in an exchange. Answer here:"),
                now=now,
            )
    return count


class WillYouTakePart:
    """One question to one city: accepts, parks or declines."""

    undoable = True
    goes_on = False
    word = gettext_lazy("Whether their city takes part")
    tells_more = True

    def _answer(self, link: Invitation) -> MatchAnswer:
        return MatchAnswer.objects.select_related("match__need__audience", "city").get(pk__in=link.record_ids)

    def question(self, link: Invitation) -> links.Question:
        """Whether the city takes part."""
        answer = self._answer(link)
        need = answer.match.need
        why_not = too_late(answer)
        return links.Question(
            title=_("Will %(city)s take part in an exchange?") % {"city": answer.city.name},
            answers=() if why_not else tuple((code, str(word)) for code, word in ANSWERS),
            quotes=(links.Quote(record=need, text=need.question),),
            explained=why_not
            or (_("Your city has asked to wait. You can answer anew.") if answer.answer == "parked" else ""),
            reason_asked=True,
            version=answer.version,
        )

    def answer(self, link: Invitation, value: str, reason: str, *, seen: int | None, now: datetime) -> None:
        """Keeps the answer for the city."""
        actions.answer_match(None, self._answer(link), decision=value, reason=reason, expected=seen, now=now)

    def undo(self, link: Invitation, given: links.Found, *, now: datetime) -> None:
        """The question is open again, if what the link said is what the city says."""
        answer = self._answer(link)
        if (answer.answer, answer.answered_at) != (given.answer, given.answered_at):
            raise ChangedMeanwhile(answer)
        actions.undo_answer(None, answer, now=now, expected=answer.version)

    def after(self, request: HttpRequest, link: Invitation) -> HttpResponse | None:
        """Nowhere else."""
        return None

    def more(self, link: Invitation) -> tuple[links.Part, ...]:
        """The need, why this city is asked, and which others are."""
        asked = MatchAnswer.objects.select_related(
            "city", "match__audience", "match__need__city", "match__need__audience"
        )
        answer = asked.filter(pk__in=link.record_ids).first()
        if answer is None:
            return ()
        match, need = answer.match, answer.match.need
        others = MatchAnswer.objects.filter(match=match).select_related("city").order_by("id")
        message = (f"“{match.message}”",) if match.message else ()
        return (
            links.Part(
                title=_("What %(city)s asks") % {"city": need.city.name},
                label=need.audience.label,
                texts=(need.question, f"{need.get_theme_display()}. {need.get_urgency_display()}."),
                illustrative=need.illustrative,
            ),
            links.Part(
                title=_("Why %(city)s, as %(asking)s sees it") % {"city": answer.city.name, "asking": need.city.name},
                label=match.audience.label,
                texts=(*from_kept(match.reasons.get(str(answer.city_id), [])), *message),
                illustrative=match.illustrative,
            ),
            links.Part(
                title=_("The cities asked"),
                label=match.audience.label,
                texts=tuple(f"{other.city.name}: {answered(other)}" for other in others),
                illustrative=match.illustrative,
            ),
        )


links.register(KIND, WillYouTakePart())
