"""The result of a quiz or a review: what was right, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.drawing import Drawing, Lines, hanging

if TYPE_CHECKING:
    from tutor.study.answer import Confidence
    from tutor.study.progress import NextStep
    from tutor.study.scenario import Scenario


@dataclass(frozen=True)
class Outcome:
    """One question of a sitting. ``right`` is None where it was skipped, ``scenario`` where it could not be asked."""

    scenario: "Scenario | None"
    right: bool | None
    confidence: "Confidence | None"


class ResultScreen(Page):
    """What came of the questions; Enter does the next step."""

    CSS_PATH = "result.tcss"
    HELP_NOTE = signs.LEGEND
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,n", "next", "go on", id="go_on", tooltip="On to the next step"),
        Binding("a", "again", "ask the wrong ones again", id="again", tooltip="Ask what was wrong or skipped again"),
        Binding("o", "claim", "claims", id="open", tooltip="Open a claim of what was wrong, or of all"),
    ]

    def __init__(
        self, lesson_id: str | None, outcomes: tuple[Outcome, ...], mode: Literal["quiz", "review", "cram"] = "quiz"
    ) -> None:
        super().__init__()
        self.lesson_id = lesson_id
        self.mode = mode
        self.outcomes = outcomes
        self.step: NextStep | None = None

    def body(self) -> Iterable[Widget]:
        """The list, and the next step."""
        yield VerticalScroll(Drawing(self._lines, id="result"), id="sheet", can_focus=False)

    def on_mount(self) -> None:
        """Ask for the next step."""
        self.query_one(TopLine).say(f"Result · {self.mode}")
        self.work(self._next_step, self._show_step)

    def _next_step(self) -> "NextStep":
        if self.lesson_id is None:
            return self.parts.see_progress.overview().next_step
        return self.parts.see_progress.after("quiz", self.lesson_id)

    def _show_step(self, step: "NextStep") -> None:
        self.step = step
        self.query_one("#result", Drawing).refresh(layout=True)
        self.refresh_keys()

    @property
    def missed(self) -> tuple["Scenario", ...]:
        """What was answered wrong or skipped."""
        return tuple(outcome.scenario for outcome in self.outcomes if outcome.scenario and not outcome.right)

    def _lines(self, width: int) -> Lines:
        if not self.outcomes:
            told = " There was nothing to ask." if self.mode != "review" else " Nothing is left to review today."
            return Content(told).wrap(width)
        right = sum(1 for outcome in self.outcomes if outcome.right)
        lines = [Content.styled(f" {right} of {len(self.outcomes)} right", signs.STRONG), Content("")]
        for outcome in self.outcomes:
            lines += _outcome_lines(outcome, width)
        sure = sum(1 for outcome in self.outcomes if outcome.right is False and outcome.confidence == "sure")
        if sure:
            lines += [Content(""), *Content(f" Sure but wrong: {sure}. Open these claims with o.").wrap(width)]
        if self.step is not None:
            lines += [Content(""), *self._step_lines(self.step, width)]
        return lines

    def _step_lines(self, step: "NextStep", width: int) -> Lines:
        verb = Content.styled(f" {signs.HERE} {step.verb}: ", f"bold {signs.ACT}")
        return hanging(verb, Content(step.title), width) if step.title else ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is asked again where nothing was missed."""
        return bool(self.missed) if action == "again" else True

    def action_next(self) -> None:
        """Do the next step."""
        if self.step is not None:
            self.go(self.step)
        else:
            self.action_back()

    def action_again(self) -> None:
        """Ask what was missed again."""
        from tutor.tui.screens.question import QuestionScreen

        mode: Literal["review", "cram"] = "cram" if self.mode == "cram" else "review"
        again = QuestionScreen(self.lesson_id, tuple(scenario.id for scenario in self.missed), mode)
        self.app.switch_screen(again)

    def action_claim(self) -> None:
        """Open a claim of what was missed; where nothing was, of anything that was asked."""
        scenarios = self.missed or tuple(outcome.scenario for outcome in self.outcomes if outcome.scenario)
        claims = dict.fromkeys(claim for scenario in scenarios for claim in scenario.claims)
        self.tutor.open_claims(tuple(claims))


def _outcome_lines(outcome: Outcome, width: int) -> Lines:
    sign, style = {True: ("✓", signs.HOLDS), False: ("✗", signs.FAILED), None: ("–", signs.QUIET)}[outcome.right]
    if outcome.scenario is None:
        return (Content.styled(" – this question could not be asked", signs.QUIET),)
    claims = Content.styled(f"  {', '.join(outcome.scenario.claims)}", signs.QUIET)
    skipped = Content.styled("  skipped", signs.QUIET) if outcome.right is None else Content("")
    return hanging(
        Content.styled(f" {sign} ", f"bold {style}"), Content(outcome.scenario.title) + skipped + claims, width
    )
