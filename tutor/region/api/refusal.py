"""A refusal in the protocol that the refused client speaks, where it is not known whom it wanted to reach.

What a request looks like says its protocol: ``X-Amz-Target`` is JSON 1.x, ``Smithy-Protocol`` is CBOR, a form is the
query protocol, an API version at the path's start (or a JSON body) is REST-JSON; what is left is S3's XML.
"""

import json
import re
import struct
from xml.sax.saxutils import escape

from tutor.errors import ServiceError
from tutor.region.api.errors import error_response, status_of
from tutor.region.api.message import HttpRequest, HttpResponse

_VERSIONED = re.compile(r"/(v2/)?[0-9]{4}-[0-9]{2}-[0-9]{2}/", re.ASCII)
_XML_CODES = {
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "IncompleteSignatureException": "IncompleteSignature",
    "ExpiredTokenException": "ExpiredToken",
}
_S3_CODES = {
    **_XML_CODES,
    "MissingAuthenticationTokenException": "AccessDenied",
    "InvalidClientTokenId": "InvalidToken",
}
_JSON_CODES = {"InvalidClientTokenId": "UnrecognizedClientException"}
_ONCE_QUERY = ("AmazonSQS.", "GraniteServiceVersion20100801.")
"""SQS and CloudWatch, whose errors have kept the names that they had in the query protocol."""


def refusal(error: ServiceError, request: HttpRequest, request_id: str) -> HttpResponse:
    """The answer that refuses a request in the form its client reads."""
    kind = request.headers.get("content-type", "")
    if "smithy-protocol" in request.headers:
        return _cbor(error, request_id)
    target = request.headers.get("x-amz-target")
    if target is not None:
        return _json(error if target.startswith(_ONCE_QUERY) else _named_in_json(error), request_id, kind)
    if kind.startswith("application/x-www-form-urlencoded"):
        return _query(error, request_id)
    if _VERSIONED.match(request.path) or "json" in kind:
        return error_response(_named_in_json(error), request_id)
    return _s3(error, request_id)


def _named_in_json(error: ServiceError) -> ServiceError:
    return ServiceError(_JSON_CODES.get(error.code, error.code), error.message, error.details)


def _json(error: ServiceError, request_id: str, kind: str) -> HttpResponse:
    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    return _answer(error, request_id, kind or "application/x-amz-json-1.1", body)


def _query(error: ServiceError, request_id: str) -> HttpResponse:
    code = _XML_CODES.get(error.code, error.code)
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(error.message)}"
        f"</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return _answer(error, request_id, "text/xml", body.encode())


def _s3(error: ServiceError, request_id: str) -> HttpResponse:
    code = _S3_CODES.get(error.code, error.code)
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(code)}</Code><Message>{escape(error.message)}'
        f"</Message><RequestId>{request_id}</RequestId></Error>"
    )
    return _answer(error, request_id, "application/xml", body.encode())


def _cbor(error: ServiceError, request_id: str) -> HttpResponse:
    two_pairs = b"\xa2"
    body = two_pairs + b"".join(map(_cbor_text, ("__type", error.code, "message", error.message)))
    answer = _answer(error, request_id, "application/cbor", body)
    return HttpResponse(answer.status, (*answer.headers, ("smithy-protocol", "rpc-v2-cbor")), body)


def _cbor_text(text: str) -> bytes:
    text_of_four_byte_length = 0x7A
    data = text.encode()
    return struct.pack("!BI", text_of_four_byte_length, len(data)) + data


def _answer(error: ServiceError, request_id: str, kind: str, body: bytes) -> HttpResponse:
    headers = (("Content-Type", kind), ("x-amzn-RequestId", request_id))
    return HttpResponse(status_of(error.code), headers, body)
