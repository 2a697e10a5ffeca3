"""A column of rows that shows the window around its cursor; no widget per row, so that the first frame is quick."""

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Drawing, Lines


class Column(Drawing):
    """Lines as high as the place there is; ``cursor`` is the line that must stay in sight."""

    DEFAULT_CSS = "Column { height: 1fr; }"
    cursor = 0

    def look_at(self, line: int) -> None:
        """Keep this line in sight."""
        self.cursor = line
        self.refresh()

    def render(self) -> Content:
        """The window around the cursor, and how much lies below it."""
        height = self.content_size.height
        lines = self.lines(self.content_size.width)
        return Content("\n").join(_window(lines, self.cursor, height))


def _window(lines: Lines, cursor: int, height: int) -> Lines:
    if len(lines) <= height or height < 2:
        return lines[:height]
    room = height - 1
    start = min(max(0, cursor - room + 2), len(lines) - room)
    below = len(lines) - start - room
    more = Content.styled(f"  ↓ {below} more" if below else "", signs.QUIET)
    return [*lines[start : start + room], more]
