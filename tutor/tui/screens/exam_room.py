"""The exam room: sittings to go on with, papers to choose from, and what the bank lacks for each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.column import Column
from tutor.tui.widgets.drawing import Drawing, Lines, hanging, spread
from tutor.tui.widgets.timer import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.study.paper import Paper
    from tutor.study.sitting import SittingMode
    from tutor.tui.background import Failure
    from tutor.usecases.exam_offers import Choice, ExamOffers, Offer
    from tutor.usecases.exam_room import Room

PAINTED = 0.05
"""Seconds after which a frame has surely left for the terminal: the database is opened only then."""
RULES: "Mapping[SittingMode, str]" = {
    "exam": "Exam: no feedback before the end, no pause; the clock goes on whatever happens.",
    "practice": "Practice: every answer is explained at once; z stops the clock.",
}


@dataclass(frozen=True)
class Row:
    """One line of the list. ``told`` are sentences about it; ``item`` is what Enter opens."""

    kind: Literal["sitting", "offer", "choice", "history", "plan", "cram"]
    title: str
    note: str
    told: tuple[str, ...] = ()
    item: "Room | Offer | None" = None


@dataclass(frozen=True)
class Found:
    """Everything that the room shows."""

    offers: "ExamOffers"
    rows: tuple[Row, ...]
    topics: "Mapping[str, int]"


class ExamRoomScreen(Page):
    """Choose a paper; the cursor begins at the one named ``paper``.

    ``mode`` None: each paper in the mode that it is offered in.
    """

    CSS_PATH = "exam_room.tcss"
    HELP_NOTE = "A paper is composed anew each time. What the bank lacks for it is said before it begins."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "begin", id="go_on", tooltip="Compose this paper, or go on with this sitting"),
        Binding("m", "mode", "exam or practice", id="mode", tooltip="Sit it as an exam, or as practice"),
        Binding("c", "choose", "choose", id="choice", tooltip="Choose topics, claims, difficulty, number and time"),
        Binding("b", "history", "before", id="history", tooltip="What was handed in before, as a list and a plot"),
        Binding("d", "plan", "plan", id="plan", tooltip="The exam's day, a daily cap, and what to review on which day"),
        Binding("k", "cram", "cram", id="cram", tooltip="Ask what is least remembered; the plan stays as it is"),
        Binding("down,j", "move(1)", "down", show=False, tooltip="The row below"),
        Binding("up", "move(-1)", "up", show=False, tooltip="The row above"),
    ]

    def __init__(self, paper: str = "", mode: "SittingMode | None" = None) -> None:
        super().__init__()
        self.found: Found | None = None
        self.here = 0
        self.paper = paper
        self.mode = mode
        self.choice: Choice | None = None
        self.busy = False

    def body(self) -> Iterable[Widget]:
        """The list, and what there is to say of the row at hand."""
        yield Column(self._list_lines, id="list")
        yield Drawing(self._told_lines, id="told")

    def on_mount(self) -> None:
        """Say where, then look."""
        self.query_one(TopLine).say("Exam room")
        self._look()

    def on_screen_resume(self) -> None:
        """A sitting may have been left or handed in."""
        super().on_screen_resume()
        if self.found is not None:
            self._look()

    def _look(self) -> None:
        """What can be sat first, which needs no database; then what was begun."""
        self.work(self._find, self._show)

    def _find(self) -> Found:
        from tutor.usecases.exam_offers import ExamOffers

        offers = ExamOffers(self.parts.sit_exam)
        rows = (
            *(_of_offer(offer) for offer in offers.all()),
            Row("choice", "Free choice…", "c", ("Choose topics, claims, difficulty, number of questions and time.",)),
            Row("cram", "Cram", "k", ("What is least remembered, explained at once. It moves no review.",)),
            Row("plan", "Plan of reviews", "d", ("The exam's day, a daily cap, and what to review on which day.",)),
            Row("history", "Past sittings", "b", ("What was handed in, as a list and a plot.",)),
        )
        return Found(offers, (*self._begun, *rows), offers.topics)

    def _show(self, found: Found) -> None:
        self.found = found
        if self.paper:
            named = (at for at, row in enumerate(found.rows) if getattr(row.item, "name", "") == self.paper)
            self.here = next(named, self.here)
        self._redraw()
        if self.tutor.opening == "exam":
            self.set_timer(PAINTED, self._look_for_begun)
        else:
            self._look_for_begun()

    def _look_for_begun(self) -> None:
        self.work(self._find_begun, lambda found: self._show_begun(*found), self._no_memory)

    def _no_memory(self, failure: "Failure") -> None:
        """Where the tutor opened in this room, nothing could be kept: it leaves, as home would."""
        from tutor.errors import UsageError

        opened_here = self.tutor.opening == "exam"
        self.tutor.started()
        if opened_here and isinstance(failure.error, UsageError):
            self.tutor.refuse(failure.error)

    @property
    def _begun(self) -> tuple[Row, ...]:
        """The sittings to go on with, as far as they are known."""
        return tuple(row for row in self.found.rows if row.kind == "sitting") if self.found is not None else ()

    def _find_begun(self) -> tuple[tuple[Row, ...], tuple[str, ...]]:
        """What was begun, and sentences about what the clock handed in meanwhile."""
        from tutor.tui.own_folder import demand_own_folder
        from tutor.usecases.sit_exam import ran_out

        if self.tutor.opening == "exam":
            demand_own_folder()
        exam = self.parts.sit_exam
        begun = tuple(_of_sitting(exam.room(record.begun.id)) for record in exam.unfinished())
        return begun, tuple(ran_out(room) for room in exam.ended())

    def _show_begun(self, begun: tuple[Row, ...], ended: tuple[str, ...]) -> None:
        """They come on top; the cursor stays on its row, or goes to the first of them where it was not moved."""
        if self.found is None:
            return
        before, moved = self._begun, self.here > 0 or bool(self.paper)
        self.paper = ""
        rest = self.found.rows[len(before) :]
        self.found = Found(self.found.offers, (*begun, *rest), self.found.topics)
        at = self.here + len(begun) - len(before) if moved else 0
        if ended:
            self.tell("\n".join([*ended, "b shows what it came to."]))
        self.here = max(0, min(at, len(self.found.rows) - 1))
        self._redraw()
        self.tutor.started()

    def _redraw(self) -> None:
        self.query_one("#list", Column).look_at(self.here)
        self.query_one("#told", Drawing).refresh(layout=True)
        self.refresh_keys()

    @property
    def row(self) -> Row | None:
        """The row at hand."""
        return self.found.rows[self.here] if self.found is not None else None

    def mode_of(self, row: Row) -> "SittingMode":
        """How the paper of this row would be sat."""
        offered: SittingMode = getattr(row.item, "mode", "practice")
        return self.mode or offered

    def _list_lines(self, width: int) -> Lines:
        if self.found is None:
            return (Content.styled(" …", signs.QUIET),)
        return [self._line(index, row, width) for index, row in enumerate(self.found.rows)]

    def _line(self, index: int, row: Row, width: int) -> Content:
        here = index == self.here
        pointer = Content.styled(f"{signs.HERE} " if here else "  ", signs.ACT)
        begun = Content.styled("◐ Go on: ", f"bold {signs.ACT}") if row.kind == "sitting" else Content("")
        title = Content.styled(row.title, signs.STRONG if here else "")
        return spread(pointer + begun + title, Content.styled(f"{row.note} ", signs.QUIET), width)

    def _told_lines(self, width: int) -> Lines:
        row = self.row
        if row is None:
            return ()
        lines = [line for told in row.told for line in hanging(Content("  "), Content(told), width)]
        if row.kind in ("offer", "choice"):
            lines += hanging(Content("  "), Content.styled(RULES[self.mode_of(row)], signs.QUIET), width)
        return lines

    def word_for(self, action: str) -> str | None:
        """Enter goes on with a sitting, opens a list, or begins a paper."""
        words = {"sitting": "go on", "history": "open", "plan": "open", "cram": "cram", "choice": "choose"}
        return words.get(self.row.kind) if action == "open" and self.row is not None else None

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self.found is not None:
            self.here = max(0, min(len(self.found.rows) - 1, self.here + by))
            self.tell("")
            self._redraw()

    def action_mode(self) -> None:
        """Exam or practice, for what is begun from here."""
        if self.row is not None and self.row.kind in ("offer", "choice"):
            self.mode = "practice" if self.mode_of(self.row) == "exam" else "exam"
            self._redraw()

    def action_open(self) -> None:
        """Do what the cursor points at."""
        row = self.row
        if row is None or self.busy:
            return
        opens = {
            "history": self.action_history,
            "choice": self.action_choose,
            "plan": self.action_plan,
            "cram": self.action_cram,
        }
        if row.kind in opens:
            opens[row.kind]()
        elif row.kind == "sitting":
            self._sit(row.item)  # type: ignore[arg-type]
        elif not getattr(row.item, "there", 0):
            self.tell("The bank has no question for this one yet.")
        else:
            offers, name = self._offers, getattr(row.item, "name", "")
            self._make(lambda: offers.paper(name), self.mode_of(row))

    @property
    def _offers(self) -> "ExamOffers":
        assert self.found is not None
        return self.found.offers

    def action_choose(self) -> None:
        """A free choice."""
        from tutor.tui.dialogs.free_choice import FreeChoiceDialog
        from tutor.usecases.exam_offers import Choice

        if self.found is None or self.busy:
            return
        offers, mode = self._offers, self.mode or "practice"

        def choose(choice: "Choice | None") -> None:
            if choice is not None:
                self.choice = choice
                self._make(lambda: offers.chosen(choice), mode)

        self.app.push_screen(FreeChoiceDialog(self.found.topics, self.choice or Choice()), choose)

    def action_history(self) -> None:
        """What was handed in."""
        from tutor.tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen())

    def action_plan(self) -> None:
        """The plan of reviews."""
        from tutor.tui.screens.plan import PlanScreen

        self.app.push_screen(PlanScreen())

    def action_cram(self) -> None:
        """What is least remembered."""
        from tutor.tui.screens.question import QuestionScreen

        self.app.push_screen(QuestionScreen(None, mode="cram"))

    # Beginning

    def _make(self, compose: "Callable[[], Paper]", mode: "SittingMode") -> None:
        self.busy = True
        self.work(compose, lambda paper: self._ask(paper, mode), lambda _: self._free())

    def _ask(self, paper: "Paper", mode: "SittingMode") -> None:
        """What the paper is, and what the bank lacks for it, before it begins."""
        from tutor.tui.dialogs.telling import TellingDialog

        time = f"{paper.minutes} minutes" if paper.minutes else "no time limit"
        count = len(paper.questions)
        told = [f"**{count} question{'' if count == 1 else 's'}**, {time}.", *self._offers.shortages(paper)]
        told += ["", RULES[mode], "A blank counts as wrong, a wrong answer no more than that: guess rather than leave."]

        def begin(yes: bool | None) -> None:
            self._free()
            if yes:
                self._begin(paper, mode)

        self.app.push_screen(TellingDialog(f"{paper.name} · {mode}", told), begin)

    def _begin(self, paper: "Paper", mode: "SittingMode") -> None:
        self.busy = True
        self.tell("Composing the paper…")
        exam = self.parts.sit_exam
        self.work(lambda: exam.begin(paper, mode), self._sit, lambda _: self._free())

    def _free(self) -> None:
        self.busy = False

    def _sit(self, room: "Room") -> None:
        from tutor.tui.screens.sitting import SittingScreen

        self._free()
        self.tell("")
        self.here = 0
        self.when_current(lambda: self.app.push_screen(SittingScreen(room)))


def _of_sitting(room: "Room") -> Row:
    sitting, seconds = room.sitting, room.seconds_left()
    left = f" · {clock(seconds)} left" if seconds is not None else ""
    begun = f"Begun {sitting.begun.astimezone():%d %b %H:%M}, as {sitting.mode}."
    goes_on = "Its clock stands." if sitting.phase.value == "paused" else "Its clock has gone on."
    told = (begun, goes_on if seconds is not None else "Nothing limits its time.")
    return Row("sitting", sitting.paper.name, f"{room.answered} of {len(sitting.questions)} answered{left}", told, room)


def _of_offer(offer: "Offer") -> Row:
    time = f"{offer.minutes} min" if offer.minutes else "no limit" if offer.there else "–"
    count = f"{offer.there}" if offer.there == offer.wanted else f"{offer.there} of {offer.wanted}"
    return Row("offer", offer.title, f"{count} questions · {time}", offer.told, offer)
