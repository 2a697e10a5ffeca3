"""A widget whose text is drawn for the width there is: bands, columns, checklists, reports."""

from collections.abc import Callable, Sequence
from typing import Self

from textual.content import Content
from textual.geometry import Region, Size
from textual.widget import Widget

from tutor.usecases.visible_text import visible

Lines = Sequence[Content]
Draw = Callable[[int], Lines]
"""Width in cells -> lines that fit into it."""


class Drawing(Widget):
    """Shows what a pure function draws. ``show`` gives it another function."""

    DEFAULT_CSS = "Drawing { height: auto; }"

    _drawn: tuple[int, Lines] | None = None

    def __init__(self, draw: Draw | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._draw: Draw = draw or _nothing

    def show(self, draw: Draw) -> None:
        """Draw this from now on."""
        self._draw = draw
        self.again()

    def again(self) -> None:
        """Draw anew. The page is laid out again, which costs ten times as much, only where the height has changed."""
        there = self.content_size
        drawn = self.lines(there.width)
        self.refresh(layout=self.display and not (there.width and len(drawn) == there.height))
        self._drawn = (there.width, drawn)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Textual's own; what was drawn before is not used any more."""
        self._drawn = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def lines(self, width: int) -> Lines:
        """What is drawn at a width."""
        return self._draw(width) if width > 0 else ()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return len(self.lines(width))

    def render(self) -> Content:
        """The lines, one below the other."""
        width, drawn, self._drawn = self.content_size.width, self._drawn, None
        lines = drawn[1] if drawn is not None and drawn[0] == width else self.lines(width)
        return shown(Content("\n").join(lines))


def _nothing(width: int) -> Lines:
    return ()


def shown(content: Content) -> Content:
    """The content without anything that could steer the terminal, whoever wrote it; its styles stay where they are."""
    plain = visible(content.plain)
    return content if plain == content.plain else Content(plain, list(content.spans))


def hanging(sign: Content, text: Content, width: int) -> list[Content]:
    """``text`` wrapped beside ``sign``; its further lines begin below its first letter."""
    indent = sign.cell_length
    wrapped = shown(text).wrap(max(8, width - indent)) or [Content("")]
    blank = Content(" " * indent)
    return [(sign if number == 0 else blank) + line for number, line in enumerate(wrapped)]


def spread(left: Content, right: Content, width: int) -> Content:
    """One line with ``left`` at the left and ``right`` at the right; ``left`` is cut where both do not fit."""
    room = width - right.cell_length - (2 if right else 0)
    cut = left.truncate(max(0, room), ellipsis=True)
    return cut + Content(" " * max(0, width - cut.cell_length - right.cell_length)) + right
