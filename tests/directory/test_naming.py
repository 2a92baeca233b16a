"""How an organisation is named before each of three audiences."""

from __future__ import annotations

import itertools

import pytest

from serai.directory.forms import NamingForm
from serai.directory.models import City, Organisation
from serai.directory.naming import WIDER, named, preview, wider_learns_more


def ngo(**more: str) -> Organisation:
    return Organisation(name="Horizon", sector="civil_society", city=City(name="Kumanovo", country="MK"), **more)


def test_by_name_in_kind_or_not_at_all() -> None:
    found = ngo(named_to_participants="name", named_to_network="kind", named_to_public="none", in_kind="an NGO")
    assert [named(found, before=before) for before in WIDER] == ["Horizon", "an NGO", ""]
    assert preview(found, "participants") == "Taking part: Horizon."
    assert preview(found, "public") == ""


def test_in_kind_without_words_of_its_own_names_nobody() -> None:
    assert named(ngo(named_to_public="kind"), before="public") == "Civil society, Kumanovo"
    national = Organisation(name="Office", sector="national_coordination", country="MK", named_to_public="kind")
    assert named(national, before="public") == "National coordination, North Macedonia"
    assert named(Organisation(name="Office", sector="media", named_to_public="kind"), before="public") == "Media"


@pytest.mark.parametrize("told", list(itertools.product(["name", "kind", "none"], repeat=3)))
def test_a_wider_audience_never_learns_more(told: tuple[str, str, str]) -> None:
    order = ["name", "kind", "none"]
    wrong = [order.index(one) for one in told] != sorted(order.index(one) for one in told)
    named_to = dict(zip(WIDER, told, strict=True))
    assert wider_learns_more(named_to) is wrong
    form = NamingForm({f"named_to_{before}": how for before, how in named_to.items()})
    assert form.is_valid() is not wrong
