"""Lambda's API: a request in, its answer out."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from tutor.errors import ServiceError
from tutor.region.api.constraints import check
from tutor.region.api.errors import error_response
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.api.model import service_model
from tutor.region.api.request import request_reader
from tutor.region.api.response import response_writer
from tutor.region.api.routes import Routes
from tutor.region.api.signature import SecretOf, SignedRequest, signed
from tutor.region.call import Call, Caller
from tutor.region.invoking.payload import too_large
from tutor.sandbox import chance

Operation = Callable[[Call], Mapping[str, Any]]
"""One operation: a call in, the members of its answer out (for a payload: its bytes, or an iterator of events)."""

_INVOKING = frozenset({"Invoke", "InvokeWithResponseStream"})
log = logging.getLogger(__name__)


def _unknown_secret(access_key: str) -> None:
    """No key is known: whoever signs is let in."""


class Api:
    """Answers Lambda's requests with the operations it is given, and every other operation with a clear refusal.

    ``authenticate`` says who a signature's key is; ``secret_of`` gives the secret of a key that the region gave out,
    so that its signatures are verified; ``request_limit`` is the most bytes that a request's body may have, and
    ``payload_limit`` the most of what a function is invoked with.
    """

    def __init__(
        self,
        operations: Mapping[str, Operation],
        authenticate: Callable[[SignedRequest], Caller],
        *,
        secret_of: SecretOf = _unknown_secret,
        request_limit: int | None = None,
        payload_limit: int | None = None,
    ) -> None:
        self._operations = operations
        self._authenticate = authenticate
        self._secret_of = secret_of
        self._request_limit = request_limit
        self._payload_limit = payload_limit
        self._routes = Routes(service_model())

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request from outside, whose signature is looked at first. Never raises."""
        return self._guarded(lambda request_id: self._signed(request, request_id))

    def perform(self, request: HttpRequest, aws_region: str, caller: Caller) -> HttpResponse:
        """The answer to a request of somebody who is known already. Never raises."""
        return self._guarded(lambda request_id: self._performed(request, aws_region, caller, request_id))

    def refused(self, request: HttpRequest, size: int) -> HttpResponse | None:
        """The answer to a request that is not to be read, since its body has so many bytes. Never raises."""
        try:
            self._check_size(request, self._routes.find(request.method, request.path, request.query).operation, size)
        except ServiceError as refusal:
            return error_response(refusal, chance.request_id())
        return None

    def _guarded(self, work: Callable[[str], HttpResponse]) -> HttpResponse:
        """The boundary: a refusal is AWS's answer, a fault of ours is logged and told as AWS's own."""
        request_id = chance.request_id()
        try:
            return work(request_id)
        except ServiceError as refusal:
            return error_response(refusal, request_id)
        except Exception:
            log.exception("A request to the region's Lambda failed (request id %s).", request_id)
            fault = ServiceError("ServiceException", "An error occurred and the request cannot be processed.")
            return error_response(fault, request_id)

    def _signed(self, request: HttpRequest, request_id: str) -> HttpResponse:
        who = signed(request, self._secret_of)
        return self._performed(request, who.region, self._authenticate(who), request_id)

    def _performed(self, request: HttpRequest, aws_region: str, caller: Caller, request_id: str) -> HttpResponse:
        match = self._routes.find(request.method, request.path, request.query)
        self._check_size(request, match.operation, request.size())
        parameters = request_reader(match.operation).read(request, match.labels)
        check(match.operation, parameters)
        operation = self._operations.get(match.operation)
        if operation is None:
            raise not_implemented(match.operation)
        result = operation(Call(match.operation, parameters, aws_region, caller, request.headers, request_id))
        return response_writer(match.operation).write(result, request_id)

    def _check_size(self, request: HttpRequest, operation: str, size: int) -> None:
        """Before the body is read: a body over the limit never comes into memory."""
        if self._payload_limit is not None and size > self._payload_limit and operation in _INVOKING:
            kind = request.headers.get("x-amz-invocation-type")
            raise too_large(size, "Event" if kind == "Event" else "RequestResponse", self._payload_limit)
        if self._request_limit is not None and size > self._request_limit:
            raise ServiceError(
                "RequestEntityTooLargeException",
                f"Request must be smaller than {self._request_limit} bytes for the {operation} operation",
            )


def not_implemented(operation: str) -> ServiceError:
    """The refusal of an operation that the region does not have yet.

    Status 400, not 501: the request cannot succeed here however often it is sent, and no client and no monitor should
    take the region for ill.
    """
    return ServiceError("NotImplementedException", f"{operation} is not in this region yet.")
