"""Where moto lives in one region: its state, its time and its chance, apart from every other region of the process.

moto keeps its services in module-level dictionaries. Whatever runs for a region runs in a *scene* (a context variable),
and what moto asks of the outside (the time, chance, its dictionaries) is answered by the scene's house.
"""

import math
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from tutor.region.clock import Clock
from tutor.region.neighbours.journal import Journal, Record

if TYPE_CHECKING:
    from tutor.region.neighbours.lambda_adapter import LambdaAdapter
    from tutor.region.neighbours.wire import Sender


class Turn:
    """Whose turn it is in a house: one request at a time. Who waits in region time gives the turn away meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._mine = threading.local()

    @property
    def depth(self) -> int:
        """How many times this thread has taken the turn and not given it back."""
        return int(getattr(self._mine, "depth", 0))

    def __enter__(self) -> None:
        self._lock.acquire()
        self._mine.depth = self.depth + 1

    def __exit__(self, *_: object) -> None:
        self._mine.depth = self.depth - 1
        self._lock.release()

    @contextmanager
    def given_away(self) -> Iterator[None]:
        """Within, others may take their turn, however deep this thread is in its own."""
        depth = self.depth
        for _ in range(depth):
            self.__exit__()
        try:
            yield
        finally:
            for _ in range(depth):
                self.__enter__()


@dataclass
class House:
    """What one region's neighbours keep in memory, and what of ours moto is joined to.

    ``storage`` has moto's dictionaries of backends. ``send`` is the gate, for clients that moto makes for itself;
    ``stream_retention`` how long, in seconds, the stream of a DynamoDB table keeps a record.
    ``resting`` are the conditions at which its threads wait. While ``replaying``, nothing goes out: what was heard from
    outside is in the journal.
    """

    clock: Clock
    adapter: "LambdaAdapter"
    send: "Sender"
    stream_retention: float = math.inf
    storage: dict[str, dict[str, Any]] = field(default_factory=dict)
    turn: Turn = field(default_factory=Turn)
    replaying: bool = False
    journal: Journal | None = None
    closed: bool = False
    resting: "WeakSet[threading.Condition]" = field(default_factory=WeakSet)

    def close(self) -> None:
        """End the threads that moto has waiting here."""
        self.closed = True
        for condition in list(self.resting):
            with condition:
                condition.notify_all()

    def conclude(self, kind: str, told: Mapping[str, Any]) -> None:
        """Keep what came of something that goes on beside requests: plain values, for what is in charge of its kind."""
        with self.turn:
            if self.journal is not None:
                self.journal.append(Record(self.clock.now(), conclusion={**told, "kind": kind}))

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Within, moto's own objects can be looked at, at the clock's time; nobody else changes them meanwhile."""
        with self.turn, staged(Scene(self, None, random.Random())):
            yield


@dataclass
class Scene:
    """One request (or one thread of moto's) in a house.

    ``moment`` is the region time it stands at, fixed for a request so that a replay gives the same answer; None follows
    the clock. ``chance`` gives every identifier that moto makes up. ``heard`` is what came from outside of moto while
    the request was answered, in order: the journal keeps it, and a replay hears the same. ``pushes`` wait for the end
    of the turn; ``trace_header`` is the request's, ``operation`` the name of what it asks for.
    """

    house: House
    moment: float | None
    chance: random.Random
    heard: list[Any] = field(default_factory=list)
    pushes: list[Callable[[], None]] = field(default_factory=list)
    trace_header: str | None = None
    operation: str = ""

    def now(self) -> float:
        """Region time, in seconds since the epoch."""
        return self.house.clock.now() if self.moment is None else self.moment

    def went_on(self) -> None:
        """Time has passed while this waited."""
        if self.moment is not None and not self.house.replaying:
            self.moment = self.house.clock.now()

    def hear(self, ask: Callable[[], Any]) -> Any:
        """What ``ask`` gives (plain values of JSON), asked outside of the turn; in a replay, what it gave then."""
        if self.house.replaying:
            return self.heard.pop(0) if self.heard else None
        with self.house.turn.given_away():
            said = ask()
        self.heard.append(said)
        return said

    def push(self, deliver: Callable[[], None]) -> None:
        """Deliver when the turn is over, at once in a thread that has none; never in a replay."""
        if self.house.replaying:
            return
        if self.moment is None:
            deliver()
        else:
            self.pushes.append(deliver)


_SCENE: ContextVar[Scene | None] = ContextVar("scene", default=None)


def scene() -> Scene | None:
    """The scene that this thread is in, None outside of every region."""
    return _SCENE.get()


@contextmanager
def staged(entered: Scene | None) -> Iterator[None]:
    """Be in this scene; with None, in no region."""
    token = _SCENE.set(entered)
    try:
        yield
    finally:
        _SCENE.reset(token)


TRACE = "x-amzn-trace-id"
"""The header of a request that tells of which trace it is."""
SESSIONS = "sessions"
"""The drawer of role sessions that the gate opened itself: by access key, moto's objects."""
_nowhere: dict[str, dict[str, Any]] = {}


def drawer(name: str) -> dict[str, Any]:
    """The dictionary of that name in the current house; outside of every region, one that belongs to none."""
    here = scene()
    return (here.house.storage if here else _nowhere).setdefault(name, {})
