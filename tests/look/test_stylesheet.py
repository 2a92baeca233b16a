"""The style sheet: small, logical, layered, and every pair of colours readable in light and dark."""

from __future__ import annotations

import gzip
import re

import pytest

from serai.web.stylesheet import FOLDER, SheetFinder, sheet_files, stylesheet, tighten

FILES = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in sheet_files()}
BARE = {name: re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL) for name, text in FILES.items()}

PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border|scroll-margin|scroll-padding)-(left|right|top|bottom)(-\w+)?|left|right|top|bottom"
    r"|width|height|(min|max)-(width|height)|border-(top|bottom)-(left|right)-radius)\s*:"
)
SIDES = re.compile(r"(text-align|float|clear|justify-\w+|transform-origin|caption-side)\s*:[^;]*\b(left|right)\b")
RAW_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(rgb|hsl|oklch)a?\(")

# foreground, ground, least ratio (WCAG 2.2: 4.5 for text, 3 for the edges of controls)
PAIRS = [
    *(
        (text, ground, 4.5)
        for text in ("ink", "ink-2", "accent", "accent-2", "signal")
        for ground in ("paper", "sheet")
    ),
    *((text, ground, 4.5) for text in ("ink", "ink-2", "accent", "signal") for ground in ("wash", "signal-wash")),
    *((text, ground, 4.5) for text in ("on-accent",) for ground in ("accent", "accent-2")),
    *(("ink", f"heat-{step}", 4.5) for step in (1, 2, 3)),
    ("on-heat-4", "heat-4", 4.5),
    *(("edge", ground, 3.0) for ground in ("paper", "sheet")),
    *((label, "tlp-ground", 4.5) for label in ("tlp-red", "tlp-amber", "tlp-green", "tlp-clear")),
]


def rule(css: str, selector: str) -> dict[str, str]:
    """The custom properties of the first rule with exactly this selector, spaces aside."""
    wanted = " ".join(selector.split())
    for found, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        if " ".join(found.split()) == wanted:
            return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    raise AssertionError(f"no rule {selector}")


TOKENS = BARE["tokens.css"]
SHARED = {
    k: v
    for _, body in re.findall(r"(:root) \{([^{}]*--sans[^{}]*)\}", TOKENS)
    for k, v in re.findall(r"--([\w-]+):\s*([^;]+);", body)
}
LIGHT = {**SHARED, **rule(TOKENS, ':root, [data-theme="light"]')}
DARK = {**SHARED, **rule(TOKENS, '[data-theme="dark"]')}


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of #rgb or #rrggbb."""
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself_knows_black_on_white() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "tokens"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_pair_is_readable(theme: str, tokens: dict[str, str], front: str, ground: str, least: float) -> None:
    assert contrast(tokens[front], tokens[ground]) >= least


def test_dark_by_choice_is_dark_by_device() -> None:
    assert rule(TOKENS, '[data-theme="dark"]') == rule(TOKENS, ":root:not([data-theme])")
    assert rule(TOKENS, '[data-theme="dark"]').keys() == rule(TOKENS, ':root, [data-theme="light"]').keys()


def test_in_the_dark_nothing_is_other_than_in_the_light_but_colours() -> None:
    """So that axe need ask again in the dark only what it asks of colours (tests/journeys/test_every_page.py)."""
    themed = 0
    for name, text in BARE.items():
        screen = text.split("@media print")[0]
        assert name == "tokens.css" or "prefers-color-scheme" not in screen
        for selector, body in re.findall(r"([^{}]*data-theme[^{}]*)\{([^{}]*)\}", screen):
            themed += 1
            told = [one.strip() for one in body.split(";") if one.strip()]
            colours = r"--[\w-]+: #[0-9a-f]{3,8}|color-scheme: (light|dark)|(background|color): var\(--[\w-]+\)"
            assert all(re.fullmatch(colours, one) for one in told), (name, selector)
    assert themed >= 4


@pytest.mark.parametrize("name", FILES)
def test_no_side_is_left_or_right(name: str) -> None:
    logical = re.sub(r"@(media|container)[^{]*\{", "{", BARE[name])
    assert not PHYSICAL.findall(logical)
    assert not SIDES.findall(logical)


def test_the_lint_for_sides_finds_them() -> None:
    assert PHYSICAL.search("a { margin-left: 1px }")
    assert PHYSICAL.search("a { width: 1px }")
    assert SIDES.search("a { text-align: right }")
    assert not PHYSICAL.search("a { margin-inline-start: 1px; border-block-start: 1px; stroke-width: 2 }")


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("tokens.css", "adapt.css")])
def test_colours_are_tokens(name: str) -> None:
    assert not RAW_COLOUR.findall(BARE[name])


def test_every_token_used_is_there() -> None:
    used = {name for text in BARE.values() for name in re.findall(r"var\(--([\w-]+)", text)}
    local = {"gap"}
    assert used - local <= set(LIGHT) | set(rule(TOKENS, ":root"))


def test_every_file_is_in_a_layer_and_small() -> None:
    for name, text in FILES.items():
        assert len(text.splitlines()) <= 400, name
        assert re.search(r"@layer (tokens|base|layout|parts|adapt) \{", text), name
        assert text.startswith("/*"), name
        assert BARE[name].count("{") == BARE[name].count("}"), name
    assert stylesheet().startswith("@layer tokens,base,layout,parts,adapt;")


def test_nothing_is_fetched_and_the_whole_is_small() -> None:
    css = stylesheet()
    assert "url(" not in css
    assert "@import" not in css
    assert len(gzip.compress(css.encode(), 9)) <= 20 * 1024


def test_tightening_keeps_the_rules() -> None:
    assert tighten("a  b { /* x */ color : red ; margin: 0 1px; }\n@media (min-width: 1px) { c { d: e } }") == (
        "a b{color :red;margin:0 1px}@media (min-width:1px){c{d:e}}"
    )


def test_the_finder_gives_the_joined_sheet() -> None:
    [(name, storage)] = list(SheetFinder().list([]))
    assert name == "serai/serai.css"
    with storage.open(name) as file:
        assert file.read().decode() == stylesheet()
