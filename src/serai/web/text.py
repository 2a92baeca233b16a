"""Longer texts people typed: Markdown to safe HTML."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False})
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "blockquote", "br", "a", "h3", "h4"}


def rich(text: str) -> Markup:
    """The text as HTML: paragraphs, lists, emphasis and links, and nothing else."""
    html = nh3.clean(
        _MARKDOWN.render(text), tags=_TAGS, attributes={"a": {"href"}}, link_rel="noopener noreferrer nofollow"
    )
    return Markup(html)  # noqa: S704, cleaned above
