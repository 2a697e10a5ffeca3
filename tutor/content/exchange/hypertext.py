"""Markdown as XHTML, and the HTML of others as Markdown. What is no formatting is shown as text, never run."""

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt

from tutor.content.exchange.draft import MOST_LETTERS, NotAQuestion

_BLOCKS = frozenset(
    re.findall(r"\w+", "p div ul ol table tr blockquote h1 h2 h3 h4 h5 h6 dl dt dd section article header hr")
)
_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a b i u s em strong small sub sup span font mark big tt kbd samp var cite q abbr del ins center tbody thead "
        "tfoot td th caption col colgroup wbr label figure figcaption",
    )
)
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_MARKS = re.compile(r"(?<![`\w])(?=[^\s`]*(?:__|\*))[^\s`]+(?![`\w])")
_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "xhtmlOut": True}).enable("table")


def xhtml(text: str) -> str:
    """The text as well-formed XHTML blocks."""
    return str(_markdown().render(text)).strip()


def plain(html: str) -> str:
    """HTML as Markdown text: paragraphs, lists, code and images' names stay; a tag that formats nothing is text.

    Raises ``NotAQuestion`` for far more of it than a question has.
    """
    if len(html) > 5 * MOST_LETTERS:
        raise NotAQuestion(f"one of its texts is longer than {MOST_LETTERS:,} letters")
    if "<" not in html and "&" not in html:
        return html.strip()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects the text. Elements that browsers would run or hide (script, style …) are shown as they were written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        self._fenced = self._code = 0

    def set_cdata_mode(self, *_: Any, **__: Any) -> None:
        """A script is text like any other."""

    def text(self) -> str:
        joined = "".join(self._parts)
        return _BLANK_LINES.sub("\n\n", joined).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "br":
            self._parts.append("\n")
        elif tag == "pre":
            self._fenced += 1
            self._parts.append("\n\n```\n")
        elif tag in _CODE:
            self._code += 1
            self._parts += [] if self._fenced else ["`"]
        elif tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
            self._parts.append("\n\n")
        elif tag == "li":
            self._parts.append(self._item())
        elif tag == "img":
            self._parts.append(f"[image: {known.get('alt') or 'without a description'}]")
        elif tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag not in _INLINE:
            self._parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _CODE or tag in ("pre", "ul", "ol"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self._parts[-1:] = [part.rstrip("\n") for part in self._parts[-1:]]
            self._parts.append("\n```\n\n" if self._fenced else "")
            self._fenced = max(0, self._fenced - 1)
        elif tag in _CODE:
            self._code = max(0, self._code - 1)
            self._parts += [] if self._fenced else ["`"]
        elif tag in ("ul", "ol"):
            self._parts.append("\n\n")
            del self._lists[-1:]
        elif tag in _BLOCKS:
            self._parts.append("\n\n")
        elif tag not in _INLINE and tag not in ("li", "br", "img"):
            self._parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._fenced:
            self._parts.append(data)
            return
        flat = re.sub(r"[ \t]*\n[ \t]*", "\n", data)
        self._parts.append(flat if self._code else _MARKS.sub(lambda found: f"`{found[0]}`", flat))

    def handle_decl(self, decl: str) -> None:
        self._parts.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self._parts.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self._parts.append(f"<![{data}]>")

    def _item(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "\n- "
        self._lists[-1] = number + 1
        return f"\n{number}. "
