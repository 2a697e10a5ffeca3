"""The bands: one line on top that says where one is, one line of keys below, and a notice when there is one."""

from collections.abc import Sequence

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Drawing, Lines, hanging, spread

_KEY_NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "question_mark": "?",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def key_name(key: str) -> str:
    """How a key is called on the screen."""
    return _KEY_NAMES.get(key) or (key.upper() if key[0] == "f" and key[1:].isdigit() else key)


class TopLine(Drawing):
    """Where am I, what is due. The right side is shown whole, the left is cut."""

    def say(self, left: Content | str, right: Content | str = "") -> None:
        """Show these."""
        told = Content(left) if isinstance(left, str) else left
        beside = Content(right) if isinstance(right, str) else right
        self.show(lambda width: (spread(told, beside, width),))


class KeyLine(Drawing):
    """The keys that work now, the important ones first, and a note at the right."""

    def say(self, keys: Sequence[tuple[str, str]], note: str = "") -> None:
        """Show (key, word) pairs; what does not fit is left out from the end, but never ``?``."""
        pairs = tuple(keys)
        self.show(lambda width: (key_line(pairs, note, width),))


def key_line(pairs: Sequence[tuple[str, str]], note: str, width: int) -> Content:
    """The keys and the note as one line; keys are left out from the end where they do not fit, but never ``?``."""
    right = Content.styled(note, signs.QUIET)
    if right.cell_length > width // 3:
        right = Content("")
    room = width - right.cell_length
    kept = list(pairs)
    while len(kept) > 1 and _length(kept) > room:
        droppable = [index for index, (key, _) in enumerate(kept) if key != "?"]
        kept.pop(droppable[-1])
    told = Content("  ").join(_pair(key, word) for key, word in kept)
    return spread(told, right, width)


def _length(pairs: Sequence[tuple[str, str]]) -> int:
    return sum(len(key) + len(word) + 3 for key, word in pairs)


def _pair(key: str, word: str) -> Content:
    return Content.styled(key, f"bold {signs.ACT}") + Content(f" {word}")


class Notice(Drawing):
    """A sentence that wants to be read: what is asked for, or what went wrong. Empty most of the time."""

    def say(self, sentence: str, wrong: bool = False) -> None:
        """Show the sentence, as a failure where something went wrong; an empty one takes the notice away."""
        sign = Content.styled("✗ ", signs.FAILED) if wrong else Content.styled(f"{signs.HERE} ", signs.ACT)
        self.set_class(bool(sentence), "-told")
        self.set_class(wrong, "-wrong")

        def draw(width: int) -> Lines:
            lines = [line for part in sentence.splitlines() for line in hanging(sign, Content(part), width)]
            return lines[:6]

        self.show(draw)
