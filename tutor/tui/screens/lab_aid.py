"""What helps in a lab: hints one at a time, the solution, a reset that can be undone, the lesson and the claims."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tutor.tui.screens.paned import PanedPage
from tutor.tui.steps import entry_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.usecases.run_lab import LabState


class LabAid(PanedPage):
    """The base of the lab's screen: everything that is asked for and not done by oneself."""

    TABS: ClassVar[tuple[str, ...]] = ("task",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,f2", "hint", "hint", id="hint", tooltip="One hint; h again in it shows one more"),
        Binding(
            "S", "solution", "solution", show=False, id="solution", tooltip="A solution; before a pass it is marked"
        ),
        Binding("z", "reset", "reset", show=False, id="reset", tooltip="Put the starter back; u undoes it"),
        Binding("u", "undo", "undo reset", id="undo", tooltip="Bring back what the last reset put aside"),
        Binding("l", "lesson", "lesson", show=False, id="lesson", tooltip="Look at the lesson again"),
        Binding("o", "claim", "claims", show=False, id="open", tooltip="Open a claim that this lab is about"),
    ]

    def __init__(self, lab_id: str) -> None:
        super().__init__()
        self.lab_id = lab_id
        self.state: LabState | None = None

    def show_state(self, state: "LabState") -> None:
        """The copy as it is now."""
        raise NotImplementedError

    def stand(self, state: "LabState") -> None:
        """Where the learner stands; the files are as they were."""
        raise NotImplementedError

    def save(self) -> None:
        """Write what was typed."""
        raise NotImplementedError

    def action_hint(self) -> None:
        """The hints so far; the first one where there is none yet."""
        if self.state is not None and self.state.lab.hints:
            self._hints(one_more=self.state.hints_shown == 0)

    def _hints(self, one_more: bool) -> None:
        def read() -> "tuple[tuple[str, ...], LabState]":
            if one_more:
                self.parts.run_lab.next_hint(self.lab_id)
            return self.parts.run_lab.hints(self.lab_id), self.parts.run_lab.open(self.lab_id)

        self.work(read, self._show_hints)

    def _show_hints(self, read: "tuple[tuple[str, ...], LabState]") -> None:
        from tutor.tui.dialogs.reading import ReadingDialog

        hints, state = read
        self.stand(state)
        total = len(state.lab.hints)
        text = "\n\n".join(f"**{number} of {total}** · {hint}" for number, hint in enumerate(hints, 1))
        dialog = ReadingDialog("Hints", text, more=len(hints) < total)
        self.when_current(lambda: self.app.push_screen(dialog, self._after_hints))

    def _after_hints(self, more: bool | None) -> None:
        if more:
            self._hints(one_more=True)

    def action_solution(self) -> None:
        """A solution: at once after a pass, else after a question."""
        from tutor.tui.dialogs.confirm import ConfirmDialog

        if self.state is None:
            return
        if self.state.passed or self.state.solution_shown:
            self._solution(True)
            return
        sentence = "You have not passed yet. You can see a solution; the lab is then marked as *solution seen*."
        self.app.push_screen(ConfirmDialog("See the solution?", sentence), self._solution)

    def _solution(self, yes: bool | None) -> None:
        def read() -> "tuple[Mapping[str, str], LabState]":
            return self.parts.run_lab.solution(self.lab_id), self.parts.run_lab.open(self.lab_id)

        if yes:
            self.work(read, self._show_solution)

    def _show_solution(self, read: "tuple[Mapping[str, str], LabState]") -> None:
        from tutor.tui.dialogs.solution import SolutionDialog

        files, state = read
        self.stand(state)
        self.when_current(lambda: self.app.push_screen(SolutionDialog(files)))

    def action_reset(self) -> None:
        """Put the starter back, after a question."""
        from tutor.tui.dialogs.confirm import ConfirmDialog

        self.save()
        sentence = "Your copy is put aside and the starter comes back. `u` brings your copy back."
        self.app.push_screen(ConfirmDialog("Reset this lab?", sentence), self._reset)

    def _reset(self, yes: bool | None) -> None:
        if yes:
            self.work(lambda: self.parts.run_lab.reset(self.lab_id), self.show_state)

    def action_undo(self) -> None:
        """Bring back what the last reset put aside."""
        self.save()
        self.work(lambda: self.parts.run_lab.undo_reset(self.lab_id), self.show_state)

    def action_lesson(self) -> None:
        """Look at the lesson; Esc comes back here."""
        from tutor.tui.screens.lesson import LessonScreen

        entry = entry_of(self.tutor.course, self.lab_id)
        if entry is not None:
            self.app.push_screen(LessonScreen(entry.id, look=True))

    def action_claim(self) -> None:
        """Open one of the lab's claims."""
        if self.state is not None:
            self.tutor.open_claims(self.state.lab.claims)
