"""A bell between threads: one rings it, another waits for it as for any other descriptor."""

import os
import threading


class Bell:
    """A descriptor that can be read once somebody has rung. Safe for threads; safe to ring when it is closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ear, self._cord = os.pipe()
        for end in (self._ear, self._cord):
            os.set_blocking(end, False)

    def fileno(self) -> int:
        """What to wait for."""
        return self._ear

    def ring(self) -> None:
        """Wake whoever waits."""
        with self._lock:
            if self._cord >= 0:
                try:
                    os.write(self._cord, b"!")
                except BlockingIOError:
                    pass  # it rings already

    def hush(self) -> None:
        """Take note: quiet until the next ring."""
        try:
            os.read(self._ear, 65536)
        except BlockingIOError:
            pass

    def close(self) -> None:
        """Give its descriptors back."""
        with self._lock:
            if self._cord >= 0:
                os.close(self._ear)
                os.close(self._cord)
                self._ear = self._cord = -1
