"""The one entrance to a region: a request in, from wherever it comes, and its answer out."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from uuid import uuid4

from tutor.errors import ServiceError
from tutor.region.api.api import Api
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.api.refusal import refusal
from tutor.region.api.signature import SignedRequest, is_signed, missing_token, signed
from tutor.region.call import ADMINISTRATOR, Caller
from tutor.region.operations import code_location, operations

if TYPE_CHECKING:
    from tutor.region.region import Region

_LAMBDA = "lambda"
_SCOPE = re.compile(r"Credential=[^/,\s]+/[^/,\s]*/([^/,\s]+)/([^/,\s]+)/aws4_request")
_GIVEN_OUT = re.compile(r"A[KS]IA[A-Z0-9]{16}")
"""What keys look like that IAM and STS give out. Any other key is nobody's, and nobody need be asked for it."""


class Entrance:
    """Tells Lambda's requests from the neighbours', and who asks."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        performed = dict.fromkeys(operations(), region.perform)
        most = region.quotas
        self._api = Api(
            performed,
            self._caller_of,
            request_limit=most.create_function_request,
            payload_limit=most.request_payload,
        )

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a client's request; its signature says who asks, for what service and in which AWS region.

        Never raises. A package's address (``Code.Location``) needs no signature beside its own.
        """
        if request.path.startswith(code_location.PREFIX):
            return self._code(request)
        try:
            if not is_signed(request):
                raise missing_token()
            who = signed(request, self._secret_of)
            caller = self._caller_of(who)
        except ServiceError as error:
            return refusal(error, request, str(uuid4()))
        return self._sent(request, who.service, who.region, caller)

    def refused(self, request: HttpRequest, size: int) -> HttpResponse | None:
        """The answer to a client's request that is not to be read: too long for Lambda, or of nobody. Never raises.

        (A signature is verified when the body is there.)
        """
        try:
            who = signed(request, lambda _: None)
        except ServiceError as error:
            return refusal(error, request, str(uuid4()))
        return self._api.refused(request, size) if who.service == _LAMBDA else None

    def perform(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """Answer a request whose caller is known: one of this process. Its signature says the service and region."""
        scope = _SCOPE.search(request.headers.get("authorization", ""))
        aws_region, service = scope.groups() if scope else ("us-east-1", _LAMBDA)
        return self._sent(request, service, aws_region, caller)

    def _sent(self, request: HttpRequest, service: str, aws_region: str, caller: Caller) -> HttpResponse:
        if service == _LAMBDA:
            return self._api.perform(request, aws_region, caller)
        return self._region.neighbours.answer(request, caller)

    def _code(self, request: HttpRequest) -> HttpResponse:
        path = code_location.serve(self._region, request.path, dict(parse_qsl(request.query)))
        if path is None:
            return HttpResponse(403, (("Content-Type", "text/plain"),), b"This address is not valid, or no longer.\n")
        return HttpResponse(200, (("Content-Type", "application/zip"),), path.read_bytes())

    def _secret_of(self, access_key: str) -> str | None:
        return self._region.neighbours.secret_of(access_key) if _GIVEN_OUT.fullmatch(access_key) else None

    def caller(self, request: HttpRequest) -> Caller:
        """Who signed a request. Raises ``ServiceError`` where the signature is none, or wrong."""
        return self._caller_of(signed(request, self._secret_of))

    def _caller_of(self, who: SignedRequest) -> Caller:
        if who.verified:
            return self._region.neighbours.caller_of(who.access_key, who.session_token)
        return Caller(access_key=who.access_key) if who.access_key else ADMINISTRATOR
