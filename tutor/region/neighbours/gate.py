"""The one gate to the neighbours: every request passes it, in one order, with permission checked, and is journalled."""

import logging
import random
import secrets
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tutor.errors import ServiceError
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.call import ACCOUNT, ADMINISTRATOR, Caller
from tutor.region.clock import Clock
from tutor.region.neighbours.asked import Asked, asked, scope_of, service_of
from tutor.region.neighbours.house import House, Scene, scene, staged
from tutor.region.neighbours.journal import Journal, Record
from tutor.region.neighbours.lambda_adapter import LambdaAdapter
from tutor.region.neighbours.moto_call import call_moto, moto_request
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.wire import in_process_client

_log = logging.getLogger(__name__)
Listener = Callable[[Asked], None]


class Neighbours:
    """Every service of the region but Lambda. ``folder`` holds the journal; the first request replays it.

    Safe for threads. Several may live in one process and do not see each other.
    """

    def __init__(self, folder: Path, clock: Clock, adapter: LambdaAdapter) -> None:
        self.house = House(clock, adapter, self.answer)
        self.lost: tuple[str, ...] = ()
        self._journal = Journal(folder / "journal")
        self._before: dict[str, list[Listener]] = {}
        self._watchers: list[tuple[str | None, Listener]] = []
        self._replay()

    def answer(self, request: HttpRequest, caller: Caller = ADMINISTRATOR) -> HttpResponse:
        """Answer one request to a neighbour as AWS would; the caller's identity policies decide whether it may."""
        scope = scope_of(request)
        service = service_of(scope, request)
        if service == "lambda":
            return self.house.adapter.answer(request, caller)
        made = moto_request(request, service, scope)
        try:
            wish = asked(made, service, scope.aws_region or "us-east-1")
        except ServiceError as error:
            return _unknown(error)
        for listener in self._before.get(service, ()):
            listener(wish)
        response = self._perform(wish, request, made)
        if wish.changes and response.status < 400:
            self._tell(wish)
        return response

    def _perform(self, wish: Asked, request: HttpRequest, made: Any) -> HttpResponse:
        house = self.house
        outer = scene()
        with house.turn:
            nested = outer is not None and outer.house is house and outer.moment is not None
            seed = secrets.randbits(64)
            here = Scene(house, house.clock.now(), random.Random(seed))
            with staged(here):
                moment = here.now()
                response = call_moto(made, _seen_host(request))
            if wish.changes and response.status < 400 and not nested:
                body = response.data()
                record = Record(
                    moment=moment,
                    seed=seed,
                    request=request,
                    service=wish.service,
                    operation=wish.operation,
                    status=response.status,
                    digest=zlib.crc32(body),
                    heard=tuple(here.heard),
                )
                self._journal.append(record)
        for deliver in here.pushes:
            deliver()
        return response

    def _tell(self, wish: Asked) -> None:
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

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Within, moto's own objects of this region can be looked at; nobody else changes them meanwhile."""
        with self.house.turn, staged(Scene(self.house, None, random.Random())):
            yield

    def backend(self, service: str, aws_region: str) -> Any:
        """moto's backend of a service (moto's name) in an AWS region (``aws`` for global ones). Only ``inside``."""
        return moto("backends").get_backend(service)[ACCOUNT][aws_region]

    def _replay(self) -> None:
        lost = []
        self.house.replaying = True
        for record in self._journal.records():
            told = self._again(record)
            if told:
                lost.append(told)
        self.house.replaying = False
        self.lost = tuple(lost)
        for told in lost:
            _log.warning("not as before: %s", told)

    def _again(self, record: Record) -> str | None:
        """Do what a record says again. Returns what came out otherwise, in a sentence."""
        request = record.request
        if request is None:
            return None
        here = Scene(self.house, record.moment, random.Random(record.seed), list(record.heard))
        with staged(here):
            scope = scope_of(request)
            made = moto_request(request, service_of(scope, request), scope)
            response = call_moto(made, _seen_host(request))
        if response.status == record.status and zlib.crc32(response.data()) == record.digest:
            return None
        return f"{record.service} {record.operation} at {record.moment:.0f} was answered otherwise when replayed"

    def close(self) -> None:
        """Let go of the journal. What moto still runs ends with its next request."""
        self._journal.close()


def _seen_host(request: HttpRequest) -> str:
    host = request.headers.get("host", "")
    return "" if "amazonaws.com" in host else host


def _unknown(error: ServiceError) -> HttpResponse:
    import json

    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    return HttpResponse(400, (("content-type", "application/json"), ("x-amzn-errortype", error.code)), body)
