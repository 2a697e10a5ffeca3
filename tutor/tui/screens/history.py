"""The sittings that were handed in, as a list and as a plot."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.column import Column
from tutor.tui.widgets.drawing import Drawing, Lines, spread
from tutor.tui.widgets.score_bar import standing_bars

if TYPE_CHECKING:
    from tutor.study.result import Result
    from tutor.usecases.exam_room import Room

PLOT_ROWS = 5


@dataclass(frozen=True)
class PastSitting:
    """A sitting with what it came to."""

    room: "Room"
    result: "Result"

    @property
    def share(self) -> float:
        """The share of right answers, 0 where nothing was asked."""
        return self.result.raw.right / self.result.raw.asked if self.result.raw.asked else 0.0

    @property
    def pass_share(self) -> float | None:
        """The raw share that the exam's pass mark stands for, by the estimate; None without one."""
        blueprint = self.room.blueprint
        if blueprint is None:
            return None
        least, most = blueprint.scale
        return (blueprint.pass_mark - least) / (most - least)


class HistoryScreen(Page):
    """The last sitting first; Enter opens its result."""

    CSS_PATH = "history.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "look at it", id="go_on", tooltip="Open the result of this sitting"),
        Binding("down,j", "move(1)", "down", show=False, tooltip="An older one"),
        Binding("up,k", "move(-1)", "up", show=False, tooltip="A newer one"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.past: tuple[PastSitting, ...] | None = None
        self.here = 0

    def body(self) -> Iterable[Widget]:
        """The plot above the list."""
        yield Drawing(self._plot_lines, id="plot")
        yield Column(self._list_lines, id="list")

    def on_mount(self) -> None:
        """Read them."""
        self.query_one(TopLine).say("Exam room · past sittings")
        self.work(self._find, self._found)

    def _find(self) -> tuple[PastSitting, ...]:
        return tuple(PastSitting(room, room.result()) for room in self.parts.sit_exam.history())

    def _found(self, past: tuple[PastSitting, ...]) -> None:
        self.past = past
        self.here = len(past) - 1
        self._redraw()

    def _redraw(self) -> None:
        self.query_one("#plot", Drawing).refresh(layout=True)
        self.query_one("#list", Column).look_at(len(self.past or ()) - 1 - self.here)
        self.refresh_keys()

    def _plot_lines(self, width: int) -> Lines:
        if not self.past:
            return ()
        shares = [one.share for one in self.past]
        pass_share = next((one.pass_share for one in reversed(self.past) if one.pass_share is not None), None)
        return [*standing_bars(shares, self.here, PLOT_ROWS, width, pass_share), Content("")]

    def _list_lines(self, width: int) -> Lines:
        if self.past is None:
            return (Content.styled(" …", signs.QUIET),)
        if not self.past:
            return Content(" Nothing has been handed in yet.").wrap(width)
        return [self._line(index, one, width) for index, one in reversed(list(enumerate(self.past)))]

    def _line(self, index: int, one: PastSitting, width: int) -> Content:
        here = index == self.here
        sitting, raw = one.room.sitting, one.result.raw
        pointer = Content.styled(f"{signs.HERE} ", signs.ACT) if here else Content("  ")
        date = Content.styled(f"{sitting.begun.astimezone():%d %b %Y %H:%M}  ", signs.QUIET)
        name = Content.styled(sitting.paper.name, signs.STRONG if here else "")
        scaled = f" · about {one.result.scaled}" if one.result.scaled is not None else ""
        told = f"{raw.right} of {raw.asked} · {round(one.share * 100)} %{scaled} "
        return spread(pointer + date + name + Content.styled(f"  {sitting.mode}", signs.QUIET), Content(told), width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to open where there is a sitting."""
        return bool(self.past) if action == "open" else True

    def action_move(self, by: int) -> None:
        """The list has the newest on top."""
        if self.past:
            self.here = max(0, min(len(self.past) - 1, self.here - by))
            self._redraw()

    def action_open(self) -> None:
        """Open the result."""
        from tutor.tui.screens.exam_result import ExamResultScreen

        if self.past:
            self.app.push_screen(ExamResultScreen(self.past[self.here].room))
