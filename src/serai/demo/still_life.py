"""The one photo of the demo world, drawn by code: keys on a table. No person, no place. Illustrative."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from serai.exchanges.pictures import Picture, drawn_anew

WALL, TABLE, SHADOW = (226, 221, 209), (151, 104, 66), (116, 77, 47)
METAL, LIGHT, TAG = (176, 178, 176), (212, 214, 210), (47, 110, 99)


def keys_on_a_table() -> Picture:
    """Three keys on a ring with a cloth tag, as a phone might take them: 1600 by 1200 pixels."""
    sheet = Image.new("RGB", (1600, 1200), WALL)
    pen = ImageDraw.Draw(sheet)
    for line in range(430, 1200):  # the table, darker towards us
        fade = (line - 430) / 770
        pen.line([(0, line), (1600, line)], fill=_between(TABLE, SHADOW, fade))
    for at, grain in enumerate(range(470, 1200, 38)):
        pen.line([(0, grain), (1600, grain + 9 * (at % 3))], fill=_between(TABLE, SHADOW, 0.55), width=2)
    pen.rectangle((1010, 60, 1430, 400), fill=(238, 240, 236), outline=(188, 182, 168), width=14)  # a window
    pen.line([(1220, 60), (1220, 400)], fill=(188, 182, 168), width=10)
    _keys(pen, offset=(16, 22), metal=SHADOW, light=SHADOW, tag=SHADOW)
    sheet = sheet.filter(ImageFilter.GaussianBlur(6))
    _keys(ImageDraw.Draw(sheet), offset=(0, 0), metal=METAL, light=LIGHT, tag=TAG)
    file = BytesIO()
    sheet.filter(ImageFilter.GaussianBlur(1)).save(file, "PNG")
    return drawn_anew(file.getvalue())


def _between(one: tuple[int, ...], other: tuple[int, ...], share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def _keys(pen: ImageDraw.ImageDraw, *, offset: tuple[int, int], metal: object, light: object, tag: object) -> None:
    x, y = offset
    pen.ellipse((560 + x, 560 + y, 760 + x, 760 + y), outline=metal, width=16)  # type: ignore[arg-type]
    for tip, bow in (((1120, 640), 640), ((1060, 900), 760), ((800, 1080), 800)):
        end, start = (tip[0] + x, tip[1] + y), (700 + x, bow + y)
        pen.line([start, end], fill=metal, width=34)  # type: ignore[arg-type]
        pen.ellipse((start[0] - 74, start[1] - 74, start[0] + 74, start[1] + 74), outline=light, width=30)  # type: ignore[arg-type]
        for tooth in (0.80, 0.88, 0.96):
            at = (start[0] + (end[0] - start[0]) * tooth, start[1] + (end[1] - start[1]) * tooth)
            pen.line([at, (at[0] - 12, at[1] + 44)], fill=metal, width=20)  # type: ignore[arg-type]
    corner = [(600 + x, 640 + y), (330 + x, 830 + y), (420 + x, 940 + y), (690 + x, 740 + y)]
    pen.polygon(corner, fill=tag)  # type: ignore[arg-type]
