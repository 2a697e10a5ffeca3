"""A page that shows one question of a sitting: stem, options, marks, and the explanations where they are allowed."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Markdown

from tutor.tui import signs
from tutor.tui.screens.tried import TriedPage
from tutor.tui.widgets.drawing import Drawing, Lines, hanging
from tutor.tui.widgets.options import option_lines, stem_of
from tutor.tui.widgets.question_map import map_lines

if TYPE_CHECKING:
    from tutor.study.answer import Confidence
    from tutor.tui.dialogs.change_settings import Wish
    from tutor.usecases.answer_question import Feedback, Question, Rerun, Shown
    from tutor.usecases.exam_room import Room

CHANGED = "This question was changed since the paper was composed. It counts nothing; go on with n."


class AskedPage(TriedPage):
    """The base of sitting a paper and of looking back at it. ``number`` counts from 0."""

    CSS_PATH = "asked.tcss"

    def __init__(self, room: "Room", number: int) -> None:
        super().__init__()
        self.room = room
        self.number = number
        self.read = False

    def body(self) -> Iterable[Widget]:
        """The question; where there is room, the map beside it."""
        asked = Vertical(
            Markdown(id="stem"),
            Drawing(self._option_lines, id="options"),
            Drawing(self._mark_lines, id="marks"),
            id="asked",
        )
        yield VerticalScroll(asked, Drawing(self.explanation, id="feedback"), id="sheet", can_focus=False)
        yield Drawing(self._map_lines, id="map")

    @property
    def chosen(self) -> Sequence[str]:
        """The options that are chosen now."""
        return self.room.sitting.questions[self.number].chosen

    @property
    def confidence(self) -> "Confidence | None":
        """How sure the answer is."""
        return self.room.sitting.questions[self.number].confidence

    def turn_to(self, number: int, question: "Question | None", feedback: "Feedback | None") -> None:
        """Show another question, or the same one anew."""
        self.turn(question, feedback)
        self.number, self.read, self.here = number, True, 0
        self.query_one("#stem", Markdown).update(self._stem())
        self.query_one("#sheet").scroll_home(animate=False)
        self.redraw()

    def redraw(self) -> None:
        """Paint everything that may have changed."""
        self.set_class(self.feedback is not None, "-answered")
        for drawing in self.query(Drawing):
            drawing.again()
        self.refresh_keys()

    def _stem(self) -> str:
        return stem_of(self.question.scenario) if self.question is not None else CHANGED

    def _option_lines(self, width: int) -> Lines:
        if self.question is None:
            return ()
        struck = self.room.sitting.questions[self.number].struck
        here = self.here if self.feedback is None else -1
        return option_lines(self.question.options, self.chosen, struck, here, width)

    def _mark_lines(self, width: int) -> Lines:
        if not self.read:
            return ()
        state = self.room.sitting.questions[self.number]
        told = ["⚑ flagged"] if state.flagged else []
        told += [f"how sure: {self.confidence}"] if self.confidence else []
        lines = [Content(""), Content.styled("    " + "  ".join(told), signs.QUIET)] if told else []
        if state.note:
            lines += hanging(Content.styled("    note: ", signs.QUIET), Content(state.note), width)
        return lines

    def _map_lines(self, width: int) -> Lines:
        return map_lines(self.room.sitting.questions, self.room.half_done, self.number, width)

    def show_me(self) -> "Callable[[], Shown | None]":
        """Run it in the room."""
        number = self.number
        return lambda: self.room.show_me(number)

    def run_again(self, wish: "Wish") -> "Callable[[], Rerun | None]":
        """Run it again in the room."""
        number = self.number
        return lambda: self.room.run_again(number, *wish)
