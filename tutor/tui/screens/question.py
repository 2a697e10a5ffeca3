"""Questions, one after another: choose, answer, see every option explained, go on."""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Markdown

from tutor.tui import signs
from tutor.tui.screens.result import Outcome, ResultScreen
from tutor.tui.screens.tried import TriedPage
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.drawing import Drawing, Lines
from tutor.tui.widgets.options import number_word, option_lines, stem_of

if TYPE_CHECKING:
    from tutor.study.answer import Confidence
    from tutor.tui.background import Failure
    from tutor.tui.dialogs.change_settings import Wish
    from tutor.usecases.answer_question import Feedback, Question, Rerun, Shown

_CONFIDENCES: tuple["Confidence | None", ...] = (None, "guess", "unsure", "sure")

Asking = Literal["quiz", "review", "cram"]
CRAMMED = 20
"""Questions of one cramming."""
CRAMMING = "What is least remembered comes first. Nothing of this moves a review or counts for readiness."


class QuestionScreen(TriedPage):
    """A lesson's quiz, or with ``lesson_id`` None today's review or a cramming. ``asked`` asks these and no others."""

    CSS_PATH = "question.tcss"
    HELP_NOTE = "An answer is saved before it is explained. Where a run can show it, s runs it now."
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"choose({number})", show=False) for number in range(1, 7)),
        Binding(
            "space",
            "choose_here",
            "choose",
            key_display="1–6",
            id="choose",
            tooltip="Choose by number, or with Space at ▸; once more takes it back",
        ),
        Binding("enter", "next", "answer", id="go_on", tooltip="Answer; after the explanation, on to the next"),
        Binding("x", "strike", "strike out", id="strike", tooltip="Strike out the option at ▸, or bring it back"),
        Binding("k", "sure", "how sure", id="sure", tooltip="Say how sure you are: guess, unsure, sure"),
        Binding("n", "skip", "skip", id="next", tooltip="On to the next question without an answer"),
    ]

    def __init__(
        self, lesson_id: str | None, asked: tuple[str, ...] | None = None, mode: Literal["review", "cram"] = "review"
    ) -> None:
        super().__init__()
        self.lesson_id = lesson_id
        self.mode: Asking = mode if lesson_id is None else "quiz"
        self.ids = asked
        self.first_told: tuple[str, ...] = ()
        self.outcomes: list[Outcome] = []
        self._forget()

    def _forget(self) -> None:
        self.turn(None, None)
        self.chosen: list[str] = []
        self.struck: set[str] = set()
        self.here = 0
        self.confidence: Confidence | None = None
        self.busy = False
        self.began = monotonic()
        self.seconds = 0.0

    def body(self) -> Iterable[Widget]:
        """The stem, the options, and the explanations when there are some."""
        asked = Vertical(
            Markdown(id="stem"),
            Drawing(self._option_lines, id="options"),
            Drawing(self._sure_lines, id="sure"),
            id="asked",
        )
        yield VerticalScroll(asked, Drawing(self.explanation, id="feedback"), id="sheet", can_focus=False)

    def on_mount(self) -> None:
        """Find out what to ask."""
        self._say_where()
        self.set_interval(1.0, self._say_where)
        self.work(self._find, self._found)

    def _find(self) -> "tuple[tuple[str, ...], tuple[str, ...]]":
        """What to ask, and what to say before."""
        if self.ids is not None:
            return self.ids, ()
        asking, plans = self.parts.answer_question, self.parts.plan_reviews
        if self.lesson_id is not None:
            return asking.quiz(self.lesson_id), ()
        if self.mode == "cram":
            return plans.cram(CRAMMED), (CRAMMING,)
        plan = plans.plan()
        return asking.review(plan.now), plan.told

    def _found(self, found: "tuple[tuple[str, ...], tuple[str, ...]]") -> None:
        self.ids, self.first_told = found
        self._ask()

    def _ask(self) -> None:
        """The next question; after the last one the result."""
        number = len(self.outcomes)
        assert self.ids is not None
        if number >= len(self.ids):
            self.when_current(self._finish)
            return
        self._forget()
        scenario_id = self.ids[number]
        self.work(lambda: self.parts.answer_question.ask(scenario_id), self._show, self._unaskable)

    def _finish(self) -> None:
        self.app.switch_screen(ResultScreen(self.lesson_id, tuple(self.outcomes), self.mode))

    def _unaskable(self, failure: "Failure") -> None:
        """A broken question is told and passed over; Enter goes on."""
        self.busy = False

    def _show(self, question: "Question") -> None:
        self.question = question
        self.began = monotonic()
        self.remove_class("-answered")
        self.query_one("#stem", Markdown).update(stem_of(question.scenario))
        self.query_one("#sheet").scroll_home(animate=False)
        self.tell("\n".join(self.first_told))
        self.first_told = ()
        self.redraw()

    def redraw(self) -> None:
        """Paint everything that may have changed."""
        self._say_where()
        for drawing in self.query(Drawing):
            drawing.again()
        self.refresh_keys()

    def _say_where(self) -> None:
        if self.question is None:
            self.query_one(TopLine).say("Questions")
            return
        if self.feedback is None:
            self.seconds = monotonic() - self.began
        where = f"Question {len(self._answered_before) + 1} of {len(self.ids or ())} · {self._topic} · {self.mode}"
        minutes, seconds = divmod(int(self.seconds), 60)
        self.query_one(TopLine).say(where, Content.styled(f"{minutes:02}:{seconds:02}", signs.QUIET))

    @property
    def _answered_before(self) -> list[Outcome]:
        return self.outcomes[:-1] if self.feedback is not None else self.outcomes

    @property
    def _topic(self) -> str:
        assert self.question is not None
        return self.question.scenario.topic.replace("-", " ").capitalize()

    def _option_lines(self, width: int) -> Lines:
        if self.question is None:
            return ()
        here = self.here if self.feedback is None else -1
        return option_lines(self.question.options, self.chosen, self.struck, here, width)

    def _sure_lines(self, width: int) -> Lines:
        return (Content.styled(f"    how sure: {self.confidence}", signs.QUIET),) if self.confidence else ()

    def word_for(self, action: str) -> str | None:
        """Enter answers, then goes on."""
        if action == "next":
            return "next" if self.feedback is not None or self.question is None else "answer"
        return super().word_for(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Choosing comes before the answer, showing after it."""
        if action in ("choose", "choose_here", "strike", "sure", "skip"):
            return self.feedback is None
        return super().check_action(action, parameters)

    # Choosing

    def action_choose(self, number: int) -> None:
        """Choose an option, or take it back; a single choice replaces the one before."""
        index = number - 1
        if self.question is None or self.feedback is not None or index >= len(self.question.options):
            return
        option_id = self.question.options[index].id
        most = self.question.scenario.choose
        self.here = index
        self.tell("")
        if option_id in self.chosen:
            self.chosen.remove(option_id)
        elif most == 1:
            self.chosen = [option_id]
        elif len(self.chosen) < most:
            self.chosen.append(option_id)
        else:
            self.tell(f"Already {number_word(most)} are chosen: take one back first, with its number.")
        self.struck.discard(option_id)
        self.redraw()

    def action_choose_here(self) -> None:
        """Choose the option at the cursor."""
        self.action_choose(self.here + 1)

    def action_strike(self) -> None:
        """Strike out the option at the cursor, or bring it back."""
        if self.question is not None:
            option_id = self.question.options[self.here].id
            self.struck ^= {option_id}
            self.chosen = [chosen for chosen in self.chosen if chosen != option_id]
            self.redraw()

    def action_sure(self) -> None:
        """Say how sure: guess, unsure, sure, or nothing."""
        self.confidence = _CONFIDENCES[(_CONFIDENCES.index(self.confidence) + 1) % len(_CONFIDENCES)]
        self.redraw()

    # Answering, and going on

    def action_next(self) -> None:
        """Answer; once that is explained, go on."""
        if self.busy or self.ids is None:
            return
        if self.question is None:
            self.action_skip()
        elif self.feedback is not None:
            self._ask()
        elif len(self.chosen) < self.question.scenario.choose:
            need = number_word(self.question.scenario.choose)
            self.tell(f"Choose {need} first, with 1 to {len(self.question.options)}; n goes on without an answer.")
        else:
            self._answer(self.question)

    def _answer(self, question: "Question") -> None:
        self.busy = True
        chosen, milliseconds = tuple(self.chosen), int((monotonic() - self.began) * 1000)
        confidence, mode = self.confidence, self.mode
        self.work(
            lambda: self.parts.answer_question.answer(question, chosen, milliseconds, confidence, mode),
            self._explain,
            self._unaskable,
        )

    def _explain(self, feedback: "Feedback") -> None:
        assert self.question is not None
        self.busy = False
        self.feedback = feedback
        self.outcomes.append(Outcome(self.question.scenario, feedback.answer.correct, self.confidence))
        self.add_class("-answered")
        self.redraw()
        self.look_at_feedback()

    def action_skip(self) -> None:
        """On without an answer; nothing is stored."""
        if self.ids is not None and len(self.outcomes) < len(self.ids):
            self.outcomes.append(Outcome(self.question.scenario if self.question else None, None, None))
            self._ask()

    def show_me(self) -> "Callable[[], Shown | None]":
        """Run it now."""
        question = self.question
        return lambda: self.parts.answer_question.show_me(question) if question is not None else None

    def run_again(self, wish: "Wish") -> "Callable[[], Rerun | None]":
        """Run it with other settings."""
        question = self.question
        return lambda: self.parts.answer_question.run_again(question, *wish) if question is not None else None
