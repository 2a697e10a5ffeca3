"""Sitting a paper: every mark is kept before it is shown, in the order in which the keys were pressed."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tutor.tui import signs
from tutor.tui.screens.asked import AskedPage
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.options import number_word
from tutor.tui.widgets.timer import left

if TYPE_CHECKING:
    from tutor.study.answer import Confidence
    from tutor.tui.background import Failure
    from tutor.usecases.answer_question import Feedback, Question
    from tutor.usecases.exam_room import Room

_CONFIDENCES: tuple["Confidence | None", ...] = (None, "guess", "unsure", "sure")
ROOMY = 72
"""From so many columns on the whole top line has room."""
WARN_AT = (300, 60)
"""Seconds that are left when the sitter is told so."""


class SittingScreen(AskedPage):
    """One sitting. In an exam a number chooses at once; in practice Enter gives the answer, and it is explained."""

    HELP_NOTE = (
        "Everything is saved as you do it: after a crash the exam room offers to go on, and its clock has gone on.\n"
        "An exam gives no feedback before the end and has no pause. Practice explains at once."
    )
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
        Binding("enter", "go_on", "next", id="go_on", tooltip="The next question; in practice, answer first"),
        Binding("f", "flag", "flag", id="flag", tooltip="Flag this question for later, or take the flag away"),
        Binding("m", "map", "map", id="map", tooltip="Walk the map of all questions, and jump"),
        Binding("x", "strike", "strike", id="strike", tooltip="Strike out the option at ▸, or bring it back"),
        Binding("k", "sure", "sure", id="sure", tooltip="Say how sure you are: guess, unsure, sure"),
        Binding("d", "submit", "hand in", id="submit", tooltip="Hand in; blanks are told first"),
        Binding("z", "pause", "pause", id="pause", tooltip="Stop the clock (in practice)"),
        Binding("t", "note", "note", id="note", tooltip="Write a note beside this question"),
        Binding("n", "turn(1)", "next", show=False, id="next", tooltip="The next question"),
        Binding("p", "turn(-1)", "previous", show=False, id="previous", tooltip="The question before"),
    ]

    def __init__(self, room: "Room") -> None:
        super().__init__(room, room.sitting.shown or 0)
        self.practice = room.sitting.mode == "practice"
        self.picked: list[str] = []
        self.wish: Confidence | None = None
        self.ended = False
        self.giving = False
        self._waiting: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()
        self._keys: deque[Callable[[], None]] = deque()
        self._busy = False
        self._warned: set[int] = set()

    # What is shown

    def on_mount(self) -> None:
        """Open the question that was on the screen last; the clock ticks from now."""
        self._say_where()
        self.set_interval(1.0, self._tick)
        self._do(self.room.resume)
        self._open(self.number)

    @property
    def chosen(self) -> list[str]:
        """In practice what is picked and not given yet; else what is kept."""
        kept = self.room.sitting.questions[self.number].chosen
        return self.picked if self.practice and not kept else list(kept)

    @property
    def confidence(self) -> "Confidence | None":
        """How sure: what is kept with the answer, or will be."""
        state = self.room.sitting.questions[self.number]
        return state.confidence if state.chosen else self.wish

    def _tick(self) -> None:
        self._say_where()
        if self.ended:
            return
        if self.room.over:
            self._hand_in()
            return
        seconds = self.room.seconds_left()
        for bound in WARN_AT:
            if seconds is not None and bound - 30 < seconds <= bound and bound not in self._warned:
                self._warned.add(bound)
                self.tell(f"{bound // 60} minute{'s' if bound > 60 else ''} left.")

    def _say_where(self) -> None:
        sitting = self.room.sitting
        place = f"{self.number + 1} of {len(sitting.questions)}"
        where = f"{sitting.paper.name} · question {place} · {sitting.mode}"
        if self.size.width < ROOMY:
            where = f"{place} · {sitting.paper.name}"
        flagged = sum(question.flagged for question in sitting.questions)
        told = f"answered {self.room.answered}" + (f"  ⚑ {flagged}" if flagged else "")
        beside = Content.styled(f"{told}  ", signs.QUIET) + left(self.room.seconds_left())
        self.query_one(TopLine).say(where, beside)

    def redraw(self) -> None:
        """The counts stand in the top line."""
        self._say_where()
        super().redraw()

    def word_for(self, action: str) -> str | None:
        """Enter answers in practice, goes on elsewhere, and hands in at the end."""
        if action != "go_on":
            return super().word_for(action)
        if self.practice and self.feedback is None and self.question is not None:
            return "answer"
        return "hand in" if self._is_last else "next"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No pause in an exam; nothing is chosen after the explanation."""
        if action == "pause":
            return self.practice
        if action in ("choose", "choose_here", "strike", "sure"):
            return self.feedback is None
        return super().check_action(action, parameters)

    @property
    def _is_last(self) -> bool:
        return self.number == len(self.room.sitting.questions) - 1

    # What is done, one after the other

    def _do(self, job: Callable[[], Any], then: Callable[[Any], None] | None = None) -> None:
        """Have ``job`` done after all before it; then ``then`` with its result."""
        self._waiting.append((job, then or (lambda _: self.redraw())))
        self._go_on()

    def _in_turn(self, key: Callable[[], None]) -> None:
        """Have done what a key does when all keys before it had their effect: what it means hangs on them."""
        self._keys.append(key)
        self._go_on()

    def _go_on(self) -> None:
        """The next job; where there is none, the next key."""
        while not self._busy and (self._waiting or self._keys):
            if not self._waiting:
                self._keys.popleft()()
                continue
            self._busy = True
            job, then = self._waiting.popleft()
            self.work(job, partial(self._done, then), self._failed)

    def _done(self, then: Callable[[Any], None], result: Any) -> None:
        then(result)
        self._busy = False
        self._go_on()

    def _failed(self, failure: "Failure") -> None:
        """What is over is handed in at the clock's next tick, also where handing in has just failed.

        Keys that were typed ahead counted on what failed: they are dropped.
        """
        self.ended = self.giving = self._busy = False
        self._keys.clear()
        self.redraw()
        self._go_on()

    def _open(self, number: int) -> None:
        self._do(lambda: self._read(number), lambda read: self._opened(number, *read))

    def _read(self, number: int) -> "tuple[Question | None, Feedback | None]":
        self.room.show(number)
        return self.room.question(number), self.room.feedback(number)

    def _opened(self, number: int, question: "Question | None", feedback: "Feedback | None") -> None:
        if number != self.number or not self.read:
            self.picked, self.wish = [], None
        self.tell("")
        self.turn_to(number, question, feedback)

    # Keys

    def action_choose(self, number: int) -> None:
        """Choose an option, or take it back."""
        self._in_turn(lambda: self._choose(number))

    def _choose(self, number: int) -> None:
        if self.question is None or self.feedback is not None or number > len(self.question.options):
            return
        option_id, at = self.question.options[number - 1].id, self.number
        self.here = number - 1
        self.tell("")
        if self.practice:
            self._pick(option_id)
            self.redraw()
        else:
            wish = self.confidence
            self._do(lambda: self.room.choose(at, option_id, wish))

    def _pick(self, option_id: str) -> None:
        most = self.room.wanted(self.number)
        if option_id in self.picked:
            self.picked.remove(option_id)
        elif most == 1:
            self.picked = [option_id]
        elif len(self.picked) < most:
            self.picked.append(option_id)
        else:
            self.tell(f"Already {number_word(most)} are chosen: take one back first, with its number.")

    def action_choose_here(self) -> None:
        """Choose the option at the cursor."""
        self._in_turn(lambda: self._choose(self.here + 1))

    def action_move(self, by: int) -> None:
        """The cursor before the answer, the text after it."""
        self._in_turn(lambda: super(SittingScreen, self).action_move(by))

    def action_strike(self) -> None:
        """Strike out the option at the cursor, or bring it back; what is struck out is not chosen."""
        self._in_turn(self._strike)

    def _strike(self) -> None:
        if self.question is None:
            return
        option_id, at = self.question.options[self.here].id, self.number
        self.tell("")
        if option_id in self.chosen:
            self._choose(self.here + 1)
        self._do(lambda: self.room.strike(at, option_id))

    def action_sure(self) -> None:
        """Say how sure: guess, unsure, sure, or nothing."""
        self._in_turn(self._be_sure)

    def _be_sure(self) -> None:
        self.tell("")
        following = _CONFIDENCES[(_CONFIDENCES.index(self.confidence) + 1) % len(_CONFIDENCES)]
        self.wish, at = following, self.number
        if self.practice:
            self.redraw()
        else:
            self._do(lambda: self.room.sure(at, following))

    def action_flag(self) -> None:
        """Flag, or take the flag away."""
        self._in_turn(self._flag)

    def _flag(self) -> None:
        self.tell("")
        at = self.number
        self._do(lambda: self.room.flag(at))

    def action_note(self) -> None:
        """Write a note."""
        from tutor.tui.dialogs.note import NoteDialog

        at = self.number

        def keep(note: str | None) -> None:
            if note is not None:
                self._do(lambda: self.room.note(at, note))

        self.app.push_screen(NoteDialog(self.room.sitting.questions[at].note), keep)

    def action_turn(self, by: int) -> None:
        """To a neighbour."""
        self._in_turn(lambda: self._turn_to(self.number + by))

    def _turn_to(self, number: int) -> None:
        if 0 <= number < len(self.room.sitting.questions):
            self._open(number)
        else:
            self.tell("This is the last question; d hands in." if number else "This is the first question.")

    def action_map(self) -> None:
        """Walk the map."""
        from tutor.tui.dialogs.question_map import QuestionMapDialog

        def go(number: int | None) -> None:
            if number is not None and number != self.number:
                self._open(number)

        self.app.push_screen(QuestionMapDialog(self.room.sitting.questions, self.room.half_done, self.number), go)

    def action_go_on(self) -> None:
        """Answer in practice; else the next question, and after the last one the end."""
        if not self.giving:  # a second Enter before the explanation stands there
            self._in_turn(self._next)

    def _next(self) -> None:
        if self.practice and self.feedback is None and self.question is not None:
            self._answer()
        elif self._is_last:
            self.action_submit()
        else:
            self._turn_to(self.number + 1)

    def _answer(self) -> None:
        at, wanted = self.number, self.room.wanted(self.number)
        if len(self.picked) < wanted:
            self.tell(f"Choose {number_word(wanted)} first, with its number; n goes on without an answer.")
            return
        picked, wish, self.giving = tuple(self.picked), self.wish, True
        self._keys.clear()  # the explanation is to be read before anything else is done
        self._do(lambda: self.room.answer(at, picked, wish))
        self._do(lambda: self.room.feedback(at), self._explain)

    def _explain(self, feedback: "Feedback | None") -> None:
        self.feedback, self.giving = feedback, False
        self.redraw()
        self.look_at_feedback()

    # Pauses, and the end

    def action_pause(self) -> None:
        """Stop the clock until Enter."""
        from tutor.tui.dialogs.telling import TellingDialog

        self._do(self.room.pause)
        told = ("The clock stands still.", "Enter lets it go on.")
        self.app.push_screen(TellingDialog("Paused", told), lambda _: self._do(self.room.resume))

    def action_back(self) -> None:
        """Leave: practice pauses, an exam's clock goes on."""
        if self.practice and not self.ended:
            self._do(self.room.pause, lambda _: self.tutor.back())
        else:
            self.tutor.back()

    def action_submit(self) -> None:
        """Hand in, after a warning."""
        from tutor.tui.dialogs.submit import SubmitDialog

        def act(answer: str | None) -> None:
            if answer == "submit":
                self._hand_in()
            elif answer == "blank":
                self._open(min({*self.room.sitting.unanswered, *self.room.half_done}))

        self.app.push_screen(SubmitDialog(self.room.sitting.questions, self.room.half_done), act)

    def _hand_in(self) -> None:
        if not self.ended:
            self.ended = True
            self.tell("Handing in…")
            self._do(self.room.submit, lambda _: self.when_current(self._show_result))

    def _show_result(self) -> None:
        from tutor.tui.screens.exam_result import ExamResultScreen

        self.app.switch_screen(ExamResultScreen(self.room))
