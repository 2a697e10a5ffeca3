"""Opens the doors of one environment, has them served outside, and ends that with the environment."""

import socket
from collections.abc import Sequence

from tutor.sandbox.cell import Cell
from tutor.sandbox.surroundings import Close, Door
from tutor.sandbox.tier import Held


class Doorkeeper:
    """The doors of one environment, from its making to its end; a reset leaves them as they are."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._doors = doors
        self._closings: list[Close] = []
        self.notes: tuple[str, ...] = ()

    def open(self, cell: Held) -> None:
        """Have every door served. Raises ``HostError`` for an address that cannot be had.

        Where an environment has no network of its own there is no door: ``notes`` says so.
        """
        if self._doors and not isinstance(cell, Cell):
            found = ", ".join(f"{door.address}:{door.port}" for door in self._doors)
            self.notes = (f"Without a network namespace nothing is served at {found}: see `tutor doctor`.",)
            return
        for door in self._doors:
            assert isinstance(cell, Cell)
            cell.tell({"do": "listen", "address": door.address, "port": door.port})
            descriptor = cell.expect("listening")["descriptors"][0]
            self._closings.append(door.serve(socket.socket(fileno=descriptor)))

    def close(self) -> None:
        """The environment has ended: nothing is served any more. Safe to call twice."""
        while self._closings:
            self._closings.pop()()
