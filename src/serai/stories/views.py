"""Pages of stories: read, assemble, ask, release, withdraw."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from serai.audit.actions import ChangedMeanwhile
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.directory.territories import language_name
from serai.exchanges.models import Exchange, Participant
from serai.sharing import heeding
from serai.sharing.choosing import Ring, choose_readers, own_rings
from serai.sharing.nouns import nouns
from serai.sharing.reading import reading
from serai.sharing.telling import tell
from serai.stories import actions, forms, naming, queries, translating, translation_views
from serai.stories.models import Naming, Passage, Story
from serai.stories.translating import Sheet
from serai.translations.sides import Side, Sides, state_in_words, weakest
from serai.web import dates
from serai.web.pages import Here, member_page, number_in, page, posted, same_for_visitors, show
from serai.web.versions import merged, saved_meanwhile


@page
@same_for_visitors
def stories(request: HttpRequest, here: Here) -> HttpResponse:
    """The released stories."""
    lines = [
        {"story": s, "day": dates.day(s.released_at.date()) if s.released_at else ""}
        for s in queries.stories_readable()[:50]
    ]
    drafts = []
    if here.signed_in:
        drafts = list(Story.objects.filter(source_id=here.actor.source).exclude(state="released").order_by("-id")[:20])
    return show(request, "stories/list.html", {"lines": lines, "drafts": drafts})


@page
@same_for_visitors
def story(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One story as the asker may read it; its source sees who was asked and what they said."""
    found = queries.story_page(id)
    mine = here.owns(found)
    if found.state == "withdrawn" and not mine:
        raise Http404
    lines = queries.told(list(found.passages.all()), as_source=mine)
    sheets = translating.sheets_of(found, found.passages.all())
    in_languages = translation_views.sides_of(request, found, sheets, [line.passage for line in lines])
    open_to_me = queries.records_to_open([line.passage for line in lines])
    context = {
        "story": found,
        "exchange": found.exchange,
        "lines": [_line(line, in_languages, sheets, open_to_me) for line in lines],
        "sides": in_languages,
        "acts": translation_views.acts(here, found, sheets) if mine else {},
        "day": dates.day(found.released_at.date()) if found.released_at else "",
        "mine": mine,
        "reading": reading(here, found),
    }
    return show(request, "stories/story.html", context)


def _line(
    line: queries.Told, sides: Sides, sheets: dict[str, Sheet], open_to_me: set[tuple[str, UUID]]
) -> dict[str, Any]:
    passage = line.passage
    record = (passage.noun, passage.record_id) if passage.record_id else None
    href = reverse(passage.noun, args=[passage.record_id]) if record in open_to_me else ""
    texts = {s.language: _text(line, s, sheets) for s in sides.shown}
    return {
        "passage": passage,
        "href": href,
        "kind": nouns()[passage.noun].word if href else "",
        "waiting": line.waiting,
        "namings": line.namings,
        "stand_in": line.stand_in,
        "texts": texts,
        "unasked": any(told.get("unasked") for told in texts.values()),
    }


def _text(line: queries.Told, side: Side, sheets: dict[str, Sheet]) -> dict[str, Any]:
    """What is told at a place in one language, with what must be said of it."""
    if side.original:
        return {"text": line.passage.text}
    row = sheets[side.language].passages.get(line.passage.pk)
    if row is None or not row.text:
        return {"text": ""}
    return {
        "text": row.text,
        "old": row.of_wording != line.passage.wording,
        "unasked": any(
            n.answer != "yes" or n.answered_at is None or n.answered_at < row.written_at for n in line.namings
        ),
        "said": state_in_words(row.state) if row.state != weakest(sheets[side.language].pieces) else "",
    }


@member_page
def new_story(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A story is assembled from the thread of an exchange: choose the records, then mend the words."""
    exchange = Exchange.objects.select_related("place", "audience").get(pk=id)
    sources = queries.sources_of(exchange)
    keyed = {f"{s.noun}-{s.record.pk}": s for s in sources}
    form = forms.StoryForm(posted(request), sources=[(key, s.title) for key, s in keyed.items()])
    if kept := heeding.may_save(request, here, form, keep=False, kicker=exchange.title):
        if isinstance(kept, HttpResponse):
            return kept
        values = form.cleaned_data
        made = actions.begin_story(
            here.actor,
            title=values["title"],
            byline=values["byline"],
            language=values["language"] or "en",
            exchange=exchange,
            city=here.standing.city,
            now=here.now,
        )
        for key in [k for k in keyed if k in values["sources"]]:
            source = keyed[key]
            actions.add_passage(
                here.actor, made, naming.sentence(source), noun=source.noun, record_id=source.record.pk, now=here.now
            )
        messages.success(request, _("The story is drafted from the thread. Now improve the words."))
        return redirect("story", made.id)
    context = {"exchange": exchange, "form": form}
    return show(request, "stories/new.html", context)


@member_page
def new_passage(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A further passage."""
    found = Story.objects.select_related("exchange", "audience").get(pk=id, source_id=here.actor.source)
    choices = naming.organisations_of(found.exchange)
    form = forms.PassageForm(posted(request), organisations=[(str(o.id), o.name) for o in choices])
    if kept := heeding.may_save(request, here, form, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        chosen = [o for o in choices if str(o.id) in form.cleaned_data.get("organisations", [])]
        actions.add_passage(
            here.actor,
            found,
            form.cleaned_data["text"],
            in_kind=form.cleaned_data.get("in_kind", ""),
            organisations=chosen,
            now=here.now,
            because=kept.because,
        )
        return redirect("story", id)
    return show(request, "stories/passage.html", {"story": found, "form": form})


@member_page
def change_passage(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Mends the words of a passage."""
    found = Passage.objects.select_related("story").get(pk=id, source_id=here.actor.source)
    form = forms.PassageForm(
        merged(request, found), initial={"text": found.text, "version": found.version}, organisations=[]
    )
    if kept := heeding.may_save(request, here, form, kicker=found.story.title):
        if isinstance(kept, HttpResponse):
            return kept
        save = partial(_mend, here, found, because=kept.because)
        if both := saved_meanwhile(request, form, save, title=_("Someone else changed this passage")):
            return both
        return redirect("story", found.story_id)
    return show(request, "stories/passage.html", {"story": found.story, "form": form})


def _mend(here: Here, found: Passage, *, expected: int | None, **told: str) -> None:
    actions.change_passage(here.actor, found, expected=expected or found.version, now=here.now, **told)


@require_POST
@member_page
def ask_namings(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Sends each one named and not yet asked by mail a one-tap question."""
    found = Story.objects.get(pk=id, source_id=here.actor.source)
    count = naming.ask(here.actor, found, now=here.now)
    asked = ngettext("%(n)s was asked by mail.", "%(n)s were asked by mail.", count) % {"n": count}
    if found.state == "released":
        others = _("Others see the question on their home page.")
    else:
        others = _("Others see the question on their home page once the story is released.")
    messages.success(request, f"{asked} {others}")
    return redirect("story", id)


@member_page
def answer_naming(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The one named says yes, no, or withdraws."""
    found = Naming.objects.select_related("passage__story", "organisation", "person").get(pk=id)
    if here.actor.organisation != found.organisation_id and here.actor.person != found.person_id:
        raise Http404
    rows = list(found.passage.translations.order_by("language"))
    words = sum(row.version for row in rows)
    pressed, meanwhile = request.POST.get("answer", ""), False
    if request.method == "POST":
        if request.POST.get("words", "0") != str(words):
            raise NotAllowedNow("a translation was written or changed since the page was read")
        expected = number_in(request.POST.get("version")) or found.version
        try:
            actions.answer_naming(here.actor, found, pressed, now=here.now, expected=expected)
        except ChangedMeanwhile:
            found.refresh_from_db(fields=["answer", "answered_at", "version"])
            meanwhile = True
        else:
            messages.success(request, _("Your answer is kept. You can change it here at any time."))
            return redirect("answer_naming", id)
    context = {
        "naming": found,
        "passage": found.passage,
        "story": found.passage.story,
        "translations": [(row, language_name(row.language)) for row in rows],
        "newer": any(found.answered_at is None or row.written_at > found.answered_at for row in rows),
        "words": words,
        "meanwhile": meanwhile,
        "pressed": {"yes": _("Yes"), "no": _("No"), "withdrawn": _("Withdraw")}.get(pressed, ""),
    }
    return show(request, "stories/naming.html", context, status=409 if meanwhile else 200)


@member_page
def release_story(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Choose who can read it; everyone who took part is told that it waits for them."""
    found = Story.objects.select_related("exchange", "audience").get(pk=id, source_id=here.actor.source)
    inner = Ring(value="exchange", title=_("Everyone in this exchange"), groups=(group("exchange", found.exchange_id),))
    rings = [inner, *[r for r in own_rings(here.standing) if r.value.startswith("network") or r.value == "everyone"]]
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read this story, then release it."),
        chosen="exchange",
        texts=[p.text for p in found.passages.all()],
        noun=Story,
        back_href=reverse("story", args=[id]),
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    actions.release_story(here.actor, found, chosen, now=here.now)
    count = _tell_everyone(found, here)
    messages.success(request, _("The story is released. %(n)s people who took part are told.") % {"n": count})
    return redirect("story", id)


def _tell_everyone(story: Story, here: Here) -> int:
    people = Participant.objects.filter(exchange=story.exchange_id).exclude(person=None)
    words = gettext_lazy("A story about an exchange you took part in can be read:")
    ids = list(people.values_list("person_id", flat=True))
    subject, there = gettext_lazy("A story you took part in"), reverse("story", args=[story.id])
    return tell(f"story:{story.id}", subject, words, there, ids, here.now)


@require_POST
@member_page
def withdraw_story(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Takes a story back."""
    found = Story.objects.get(pk=id, source_id=here.actor.source)
    actions.withdraw_story(here.actor, found, now=here.now)
    return redirect("story", id)
