"""The templates: nothing inline, every text through gettext, every component shown in the style guide."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import django_htmx
import pytest
from jinja2 import Environment, nodes
from rendering import COMPONENTS, PERSON, TEMPLATES, Tags, engine, guide, macro, page

import serai

ALL = sorted(TEMPLATES.rglob("*.html"))
SHARED = [TEMPLATES / "layout.html", *sorted(COMPONENTS.glob("*.html"))]
# Put together from other components for a record of the database; its parts are shown on their own.
OF_RECORDS = {"reading"}


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.relative_to(TEMPLATES).as_posix())
def test_no_style_and_no_script_inside(path: object) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)  # type: ignore[attr-defined]
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on", text)
    scripts = re.findall(r"<script[^>]*>", text)
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)


def test_a_heading_in_the_side_column_stands_in_a_section_with_what_it_names() -> None:
    alone = []
    for path in ALL:
        for side in re.findall(r"{% block side %}(.*?){% endblock", path.read_text(encoding="utf-8"), flags=re.DOTALL):
            if "<h2" in re.sub(r"<section.*?</section>", "", side, flags=re.DOTALL):
                alone.append(path.name)
    assert not alone


@pytest.mark.parametrize("path", SHARED, ids=lambda p: p.stem)
def test_every_word_goes_through_gettext(path: object) -> None:
    env: Environment = engine()
    tree = env.parse(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    words = "".join(node.data for node in tree.find_all(nodes.TemplateData))
    words = re.sub(r"<[^>]*>", " ", words)
    words = re.sub(r"<[^>]*$|^[^<]*>", " ", words)
    left = set(re.findall(r"[A-Za-z]{3,}", words))
    assert left <= {"TLP"}


def test_every_component_stands_in_the_guide_with_its_note() -> None:
    shown = {attrs["data-component"] for _, attrs in Tags(guide()).found if attrs.get("data-component")}
    files = {path.stem for path in COMPONENTS.glob("*.html")} - OF_RECORDS
    assert shown == files
    for path in COMPONENTS.glob("*.html"):
        assert path.read_text(encoding="utf-8").startswith("{#"), path.name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_guide_takes_theme_and_direction(theme: str, direction: str) -> None:
    tags = Tags(guide(theme, direction)).found
    root = dict(tags)["html"]
    assert (root["data-theme"], root["dir"]) == (theme, direction)
    ids = [attrs["id"] for _, attrs in tags if attrs.get("id")]
    assert len(ids) == len(set(ids))


def test_the_page_loads_from_here_alone() -> None:
    tags = Tags(page("layout.html")).found
    loaded = [attrs.get("src") or attrs.get("href") for tag, attrs in tags if tag in ("script", "link", "img")]
    assert all(str(address).startswith("/static/") for address in loaded)
    assert 1 + len(loaded) <= 14


def test_the_scripts_fit_their_budget() -> None:
    sources = [str(attrs["src"]) for tag, attrs in Tags(page("layout.html")).found if tag == "script"]
    folders = [
        Path(module.__file__).parent / place for module, place in ((serai, "web/static"), (django_htmx, "static"))
    ]
    files = [next(f for d in folders if (f := d / source.removeprefix("/static/")).is_file()) for source in sources]
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= 30 * 1024


def test_a_visitor_meets_sign_in_and_a_person_their_places() -> None:
    nav = [{"label": "Library", "href": "/library/", "current": True}]
    visitor, person = page("layout.html", nav=nav), page("layout.html", nav=nav, asker=PERSON)
    assert "<b>Sign in</b>" in visitor
    assert "<b>Sign in</b>" not in person
    assert "<bdi>Arbreva</bdi>" in person
    assert 'aria-current="page"' in person
    assert 'data-who="visitor"' in visitor
    assert 'data-who="0190-a"' in person


def test_a_side_is_drawn_only_when_there_is_one() -> None:
    with_side = engine({"t": '{% extends "layout.html" %}{% block side %}<p>Beside</p>{% endblock %}'})
    assert '<aside class="beside">' in page("t", with_side)
    assert "<aside" not in page("layout.html")


def test_one_polite_region_says_what_a_swap_changed() -> None:
    regions = {
        path.relative_to(TEMPLATES).as_posix()
        for path in ALL
        if re.search(r'aria-live|role="(status|log)"', path.read_text("utf-8"))
    }
    # That the network is gone, and as whom one sees, are said by their own strips when they appear.
    assert regions == {"layout.html", "components/offline.html", "components/seeing.html"}
    swapped = {"directory/places.html": "directory/found.html", "sharing/choose.html": "sharing/choose.html"}
    asking = {path.relative_to(TEMPLATES).as_posix() for path in ALL if "hx-target" in path.read_text("utf-8")}
    assert asking == set(swapped)
    assert all("data-say" in (TEMPLATES / part).read_text("utf-8") for part in swapped.values())


def test_what_people_typed_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    for out in (
        macro("field", "field", "need", evil, evil, help=evil, error=evil),
        macro("field", "field", "need", evil, evil, kind="textarea"),
        macro("pair", "pair", [evil], [evil]),
        macro("task", "task", {"title": evil, "why": evil, "href": "#"}),
        macro("follow", "follow", [evil, {"text": evil, "href": "#"}]),
    ):
        assert "<script" not in out


def test_a_field_says_who_reads_it_and_what_is_wrong() -> None:
    out = macro(
        "field", "field", "step", "First step", "soon", help="A date.", reads="Read by: us.", error="Give a date."
    )
    assert 'aria-describedby="id_step_help id_step_reads id_step_error"' in out
    assert 'aria-invalid="true"' in out
    assert out.index("Give a date.") < out.index("<input")
    assert 'value="soon"' in out


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("TLP:AMBER", "TLP:AMBER"),
        ("AMBER_STRICT", "TLP:AMBER+STRICT"),
        ("amber+strict", "TLP:AMBER+STRICT"),
        ("RED", "TLP:RED"),
    ],
)
def test_labels_are_never_translated(given: str, shown: str) -> None:
    out = macro("tlp", "tlp", given)
    assert shown in out
    assert 'translate="no"' in out


def test_readers_above_sixty_are_a_sentence_alone() -> None:
    few = [{"sector": "youth_work", "count": 60}]
    many = [{"sector": "youth_work", "count": 61}]
    assert macro("marks", "marks", few).count("<svg") == 60
    assert "<svg" not in macro("marks", "marks", many)


def test_every_form_of_fields_has_room_between_them() -> None:
    forms = [(path, tag) for path in ALL for tag in re.findall(r"<form [^>]*data-draft[^>]*>", path.read_text("utf-8"))]
    assert len(forms) >= 6
    bare = {path.relative_to(TEMPLATES).as_posix() for path, tag in forms if not re.search(r'class="[^"]*form', tag)}
    assert bare <= {"translations/form.html"}, "its rows of two languages have room of their own"
