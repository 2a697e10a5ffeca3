"""The smallest Textual app that answers a key: what any key costs from its press to its paint."""

from textual.app import App, ComposeResult
from textual.widgets import Static

SHOWN = "press a key"


class BareKeysApp(App[None]):
    """One line of text that tells the last key, and how many there were."""

    count = 0

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static(SHOWN)

    def on_key(self) -> None:
        """Count it."""
        self.count += 1
        self.query_one(Static).update(f"pressed {self.count} times")


if __name__ == "__main__":
    BareKeysApp().run()
