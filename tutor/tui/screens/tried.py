"""A page with a question that can be tried out once it is answered: run it, change a setting, run it again."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.widgets.drawing import Drawing, Lines, hanging
from tutor.tui.widgets.options import feedback_lines
from tutor.tui.widgets.tried import rerun_lines, shown_lines

if TYPE_CHECKING:
    from tutor.tui.background import Failure
    from tutor.tui.dialogs.change_settings import Wish
    from tutor.usecases.answer_question import Feedback, Question, Rerun, Shown

BY_SOURCE = "No run decides this question: it is known by its source."
GOING_ON = ("go_on", "next", "turn(1)")
TRYING = ("show", "change", "claim")


class TriedPage(Page):
    """The base of pages that explain a question: ``question`` is on the screen, ``feedback`` its explanation."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "show", "show me", id="show", tooltip="Run it now and see what is observed"),
        Binding("c", "change", "change it", id="change", tooltip="Change a setting of its situation, and run it again"),
        Binding("o", "claim", "claim", id="open", tooltip="Open a claim that this question asks"),
        Binding("down,j", "move(1)", "down", show=False, tooltip="The next option; after the answer, scroll"),
        Binding("up", "move(-1)", "up", show=False, tooltip="The option before; after the answer, scroll"),
        Binding("pagedown", "page(1)", "page down", show=False, tooltip="Scroll by a page"),
        Binding("pageup", "page(-1)", "page up", show=False, tooltip="Scroll by a page"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.here = 0
        self.turn(None, None)

    def turn(self, question: "Question | None", feedback: "Feedback | None") -> None:
        """Another question, of which nothing was run yet."""
        self.question = question
        self.feedback = feedback
        self.shown: Shown | None = None
        self.reruns: list[Rerun] = []
        self.running = False

    def redraw(self) -> None:
        """Paint everything that may have changed."""
        raise NotImplementedError

    def show_me(self) -> "Callable[[], Shown | None]":
        """The job that runs this question's experiment."""
        raise NotImplementedError

    def run_again(self, wish: "Wish") -> "Callable[[], Rerun | None]":
        """The job that runs it with other settings."""
        raise NotImplementedError

    @property
    def numbers(self) -> Mapping[str, str]:
        """Each option's number on the screen."""
        options = self.question.options if self.question is not None else ()
        return {option.id: str(number) for number, option in enumerate(options, 1)}

    def explanation(self, width: int) -> Lines:
        """Every option explained, then what was run."""
        if self.feedback is None:
            return ()
        lines = list(feedback_lines(self.feedback, width))
        if not self._runs:
            lines += hanging(Content("   "), Content.styled(BY_SOURCE, signs.QUIET), width)
        if self.shown is not None:
            lines += [Content(""), *shown_lines(self.shown, self.numbers, width)]
        for rerun in self.reruns:
            lines += [Content(""), *rerun_lines(rerun, self.numbers, width)]
        return lines

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is run or told before the answer; a fact is not run at all."""
        if action in ("show", "change"):
            return self.feedback is not None and self._runs
        return self.feedback is not None if action == "claim" else True

    @property
    def _runs(self) -> bool:
        """Whether an experiment decides this question."""
        return self.question is not None and self.question.scenario.experiment is not None

    def _in_order(self, actions: Iterable[str]) -> list[str]:
        """After the answer, what can be tried comes right behind Enter."""
        in_order = super()._in_order(actions)
        if self.feedback is None:
            return in_order
        return sorted(in_order, key=lambda action: (action not in GOING_ON, action not in TRYING))

    def word_for(self, action: str) -> str | None:
        """Once it has run, ``c`` runs it again."""
        return "change it, run again" if action == "change" and self.shown is not None else None

    # Looking

    def action_page(self, by: int) -> None:
        """Scroll by a page."""
        sheet = self.query_one("#sheet")
        sheet.scroll_relative(y=by * max(1, sheet.size.height - 2), animate=False)

    def action_move(self, by: int) -> None:
        """The cursor before the answer, the text after it."""
        if self.feedback is not None or self.question is None:
            self.query_one("#sheet").scroll_relative(y=by, animate=False)
        else:
            self.here = (self.here + by) % len(self.question.options)
            self.redraw()

    def look_at_feedback(self) -> None:
        """Bring the explanations into sight, once they have been laid out."""
        if not self.has_class("-wide"):
            self.set_timer(0.05, lambda: self._bring_into_sight(self.query_one("#feedback").virtual_region.y))

    def _look_at_line(self, line: int) -> None:
        """Bring a line of the explanations into sight."""
        feedback = self.query_one("#feedback", Drawing)
        self.set_timer(0.05, lambda: self._bring_into_sight(feedback.virtual_region.y + line))

    def _bring_into_sight(self, y: int) -> None:
        self.query_one("#sheet").scroll_to(y=y, animate=False, force=True)

    def action_claim(self) -> None:
        """Open one of the question's claims."""
        if self.question is not None:
            self.tutor.open_claims(self.question.scenario.claims)

    # Running

    def action_show(self) -> None:
        """Run the experiment now."""
        self._run_now(lambda: None)

    def _run_now(self, then: Callable[[], None]) -> None:
        asked = self.question
        if asked is None or self.running:
            return
        self._begin()
        self.work(self.show_me(), lambda shown: self._has_run(asked, shown, then), self._ended)

    def _has_run(self, asked: "Question", shown: "Shown | None", then: Callable[[], None]) -> None:
        if asked is self.question:
            line = self._lines_so_far(without_runs=True)
            self.shown, self.reruns = shown, []
            self._end(line)
            then()

    def action_change(self) -> None:
        """Run it where it was not run yet, which finds its settings; then ask which of them are to be otherwise."""
        if self.shown is None:
            self._run_now(self._ask_settings)
        elif not self.running:
            self._ask_settings()

    def _ask_settings(self) -> None:
        from tutor.tui.dialogs.change_settings import ChangeSettingsDialog

        asked, shown = self.question, self.shown
        if asked is None or shown is None or not any(shown.settings.values()):
            self.tell("Nothing in its situation can be changed from here.")
            return

        def go(wish: "Wish | None") -> None:
            if wish is not None and asked is self.question:
                self._begin()
                self.work(self.run_again(wish), lambda rerun: self._ran(asked, rerun), self._ended)

        last = self.reruns[-1].option_id if self.reruns else self._chosen_first
        self.app.push_screen(ChangeSettingsDialog(shown.settings, self.numbers, last), go)

    @property
    def _chosen_first(self) -> str:
        return next((one for one in (self.feedback.answer.chosen if self.feedback else ())), "")

    def _ran(self, asked: "Question", rerun: "Rerun | None") -> None:
        if asked is self.question:
            line = self._lines_so_far()
            self.reruns += [rerun] if rerun is not None else []
            self._end(line)

    def _begin(self) -> None:
        self.running = True
        self.tell("Running it now…")

    def _end(self, line: int) -> None:
        self.running = False
        self.tell("")
        self.redraw()
        self._look_at_line(line)

    def _ended(self, failure: "Failure") -> None:
        """What went wrong has been told."""
        self.running = False

    def _lines_so_far(self, without_runs: bool = False) -> int:
        if without_runs:
            self.shown, self.reruns = None, []
        return len(self.explanation(self.query_one("#feedback", Drawing).content_size.width))
