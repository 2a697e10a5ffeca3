"""Leaving when the terminal is gone (its window was closed): nobody could ask for it any more."""

import os
import sys
import termios
import threading
import time
from collections.abc import Callable

_LOOK_S = 2.0
_PATIENCE_S = 5.0


class Hangup(threading.Thread):
    """Looks at the terminal now and then; when it is gone, leaves in order, and if that hangs, at once.

    An app that still draws waits for a terminal that takes nothing, so the last word is not the app's. What was shown
    as saved is in the database, and what runs in the sandbox ends with this process.
    """

    def __init__(self, leave: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._leave = leave

    def run(self) -> None:
        """Until the terminal or the process ends."""
        while _there():
            time.sleep(_LOOK_S)
        self._leave()
        time.sleep(_PATIENCE_S)
        os._exit(0)


def _there() -> bool:
    stream = sys.__stderr__
    try:
        termios.tcgetattr(stream.fileno() if stream is not None else -1)
    except (termios.error, OSError, ValueError):
        return False
    return True
