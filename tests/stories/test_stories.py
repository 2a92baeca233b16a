"""Whoever is named in a story says yes first; a yes is for these words, and can be taken back at once."""

from __future__ import annotations

import pytest

from serai.accounts.models import Account
from serai.audit.actions import NotYours
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.exchanges.actions import capture_takeaway
from serai.exchanges.models import Exchange
from serai.practices.models import Practice
from serai.sharing import more
from serai.sharing.models import Invitation
from serai.stories import actions, naming
from serai.stories.models import Naming, Passage, Story
from sharing.stage import arranged
from threads import begun, browsing_as, network, text, whole
from worlds import NOW, World, browsing, small_world

NAMED, KIND = "Lipovar gave them the keys.", "A city gave them the keys."


@pytest.fixture
def world() -> World:
    return small_world()


def loaded(story: Story) -> Story:
    return Story.objects.select_related("audience").get(pk=story.pk)


def told_of(world: World, *names: str, in_kind: str = KIND) -> Story:
    """A released story with a passage that names these."""
    story = begun(world, arranged(world))
    arbreva = world["Arbreva"]
    with arbreva.asks():
        organisations = [world[name].organisation for name in names]
        actions.add_passage(arbreva.actor, story, NAMED, in_kind=in_kind, organisations=organisations, now=NOW)
        actions.add_passage(arbreva.actor, story, "It rained.", now=NOW)
        actions.release_story(arbreva.actor, loaded(story), network(world), now=NOW)
    return story


def says(world: World, name: str, answer: str) -> None:
    with world[name].asks():
        naming = Naming.objects.filter(organisation=world[name].organisation).order_by("-id")[0]
        actions.answer_naming(world[name].actor, naming, answer, now=NOW)


def seen(world: World, name: str, story: Story) -> str:
    return text(browsing_as(world, name).get(f"/stories/{story.pk}/"))


def test_a_passage_is_withheld_until_each_one_named_said_yes(world: World) -> None:
    story = told_of(world, "Lipovar", "Lipovar NGO")
    for answered in (None, "Lipovar"):
        if answered:
            says(world, answered, "yes")
        for reader in ("Valdora", "Arbreva NGO"):
            page = seen(world, reader, story)
            assert NAMED not in page
            assert KIND in page
            assert "It rained." in page
            with world[reader].asks():
                assert not Passage.objects.filter(text=NAMED).exists()
                assert not Naming.objects.exists(), "who was asked is told to nobody else"
        with world["Lipovar"].asks():
            assert Passage.objects.filter(text=NAMED).exists(), "whoever is asked reads what they are asked about"
        assert NAMED in seen(world, "Arbreva", story)
    says(world, "Lipovar NGO", "yes")
    page = seen(world, "Valdora", story)
    assert NAMED in page
    assert KIND not in page


def test_a_story_leads_only_to_records_its_reader_may_open(world: World) -> None:
    it, arbreva = whole(world), world["Arbreva"]
    with arbreva.asks():
        own = capture_takeaway(arbreva.actor, it.exchange, "Mine alone", city=world.cities["Arbreva"], now=NOW)
        actions.add_passage(arbreva.actor, it.story, "Keys were seen.", noun="takeaway", record_id=own.pk, now=NOW)
    for reader, linked in (("Arbreva", True), ("Valdora", False)):
        page = seen(world, reader, it.story)
        assert "Keys were seen." in page
        assert f'href="/indicators/{it.indicator.pk}/">From: indicator</a>' in page
        assert (f'href="/takeaways/{own.pk}/">From: takeaway</a>' in page) is linked


@pytest.mark.parametrize("in_kind", [KIND, ""])
def test_a_yes_taken_back_hides_the_passage_at_once(world: World, in_kind: str) -> None:
    story = told_of(world, "Lipovar", in_kind=in_kind)
    says(world, "Lipovar", "yes")
    assert NAMED in seen(world, "Valdora", story)
    says(world, "Lipovar", "withdrawn")
    page = seen(world, "Valdora", story)
    assert NAMED not in page
    assert in_kind in page
    says(world, "Lipovar", "yes")
    assert NAMED in seen(world, "Valdora", story)


def test_a_yes_was_said_to_these_words(world: World) -> None:
    story = told_of(world, "Lipovar")
    says(world, "Lipovar", "yes")
    arbreva = world["Arbreva"]
    changed = "Lipovar has trouble with its police."
    with arbreva.asks():
        passage = Passage.objects.get(text=NAMED)
        actions.change_passage(arbreva.actor, passage, expected=passage.version, text=changed, now=NOW)
    page = seen(world, "Valdora", story)
    assert changed not in page
    assert KIND in page
    assert "Say whether a story may name you" in text(browsing_as(world, "Lipovar").get("/home/"))
    says(world, "Lipovar", "no")
    assert changed not in seen(world, "Valdora", story)
    assert "said no" in seen(world, "Arbreva", story)
    says(world, "Lipovar", "yes")
    assert changed in seen(world, "Valdora", story)


def test_words_kept_as_they_are_ask_nobody_again(world: World) -> None:
    story = told_of(world, "Lipovar")
    says(world, "Lipovar", "yes")
    with world["Arbreva"].asks():
        passage = Passage.objects.get(text=NAMED)
        actions.change_passage(world["Arbreva"].actor, passage, expected=passage.version, text=NAMED, now=NOW)
        assert Naming.objects.count() == 1
    assert NAMED in seen(world, "Valdora", story)


def test_nobody_says_yes_in_the_name_of_another(world: World) -> None:
    told_of(world, "Lipovar")
    with world["Arbreva"].asks():
        naming = Naming.objects.get()
        with pytest.raises(NotYours):
            actions.answer_naming(world["Arbreva"].actor, naming, "yes", now=NOW)
    assert browsing_as(world, "Arbreva").post(f"/namings/{naming.pk}/", {"answer": "yes"}).status_code == 404
    assert browsing_as(world, "Valdora").get(f"/namings/{naming.pk}/").status_code == 404
    lipovar = browsing_as(world, "Lipovar")
    assert lipovar.post(f"/namings/{naming.pk}/", {"answer": "withdrawn"}).status_code == 409
    assert lipovar.post(f"/namings/{naming.pk}/", {}).status_code == 409
    assert lipovar.post(f"/namings/{naming.pk}/", {"answer": "yes"}).status_code == 302


def test_a_draft_is_its_source_s_alone_and_releasing_widens_nothing_else(world: World) -> None:
    exchange = arranged(world)
    story = begun(world, exchange)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        with pytest.raises(NotAllowedNow):
            actions.release_story(arbreva.actor, loaded(story), network(world), now=NOW)
        before = Exchange.objects.get(pk=exchange.pk)
        actions.add_passage(arbreva.actor, loaded(story), "They met.", noun="exchange", record_id=exchange.pk, now=NOW)
    for reader in ("Arbreva NGO", "Lipovar"):
        assert browsing_as(world, reader).get(f"/stories/{story.pk}/").status_code == 404
        assert browsing_as(world, reader).get(f"/stories/{story.pk}/release/").status_code == 404
    with arbreva.asks():
        actions.release_story(arbreva.actor, loaded(story), ["everyone"], now=NOW)
        after = Exchange.objects.get(pk=exchange.pk)
        assert (after.audience_id, after.version) == (before.audience_id, before.version)

    assert "They met." in text(browsing().get(f"/stories/{story.pk}/"))
    assert browsing().get(f"/exchanges/{exchange.pk}/").status_code == 404


def test_a_withdrawn_story_is_gone_everywhere(world: World) -> None:
    it = whole(world)
    assert it.story.title in text(browsing_as(world, "Lipovar").get(f"/thread/exchange/{it.exchange.pk}/"))
    assert browsing_as(world, "Lipovar").post(f"/stories/{it.story.pk}/withdraw/").status_code == 404
    assert browsing_as(world, "Arbreva").post(f"/stories/{it.story.pk}/withdraw/").status_code == 302
    for path in ("/stories/", f"/thread/exchange/{it.exchange.pk}/", "/cities/-1/"):
        assert it.story.title not in text(browsing_as(world, "Lipovar").get(path))
    assert browsing_as(world, "Lipovar").get(f"/thread/story/{it.story.pk}/").status_code == 404
    with world["Lipovar"].asks():
        assert not Story.objects.exists()
        assert not Passage.objects.exists()
        assert Practice.objects.exists()
    assert browsing_as(world, "Arbreva").get(f"/stories/{it.story.pk}/").status_code == 200


def test_forms_come_back_with_everything_typed(world: World) -> None:
    exchange = arranged(world)
    story = begun(world, exchange)
    browser = browsing_as(world, "Arbreva")
    page = browser.post(f"/exchanges/{exchange.pk}/stories/new/", {"title": "", "byline": "A youth worker"})
    assert page.status_code == 422
    assert "A youth worker" in text(page)
    assert "Choose at least one record of the thread." in text(page)
    page = browser.post(f"/stories/{story.pk}/passages/new/", {"text": "", "in_kind": "A city helped"})
    assert page.status_code == 422
    assert "A city helped" in text(page)


def test_two_mend_one_passage_and_the_second_sees_both(world: World) -> None:
    story = begun(world, arranged(world))
    with world["Arbreva"].asks():
        passage = actions.add_passage(world["Arbreva"].actor, story, "It rained.", now=NOW)
    path, browser = f"/passages/{passage.pk}/change/", browsing_as(world, "Arbreva")
    assert browser.post(path, {"text": "It snowed.", "version": 1}).status_code == 302
    page = browser.post(path, {"text": "The sun shone.", "version": 1})
    assert page.status_code == 409
    assert "It snowed." in text(page)
    assert "The sun shone." in text(page)


def test_a_story_is_for_those_chosen(world: World) -> None:
    story = begun(world, arranged(world))
    arbreva = world["Arbreva"]
    with arbreva.asks():
        actions.add_passage(arbreva.actor, story, "It rained.", now=NOW)
        inner = [group("exchange", story.exchange_id)]
        actions.release_story(arbreva.actor, loaded(story), inner, now=NOW)
    assert "It rained." in seen(world, "Lipovar NGO", story)
    assert browsing_as(world, "Valdora").get(f"/stories/{story.pk}/").status_code == 404


def test_with_a_code_the_link_shows_the_passage_and_as_much_of_the_story_as_may_be_read(world: World) -> None:
    story = told_of(world, "Lipovar")
    arbreva, lipovar = world["Arbreva"], world["Lipovar"]
    with lipovar.asks():
        Account.objects.get_or_create(person_id=lipovar.person.id, defaults={"email": "lipovar@example.org"})
    browsing_as(world, "Arbreva")  # gives Arbreva's coordinator an account
    with arbreva.asks():
        other = [world["Valdora"].organisation]
        actions.add_passage(arbreva.actor, loaded(story), "Of Valdora.", organisations=other, now=NOW)
        assert naming.ask(arbreva.actor, loaded(story), now=NOW) >= 1
        sent = Invitation.objects.get(person_id=lipovar.person.id)
        code = more.speak(arbreva.actor, sent, now=NOW)
    look = more.opened(sent, code, now=NOW)
    assert look is not None
    own, round_it = more.parts(sent, look)
    assert own.texts == (NAMED,)
    assert own.label == "TLP:GREEN"
    assert "It rained." in round_it.texts
    assert "Of Valdora." not in round_it.texts, "Valdora has not said yes, and Lipovar may not read it"


def test_who_asks_is_told_how_many_were_asked_and_when_the_others_are(world: World) -> None:
    exchange = arranged(world)
    story, arbreva = begun(world, exchange), world["Arbreva"]
    with arbreva.asks():
        here = [world["Lipovar"].organisation]
        actions.add_passage(arbreva.actor, story, NAMED, in_kind=KIND, organisations=here, now=NOW)
    browsing_as(world, "Lipovar")  # who has an account is asked by mail
    browser = browsing_as(world, "Arbreva")
    told = text(browser.post(f"/stories/{story.pk}/ask/", follow=True))
    assert "1 was asked by mail. Others see the question on their home page once the story is released." in told
    assert "Say whether a story may name you" not in text(browsing_as(world, "Lipovar").get("/home/"))
    with arbreva.asks():
        actions.release_story(arbreva.actor, loaded(story), network(world), now=NOW)
    assert "Say whether a story may name you" in text(browsing_as(world, "Lipovar").get("/home/"))
    told = text(browser.post(f"/stories/{story.pk}/ask/", follow=True))
    assert "0 were asked by mail. Others see the question on their home page." in told
