"""The rule in the small: who reads a need of Arbreva."""

import pytest

from serai.audit.actions import NotYours, add, change
from serai.core.audience import group
from serai.db.acting import VISITOR, NobodyAsks, acting_as, person
from serai.needs.models import Need
from worlds import NOW, small_world


def test_a_need_is_read_by_its_audience_and_source_alone() -> None:
    world = small_world()
    arbreva = world["Arbreva"]
    with arbreva.asks():
        need = Need(city=world.cities["Arbreva"], question="How do young people stay?", theme="youth_engagement")
        groups = [group("organisation", world["Lipovar NGO"].organisation.id)]
        add(arbreva.actor, need, verb="ask", groups=groups, now=NOW)
        assert need.audience.label == "TLP:AMBER+STRICT"
    for name in ("Arbreva", "Lipovar NGO"):
        with world[name].asks():
            assert Need.objects.count() == 1, name
    for name in ("Lipovar", "Arbreva NGO", "Valdora"):
        with world[name].asks():
            assert Need.objects.count() == 0, name
    for asker in (VISITOR, person(world.administrator.person), person(world.secretariat.person.id)):
        with acting_as(asker):
            assert Need.objects.count() == 0
    with world["Lipovar NGO"].asks(), pytest.raises(NotYours):
        change(world["Lipovar NGO"].actor, need, verb="x", now=NOW, question="?")
    with pytest.raises(NobodyAsks):
        Need.objects.count()
