"""What the region screen shows: functions, their runs, the queue with its clock and timeline, metrics and logs."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Sheets
from tutor.tui.screens.paned import PanedPage
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.drawing import Drawing, Lines
from tutor.tui.widgets.event_queue import clock_words, queue_lines
from tutor.tui.widgets.function_list import detail_lines, function_lines
from tutor.tui.widgets.function_logs import measure_lines, stream_lines
from tutor.tui.widgets.function_runs import runs_lines
from tutor.tui.widgets.inline import inline
from tutor.tui.widgets.timeline import timeline_lines

if TYPE_CHECKING:
    from textual.timer import Timer

    from tutor.awslambda.prices import Prices
    from tutor.tui.background import Failure
    from tutor.usecases.region_detail import Measure, Stream
    from tutor.usecases.see_region import FunctionKey, FunctionRow, HappenedRow, RegionView, SeeRegion

LEAST_PAUSE_S, MOST_PAUSE_S = 0.4, 3.0
"""Between two looks; ten times as long as the look before took, within these."""
LINES_KEPT = 500
_EMPTY = (
    "There is no function in this region yet.",
    "",
    "`Enter` makes one of an example of the course, with the role that it needs. Or make one from a shell: `x` shows "
    "the lines with which boto3 and the AWS CLI find this region.",
)


@dataclass(frozen=True)
class Look:
    """One look at the region; logs and metrics are None where they are as they were."""

    view: "RegionView"
    streams: "tuple[Stream, ...] | None"
    measures: "tuple[Measure, ...] | None"
    sight: object
    prices: "Prices"
    seconds: float


class FunctionPane(VerticalScroll):
    """The list of functions: the arrows choose one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "screen.choose(1)", "down", show=False),
        Binding("up,k", "screen.choose(-1)", "up", show=False),
    ]


class RegionPanes(PanedPage):
    """Looks at the region again and again, beside the screen, and draws what it saw."""

    CSS_PATH: ClassVar[Sheets] = ["paned.tcss", "region.tcss"]
    TABS: ClassVar[tuple[str, ...]] = ("functions", "runs", "events", "logs")

    def __init__(self) -> None:
        super().__init__()
        self.view: RegionView | None = None
        self.chosen: FunctionKey | None = None
        self.wanted = ""
        self.unusable = False
        self.running_since: float | None = None
        self.steering = ""
        self.where = ""
        self.happened: list[HappenedRow] = []
        self.streams: tuple[Stream, ...] = ()
        self.measures: tuple[Measure, ...] = ()
        self.prices: Prices | None = None
        self._sight: object = None
        self._drawn: dict[str, object] = {}
        self._looking = False
        self._again = False
        self._timer: Timer | None = None

    @property
    def seeing(self) -> "SeeRegion":
        """What the region is seen and steered by."""
        return self.parts.see_region

    @property
    def rows(self) -> "tuple[FunctionRow, ...]":
        """The functions that are listed: all, or those with the wanted letters in their names."""
        rows = self.view.functions if self.view else ()
        return tuple(row for row in rows if self.wanted.lower() in row.key.name.lower())

    def body(self) -> Iterable[Widget]:
        """Four panes."""
        yield FunctionPane(Drawing(self._functions, id="list"), id="functions", classes="pane")
        yield VerticalScroll(Drawing(self._runs, id="run"), id="runs", classes="pane")
        with Vertical(id="events", classes="pane"):
            yield Drawing(self._queue, id="queue")
            yield VerticalScroll(Drawing(self._timeline, id="timeline"), id="happened")
        with Vertical(id="logs", classes="pane"):
            yield Drawing(self._metrics, id="metrics")
            yield VerticalScroll(Drawing(self._logs, id="lines"), id="streams")

    def on_mount(self) -> None:
        """Open the region in the background."""
        super().on_mount()
        self.open_region()

    def open_region(self) -> None:
        """Open it, or try again."""
        self.unusable = False
        self.query_one(TopLine).say("Region", Content.styled("opening…", signs.QUIET))
        self.tell("")

        def open_and_serve() -> tuple[str, tuple[str, ...]]:
            self.tutor.at_end(self.seeing.close)
            region = self.seeing.open()
            return f"Region {region.name} · {region.endpoint}", region.lost

        self.work(open_and_serve, self._opened, self._not_opened)

    def _opened(self, opened: tuple[str, tuple[str, ...]]) -> None:
        self.where, lost = opened
        if lost:
            self.tell("\n".join(f"Not there again: {line}" for line in lost), wrong=True)
        self.look()

    def _not_opened(self, failure: "Failure") -> None:
        self.unusable = True
        self.query_one(TopLine).say("Region", Content.styled("not open", signs.FAILED))
        self._draw()

    # Looking

    def look(self) -> None:
        """Look now, or as soon as the look that is under way has ended; and after a while again."""
        if self._looking:
            self._again = True
        elif self.is_attached:
            self._looking, self._again = True, False
            since = self.happened[-1].order if self.happened else 0
            logs = self.view is not None and (self.wide or self.tab == "logs")
            chosen, known = self.chosen, self._sight if logs else None
            self.work(lambda: self._look(chosen, since, logs, known), self._seen, self._not_seen)

    def _look_later(self, seconds: float) -> None:
        self._looking = False
        if self._timer is not None:
            self._timer.stop()
        if self._again:
            self.look()
        else:
            self._timer = self.set_timer(min(max(LEAST_PAUSE_S, seconds), MOST_PAUSE_S), self.look)

    def _look(self, chosen: "FunctionKey | None", since: int, logs: bool, known: object) -> Look:
        """In a thread: look; logs and metrics, where they are wanted, only if more has happened than is ``known``."""
        begun = time.monotonic()
        view = self.seeing.look(chosen, since)
        keys = [row.key for row in view.functions]
        key = chosen if chosen in keys else keys[0] if keys else None
        sight = (key, since + len(view.happened), tuple(run.report.request_id for run in view.runs))
        streams = measures = None
        if key is not None and logs and sight != known:
            streams, measures = self.seeing.streams(key), self.seeing.measures(key)
        return Look(view, streams, measures, sight, self.parts.prices, time.monotonic() - begun)

    def _seen(self, look: Look) -> None:
        self.view, self.prices = look.view, look.prices
        if self.chosen not in [row.key for row in look.view.functions]:
            self.chosen = look.view.functions[0].key if look.view.functions else None
        if look.streams is not None and look.measures is not None:
            self.streams, self.measures, self._sight = look.streams, look.measures, look.sight
        known = self.happened[-1].order if self.happened else 0
        fresh = [row for row in look.view.happened if row.order > known]
        self.happened = [*self.happened, *fresh][-LINES_KEPT:]
        self._draw()
        self._look_later(10 * look.seconds)

    def _not_seen(self, failure: "Failure") -> None:
        self._look_later(MOST_PAUSE_S)

    def show_tab(self, tab: str, focus: bool = True) -> None:
        """Logs and metrics are read when they are looked at."""
        super().show_tab(tab, focus)
        if self.view is not None:
            self.look()

    # Drawing

    def _draw(self) -> None:
        if not self.is_running:
            return
        if self.view is not None:
            right = Content.styled(f"{self.steering} · ", signs.QUIET) if self.steering else Content("")
            self.query_one(TopLine).say(self.where, right + clock_words(self.view.clock))
        for name, shows in self._shown().items():
            if self._drawn.get(name, self) != shows:
                self._drawn[name] = shows
                self.query_one(f"#{name}", Drawing).refresh(layout=True)
        for name in ("happened", "streams"):
            self._follow(self.query_one(f"#{name}", VerticalScroll))
        self.title_panes()
        self.refresh_keys()

    def _shown(self) -> dict[str, object]:
        """What each drawing depends on: one whose figures are as before is not drawn again."""
        view = self.view
        if view is None:
            return {"list": self.unusable}
        return {
            "list": (view.functions, view.detail, self.chosen, self.wanted, self.size),
            "run": tuple(run.report.request_id for run in view.runs),
            "queue": (view.clock, view.waiting),
            "timeline": self.happened[-1:],
            "metrics": self.measures,
            "lines": self.streams,
        }

    def _follow(self, scroll: VerticalScroll) -> None:
        """Show the end of what grows, unless somebody reads further up."""
        if scroll.max_scroll_y - scroll.scroll_offset.y <= 1:
            self.call_after_refresh(lambda: scroll.scroll_end(animate=False))

    def pane_target(self, tab: str) -> Widget:
        """What scrolls gets the keys."""
        return self.query_one({"events": "#happened", "logs": "#streams"}.get(tab, f"#{tab}"))

    def pane_title(self, tab: str) -> str:
        """With what is to be told of it."""
        if self.view is None:
            return tab
        if tab == "functions":
            return f"functions {len(self.rows)}" + (f" with {self.wanted}" if self.wanted else "")
        if tab == "runs" and self.running_since is not None:
            return f"running {time.monotonic() - self.running_since:.0f} s"
        if tab == "events" and self.view.waiting:
            return f"events {len(self.view.waiting)}"
        return f"{tab} of {self.chosen.name}" if self.wide and self.chosen and tab in ("runs", "logs") else tab

    def _functions(self, width: int) -> Lines:
        if self.unusable:
            told = (
                "The region is not open. End the other tutor, or its `tutor region`, then press `Enter` to try again."
            )
            return inline(told).wrap(width)
        if self.view is None:
            return (Content.styled("Opening the region…", signs.QUIET),)
        if not self.view.functions:
            return [line for part in _EMPTY for line in (inline(part).wrap(width) or [Content("")])]
        if not self.rows:
            return inline(f"No function has `{self.wanted}` in its name; `/` looks for another.").wrap(width)
        most = max(4, self.pane("functions").size.height // 2)
        lines = [*function_lines(self.rows, self.chosen, most, width), Content("")]
        return [*lines, *detail_lines(self.view.detail, width)] if self.view.detail else lines

    def _runs(self, width: int) -> Lines:
        if self.view is None or self.prices is None or not self.view.functions:
            return ()
        return runs_lines(self.view.runs, self.prices, width)

    def _queue(self, width: int) -> Lines:
        return queue_lines(self.view.clock, self.view.waiting, width) if self.view else ()

    def _timeline(self, width: int) -> Lines:
        if self.view is None:
            return ()
        title = Content.styled("TIMELINE", signs.QUIET)
        return [title, *timeline_lines(self.happened, width)]

    def _metrics(self, width: int) -> Lines:
        return measure_lines(self.measures, width) if self.chosen else ()

    def _logs(self, width: int) -> Lines:
        return stream_lines(self.streams, width) if self.chosen else ()
