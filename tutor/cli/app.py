"""``tutor`` without a command: the terminal app."""

import gc
import sys
from typing import TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.study.sitting import SittingMode
    from tutor.tui.app import Opening

# Starting makes many objects and next to no garbage; looking for some every 700 objects is a seventh of the start.
OBJECTS_BETWEEN_COLLECTIONS = 50_000


def run(opening: "Opening" = "home", paper: str = "", mode: "SittingMode | None" = None) -> int:
    """Open the app in this terminal, at home or in the exam room (at ``paper``, to be sat in ``mode``).

    Raises ``UsageError`` where there is no terminal.
    """
    _demand_terminal()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    from tutor.tui.app import run_app
    from tutor.wiring import Tutor

    return run_app(Tutor(), opening, paper, mode)


def _demand_terminal() -> None:
    """The app reads keys from standard input and paints on standard error or output; each must be a terminal."""
    streams = {"input": sys.stdin, "output": sys.stdout, "error": sys.stderr}
    for name, stream in streams.items():
        if stream is None or not stream.isatty():
            raise UsageError(
                f"the tutor opens in a terminal, and standard {name} is none. "
                "Start it from a terminal, or use a command that needs none: tutor --help"
            )
