"""With nobody asking, no row; for the visitor, what everyone may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.asking import CHANGEABLE, TABLES, changed, seen
from access.ground import Ground
from access.randomworld import World
from access.rowmaking import NOW, insert
from serai.core import audience as rule
from serai.db.acting import VISITOR, Asker, NobodyAsks
from serai.db.address import WEB, WORKER
from serai.db.rows import new_id, protected_models
from serai.exchanges.models import NoteAuthor
from serai.sharing.models import Invitation

# Besides nobody: what is told that names nobody. A person without an id is read as the visitor is.
NOBODIES = [None, Asker(kind=""), Asker(kind="keeper"), Asker(kind="administrator"), Asker(kind="person", id=None)]


@pytest.mark.parametrize("role", [WEB, WORKER])
@pytest.mark.parametrize("table", [*TABLES, "serai_noteauthor"])
def test_nobody_reads_a_row(ground: Ground, world: World, table: str, role: str) -> None:
    assert ground.one(f"SELECT count(*) FROM {table}")[0] > 0, "there are rows to read"
    for asker in NOBODIES[:-1]:
        with ground.asked(asker, role):
            assert ground.one(f"SELECT count(*) FROM {table}")[0] == 0


def test_nobody_writes_a_row(ground: Ground, world: World) -> None:
    for asker in NOBODIES:
        assert changed(ground, asker, CHANGEABLE) == frozenset()
    for model in protected_models():
        row = world.of(model)[0]
        with ground.asked(None):
            assert ground.refused(*insert(row)), model.__name__


def test_the_visitor_reads_what_everyone_may_and_no_more(ground: Ground, world: World) -> None:
    public = {str(row.id) for row in world.every() if rule.may_read(rule.VISITOR, world.record(row))}
    assert public, "something is public"
    assert seen(ground, VISITOR) == public == seen(ground, Asker(kind="person", id=None))
    for row in world.every():
        if str(row.id) in public:
            assert "everyone" in row.groups
            assert row["hidden_at"] is None
    assert changed(ground, VISITOR) == frozenset()


@pytest.mark.parametrize("model", protected_models(), ids=lambda model: model.__name__)
def test_django_says_aloud_that_nobody_asks(model: type) -> None:
    for attempt in (
        lambda: model.objects.count(),
        lambda: list(model.objects.all()),
        lambda: model.objects.filter(pk=new_id()).exists(),
        lambda: model.objects.filter(pk=new_id()).update(version=2),
    ):
        with pytest.raises(NobodyAsks):
            attempt()


def test_a_link_that_is_over_opens_nothing(ground: Ground, world: World) -> None:
    link = next(row for row in world.of(Invitation) if world.reader(Asker(kind="link", id=row.id)).answers)
    asker = Asker(kind="link", id=link.id)
    before = seen(ground, asker)
    public = seen(ground, VISITOR)
    assert before - public, "the link opens something"
    over = {"called_back_at": NOW, "expires_at": NOW - timedelta(seconds=1)}
    for column, value in over.items():
        with ground.tried():
            ground.done(f"UPDATE serai_invitation SET {column} = %s WHERE id = %s", [value, link.id])
            assert seen(ground, asker) == public, column
    with ground.tried():
        ground.done("UPDATE serai_invitation SET answered_at = %s WHERE id = %s", [NOW, link.id])
        assert seen(ground, asker) == public | {str(link.id)}, "it explains itself"
        assert changed(ground, asker) == frozenset()


def test_who_wrote_a_chatham_house_note_is_read_by_its_author_alone(ground: Ground, world: World) -> None:
    authors = {str(row["note_id"]): str(row["person_id"]) for row in world.of(NoteAuthor)}
    assert authors
    for asker in world.askers():
        with ground.asked(asker):
            found = {str(note) for (note,) in ground.rows("SELECT note_id FROM serai_noteauthor")}
        assert found == {note for note, author in authors.items() if asker.person and author == str(asker.person)}
        if asker.person:
            with ground.asked(Asker(kind="person", id=asker.person, also=world.people[0])):
                assert ground.rows("SELECT note_id FROM serai_noteauthor") == []
