"""How to invoke a function: the event, a qualifier, and whether to wait for the answer."""

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, hanging
from tutor.tui.widgets.inline import inline
from tutor.usecases.see_region import Wish, check_event

Asked = tuple[Wish, bool]
"""What was typed, and whether to invoke with it."""


class EventInput(Input):
    """One line of JSON; a paste of several lines becomes one, which JSON does not mind."""

    def _on_paste(self, event: events.Paste) -> None:
        event.text = " ".join(event.text.split("\n")).strip()
        super()._on_paste(event)


class InvokeDialog(Dialog[Asked]):
    """Returns what was typed, also on Esc: nothing of it is lost."""

    AUTO_FOCUS = "#event"
    DEFAULT_CSS = """
    InvokeDialog Input { background: $panel; }
    InvokeDialog Input:focus { background: $panel-lighten-1; }
    InvokeDialog #event { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f5", "invoke(False)", "run", priority=True),
        Binding("f8", "invoke(True)", "queue it", priority=True),
        Binding("tab", "app.focus_next", "field"),
        Binding("escape", "close", "back"),
    ]

    def __init__(self, function: str, wish: Wish) -> None:
        super().__init__(f"Invoke {function}")
        self.wish = wish

    def content(self) -> Iterable[Widget]:
        """Two fields, each under its name, and what is wrong with the event."""
        yield self._label("The event, as JSON")
        yield EventInput(self.wish.event, id="event", compact=True, select_on_focus=False)
        yield self._label("Version or alias; empty means `$LATEST`")
        yield Input(self.wish.qualifier, id="qualifier", compact=True, select_on_focus=False)
        yield Drawing(id="wrong")

    @staticmethod
    def _label(text: str) -> Drawing:
        return Drawing(lambda width: inline(text, signs.QUIET).wrap(width))

    def _typed(self, queued: bool) -> Wish:
        event = self.query_one("#event", Input).value.strip()
        return Wish(event or "{}", self.query_one("#qualifier", Input).value.strip(), queued)

    @on(Input.Changed)
    def _nothing_wrong(self) -> None:
        self.query_one("#wrong", Drawing).show(lambda _: ())

    def action_invoke(self, queued: bool) -> None:
        """Invoke, unless the event is no JSON."""
        wish = self._typed(queued)
        wrong = check_event(wish.event)
        if wrong:
            sign = Content.styled("✗ ", signs.FAILED)
            self.query_one("#wrong", Drawing).show(lambda width: hanging(sign, inline(wrong), width))
        else:
            self.dismiss((wish, True))

    def action_close(self) -> None:
        """Back; what was typed stays for the next time."""
        self.dismiss((self._typed(self.wish.queued), False))
