"""The learner's own region: deploy, invoke, watch the queue, and steer the clock it waits on."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tutor.tui.screens.region_panes import RegionPanes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.awslambda.invocation import Invocation
    from tutor.tui.background import Failure
    from tutor.usecases.deploy_example import Deployable
    from tutor.usecases.see_region import FunctionKey, Wish

_ADVANCES = {10: "10 s", 60: "1 min", 3600: "1 h"}


class RegionScreen(RegionPanes):
    """A small AWS region in this process. It stays open until the tutor is left; its state is kept."""

    HELP_NOTE = (
        "The region answers boto3 and the AWS CLI as AWS does, also while you are on another screen; key x shows the "
        "lines for a shell. What you make in it is there again tomorrow.\n"
        "Its clock is fast: what waits for minutes or hours happens as soon as nothing else does. Pause it to see each "
        "retry alone: `.` does the next thing that is due, 1 2 3 go forward in time, > goes on until nothing waits.\n"
        "● active  ◐ under way  ○ waits, or inactive  ✓ succeeded  ✗ failed  ▸ here  ·run measured"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "go on", id="go_on", tooltip="Invoke the function: asks for the event"),
        Binding("r,f5", "run", "run", id="run", tooltip="Invoke again with the same event"),
        Binding("tab,f6", "pane(1)", "panes", id="pane", tooltip="The next pane: functions, runs, events, logs"),
        Binding("space", "clock", "pause", id="clock", tooltip="Pause the region's clock, or let it run"),
        Binding("full_stop", "step", "step", id="step", key_display=".", tooltip="Pause; do what is due next, alone"),
        Binding(
            "greater_than_sign", "forward", "forward", id="forward", key_display=">", tooltip="On until nothing is due"
        ),
        Binding("d", "deploy", "deploy", id="deploy", tooltip="Make a function of the course's code"),
        Binding("x", "exports", "export lines", id="exports", tooltip="The lines for a shell; copies them"),
        Binding("n", "choose(1)", "next", show=False, id="next", tooltip="The next function"),
        Binding("p", "choose(-1)", "previous", show=False, id="previous", tooltip="The function before"),
        Binding("slash", "find", "find", show=False, id="search", key_display="/", tooltip="Find a function by name"),
        Binding("1", "advance(10)", "10 s on", show=False, tooltip="The clock goes 10 seconds forward"),
        Binding("2", "advance(60)", "1 min on", show=False, tooltip="The clock goes a minute forward"),
        Binding("3", "advance(3600)", "1 h on", show=False, tooltip="The clock goes an hour forward"),
    ]

    def word_for(self, action: str) -> str | None:
        """What Enter and Space do now."""
        if action == "next":
            return "try again" if self.unusable else "invoke" if self.chosen else "deploy"
        if action == "clock":
            return "run" if self.view is not None and self.view.clock.paused else "pause"
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done with a region that is not open, and little with an empty one."""
        if action in ("deploy", "clock", "step", "forward", "exports", "advance"):
            return self.view is not None
        return self.chosen is not None if action in ("run", "choose", "find") else True

    def action_next(self) -> None:
        """Whatever comes next: open, deploy, invoke."""
        if self.unusable:
            self.open_region()
        elif self.chosen is not None:
            self._ask_event(self.chosen)
        elif self.view is not None:
            self.action_deploy()

    # Functions

    def action_choose(self, by: int) -> None:
        """Another function."""
        keys = [row.key for row in self.rows]
        if not keys:
            return
        here = keys.index(self.chosen) if self.chosen in keys else -1 if by > 0 else 0
        self._choose(keys[(here + by) % len(keys)])

    def _choose(self, key: "FunctionKey") -> None:
        if key != self.chosen:
            self.chosen = key
            self.streams, self.measures, self._sight = (), (), None
        self.look()

    def action_find(self) -> None:
        """List only the functions with some letters in their names."""
        from tutor.tui.dialogs.find import FindDialog

        self.app.push_screen(FindDialog("Functions with these letters in their names", self.wanted), self._find)

    def _find(self, wanted: str | None) -> None:
        if wanted is None:
            return
        self.wanted = wanted
        self.show_tab("functions")
        if self.rows and self.chosen not in [row.key for row in self.rows]:
            self._choose(self.rows[0].key)
        self.look()

    def action_deploy(self) -> None:
        """Ask what of the course is to become a function."""
        self.tell("Reading the course…")
        self.work(self.seeing.deployables, self._ask_deployable)

    def _ask_deployable(self, found: "tuple[Deployable, ...]") -> None:
        from tutor.tui.dialogs.choose import ChooseDialog

        self.tell("" if found else "There is nothing in the course that can be deployed.")
        if not found:
            return
        note = "It becomes a function of this region. One that was made of it before gets its code again."
        rows = [deployable.title for deployable in found]

        def chosen(number: int | None) -> None:
            if number is not None:
                self._deploy(found[number])

        self.app.push_screen(ChooseDialog("Deploy", note, rows), chosen)

    def _deploy(self, deployable: "Deployable") -> None:
        from tutor.usecases.see_region import Wish

        def deployed(key: "FunctionKey") -> None:
            self.seeing.wishes.setdefault(key, Wish(deployable.event))
            self.tell(f"{key.name} is deployed. r runs it, Enter asks for another event first.")
            self.wanted = ""
            self._choose(key)

        self.tell(f"Deploying {deployable.function_name}…")
        self.work(lambda: self.seeing.deploy(deployable), deployed)

    # Invoking

    def _ask_event(self, key: "FunctionKey") -> None:
        from tutor.tui.dialogs.invoke import Asked, InvokeDialog

        def asked(answer: Asked | None) -> None:
            if answer is not None:
                self.seeing.wishes[key], go = answer
                if go:
                    self._invoke(key)

        self.app.push_screen(InvokeDialog(key.name, self._wish(key)), asked)

    def _wish(self, key: "FunctionKey") -> "Wish":
        from tutor.usecases.see_region import Wish

        return self.seeing.wishes.get(key) or Wish()

    def action_run(self) -> None:
        """Invoke as the last time; the first time with the event that the example came with, or an empty one."""
        if self.chosen is not None:
            self._invoke(self.chosen)

    def _invoke(self, key: "FunctionKey") -> None:
        if self.running_since is not None:
            self.tell("It still runs.")
            return
        wish = self._wish(key)
        self.tell("")
        self.running_since = time.monotonic()
        self.show_tab("events" if wish.queued else "runs")
        self.work(lambda: self.seeing.invoke(key, wish), self._invoked, self._not_invoked)

    def _invoked(self, run: "Invocation | None") -> None:
        self.running_since = None
        if run is None:
            self.tell("The event is in the queue." + (" The clock is paused: . does the next thing." * self._paused))
        self.pane("runs").scroll_home(animate=False)
        self.look()

    def _not_invoked(self, failure: "Failure") -> None:
        self.running_since = None
        self.look()

    # The clock

    @property
    def _paused(self) -> bool:
        return self.view is not None and self.view.clock.paused

    def _steer(self, doing: str, job: "Callable[[], str]") -> None:
        """Do something with the clock beside the screen, one thing at a time; ``job`` returns a sentence or nothing."""
        if self.steering:
            return
        self.steering = doing

        def done(told: str) -> None:
            self.steering = ""
            self.tell(told)
            self.look()

        def failed(failure: "Failure") -> None:
            self.steering = ""

        self.work(job, done, failed)

    def action_clock(self) -> None:
        """Pause the clock, or let it run."""

        def job() -> str:
            paused = self.seeing.toggle_clock()
            return "The clock stands. What is due waits for . or for time to pass: 1 2 3." if paused else ""

        self._steer("pausing", job)

    def action_step(self) -> None:
        """The next thing that is due, and no other."""

        def job() -> str:
            return "" if self.seeing.step() else "Nothing is due. Schedules fire when time passes: 1 2 3."

        self.show_events()
        self._steer("stepping", job)

    def action_advance(self, seconds: int) -> None:
        """Forward by so much."""

        def job() -> str:
            self.seeing.advance(seconds)
            return f"{_ADVANCES[seconds]} later."

        self.show_events()
        self._steer("going on", job)

    def action_forward(self) -> None:
        """Forward until nothing is due."""

        def job() -> str:
            return "Nothing is due any more." if self.seeing.forward() else "There is still something due: > goes on."

        self.show_events()
        self._steer("going on", job)

    def show_events(self) -> None:
        """In a narrow terminal bring the queue to the front: it is what the clock moves."""
        if not self.wide and self.tab != "events":
            self.show_tab("events")

    def action_exports(self) -> None:
        """Show and copy the lines with which a shell finds the region."""
        self.work(self.seeing.exports, self._show_exports)

    def _show_exports(self, lines: str) -> None:
        from tutor.tui.dialogs.reading import ReadingDialog

        self.app.copy_to_clipboard(lines)
        told = "They are in the clipboard, where the terminal allows it. Then, for example:"
        text = f"```\n{lines}\n```\n\n{told}\n\n```\naws lambda list-functions\n```"
        self.app.push_screen(ReadingDialog("Paste these lines into a shell", text))
