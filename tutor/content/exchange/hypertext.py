"""Markdown as XHTML: what is HTML in the text is shown, never run."""

from functools import cache

from markdown_it import MarkdownIt


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "xhtmlOut": True}).enable("table")


def xhtml(text: str) -> str:
    """The text as well-formed XHTML blocks."""
    return str(_markdown().render(text)).strip()
