"""What moto's modules get when they import ``time``, ``datetime``, ``threading``, ``random``, ``uuid`` and ``os``:
the same names, with the region's time, the region's waiting and the request's own chance.

Nothing outside moto sees these: boto3 goes on to sign with the machine's clock.
"""

import datetime as real_datetime
import os as real_os
import random as real_random
import threading as real_threading
import time as real_time
import uuid as real_uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress
from types import ModuleType
from typing import Any

from tutor.region.neighbours.house import House, Scene, scene, staged

_fallback = real_random.Random()


def now() -> float:
    """Region time in a scene, the machine's outside."""
    here = scene()
    return real_time.time() if here is None else here.now()


def chance() -> real_random.Random:
    """The scene's source of identifiers."""
    here = scene()
    return _fallback if here is None else here.chance


def sleep(seconds: float) -> None:
    """Wait in region time; while it waits it is not running, so that a fast clock may jump."""
    Event().wait(max(0.0, seconds))


class Ended(BaseException):
    """Ends a thread of moto's whose region is closed. moto catches exceptions; this it does not."""


class Condition(real_threading.Condition):
    """``threading.Condition`` that waits in region time.

    A thread of moto's that waits does not count as running; whoever wakes it counts it again before it goes on itself,
    so that a fast clock never jumps in between.
    """

    def __init__(self, lock: Any = None) -> None:
        super().__init__(lock)
        self._resting: list[Thread] = []

    def wait(self, timeout: float | None = None) -> bool:
        here = scene()
        if here is None:
            return super().wait(timeout)
        if here.house.replaying:
            return True
        over = real_threading.Event()
        appointment = None if timeout is None else here.house.clock.after(timeout, lambda: self._expire(over))
        with here.house.turn.given_away():
            self._rest(here.house)
        if appointment is not None:
            appointment.cancel()
        here.went_on()
        return not over.is_set()

    def _rest(self, house: House) -> None:
        worker = real_threading.current_thread()
        if not isinstance(worker, Thread):
            super().wait(None)
            return
        self._resting.append(worker)
        house.resting.add(self)
        worker.counted.close()
        if not house.closed:
            super().wait(None)
        if house.closed:
            raise Ended

    def notify(self, n: int = 1) -> None:
        woken, self._resting = self._resting[:n], self._resting[n:]
        for worker in woken:
            worker.count()
        super().notify(n)

    def notify_all(self) -> None:
        self.notify(max(1, len(self._waiters)))  # type: ignore[attr-defined]

    def _expire(self, over: real_threading.Event) -> None:
        with self:
            over.set()
            self.notify_all()


class Event(real_threading.Event):
    """``threading.Event`` that waits in region time."""

    def __init__(self) -> None:
        super().__init__()
        self._cond = Condition(real_threading.Lock())


class Thread(real_threading.Thread):
    """A thread that moto starts: it stays in its region, and the clock counts it as running while it does not wait."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        here = scene()
        self.house = here.house if here else None
        self._seed = here.chance.getrandbits(64) if here else 0
        self._ended = Event()
        self.counted = ExitStack()

    def start(self) -> None:
        """Start it. In a replay nothing runs beside the journal: what it did is in the journal itself."""
        if self.house is None or not self.house.replaying:
            self.count()
            super().start()

    def count(self) -> None:
        """Count as running, until ``counted`` is closed."""
        if self.house is not None:
            self.counted.enter_context(self.house.clock.held())

    def run(self) -> None:
        with self.counted:
            if self.house is None:
                super().run()
            else:
                with suppress(Ended), staged(Scene(self.house, None, real_random.Random(self._seed))):
                    super().run()
            self._ended.set()

    def join(self, timeout: float | None = None) -> None:
        if self.house is None:
            super().join(timeout)
        elif not self.house.replaying:
            self._ended.wait(timeout)

    def is_alive(self) -> bool:
        return super().is_alive() and not self._ended.is_set()


class Timer(Thread):
    """``threading.Timer`` in region time."""

    def __init__(self, interval: float, function: Callable[..., Any], args: Any = None, kwargs: Any = None) -> None:
        super().__init__(target=self._fire, args=(interval, function, args or (), kwargs or {}))
        self.finished = Event()

    def cancel(self) -> None:
        """Do not call the function."""
        self.finished.set()

    def _fire(self, interval: float, function: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not self.finished.wait(interval):
            function(*args, **kwargs)


class Datetime(type):
    """The class of moto's ``datetime`` and ``date``: real ones are instances of it."""

    stands_for: type

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.stands_for)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.stands_for)


class RegionDatetime(real_datetime.datetime, metaclass=Datetime):
    """``datetime.datetime`` whose now is the region's. It makes real datetimes."""

    stands_for = real_datetime.datetime

    def __new__(cls, *args: Any, **named: Any) -> "RegionDatetime":
        return real_datetime.datetime(*args, **named)  # type: ignore[return-value]

    @classmethod
    def now(cls, tz: real_datetime.tzinfo | None = None) -> Any:
        return real_datetime.datetime.fromtimestamp(now(), tz)

    @classmethod
    def today(cls) -> Any:
        return real_datetime.datetime.fromtimestamp(now())

    @classmethod
    def utcnow(cls) -> Any:
        return real_datetime.datetime.fromtimestamp(now(), real_datetime.UTC).replace(tzinfo=None)


class RegionDate(real_datetime.date, metaclass=Datetime):
    """``datetime.date`` whose today is the region's."""

    stands_for = real_datetime.date

    def __new__(cls, *args: Any, **named: Any) -> "RegionDate":
        return real_datetime.date(*args, **named)  # type: ignore[return-value]

    @classmethod
    def today(cls) -> Any:
        return real_datetime.date.fromtimestamp(now())


def _uuid4() -> real_uuid.UUID:
    return real_uuid.UUID(int=chance().getrandbits(128), version=4)


def _uuid1() -> real_uuid.UUID:
    return real_uuid.UUID(int=chance().getrandbits(128), version=1)


class Shim(ModuleType):
    """A module like ``real`` in which some names mean something else."""

    def __init__(self, real: ModuleType, replaced: dict[str, Any]) -> None:
        super().__init__(real.__name__)
        self.__dict__["_real"] = real
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_real"], name)


class _Chance(Shim):
    """``random``: its functions draw from the scene's chance."""

    def __getattr__(self, name: str) -> Any:
        drawn = name[0].islower() and hasattr(real_random.Random, name)
        return (lambda *args, **named: getattr(chance(), name)(*args, **named)) if drawn else super().__getattr__(name)


def _struct(seconds: float | None, form: Callable[[float], Any]) -> Any:
    return form(now() if seconds is None else seconds)


SHIMS: dict[str, ModuleType] = {
    "time": Shim(
        real_time,
        {
            "time": now,
            "time_ns": lambda: int(now() * 1e9),
            "sleep": sleep,
            "gmtime": lambda seconds=None: _struct(seconds, real_time.gmtime),
            "localtime": lambda seconds=None: _struct(seconds, real_time.localtime),
        },
    ),
    "datetime": Shim(real_datetime, {"datetime": RegionDatetime, "date": RegionDate}),
    "threading": Shim(real_threading, {"Thread": Thread, "Event": Event, "Condition": Condition, "Timer": Timer}),
    "random": _Chance(real_random, {}),
    "uuid": Shim(real_uuid, {"uuid4": _uuid4, "uuid1": _uuid1}),
    "os": Shim(real_os, {"urandom": lambda size: chance().randbytes(size)}),
}
"""What a module of moto gets for the modules of these names."""
