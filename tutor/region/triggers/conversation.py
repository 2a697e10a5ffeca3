"""Between the listener's requests and the pure rules' ones."""

from tutor.awslambda import http_message
from tutor.region.api.message import HttpRequest, HttpResponse

_OF_THE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"})


def asked(request: HttpRequest) -> http_message.HttpRequest:
    """A request as the rules read it."""
    headers = tuple((name, value) for name, value in request.headers.items() if name not in _OF_THE_HOP)
    return http_message.HttpRequest(request.method, request.path, request.query, headers, request.data())


def answered(response: http_message.HttpResponse) -> HttpResponse:
    """A response as the listener sends it."""
    return HttpResponse(response.status, response.headers, response.body)
