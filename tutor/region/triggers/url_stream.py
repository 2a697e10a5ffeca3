"""A function URL's answer in the mode RESPONSE_STREAM: it goes out piece by piece, as the function writes it."""

from collections.abc import Iterator

from tutor.awslambda import function_url
from tutor.awslambda.http_message import HttpResponse as Answer
from tutor.awslambda.http_message import MalformedResponse
from tutor.awslambda.invocation import Invocation
from tutor.region.invoking.synchronous import Streamed

Body = bytes | Iterator[bytes]


def streamed_answer(streamed: Streamed) -> tuple[Answer, Body]:
    """Status and headers of the answer, known when it begins, and its body, which may still be on its way.

    They stand in the stream's prelude where the runtime says by the content type that it begins with one. What failed
    before the first piece is told as 502; what fails later ends the body.
    """
    first = next(streamed.items)
    if isinstance(first, Invocation):
        return _whole(first)
    if not streamed.content_type.startswith(function_url.STREAM_CONTENT_TYPE):
        begun = function_url.plain_prelude(streamed.content_type or None)
        return Answer(begun.status, begun.headers), _rest(first, streamed.items)
    return _after_prelude(first, streamed.items)


def _whole(invocation: Invocation) -> tuple[Answer, Body]:
    """The answer of a function that did not stream: as it is, for nobody looks into it in this mode."""
    if invocation.function_error:
        refused = function_url.bad_gateway()
        return refused, refused.body
    plain = function_url.plain_prelude()
    return Answer(plain.status, plain.headers), invocation.body


def _after_prelude(received: bytes, items: Iterator[bytes | Invocation]) -> tuple[Answer, Body]:
    refused = function_url.bad_gateway()
    try:
        while (begun := function_url.prelude(received)) is None:
            item = next(items)
            if isinstance(item, Invocation):
                return refused, refused.body
            received += item
    except MalformedResponse:
        return refused, refused.body
    return Answer(begun.status, begun.headers), _rest(begun.rest, items)


def _rest(first: bytes, items: Iterator[bytes | Invocation]) -> Iterator[bytes]:
    if first:
        yield first
    for item in items:
        if isinstance(item, bytes):
            yield item
