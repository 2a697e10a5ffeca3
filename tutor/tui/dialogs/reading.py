"""Something to read over the page: hints, a solution."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Markdown

from tutor.tui.dialogs.dialog import Dialog


class ReadingDialog(Dialog[bool]):
    """Shows Markdown. Where ``more`` is a word, its key ``h`` returns True: the reader wants one more."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "more", "one more hint"),
        Binding("enter", "close", "close", show=False),
    ]

    def __init__(self, title: str, text: str, more: bool = False) -> None:
        super().__init__(title)
        self.text = text
        self.more = more

    def content(self) -> Iterable[Widget]:
        """The text."""
        yield Markdown(self.text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a key for more where there is more."""
        return self.more if action == "more" else True

    def action_more(self) -> None:
        """One more, please."""
        self.dismiss(True)
