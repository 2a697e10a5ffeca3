"""A lab: the task, the learner's own file, runs in the sandbox, and the checklist."""

from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Markdown

from tutor.tui import signs
from tutor.tui.external_editor import ExternalEditor
from tutor.tui.screens.lab_aid import LabAid
from tutor.tui.screens.page import Sheets
from tutor.tui.steps import entry_of, number_of
from tutor.tui.watch import Watch, content_of
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.bench import Bench
from tutor.tui.widgets.checklist import checklist_lines, summary
from tutor.tui.widgets.drawing import Drawing, Lines, hanging
from tutor.tui.widgets.editor import Editor
from tutor.tui.widgets.run_report import dollars, observed_lines, report_lines, run_names

if TYPE_CHECKING:
    from textual.timer import Timer

    from tutor.awslambda.invocation import Invocation
    from tutor.awslambda.prices import Prices
    from tutor.tui.background import Failure
    from tutor.usecases.run_lab import LabRun, LabState


class LabScreen(LabAid):
    """One lab. Enter writes, runs and goes on, in this order."""

    CSS_PATH: ClassVar[Sheets] = ["paned.tcss", "lab.tcss"]
    TABS: ClassVar[tuple[str, ...]] = ("task", "code", "run")
    HELP_NOTE = (
        "Your copy of the lab lies in plain files; the code pane is one editor for it, `$EDITOR` (key e) another. "
        "In the built-in editor Enter and Tab are text, Esc saves and leaves, F5 saves and runs. "
        "After the first run each saved change runs again; w turns that off.\n" + signs.LEGEND
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "go on", id="go_on", tooltip="Write, run, go on: whatever comes next"),
        Binding("r,f5", "run", "run", id="run", tooltip="Save and run your copy in the sandbox"),
        Binding("e", "edit", "edit", id="edit", tooltip="Edit in $VISUAL or $EDITOR, else in the built-in editor"),
        Binding("w", "watch", "watch", id="watch", tooltip="Run again after each saved change, or not"),
        Binding("c", "compare", "compare", id="compare", tooltip="Show what changed since the run before, or not"),
        Binding("n", "skip", "next", show=False, id="next", tooltip="On to the next step without passing"),
        Binding("f3", "file", "next file", show=False, id="file", tooltip="The next file of your copy"),
    ]

    def __init__(self, lab_id: str) -> None:
        super().__init__(lab_id)
        self.bench = Bench(id="code", classes="pane")
        self.last: LabRun | None = None
        self.seen: list[Invocation] = []
        self.earlier: list[Invocation] = []
        self.comparing = False
        self.prices: Prices | None = None
        self.unusable = False
        self.runs = 0
        self.running_since: float | None = None
        self.ran_content: dict[str, bytes] | None = None
        self.watcher: Watch | None = None
        self.watch_mode = ""
        self.watching = False
        self._clock: Timer | None = None
        self._external = ExternalEditor.from_environment()

    def body(self) -> Iterable[Widget]:
        """Task and checklist, code and run."""
        yield VerticalScroll(Markdown(id="text"), id="task", classes="pane")
        yield self.bench
        yield VerticalScroll(Drawing(self._checks, id="checklist"), id="checks", classes="pane with-task with-run")
        yield VerticalScroll(Drawing(self._report, id="report"), id="run", classes="pane")

    def on_mount(self) -> None:
        """Open the learner's copy in the background."""
        super().on_mount()
        self.query_one(TopLine).say(self._title())
        self.work(lambda: self.parts.run_lab.open(self.lab_id), self.show_state, self._not_opened)

    def on_unmount(self) -> None:
        """Nothing typed is lost, and nobody watches any more."""
        self.save()
        self._stop_watch()

    @property
    def passed(self) -> bool:
        """Whether Enter goes on: passed, or nothing failed that this host can judge."""
        if self.unusable:
            return True
        if self.last is not None:
            return self.last.grade.passed or self.last.grade.unjudged
        return self.state is not None and self.state.passed

    @property
    def changed(self) -> bool:
        """Whether the copy differs from what was run last."""
        return self.state is not None and content_of(self.state.folder) != self.ran_content

    def _not_opened(self, failure: "Failure") -> None:
        """A lab that cannot be opened holds nobody up: Enter goes on."""
        self.unusable = True
        self.refresh_keys()

    # What is shown

    def _title(self) -> str:
        entry = entry_of(self.tutor.course, self.lab_id)
        title = dict(entry.labs).get(self.lab_id, self.lab_id) if entry else self.lab_id
        return f"{number_of(self.tutor.course, self.lab_id)}  lab  {title}"

    def show_state(self, state: "LabState") -> None:
        """The copy as it is now: when it was opened, and after a reset or its undoing."""
        self.state = state
        self.query_one("#text", Markdown).update(state.lab.task)
        try:
            self.bench.open_folder(state.folder, state.files)
        except OSError as error:
            self.tell(f"Your copy in {state.folder} cannot be read: {error.strerror}.", wrong=True)
        if self.watching:
            self._start_watch()
        self._refresh()

    def _refresh(self) -> None:
        if self.state is None or not self.is_running:
            return
        signs_told = "● passed" if self.state.passed else "◐ begun"
        if self.state.solution_shown:
            signs_told += " · solution seen"
        self.query_one(TopLine).say(self._title(), Content.styled(signs_told, signs.QUIET))
        for drawing in self.query(Drawing):
            drawing.refresh(layout=True)
        self.title_panes()
        self.refresh_keys()

    def _checks(self, width: int) -> Lines:
        if self.state is None:
            return ()
        return checklist_lines(self.state.lab.demands, self.last.grade if self.last else None, width)

    def _report(self, width: int) -> Lines:
        if self.state is None or (self.last is None and not self.seen):
            told = "Running…" if self.running_since else "Press r: your copy runs in the sandbox."
            return Content.styled(told, signs.QUIET).wrap(width)
        lines: list[Content] = []
        if self.last is not None and self.last.refused:
            lines = [*hanging(Content.styled("✗ ", signs.FAILED), Content(self.last.refused), width), Content("")]
        if self.prices is not None:
            earlier = self.earlier if self.comparing else ()
            lines += observed_lines(self.last.observed, width) if self.last else []
            names = run_names(self.state.lab.runs, self.seen)
            lines += report_lines(names, self.seen, self.prices, width, earlier)
        return lines

    def pane_title(self, tab: str) -> str:
        """The file and whether it is saved; the run and how it went."""
        if tab == "code" and self.bench.open_file is not None:
            return f"{self.bench.open_file} · {'typing' if self.bench.dirty else 'saved'}"
        if tab == "run" and self.running_since is not None:
            return f"run {self.runs} · running {monotonic() - self.running_since:.0f} s"
        return f"run {self.runs}" if tab == "run" and self.runs else tab

    def title_panes(self) -> None:
        """The checklist's title is the grade, the run's subtitle its price."""
        super().title_panes()
        checks = self.query_one("#checks")
        checks.border_title = summary(self.last.grade) if self.last else Content.styled("it passes when", signs.QUIET)
        cost = f"{dollars(self.last.cost)} {signs.RUN}" if self.last and self.wide else ""
        self.query_one("#run").border_subtitle = cost

    def note(self) -> str:
        """Whether and how the files are watched."""
        return f"watching: {self.watch_mode}" if self.watching and self.watch_mode else ""

    def word_for(self, action: str) -> str | None:
        """Words change with the state: what Enter does, how many hints there are, which editor is used."""
        if action == "next":
            return self._next_move()
        if action == "back":
            return "save" if self._in_editor else None
        if action == "hint" and self.state is not None:
            return f"hint ({self.state.hints_shown} of {len(self.state.lab.hints)})"
        if action == "watch" and self.watching:
            return "stop watching"
        if action == "compare" and self.comparing:
            return "stop comparing"
        return self._external.name if action == "edit" and self._external else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An undo needs a reset, hints need to be written."""
        if action == "undo":
            return self.state is not None and self.state.can_undo_reset
        if action == "compare":
            return bool(self.earlier)
        if action == "hint":
            return self.state is None or bool(self.state.lab.hints)
        return action != "file" or len(self.bench.files) > 1

    def pane_target(self, tab: str) -> Widget:
        """The editor gets the keys of its pane."""
        return self.bench.editor if tab == "code" else self.pane(tab)

    @property
    def _in_editor(self) -> bool:
        return isinstance(self.focused, Editor)

    # Enter, and moving on

    def _next_move(self) -> str:
        if self.passed and not (self.last is not None and self.changed):
            return "go on"
        return "run" if self.tab != "task" and self.changed else "write"

    def action_next(self) -> None:
        """Whatever comes next."""
        move = self._next_move()
        if move == "go on":
            self.action_skip()
        elif move == "run":
            self.action_run()
        else:
            self.show_tab("code")

    def action_skip(self) -> None:
        """Open the step after this lab."""
        self.save()
        self.work(lambda: self.parts.see_progress.after("lab", self.lab_id), self.go)

    # Writing

    def save(self) -> None:
        """Write what was typed; where that fails it stays in the editor, and this screen says so."""
        try:
            self.bench.save()
        except OSError as error:
            self.tell(
                f"{self.bench.path} cannot be written: {error.strerror}. What you typed is still here.", wrong=True
            )

    @on(Editor.Changed)
    def _typed_something(self) -> None:
        self.title_panes()

    @on(Editor.Left)
    def _left_editor(self) -> None:
        """Esc: save; run again where that is wanted."""
        self.save()
        self.set_focus(None)
        self.title_panes()
        self._run_if_changed()
        self.refresh_keys()

    def action_pane(self, by: int) -> None:
        """Leaving the editor saves."""
        self.save()
        super().action_pane(by)
        self._run_if_changed()

    def action_file(self) -> None:
        """The next file."""
        try:
            self.bench.next_file()
        except OSError as error:
            self.tell(f"{error.filename}: {error.strerror}.", wrong=True)
        self.title_panes()

    def action_edit(self) -> None:
        """The learner's own editor where one is named, else the built-in one."""
        if self._external is None or self.bench.path is None:
            self.show_tab("code")
            return
        self.save()
        trouble = self._external.edit(self.app, self.bench.path)
        if trouble:
            self.tell(trouble, wrong=True)
            self.show_tab("code")
        else:
            self._file_changed()

    # Running

    def action_run(self) -> None:
        """Save and run."""
        if self.state is None or self.running_since is not None:
            return
        self.save()
        self.tell("")
        self.runs += 1
        self.running_since = monotonic()
        self.ran_content = content_of(self.state.folder)
        self.earlier, self.seen, self.last = self.seen, [], None
        self._clock = self.set_interval(0.5, self.title_panes)
        if not self.wide or not self._in_editor:
            self.show_tab("run")
        self._refresh()
        self.work(self._run, self._ran, self._not_ran)

    def _run(self) -> "LabRun":
        prices = self.parts.prices

        def seen(index: int, invocation: "Invocation") -> None:
            self.post(lambda: self._see(invocation, prices))

        return self.parts.run_lab.run(self.lab_id, seen)

    def _see(self, invocation: "Invocation", prices: "Prices") -> None:
        self.prices = prices
        self.seen.append(invocation)
        self.query_one("#report", Drawing).refresh(layout=True)

    def _ran(self, last: "LabRun") -> None:
        self.last = last
        self.seen = list(last.invocations)
        self._stopped()
        if self.runs == 1:
            self._start_watch()
        self.query_one("#run").scroll_home(animate=False)
        self.work(lambda: self.parts.run_lab.open(self.lab_id), self.stand)
        self._run_if_changed()

    def _not_ran(self, failure: "Failure") -> None:
        self._stopped()

    def action_compare(self) -> None:
        """Show under each invocation what changed since the run before, or not."""
        self.comparing = not self.comparing
        self.show_tab("run")
        self._refresh()

    def _stopped(self) -> None:
        self.running_since = None
        if self._clock is not None:
            self._clock.stop()
        self._refresh()

    def stand(self, state: "LabState") -> None:
        """Where the learner stands, after a run or a hint; the files are as they were."""
        self.state = state
        self._refresh()

    # Watching

    def _start_watch(self) -> None:
        self._stop_watch()
        if self.state is not None:
            self.watching = True
            self.watcher = Watch(
                self.state.folder,
                changed=lambda: self.post(self._file_changed),
                moded=lambda mode: self.post(lambda: self._watch_mode(mode)),
            )

    def _stop_watch(self) -> None:
        self.watching = False
        if self.watcher is not None:
            self.watcher.stop()
            self.watcher = None

    def _watch_mode(self, mode: str) -> None:
        self.watch_mode = mode
        self.refresh_keys()

    def _file_changed(self) -> None:
        try:
            self.bench.look_again()
        except (OSError, UnicodeDecodeError):
            self.tell(f"{self.bench.path} cannot be read just now.", wrong=True)
        self.title_panes()
        self._run_if_changed()

    def _run_if_changed(self) -> None:
        if self.watching and self.running_since is None and not self.bench.dirty and self.changed:
            self.action_run()

    def action_watch(self) -> None:
        """Run again after each saved change, or not."""
        if self.watching:
            self._stop_watch()
        else:
            self._start_watch()
        self.refresh_keys()
