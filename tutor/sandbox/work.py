"""Word of work, to a first process that looks after the CPU share: while nobody works it looks seldom."""

import socket

_SHORT_MS, _LONG_MS = 1.0, 20.0  # what may be worked unseen: below a whole processor, and from there on


class Work:
    """What was worked in one environment since its first process was told. ``line`` leads to that one."""

    def __init__(self, line: socket.socket, vcpu: float) -> None:
        self._line = line
        self.exact = vcpu < 1  # whether each millisecond counts: the share is less than one process could take
        self._tolerated_ms = _SHORT_MS if self.exact else _LONG_MS
        self._unseen_ms = 0.0

    def count(self, ms: float) -> None:
        """A phase lasted so long. Of many short ones the first process hears now and then."""
        self._unseen_ms += ms
        if self._unseen_ms >= self._tolerated_ms:
            self.tell()

    def tell(self) -> None:
        """It goes on now."""
        self._unseen_ms = 0.0
        try:
            self._line.send(b"W")
        except OSError:
            pass  # the first process is gone: the phase, or the next event, finds out
