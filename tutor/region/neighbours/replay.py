"""The journal done again, at the times and by the chances of then, so that everything has the identifiers it had."""

import random
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from tutor.region.neighbours.asked import scope_of, service_of
from tutor.region.neighbours.house import TRACE, House, Scene, staged
from tutor.region.neighbours.journal import Journal, Record
from tutor.region.neighbours.moto_call import call_moto, moto_request

Conclusion = Callable[[Record], str | None]
CONCLUSIONS: dict[str, Conclusion] = {}
"""What takes up a conclusion again, by its kind; it returns what was lost, in a sentence."""

LEFT_OVER: dict[str, Callable[[], list[str]]] = {}
"""What looks, after a replay, for what was going on when the region ended, by service. It says what was lost."""


def replay(house: House, journal: Journal) -> Iterator[str]:
    """Do everything again. Gives, a sentence each, what came out otherwise than it had."""
    house.replaying = True
    services = set()
    try:
        for record in journal.records():
            services.add(record.service)
            trace = record.request.headers.get(TRACE) if record.request else None
            chance = random.Random(record.seed)
            heard = list(record.heard)
            here = Scene(house, record.moment, chance, heard, trace_header=trace, operation=record.operation)
            with house.turn, staged(here):
                told = _again(record)
            if told is not None:
                yield told
        with house.inside():
            for service in services & LEFT_OVER.keys():
                yield from LEFT_OVER[service]()
    finally:
        house.replaying = False


def _again(record: Record) -> str | None:
    request = record.request
    if request is None:
        return CONCLUSIONS[str(record.conclusion["kind"])](record)
    scope = scope_of(request)
    made = moto_request(request, service_of(scope, request), scope)
    response = call_moto(made, request.headers.get("host", ""))
    if response.status == record.status and zlib.crc32(response.data()) == record.digest:
        return None
    moment = datetime.fromtimestamp(record.moment, UTC).strftime("%Y-%m-%d %H:%M:%S")
    how = "differently" if response.status < 400 else f"with an error ({response.status})"
    return f"Not as before: {record.service} {record.operation} of {moment} was answered {how} when it was done again."
