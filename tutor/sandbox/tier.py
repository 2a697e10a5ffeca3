"""Which of the two ways this host runs handlers in: behind namespaces, or the portable tier.

``TUTOR_SANDBOX`` (``namespaces`` or ``portable``) forces one of them.
"""

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from tutor.errors import HostError, UsageError
from tutor.sandbox.interpreter import Interpreter
from tutor.sandbox.memory import MemoryWatch
from tutor.sandbox.nursery import nursery
from tutor.sandbox.output import Output
from tutor.sandbox.package import Package
from tutor.sandbox.phase import Ended
from tutor.sandbox.portable import portable
from tutor.sandbox.terms import Terms

VARIABLE = "TUTOR_SANDBOX"


class Held(Protocol):
    """The tutor's hold on one environment, in whichever tier."""

    output: Output

    @property
    def pid(self) -> int:
        """Its first process' (or guardian's) process id."""
        ...

    @property
    def group_paths(self) -> list[Path]:
        """Its control groups, where it has some."""
        ...

    @property
    def mechanisms(self) -> dict[str, str]:
        """Limit -> mechanism, where it differs from what every environment has."""
        ...

    def start(self, limit_ms: float, vcpu: float) -> tuple[Ended, MemoryWatch]:
        """INIT."""
        ...

    def invoke(self, header: dict[str, Any], body: bytes, limit_ms: float) -> tuple[Ended, MemoryWatch] | None:
        """INVOKE; None where the runtime had died since."""
        ...

    def freeze(self) -> None:
        """Nothing makes progress until the next event."""
        ...

    def stop(self) -> None:
        """End all processes; /tmp stays."""
        ...

    def close(self) -> None:
        """End everything and leave nothing."""
        ...


class Tier(Protocol):
    """Where environments come from."""

    @property
    def interpreter(self) -> Interpreter:
        """What handlers run on."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it can still make environments."""
        ...

    def hand_over(self, package: Package) -> str:
        """Take a package in; its name."""
        ...

    def forget(self, name: str) -> None:
        """Give a package's room back."""
        ...

    def cell(self, terms: Terms) -> Held:
        """A new environment."""
        ...


def tier(interpreter: Interpreter | None = None) -> Tier:
    """The tier of this process for an interpreter (the tutor's own where none is named).

    Raises ``HostError`` where it cannot be had, ``UsageError`` where a name is forced that is none.
    """
    return portable(interpreter) if tier_name() == "portable" else nursery(interpreter)


def tier_name() -> str:
    """``namespaces`` where the host allows them, else ``portable``; the forced one where one is forced."""
    forced = os.environ.get(VARIABLE)
    if forced and forced not in ("namespaces", "portable"):
        raise UsageError(f"{VARIABLE} is {forced!r}: it can be namespaces or portable, or be left unset.")
    return forced or ("portable" if lacking() else "namespaces")


@cache
def lacking() -> str:
    """Why this host has no namespaces for us, as a sentence; empty where it has. Found by trying, once."""
    if sys.platform != "linux":
        return f"Namespaces are Linux's, and this system is {sys.platform}."
    try:
        nursery()
    except HostError as error:
        return str(error)
    return ""
