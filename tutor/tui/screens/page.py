"""A page: three bands (where, body, keys), work in the background, and the way to the next step."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tutor.tui.background import Failure
from tutor.tui.widgets.bands import KeyLine, Notice, TopLine, key_name

if TYPE_CHECKING:
    from tutor.study.progress import NextStep
    from tutor.tui.app import TutorApp
    from tutor.tui.parts import Parts

Result = TypeVar("Result")
Sheets = str | PurePath | list[str | PurePath] | None
"""What ``CSS_PATH`` may be."""


class Page(Screen[None]):
    """The base of every full screen."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "help", id="help", tooltip="All keys of this screen"),
        Binding("escape", "back", "back", id="back", tooltip="Back; nothing is ever lost"),
    ]
    HELP_NOTE = ""
    """A sentence or two for the help of this screen."""

    @dataclass
    class Arrived(Message):
        """A background job has ended; ``deliver`` hands its outcome over, in the screen's own thread."""

        deliver: Callable[[], None]
        bubble = False

    def __init__(self) -> None:
        super().__init__()
        self._postponed: Callable[[], object] | None = None

    @property
    def tutor(self) -> "TutorApp":
        """The app."""
        return cast("TutorApp", self.app)

    @property
    def parts(self) -> "Parts":
        """The use cases."""
        return self.tutor.parts

    def compose(self) -> ComposeResult:
        """The three bands; ``body`` gives what stands between."""
        yield TopLine(id="top")
        with Container(id="body"):
            yield from self.body()
        yield Notice(id="notice")
        yield KeyLine(id="keys")

    def body(self) -> Iterable[Widget]:
        """The widgets of the middle band."""
        raise NotImplementedError

    def word_for(self, action: str) -> str | None:
        """Another word for an action's key, where it changes with the state; None keeps the binding's own."""
        return None

    def note(self) -> str:
        """What stands at the right of the key line."""
        return ""

    def refresh_keys(self) -> None:
        """Show the keys that work now."""
        if self.is_running:
            self.query_one(KeyLine).say(self._keys_now(), self.note())

    def _keys_now(self) -> list[tuple[str, str]]:
        seen: dict[str, tuple[str, str]] = {}
        for active in self.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or binding.action in seen or self._typed(binding.key):
                continue
            name = binding.key_display or key_name(binding.key)
            seen[binding.action] = (name, self.word_for(binding.action) or binding.description)
        return [seen[action] for action in self._in_order(seen)]

    def _in_order(self, actions: Iterable[str]) -> list[str]:
        """The screen's own keys as they are listed, then what all pages share, then a widget's own."""
        listed = self._listed()
        order = {action: number for number, action in reversed(list(enumerate(listed)))}
        return sorted(actions, key=lambda action: order.get(action, len(listed)))

    def _listed(self) -> list[str]:
        """The actions of this class and its bases up to this one, without what Textual adds."""
        pages = [base for base in type(self).__mro__ if issubclass(base, Page)]
        return [
            binding.action
            for base in pages
            for binding in base.__dict__.get("BINDINGS", ())
            if isinstance(binding, Binding)
        ]

    def _typed(self, key: str) -> bool:
        """Whether the focused widget takes this key as text."""
        character = {"question_mark": "?", "space": " "}.get(key, key if len(key) == 1 else None)
        return self.focused is not None and self.focused.check_consume_key(key, character)

    def on_descendant_focus(self) -> None:
        """Other keys work now."""
        self.refresh_keys()

    def on_descendant_blur(self) -> None:
        """Other keys work now."""
        self.refresh_keys()

    def tell(self, sentence: str, wrong: bool = False) -> None:
        """Show a sentence above the keys, as a failure where something went wrong; an empty one takes it away."""
        if self.is_running:
            self.query_one(Notice).say(sentence, wrong)

    def post(self, deliver: Callable[[], None]) -> None:
        """From any thread: have ``deliver`` called in the screen's own thread, if the page is still there."""
        self.post_message(self.Arrived(deliver))

    def work(
        self,
        job: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[Failure], None] | None = None,
    ) -> None:
        """Run ``job`` in a thread, then ``then`` with its result here; a failure is told in this screen."""

        def deliver(outcome: Any) -> None:
            self.post(lambda: self._deliver(outcome, then, failed))

        self.tutor.background.start(job, deliver)

    def _deliver(self, outcome: Any, then: Callable[[Any], None], failed: Callable[[Failure], None] | None) -> None:
        if isinstance(outcome, Failure):
            self.tell(outcome.sentence, wrong=True)
            if failed is not None:
                failed(outcome)
        else:
            then(outcome)

    def on_page_arrived(self, message: Arrived) -> None:
        """Hand the outcome of a background job over."""
        message.deliver()

    def go(self, step: "NextStep") -> None:
        """Open a step in place of this page; where something lies on top of it, as soon as that is gone."""
        self.when_current(lambda: self.tutor.open_step(step))

    def when_current(self, move: Callable[[], object]) -> None:
        """Do ``move`` now, or when this page is on top again."""
        if self.is_active:  # a page behind a dialog is "current" too
            move()
        else:
            self._postponed = move

    def on_screen_resume(self) -> None:
        """Make up for what had to wait."""
        move, self._postponed = self._postponed, None
        if move is not None:
            self.call_later(move)
        self.refresh_keys()

    def action_back(self) -> None:
        """Leave this page for the one below."""
        self.tutor.back()

    def action_help(self) -> None:
        """All keys of this screen."""
        from tutor.tui.dialogs.help import HelpDialog

        words = re.findall("[A-Z][a-z]*", type(self).__name__.removesuffix("Screen"))
        self.app.push_screen(HelpDialog(" ".join(words).capitalize(), self.named_actions(), self.HELP_NOTE))

    def named_actions(self) -> list[tuple[str, str, str, str]]:
        """Every action of this screen that can be done now: keys, word, what it does, action."""
        rows: dict[str, tuple[str, str, str, str]] = {}
        listed = set(self._listed())
        for active in self.active_bindings.values():
            binding = active.binding
            if binding.action not in listed or not binding.description or not active.enabled:
                continue
            name = binding.key_display or key_name(binding.key)
            keys = f"{rows[binding.action][0]} {name}" if binding.action in rows else name
            word = self.word_for(binding.action) or binding.description
            rows[binding.action] = (keys, word, binding.tooltip or "", binding.action)
        return [rows[action] for action in self._in_order(rows)]

    def run_named(self, action: str) -> None:
        """Do an action by name (the command palette)."""
        self.call_later(self.run_action, action)
