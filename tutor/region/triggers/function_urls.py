"""Function URLs: an address of this host for each, and what comes in there."""

import json
import logging
import secrets
from collections import deque
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from tutor.awslambda import function_url, http_event
from tutor.awslambda.admission import Throttle, ThrottleReason
from tutor.awslambda.http_message import HttpRequest as Asked
from tutor.awslambda.http_message import HttpResponse as Answer
from tutor.awslambda.http_message import json_response
from tutor.awslambda.recursion import passed_on
from tutor.errors import HostError, ServiceError
from tutor.region.api.doorkeeper import at_most
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.api.signature import is_signed
from tutor.region.call import ANYBODY, Caller
from tutor.region.catalogue import Target
from tutor.region.invoking.payload import check_size
from tutor.region.neighbours.house import TRACE
from tutor.region.state import Document
from tutor.region.triggers.conversation import answered, asked
from tutor.region.triggers.integration import forwarded
from tutor.region.triggers.url_stream import Body, streamed_answer
from tutor.sandbox import chance

if TYPE_CHECKING:
    from tutor.region.api.listener import Served
    from tutor.region.region import Region

_log = logging.getLogger(__name__)
KIND = "url"
_REMEMBERED = 64
"""Ours: so many URLs that are no more go on to be refused, the last ones, at their ports."""
_TOO_LONG = json_response(413, {"Message": "Request Entity Too Large"})


def new_id() -> str:
    """A URL's id: 32 letters and digits."""
    return secrets.token_hex(16)


def invoke_mode(document: Document) -> str:
    """Whether a URL's answers come whole or as they are written: whole where nobody ever said."""
    return str(document.get("InvokeMode") or "BUFFERED")


class FunctionUrls:
    """Listens for every function URL on a port of its own, which stays the same over restarts where it is free."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._served: dict[str, Served] = {}
        self._gone: deque[Served] = deque()

    def start(self) -> None:
        """Listen for the URLs that are there already."""
        for key, document in self._region.state.items(KIND):
            self.opened(key, document)

    def opened(self, key: str, document: Document) -> str:
        """Listen for a URL; its address. A port that somebody else has taken meanwhile is replaced."""
        if key not in self._served:
            port = int(document.get("port", 0))
            listen = partial(
                self._region.listener.listen,
                lambda request: self._answer(key, str(document["id"]), request),
                doorkeeper=at_most(self._region.quotas.request_payload, answered(_TOO_LONG)),
            )
            try:
                served = listen(port)
            except HostError:
                served = listen()
            self._served[key] = served
            kept = {**document, "port": served.port, "FunctionUrl": f"{served.address}/"}
            self._region.state.put(KIND, key, kept)
        return f"{self._served[key].address}/"

    def closed(self, key: str) -> None:
        """A URL is no more; harmless where there was none. Who still asks there is refused, as on AWS, for a while."""
        served = self._served.pop(key, None)
        if served is None:
            return
        self._gone.append(served)
        if len(self._gone) > _REMEMBERED:
            self._gone.popleft().close()

    def of_function(self, key: str) -> list[str]:
        """The keys of all URLs of a function, by the function's key."""
        return [known for known in self._served if known == key or known.startswith(f"{key}:")]

    def close(self) -> None:
        """Listen for nothing more."""
        for served in (*self._served.values(), *self._gone):
            served.close()
        self._served.clear()
        self._gone.clear()

    def _answer(self, key: str, url_id: str, request: HttpRequest) -> HttpResponse:
        document = self._region.state.get(KIND, key)
        if document is None or document["id"] != url_id:
            gone = answered(function_url.forbidden())
            return replace(gone, headers=(*gone.headers, ("x-amzn-RequestId", chance.request_id())))
        here = _behind_the_front(asked(request), document["port"], self._region.clock.now())
        cors = document.get("Cors")
        if cors and function_url.is_preflight(here, cors):
            return answered(function_url.preflight(here, cors))
        request_id = chance.request_id()
        answer, body = self._invoked(key, document, request, here, request_id)
        head = answered(function_url.with_cors(here, answer, cors))
        return HttpResponse(head.status, (*head.headers, ("x-amzn-RequestId", request_id)), body)

    def _invoked(
        self, key: str, document: Document, request: HttpRequest, here: Asked, request_id: str
    ) -> tuple[Answer, Body]:
        """Status and headers, and the body, which may still be on its way. One id is the request's and the event's."""
        aws_region, _, rest = key.partition("/")
        name, _, qualifier = rest.partition(":")
        try:
            target = self._region.catalogue.target(aws_region, name, qualifier or None)
            caller = self._caller(document, request)
            self._check(target, caller, document["AuthType"])
            made = http_event.event(here, self._api(document, caller), request_id, self._region.clock.datetime())
            trace = self._region.invoking.trace(target, here.header(TRACE))
            answer, body = self._answered(document, target, _json(made), caller, request_id, trace)
        except ServiceError as refusal:
            refused = _refused(refusal)
            return refused, refused.body
        return replace(answer, headers=(*answer.headers, ("X-Amzn-Trace-Id", passed_on(trace, target.arn)))), body

    def _answered(
        self, document: Document, target: Target, event: bytes, caller: Caller, request_id: str, trace: str
    ) -> tuple[Answer, Body]:
        """What the function answers, whole or as it comes. An event may be too large where the body was not."""
        check_size(event, "RequestResponse", self._region.quotas.request_payload)
        invoking, source = self._region.invoking, str(document["FunctionUrl"])
        if invoke_mode(document) == "RESPONSE_STREAM":
            return streamed_answer(
                invoking.stream(target, event, caller, source=source, request_id=request_id, trace_header=trace)
            )
        invocation = invoking.invoke(target, event, caller, source=source, request_id=request_id, trace_header=trace)
        response = function_url.response(invocation.payload, invocation.function_error)
        return response, response.body

    def _caller(self, document: Document, request: HttpRequest) -> Caller:
        if document["AuthType"] == "NONE":
            return ANYBODY
        if not is_signed(request):
            raise ServiceError("AccessDeniedException", "not signed")
        return self._region.entrance.caller(request)

    def _check(self, target: Target, caller: Caller, auth_type: str) -> None:
        """Both permissions are needed, on URLs created since October 2025."""
        url, invoke = function_url.ACTIONS
        authority = self._region.authority
        authority.check_invoke(target, caller, url, {"lambda:FunctionUrlAuthType": auth_type})
        authority.check_invoke(target, caller, invoke, {"lambda:InvokedViaFunctionUrl": "true"})

    def _api(self, document: Document, caller: Caller) -> http_event.HttpApi:
        authorizer = None if caller is ANYBODY else {"iam": _who(caller)}
        account = "anonymous" if caller is ANYBODY else caller.account
        domain = document["FunctionUrl"].removeprefix("http://").rstrip("/")
        return http_event.HttpApi(document["id"], domain, account, authorizer=authorizer, domain_prefix=document["id"])


def _behind_the_front(here: Asked, port: int, now: float) -> Asked:
    """A request as it comes to the function: one slash begins its path, and headers tell who asked, how, and a trace.

    AWS's URLs end with a slash, as these do: who adds a path to one often has two.
    """
    trace = here.header(TRACE) or f"Root=1-{int(now):08x}-{secrets.token_hex(12)}"
    headers = tuple(pair for pair in forwarded(here.headers, port) if pair[0].lower() != TRACE)
    return replace(here, path=f"/{here.path.lstrip('/')}", headers=(*headers, (TRACE, trace)))


def _who(caller: Caller) -> dict[str, object]:
    return {
        "accessKey": caller.access_key,
        "accountId": caller.account,
        "callerId": caller.access_key,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": caller.arn,
        "userId": caller.access_key,
    }


def _json(event: dict[str, object]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()


def _refused(refusal: ServiceError) -> Answer:
    if refusal.code == "TooManyRequestsException":
        reason = cast(ThrottleReason, refusal.details["Reason"])
        return function_url.throttled(Throttle(reason, int(refusal.details["retryAfterSeconds"] or 1)))
    if refusal.code in ("AccessDeniedException", "ResourceNotFoundException"):
        return function_url.forbidden()
    if refusal.code == "RequestEntityTooLargeException":
        return _TOO_LONG
    _log.info("a function URL could not be answered: %s", refusal)
    return function_url.bad_gateway()
