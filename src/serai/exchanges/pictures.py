"""A photo decoded and drawn anew, so that nothing but the picture itself is kept: no place, hour or camera.

Limits: 12 MB as sent; 80 million pixels for a JPEG, which is decoded small, 24 million for what must be decoded whole.
Kept: WebP, at most 1600 pixels and 480 KB, and a small one of at most 320 pixels and 12 KB for lists.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from PIL import (  # the formats by name, so that Pillow loads no others
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

MOST_BYTES = 12_000_000
_FORMATS = tuple(
    plugin.format
    for plugin in (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, WebPImagePlugin.WebPImageFile)
)
# A JPEG of several pictures (MPO, as some phones write it) is opened as a JPEG.
MOST_PIXELS = {"JPEG": 80_000_000, "MPO": 80_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
LONGEST_SIDE, SMALL_SIDE = 1600, 320
WHOLE_BYTES, SMALL_BYTES = 480_000, 12_000
# Side and quality, tried in order until the picture is light enough; the last ones are light even for pure noise.
_WHOLE = ((LONGEST_SIDE, 78), (LONGEST_SIDE, 60), (1280, 50), (1024, 40), (800, 25))
_SMALL = ((SMALL_SIDE, 70), (SMALL_SIDE, 45), (SMALL_SIDE, 20), (200, 15), (120, 5))
MEDIA_TYPE = "image/webp"
# What Pillow raises on bytes that are no whole picture.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, KeyError, TypeError, OverflowError)


class NoPicture(ValueError):
    """These bytes are not a picture that is taken: the message is `bytes`, `pixels` or `kind`."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One WebP picture with its size in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A photo as it is kept: whole, and small for lists."""

    whole: Drawn
    small: Drawn


def drawn_anew(data: bytes) -> Picture:
    """The picture in these bytes (JPEG, PNG, WebP), upright, on white where it is clear. Raises `NoPicture`."""
    if len(data) > MOST_BYTES:
        raise NoPicture("bytes")
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS[opened.format or ""]:
                raise NoPicture("pixels")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPicture("pixels") from error
    except NoPicture:
        raise
    except _BROKEN as error:
        raise NoPicture("kind") from error
    plain = _plain(upright)
    return Picture(whole=_light(plain, _WHOLE, WHOLE_BYTES), small=_light(plain, _SMALL, SMALL_BYTES))


def _plain(picture: Image.Image) -> Image.Image:
    """The pixels alone, on a sheet of its own: what else the file said stays behind."""
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    seen = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    sheet = Image.new("RGB", seen.size, "white")
    sheet.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    return sheet


def _light(picture: Image.Image, ways: Iterable[tuple[int, int]], most: int) -> Drawn:
    """The first of these sides and qualities that is light enough, else the last."""
    for side, quality in ways:
        fitted = picture.copy()
        fitted.thumbnail((side, side))
        file = BytesIO()
        fitted.save(file, "WEBP", quality=quality, method=3)
        drawn = Drawn(data=file.getvalue(), width=fitted.width, height=fitted.height)
        if len(drawn.data) <= most:
            break
    return drawn
