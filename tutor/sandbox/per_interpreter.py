"""What this process keeps once for each interpreter: made when first needed, made anew when it was killed."""

import atexit
import os
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from tutor.sandbox.interpreter import Interpreter, host_interpreter


class Kept(Protocol):
    """Something with a process behind it."""

    @property
    def alive(self) -> bool:
        """Whether that process still runs."""
        ...

    def close(self) -> None:
        """End it and everything that came from it."""
        ...


K = TypeVar("K", bound=Kept)


class PerInterpreter(Generic[K]):
    """One of its kind for each interpreter, ended at this process' exit. Safe for threads."""

    def __init__(self, make: Callable[[Interpreter], K]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._kept: dict[Interpreter, K] = {}
        self._owner = os.getpid()
        atexit.register(self.close)

    def get(self, interpreter: Interpreter | None = None) -> K:
        """The one for an interpreter (the tutor's own where none is named). Raises what making it raises."""
        wanted = interpreter or host_interpreter()
        with self._lock:
            if self._owner != os.getpid():  # those that were inherited by a fork belong to the parent
                self._kept, self._owner = {}, os.getpid()
            found = self._kept.get(wanted)
            if found is not None and found.alive:
                return found
            if found is not None:
                found.close()
            self._kept[wanted] = self._make(wanted)
            return self._kept[wanted]

    def close(self) -> None:
        """End them all."""
        if self._owner == os.getpid():
            for kept in self._kept.values():
                kept.close()
        self._kept = {}
