"""The smallest Textual app: what the first frame costs when nothing is shown but one line."""

from textual.app import App, ComposeResult
from textual.widgets import Static

SHOWN = "nothing but this line"


class BareApp(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static(SHOWN)


if __name__ == "__main__":
    BareApp().run()
