"""Watching a folder: a thread that tells of changed files, by file events where the host has them, else by looking."""

import threading
from collections.abc import Callable
from pathlib import Path

EVENTS = "file events"
LOOKING = "every second"


class Watch:
    """Calls ``changed`` in its own thread after each change, until ``stop``. ``mode`` says which way it watches."""

    def __init__(self, folder: Path, changed: Callable[[], None], moded: Callable[[str], None]) -> None:
        self._folder = folder
        self._changed = changed
        self._moded = moded
        self._stop = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """No more calls after the one that may be under way."""
        self._stop.set()

    def _watch(self) -> None:
        try:
            self._by_events()
        except (ImportError, OSError, RuntimeError):
            self._by_looking()

    def _by_events(self) -> None:
        from watchfiles import watch

        self._moded(EVENTS)
        for _ in watch(self._folder, stop_event=self._stop, debounce=200, step=50, raise_interrupt=False):
            self._changed()

    def _by_looking(self) -> None:
        self._moded(LOOKING)
        seen = content_of(self._folder)
        while not self._stop.wait(1.0):
            now = content_of(self._folder)
            if now != seen:
                seen = now
                self._changed()


def content_of(folder: Path) -> dict[str, bytes]:
    """All files' bytes by name: what decides whether something has changed. A file that vanishes is left out."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file() and "__pycache__" not in path.parts:
                found[str(path.relative_to(folder))] = path.read_bytes()
        except OSError:
            continue
    return found
