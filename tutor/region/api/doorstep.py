"""What is told and refused before anybody looks who a request is from."""

from collections.abc import Callable
from uuid import uuid4

from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.api.refusal import refusal
from tutor.region.api.signature import is_signed, missing_token

Application = Callable[[HttpRequest], HttpResponse]
"""Answers one request; never raises."""

_TEXT = (("Content-Type", "text/plain; charset=utf-8"),)
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", ""})


def is_local(host: str) -> bool:
    """Whether a ``Host`` header names this machine, whatever the port; ``*.localhost`` does, as in browsers."""
    name = host.lower()
    if not name.endswith("]"):
        name = name.rpartition(":")[0] if ":" in name else name
    return name in _LOCAL or name.endswith(".localhost")


def with_doorstep(application: Application, name: str) -> Application:
    """The application behind a doorstep.

    ``GET /`` without a signature says what is here. A request without a signature is refused when it comes from a web
    page (``Origin``), or for a host of another name, as a page does that had its own name point here (DNS rebinding).
    ``name`` is what the health text calls the region.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if is_signed(request):
            return application(request)
        if "origin" in request.headers or not is_local(request.headers.get("host", "")):
            return refusal(missing_token(), request, str(uuid4()))
        if request.method in ("GET", "HEAD") and request.path == "/" and not request.query:
            return HttpResponse(200, _TEXT, f"The region {name} is up.\n".encode())
        return application(request)

    return answer
