"""A free choice of questions: which topics, how hard, how many."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines, spread
from tutor.usecases.exam_offers import Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS = (5, 10, 20, 40)
MINUTES = (None, 10, 20, 40, 80)
SETTINGS = 4
"""Rows above the topics, so that they are in sight however many topics there are."""
LEVELS: "Sequence[tuple[int | None, str]]" = ((None, "any"), (1, "easy"), (2, "middling"), (3, "hard"))


class FreeChoiceDialog(Dialog[Choice]):
    """Returns the choice; ``before`` is what stands there first.

    The rows are number, minutes, difficulty and claims, then the topics; it begins at these.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "compose_paper", "compose"),
        Binding("space,right", "change(1)", "change", key_display="Space"),
        Binding("left", "change(-1)", "change back", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
    ]

    def __init__(self, topics: Mapping[str, int], before: Choice) -> None:
        super().__init__("Free choice")
        self.topics = dict(topics)
        self.named = {topic for topic in before.topics if topic in topics}
        self.claims = before.claims
        self.level = [level for level, _ in LEVELS].index(before.difficulty)
        self.count, self.minutes = COUNTS.index(before.count), MINUTES.index(before.minutes)
        self.here = SETTINGS if topics else 0

    def content(self) -> Iterable[Widget]:
        """One line for each row."""
        yield Drawing(self._lines, id="rows")

    def _lines(self, width: int) -> Lines:
        minutes = MINUTES[self.minutes]
        rows = [
            ("questions", f"at most {COUNTS[self.count]}"),
            ("time", f"{minutes} minutes" if minutes else "no limit"),
            ("difficulty", LEVELS[self.level][1]),
            ("claims", " ".join(self.claims) or "any"),
            *((f"{'●' if topic in self.named else '○'} {topic}", f"{count}") for topic, count in self.topics.items()),
        ]
        lines = [self._line(index, left, right, width) for index, (left, right) in enumerate(rows)]
        none = Content.styled("No topic chosen means all of the course's.", signs.QUIET)
        return [*self.in_sight(lines, self.here), Content(""), *none.wrap(width)]

    def _line(self, index: int, left: str, right: str, width: int) -> Content:
        here = index == self.here
        pointer = Content.styled(f"{signs.HERE} " if here else "  ", signs.ACT)
        return spread(pointer + Content.styled(left, signs.STRONG if here else ""), Content(f"{right} "), width)

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.here = (self.here + by) % (len(self.topics) + SETTINGS)
        self._redraw()

    def _redraw(self) -> None:
        self.query_one("#rows", Drawing).refresh(layout=True)

    def action_change(self, by: int) -> None:
        """Another value in this row."""
        if self.here >= SETTINGS:
            self.named ^= {list(self.topics)[self.here - SETTINGS]}
        elif self.here == 0:
            self.count = (self.count + by) % len(COUNTS)
        elif self.here == 1:
            self.minutes = (self.minutes + by) % len(MINUTES)
        elif self.here == 2:
            self.level = (self.level + by) % len(LEVELS)
        else:
            self._ask_claims()
        self._redraw()

    def _ask_claims(self) -> None:
        from tutor.tui.dialogs.ask import AskDialog

        def keep(written: str | None) -> None:
            if written is not None:
                self.claims = tuple(dict.fromkeys(written.upper().replace(",", " ").split()))
                self._redraw()

        note = "Ids of claims, such as LIM-008 CON-002; empty for any."
        self.app.push_screen(AskDialog("Claims", note, " ".join(self.claims)), keep)

    def action_compose_paper(self) -> None:
        """Take it."""
        named = tuple(topic for topic in self.topics if topic in self.named)
        level = LEVELS[self.level][0]
        self.dismiss(Choice(named, self.claims, level, COUNTS[self.count], MINUTES[self.minutes]))
