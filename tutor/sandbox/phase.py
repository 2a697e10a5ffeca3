"""One phase of an environment's life, watched from outside: INIT or INVOKE, from its first byte to its verdict."""

import os
import select
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from tutor.sandbox import brief
from tutor.sandbox.arrival import arrives
from tutor.sandbox.memory import MemoryWatch
from tutor.sandbox.output import Output
from tutor.sandbox.placement import Placement
from tutor.sandbox.wire import BrokenMessage, Message, Reader
from tutor.sandbox.work import Work

_PIPE_HOLDS = 1 << 20  # the most that a process without rights can make a pipe hold
_AFTER_DEATH_S = 2.0
_FIRST_SAMPLE_MS = 1.0
_AT_ONCE = 1 << 16
_WORD_EVERY_MS = 500.0
_BRIEF_MS = 2.0
_LONGEST_BRIEF_MS = 100.0  # many times as long as an ear waits


class Process(Protocol):
    """The generation of processes that a phase watches."""

    @property
    def socket(self) -> int: ...

    @property
    def output_pipe(self) -> int: ...

    @property
    def ending(self) -> int: ...

    @property
    def reader(self) -> Reader: ...

    def how_it_ended(self) -> "Ended | None":
        """Who ended, and how; None where all go on."""
        ...

    def kill(self, outcome: str = "exit") -> None:
        """End all of it; ``outcome`` says why."""
        ...


class Others(Protocol):
    """Who else takes part in a phase, beside the runtime."""

    @property
    def present(self) -> bool:
        """Whether there is anybody at all."""
        ...

    def complete(self, message: Message) -> bool:
        """Whether nobody is at work any more once the runtime has said this."""
        ...

    def listen(self) -> None:
        """Take in what they have printed."""
        ...

    def heard_runtime(self, message: Message, ms: float) -> None:
        """The runtime has answered."""
        ...


class Ended(NamedTuple):
    """How a phase ended.

    ``outcome``: ``message`` (the runtime answered), ``timeout``, ``memory``, ``exit`` (``code`` as in
    subprocess: negative for a signal), ``refused`` (there is no program to start) and ``failed``
    (the host could not start it), both with a ``reason``; ``extension`` (an extension failed: its ``code``, and the
    error type as ``reason``). ``held`` is the runtime's answer where it came before such an end.
    """

    outcome: str
    ms: float
    message: Message | None = None
    code: int | None = None
    reason: str = ""
    held: Message | None = None


class Phase:
    """Watches one generation of processes, phase after phase, until it answers, ends, or passes a limit.

    ``work`` is told of each phase that lasts a millisecond, and again while it lasts; ``placement`` of the same.
    ``brief`` tells whether the last answer came at once, from somebody who said nothing else.
    """

    def __init__(
        self,
        process: Process,
        watch: MemoryWatch,
        output: Output,
        others: Others | None = None,
        work: Work | None = None,
        placement: Placement | None = None,
    ) -> None:
        self._process = process
        self._others = others
        self._work = work
        self._placement = placement
        self._exact = work is not None and work.exact
        self._held: tuple[Message, float] | None = None
        self._acts: dict[int, Callable[[], object]] = {}
        self._watch = watch
        self._output = output
        self._begun = 0.0
        self._outgoing: bytes | memoryview = b""
        self._writing = False
        self._socket = process.socket
        self._ear = brief.Ear(self._socket)
        self._pipe = brief.Eye(process.output_pipe)
        self._printed = True
        self.brief = False
        self._poll = select.poll()
        for descriptor in (process.socket, process.output_pipe, process.ending):  # in this order: see _step
            self._poll.register(descriptor, select.POLLIN)

    @property
    def output_pipe(self) -> int:
        """Where the runtime's output comes."""
        return self._process.output_pipe

    def watch(self, descriptor: int, act: Callable[[], object]) -> None:
        """Call ``act`` whenever this descriptor can be read in a phase."""
        self._acts[descriptor] = act
        self._poll.register(descriptor, select.POLLIN)

    def ignore(self, descriptor: int) -> None:
        """Watch it no longer."""
        if self._acts.pop(descriptor, None) is not None:
            self._unregister(descriptor)

    def run(self, limit_ms: float, outgoing: bytes, name: str, value: Any, begun: float | None = None) -> Ended:
        """Send ``outgoing``, then wait for a message with ``value`` under ``name``; at most ``limit_ms``.

        ``begun`` is when the phase began (monotonic seconds), where that was before now.
        """
        self._begun = time.monotonic() if begun is None else begun
        self._watch.begin()
        self._held = None
        if self.brief and self._watch.at_ease and limit_ms > _LONGEST_BRIEF_MS and len(outgoing) <= _AT_ONCE:
            ended = self._at_once(outgoing, name, value)
            if ended is not None:
                return ended
        else:
            self._outgoing = memoryview(outgoing) if len(outgoing) > _AT_ONCE else outgoing
            self._write()
        due = word_due = _FIRST_SAMPLE_MS
        while True:
            now = self.ms
            if now >= limit_ms:
                return self._over("timeout", limit_ms)
            if now >= word_due:
                self._tell_that_it_lasts()
                word_due = now + _WORD_EVERY_MS
            if now >= due and now + self._watch.takes_ms < limit_ms:  # what would end after the limit would delay it
                if self._watch.sample(now):
                    return self._over("memory", self.ms)
                due = now + self._watch.next_in_ms()
            elif now >= due:
                due = limit_ms
            ended = self._step(min(due, limit_ms) - now, name, value)
            if ended is not None:
                return ended

    def _tell_that_it_lasts(self) -> None:
        if self._work is not None:
            self._work.tell()
        if self._placement is not None:
            self._placement.spread()

    @property
    def ms(self) -> float:
        """How long the phase goes on."""
        return (time.monotonic() - self._begun) * 1000

    def _at_once(self, outgoing: bytes, name: str, value: Any) -> Ended | None:
        """Hand over, and wait for the answer alone, for a few ms: who was brief and silent will mostly be so again.

        None where there was more to it: then it goes on as usual. That is a memory limit looked at a little later where
        it is far away, and a line that was printed stamped as late; the answer costs half as many calls.
        """
        self.brief = False
        self._outgoing = outgoing
        self._write()
        if self._outgoing:
            return None
        try:
            data = self._ear.wait()
        except OSError:
            return None
        message = self._taken(data, name, value)
        if message is None:
            return None
        self._printed = self._pipe.sees()
        return self._complete(message)

    def _write(self) -> None:
        """Hand over what the runtime takes now; the rest when it can take more."""
        if not self._outgoing:
            return
        try:
            if isinstance(self._outgoing, memoryview):
                sent = brief.send_long(self._socket, self._outgoing)
            else:
                sent = brief.send(self._socket, self._outgoing)
            self._outgoing = self._outgoing[sent:]
        except BlockingIOError:
            pass
        except OSError:
            self._outgoing = b""
        if self._outgoing or self._writing:
            self._writing = bool(self._outgoing)
            wanted = select.POLLIN | select.POLLOUT if self._outgoing else select.POLLIN
            self._poll.modify(self._socket, wanted)

    def _step(self, wait_ms: float, name: str, value: Any) -> Ended | None:
        """Wait for whatever comes first, and take it in.

        The kernel looks at the descriptors in the order in which they came: what was printed before an answer is seen
        with the answer.
        """
        gone = False
        events = self._poll.poll(max(0.0, wait_ms))
        self._printed = len(events) != 1
        for descriptor, event in events:
            if descriptor == self._socket:
                if event & select.POLLOUT:
                    self._write()
                if event & ~select.POLLOUT:
                    message = self._receive(name, value)
                    if message is not None:
                        return self._answered(message)
            elif descriptor == self._process.output_pipe:
                self.drain()
            elif descriptor in self._acts:
                self._acts[descriptor]()
            else:
                gone = True
        ended = self._gone() if gone else None
        return ended or (self._settled() if self._held is not None else None)

    def _receive(self, name: str, value: Any) -> Message | None:
        try:
            data = self._ear.take()
        except OSError:
            data = b""
        return self._taken(data, name, value)

    def _taken(self, data: bytes, name: str, value: Any) -> Message | None:
        """The message that is waited for, where it is complete now."""
        if not data:
            self._poll.unregister(self._socket)
            return None
        try:
            messages = self._process.reader.feed(data)
        except BrokenMessage:
            self._poll.unregister(self._socket)
            return None
        for message in messages:
            if message.header.get(name) == value:
                return message
        return None

    def _answered(self, message: Message) -> Ended | None:
        """The runtime has answered; the phase is over once nobody else is at work."""
        if self._others is not None and self._others.present:
            self.drain()
            self._held = (message, self.ms)
            self._others.heard_runtime(message, self.ms)
            return self._settled()
        return self._complete(message)

    def _settled(self) -> Ended | None:
        assert self._others is not None
        assert self._held is not None
        message, _ = self._held
        if not self._others.complete(message):
            return None
        self._others.listen()
        return self._complete(message)

    def _complete(self, message: Message) -> Ended:
        ms = (time.monotonic() - self._begun) * 1000
        if self._printed:
            self.drain()
        if self._watch.finish(ms):
            return self._over("memory", ms)
        if self._output:
            self._output.flush(ms)
        else:
            self.brief = ms < _BRIEF_MS and self._held is None and not self._exact
        return Ended("message", ms, message)

    def _gone(self) -> Ended | None:
        """The first process has told of an end."""
        ended = self._process.how_it_ended()
        if ended is None:
            return None
        ms = self.ms
        self._finish(ended.outcome)
        return ended._replace(ms=ms, held=self._answer)

    @property
    def _answer(self) -> Message | None:
        return self._held[0] if self._held else None

    def _over(self, outcome: str, ms: float) -> Ended:
        self._finish(outcome)
        return Ended(outcome, ms, held=self._answer)

    def _finish(self, outcome: str) -> None:
        """Kill what is left and take in what was printed up to the end."""
        self._process.kill(outcome)
        deadline = time.monotonic() + _AFTER_DEATH_S
        while self.drain() and time.monotonic() < deadline:
            arrives(self._process.output_pipe, 0.05)
        self._output.flush(self.ms)

    def drain(self) -> bool:
        """Read what the output pipe holds, and no more: a flood has no end. False once its last writer is gone."""
        pieces: list[bytes] = []
        room = _PIPE_HOLDS
        more = True
        while more and room > 0:
            try:
                data = os.read(self._process.output_pipe, room)
            except BlockingIOError:
                break
            more = bool(data)
            room -= len(data)
            pieces.append(data)
        if not more:
            self._unregister(self._process.output_pipe)
        if pieces:
            self._output.feed(b"".join(pieces), self.ms)
        return more

    def _unregister(self, descriptor: int) -> None:
        try:
            self._poll.unregister(descriptor)
        except KeyError:
            pass
