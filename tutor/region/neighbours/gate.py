"""The one gate to the neighbours: every request passes it, in one order, with permission checked, and is journalled."""

import logging
import math
import random
import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.errors import ServiceError
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.call import ACCOUNT, ADMINISTRATOR, Caller
from tutor.region.clock import Clock
from tutor.region.neighbours import identity, long_poll
from tutor.region.neighbours import mending_events as events
from tutor.region.neighbours.asked import Asked, asked, protocol_of, scope_of, service_of
from tutor.region.neighbours.house import TRACE, House, Scene, scene, staged
from tutor.region.neighbours.identity import Credentials, Role
from tutor.region.neighbours.journal import Journal, Record
from tutor.region.neighbours.lambda_adapter import LambdaAdapter
from tutor.region.neighbours.misfit import misfit
from tutor.region.neighbours.moto_call import call_moto, essential, moto_request
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.permission import permits, refusal
from tutor.region.neighbours.policy import Context, Decision, Document
from tutor.region.neighbours.refusal import refused
from tutor.region.neighbours.replay import CONCLUSIONS, replay
from tutor.region.neighbours.stacks import custom
from tutor.region.neighbours.stacks.cloudformation import CloudFormation
from tutor.region.neighbours.wire import in_process_client

_log = logging.getLogger(__name__)
Listener = Callable[[Asked], None]


@dataclass(frozen=True)
class _Passing:
    """A request on its way through the gate: what it asks, as it came, by whom."""

    wish: Asked
    request: HttpRequest
    caller: Caller


class Neighbours:
    """Every service of the region but Lambda. ``folder`` holds the journal, which is replayed here.

    Safe for threads. Several may live in one process and do not see each other. ``stream_retention`` is
    how long the streams of tables keep a record, in seconds. ``lost`` says, a sentence each, what
    came out otherwise when the journal was replayed.
    """

    def __init__(
        self, folder: Path, clock: Clock, adapter: LambdaAdapter, *, stream_retention: float = math.inf
    ) -> None:
        self.house = House(clock, adapter, self.answer, stream_retention)
        self._journal = Journal(folder / "journal")
        self._before: dict[str, list[Listener]] = {}
        self._watchers: list[tuple[str | None, Listener]] = []
        self._change = long_poll.Change()
        self.house.journal = self._journal
        self._stacks = CloudFormation(self.house)
        self._left_over = True
        self.lost: tuple[str, ...] = tuple(replay(self.house, self._journal))
        for told in self.lost:
            _log.warning("%s", told)

    def answer(self, request: HttpRequest, caller: Caller = ADMINISTRATOR) -> HttpResponse:
        """Answer one request to a neighbour as AWS would; the caller's policies decide whether it may."""
        if self._left_over:
            self._go_on()
        said = custom.answered(request)
        if said is not None:
            self._act(custom.KIND, said, "us-east-1")
            return HttpResponse(200)
        scope = scope_of(request)
        service = service_of(scope, request)
        if service == "lambda":
            return self.house.adapter.answer(request, caller)
        try:
            wish = asked(moto_request(request, service, scope), service, scope.aws_region or "us-east-1")
        except ServiceError as error:
            return refused(protocol_of(service), error.code, error.message)
        for listener in self._before.get(service, ()):
            listener(wish)
        if service == "cloudformation":
            return self._of_stacks(wish, caller)
        response = self._waiting(_Passing(wish, essential(request), caller))
        if wish.changes and response.status < 400:
            self._tell(wish)
        return response

    def _go_on(self) -> None:
        """Take up the stacks that were being made, once, when somebody first asks: only then is the region whole."""
        with self.house.turn:
            left, self._left_over = self._left_over, False
        if left:
            self._stacks.resume()

    def _of_stacks(self, wish: Asked, caller: Caller) -> HttpResponse:
        """CloudFormation is ours: what a stack needs done passes this gate as its owner's requests."""
        with self.inside():
            no = refusal(wish, caller)
        return no or self._stacks.answer(wish, caller)

    def _waiting(self, passing: _Passing) -> HttpResponse:
        wish = passing.wish
        if (wish.service, wish.operation) != ("sqs", "ReceiveMessage"):
            return self._perform(passing)
        with self.inside():
            seconds = long_poll.seconds_to_wait(wish)
        if seconds == 0:
            return self._perform(passing)
        at_once = _Passing(wish, long_poll.without_waiting(passing.request), passing.caller)
        return long_poll.poll(self.house, self._change, wish, seconds, lambda: self._perform(at_once))

    def _perform(self, passing: _Passing) -> HttpResponse:
        """Take a turn: check, have moto answer, write the journal; then deliver what the answer pushed."""
        outer = scene()
        nested = outer is not None and outer.house is self.house and outer.moment is not None
        seed = secrets.randbits(64)
        trace = passing.request.headers.get(TRACE)
        here = Scene(self.house, self.house.clock.now(), random.Random(seed), trace_header=trace)
        here.operation = passing.wish.operation
        with self.house.turn, staged(here):
            begun = here.now()
            no = refusal(passing.wish, passing.caller)
            before = _fingerprint(passing.wish)
            response = no or self._asked_moto(passing)
            if no is None and not nested and _worth_keeping(passing.wish, response, before):
                self._journal.append(_record(passing, response, begun, seed, here.heard))
        for deliver in here.pushes:
            deliver()
        return response

    def _asked_moto(self, passing: _Passing) -> HttpResponse:
        scope = scope_of(passing.request)
        made = moto_request(passing.request, passing.wish.service, scope)
        response = call_moto(made, passing.request.headers.get("host", ""), passing.wish.protocol)
        why = misfit(passing.wish, passing.request) if response.status == 500 else None
        return refused(passing.wish.protocol, *why) if why else response

    def _act(self, kind: str, told: Mapping[str, Any], aws_region: str) -> None:
        """Have something happen that no request asks for, in a turn of its own, journalled; deliver what it pushes."""
        record = Record(self.house.clock.now(), secrets.randbits(64), conclusion={**told, "kind": kind})
        here = Scene(self.house, record.moment, random.Random(record.seed))
        with self.house.turn, staged(here):
            CONCLUSIONS[kind](record)
            self._journal.append(record)
        for deliver in here.pushes:
            deliver()
        self._tell(Asked("events", kind, told, aws_region, changes=True))

    def fire(self, rule_arn: str) -> None:
        """Send the event of a scheduled rule of EventBridge to the rule's targets, now. Without the rule: nothing."""
        self._act(events.KIND, {"rule": rule_arn}, rule_arn.split(":")[3])

    def _tell(self, wish: Asked) -> None:
        self._change.happened()
        for service, listener in self._watchers:
            if service is None or service == wish.service:
                listener(wish)

    def watch(self, listener: Listener, service: str | None = None) -> None:
        """Have ``listener`` called after every request that may have changed something, on the requesting thread."""
        self._watchers.append((service, listener))

    def before(self, service: str, listener: Listener) -> None:
        """Have ``listener`` called before a request to this service is answered, on the requesting thread."""
        self._before.setdefault(service, []).append(listener)

    def client(self, service: str, aws_region: str = "us-east-1", caller: Caller = ADMINISTRATOR) -> Any:
        """A boto3 client of a neighbour in this process, without sockets; what it may do is what ``caller`` may."""
        key = caller.access_key or "AKIAIOSFODNN7EXAMPLE"
        return in_process_client(service, aws_region, lambda request: self.answer(request, caller), key)

    def assume(self, role_arn: str, session: str, aws_region: str) -> Credentials:
        """Credentials of a role's session, for an execution environment. Its trust is not asked for again."""
        with self.inside():
            return identity.open_session(role_arn, session, aws_region)

    def role(self, role_arn: str) -> Role | None:
        """The role of this ARN, with its trust policy; None if there is none."""
        with self.inside():
            return identity.role_by_arn(role_arn)

    def is_there(self, principal_arn: str) -> bool:
        """Whether the role or the user of this ARN is there."""
        with self.inside():
            return identity.is_there(principal_arn)

    def secret_of(self, access_key: str) -> str | None:
        """The secret of a key that the region gave out, None for every other key."""
        with self.inside():
            return identity.secret_of(access_key)

    def caller_of(self, access_key: str, token: str | None = None) -> Caller:
        """Who signs with this key: an administrator for a key that the region did not give out.

        Raises ``ServiceError`` for an expired session, a wrong token, an inactive key.
        """
        with self.inside():
            return identity.caller_of(access_key, token, self.house.clock.now())

    def permits(
        self,
        caller: Caller,
        action: str,
        resource: str,
        context: Context | None = None,
        resource_policies: Sequence[Document] = (),
    ) -> Decision:
        """Whether ``caller`` may do ``action`` on ``resource``, by its policies or by the resource's own."""
        with self.inside():
            return permits(caller, action, resource, context or {}, resource_policies)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Within, moto's own objects of this region can be looked at; nobody else changes them meanwhile."""
        with self.house.inside():
            yield

    def backend(self, service: str, aws_region: str) -> Any:
        """moto's backend of a service (moto's name) in an AWS region (``aws`` for global ones). Only ``inside``."""
        return moto("backends").get_backend(service)[ACCOUNT][aws_region]

    def close(self) -> None:
        """Let go of the journal and of whoever waits; what moto has waiting ends."""
        self._change.close()
        self.house.close()
        self._journal.close()


def _fingerprint(wish: Asked) -> int:
    """How many messages a queue has, to see whether a look into it moved one to its dead-letter queue."""
    if (wish.service, wish.operation) != ("sqs", "ReceiveMessage"):
        return 0
    return len(getattr(long_poll.queue_of(wish), "_messages", ()))


def _worth_keeping(wish: Asked, response: HttpResponse, before: int) -> bool:
    if not wish.changes or response.status >= 400:
        return False
    if (wish.service, wish.operation) != ("sqs", "ReceiveMessage"):
        return True
    return long_poll.received(response) or _fingerprint(wish) != before


def _record(passing: _Passing, response: HttpResponse, moment: float, seed: int, heard: Sequence[Any]) -> Record:
    return Record(
        moment=moment,
        seed=seed,
        request=passing.request,
        service=passing.wish.service,
        operation=passing.wish.operation,
        status=response.status,
        digest=zlib.crc32(response.data()),
        heard=tuple(heard),
    )
