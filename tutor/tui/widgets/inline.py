"""Inline Markdown as styled text, for lines that are drawn: `code`, **strong**, *emphasis* and [links](to)."""

import re

from textual.content import Content

_TOKEN = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|(?<![\w*])\*(?P<emphasis>[^*\s][^*]*)\*(?![\w*])"
    r"|\[(?P<link>[^\]]+)\]\([^)\s]+\)"
)
_STYLES = {"code": "$text-primary", "strong": "bold", "emphasis": "italic", "link": "underline"}


def inline(text: str, style: str = "") -> Content:
    """The text with its marks turned into styles; line breaks inside a paragraph become blanks."""
    flat = " ".join(text.split())
    pieces: list[Content] = []
    position = 0
    for match in _TOKEN.finditer(flat):
        kind = match.lastgroup or ""
        pieces.append(Content.styled(flat[position : match.start()], style))
        pieces.append(Content.styled(match[kind], f"{style} {_STYLES[kind]}".strip()))
        position = match.end()
    pieces.append(Content.styled(flat[position:], style))
    return Content("").join(pieces)
