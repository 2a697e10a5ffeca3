"""A page that shows one question of a sitting: stem, options, marks, and the explanations where they are allowed."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Markdown

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.widgets.drawing import Drawing, Lines, hanging
from tutor.tui.widgets.options import feedback_lines, number_word, option_lines
from tutor.tui.widgets.question_map import map_lines

if TYPE_CHECKING:
    from tutor.study.answer import Confidence
    from tutor.tui.background import Failure
    from tutor.usecases.answer_question import Feedback, Question, Shown
    from tutor.usecases.exam_room import Room

CHANGED = "This question was changed since the paper was composed. It counts nothing; go on with n."


class AskedPage(Page):
    """The base of sitting a paper and of looking back at it. ``number`` counts from 0."""

    CSS_PATH = "asked.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "show", "show me", id="show", tooltip="Run it now and see what is observed"),
        Binding("o", "claim", "claim", id="open", tooltip="Open a claim that this question asks"),
        Binding("down,j", "move(1)", "down", show=False, tooltip="The next option; after the answer, scroll"),
        Binding("up", "move(-1)", "up", show=False, tooltip="The option before; after the answer, scroll"),
        Binding("pagedown", "page(1)", "page down", show=False, tooltip="Scroll by a page"),
        Binding("pageup", "page(-1)", "page up", show=False, tooltip="Scroll by a page"),
    ]

    def __init__(self, room: "Room", number: int) -> None:
        super().__init__()
        self.room = room
        self.number = number
        self.question: Question | None = None
        self.feedback: Feedback | None = None
        self.shown: Shown | None = None
        self.read = False
        self.running = False
        self.here = 0

    def body(self) -> Iterable[Widget]:
        """The question; where there is room, the map beside it."""
        asked = Vertical(
            Markdown(id="stem"),
            Drawing(self._option_lines, id="options"),
            Drawing(self._mark_lines, id="marks"),
            id="asked",
        )
        yield VerticalScroll(asked, Drawing(self._feedback_lines, id="feedback"), id="sheet", can_focus=False)
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
        self.number, self.question, self.feedback, self.shown = number, question, feedback, None
        self.read, self.here = True, 0
        self.query_one("#stem", Markdown).update(self._stem())
        self.query_one("#sheet").scroll_home(animate=False)
        self.redraw()

    def redraw(self) -> None:
        """Paint everything that may have changed."""
        self.set_class(self.feedback is not None, "-answered")
        for drawing in self.query(Drawing):
            drawing.refresh(layout=True)
        self.refresh_keys()

    def _stem(self) -> str:
        if self.question is None:
            return CHANGED
        stem = self.question.scenario.stem
        choose = f"Choose {number_word(self.question.scenario.choose)}"
        said = choose.lower() in stem.lower() or self.question.scenario.choose == 1
        return stem if said else f"{stem}\n\n**{choose}.**"

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

    def _feedback_lines(self, width: int) -> Lines:
        return feedback_lines(self.feedback, self.shown, width) if self.feedback is not None else ()

    def _map_lines(self, width: int) -> Lines:
        return map_lines(self.room.sitting.questions, self.room.half_done, self.number, width)

    def action_move(self, by: int) -> None:
        """The cursor before the answer, the text after it."""
        if self.feedback is not None or self.question is None:
            self.query_one("#sheet").scroll_relative(y=by, animate=False)
        else:
            self.here = (self.here + by) % len(self.question.options)
            self.redraw()

    def action_page(self, by: int) -> None:
        """Scroll by a page."""
        sheet = self.query_one("#sheet")
        sheet.scroll_relative(y=by * max(1, sheet.size.height - 2), animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is shown or told before the answer."""
        return self.feedback is not None if action in ("show", "claim") else True

    def action_show(self) -> None:
        """Run the experiment now."""
        if self.question is None or self.running:
            return
        if self.question.scenario.experiment is None:
            self.tell("No run decides this one: it is known by its source.")
            return
        number, self.running = self.number, True
        self.tell("Running it now…")
        self.work(lambda: self.room.show_me(number), lambda shown: self._show_shown(number, shown), self._not_shown)

    def _show_shown(self, number: int, shown: "Shown | None") -> None:
        self.running = False
        if number == self.number:
            self.shown = shown
            self.tell("")
            self.redraw()
            self.call_after_refresh(self.query_one("#sheet").scroll_end, animate=False)

    def _not_shown(self, failure: "Failure") -> None:
        self.running = False

    def action_claim(self) -> None:
        """Open one of the question's claims."""
        if self.question is not None:
            self.tutor.open_claims(self.question.scenario.claims)
