"""``--network public``: the internet for a function, and nothing of this host's own.

The function has its own network namespace as ever; what it sends out is turned aside inside it (see ``diversion``). A
broker out here connects in its place, and only to public addresses: never loopback, link-local, private or one of
the host's own. TCP over IPv4, and names by the host's resolver; nothing of the host's network is changed.
"""

import subprocess
import sys
from functools import cache

from tutor import locations
from tutor.errors import HostError
from tutor.sandbox.cell import Cell
from tutor.sandbox.interpreter import Interpreter
from tutor.sandbox.nursery import Nursery, nursery
from tutor.sandbox.package import Package
from tutor.sandbox.terms import Terms
from tutor.sandbox.tier import tier_name

_TRY = "import sys; sys.path.insert(0, sys.argv[1]); from tutor.sandbox.diversion import main; main()"
_CURE = "It needs namespaces and a kernel with nf_tables: see `tutor doctor`. Or leave --network out."


class PublicCell(Cell):
    """An environment whose function can reach public addresses."""

    def __init__(self, nursery: Nursery, terms: Terms) -> None:
        from tutor.sandbox.broker import Broker  # with asyncio, which nothing else here needs

        super().__init__(nursery, terms)
        found = []
        for way in ("connections", "names"):
            self.tell({"do": "divert", "what": way})
            found += self.expect("diverted")["descriptors"]
        self._broker = Broker(*found)

    @property
    def mechanisms(self) -> dict[str, str]:
        """As ever, but that the broker decides where the network ends."""
        return {**super().mechanisms, "network": "supervisor"}

    def close(self) -> None:
        """End everything, the broker's connections too."""
        super().close()
        self._broker.close()


class PublicTier:
    """The tier with namespaces, with environments that can reach public addresses."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery

    @property
    def interpreter(self) -> Interpreter:
        """What handlers run on."""
        return self._nursery.interpreter

    @property
    def alive(self) -> bool:
        """Whether it can still make environments."""
        return self._nursery.alive

    def hand_over(self, package: Package) -> str:
        """Take a package in; its name."""
        return self._nursery.hand_over(package)

    def forget(self, name: str) -> None:
        """Give a package's room back."""
        self._nursery.forget(name)

    def cell(self, terms: Terms) -> PublicCell:
        """A new environment."""
        return PublicCell(self._nursery, terms)


def public_tier(interpreter: Interpreter | None = None) -> PublicTier:
    """The tier for functions with ``--network public``. Raises ``HostError`` where the means are missing."""
    reason = lacking(tier_name())
    if reason:
        raise HostError(f"--network public is not enforceable here: {reason}.", _CURE)
    return PublicTier(nursery(interpreter))


def lacking(tier: str) -> str:
    """Why a public network cannot be had in a tier; empty where it can. Found by trying, once."""
    if tier == "portable":
        return "without a network namespace nothing could hold a function to public addresses"
    return _refused()


@cache
def _refused() -> str:
    command = [sys.executable, "-I", "-S", "-c", _TRY, str(locations.PACKAGE.parent)]
    tried = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return tried.stderr.strip().rpartition("\n")[2] if tried.returncode else ""
